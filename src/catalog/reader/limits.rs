//! How much of a catalogue is read. A source is somebody else's: nothing in it may fill memory, a page or a day.

/// Bytes of XML, unpacked. Flathub's is about 50 MB; ten times that is no catalogue any more.
pub(super) const DOCUMENT: u64 = 512 << 20;
/// Bytes of one tag or one text between tags; the buffer for it is what the reader holds at most.
pub(super) const EVENT: usize = 16 << 20;
/// Tags inside each other. AppStream needs eight; the XML reader remembers the name of each.
pub(super) const DEPTH: usize = 256;
/// Components of one source; the index counts them in 32 bits, and this is twenty Flathubs.
pub(super) const COMPONENTS: usize = 100_000;

/// Characters of a name, a summary and other lines: two lines on the widest page.
pub(super) const LINE: usize = cairn_model::text::LINE;
/// Characters of a word such as a keyword, a category or a version.
pub(super) const WORD: usize = 80;
/// Characters of one address; browsers and servers give up at about this length.
pub(super) const ADDRESS: usize = 2000;
/// Characters of a whole description; the longest of Flathub's have 8,000.
pub(super) const DESCRIPTION: usize = 20_000;
/// Characters of what one release says of itself.
pub(super) const NOTES: usize = 4000;
/// Parts (paragraphs and list items) of a description.
pub(super) const PARTS: usize = 300;

/// Screenshots of one app.
pub(super) const SCREENSHOTS: usize = 30;
/// Sizes of one screenshot.
pub(super) const IMAGES: usize = 12;
/// Releases of one app, as they stand: the newest come first.
pub(super) const RELEASES: usize = 20;
/// Keywords of one app and language; more is an attempt to be found by everything.
pub(super) const KEYWORDS: usize = 50;
/// Categories of one app.
pub(super) const CATEGORIES: usize = 30;
/// Earlier ids, and ids that an add-on extends.
pub(super) const IDS: usize = 30;
/// Statements about the content; OARS knows 28.
pub(super) const RATINGS: usize = 60;
