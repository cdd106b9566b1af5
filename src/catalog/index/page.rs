//! What only the page of an app shows, as compact text.

use super::bytes::{Cursor, put_number, put_text};
use crate::reader::Component;
use cairn_model::app::details::{Block, Intensity, Link, LinkKind, Picture, Release, Screenshot};

const LINKS: [LinkKind; 7] = [
    LinkKind::Homepage,
    LinkKind::Help,
    LinkKind::Bugs,
    LinkKind::Donate,
    LinkKind::Translate,
    LinkKind::Source,
    LinkKind::Contact,
];
const INTENSITIES: [Intensity; 4] =
    [Intensity::None, Intensity::Mild, Intensity::Moderate, Intensity::Intense];

/// The same as in `cairn_model::app::Details`, which says what each means.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) description: Vec<Block>,
    pub(crate) categories: Vec<String>,
    pub(crate) keywords: Vec<String>,
    pub(crate) license: String,
    pub(crate) links: Vec<Link>,
    pub(crate) screenshots: Vec<Screenshot>,
    pub(crate) releases: Vec<Release>,
    pub(crate) content: Vec<(String, Intensity)>,
    pub(crate) rated: bool,
    pub(crate) color_light: Option<String>,
    pub(crate) color_dark: Option<String>,
    pub(crate) runtime: Option<String>,
}

pub(super) fn write(out: &mut Vec<u8>, app: &Component) {
    blocks(out, &app.description);
    texts(out, &app.categories);
    texts(out, &app.keywords.best);
    put_text(out, &app.license);
    put_number(out, app.links.len() as u64);
    for link in &app.links {
        out.push(LINKS.iter().position(|k| *k == link.kind).unwrap_or_default() as u8);
        put_text(out, &link.url);
    }
    put_number(out, app.screenshots.len() as u64);
    for screenshot in &app.screenshots {
        put_text(out, &screenshot.caption);
        put_number(out, screenshot.images.len() as u64);
        for picture in &screenshot.images {
            put_text(out, &picture.url);
            put_number(out, picture.width.into());
            put_number(out, picture.height.into());
        }
    }
    put_number(out, app.releases.len() as u64);
    for release in &app.releases {
        put_text(out, &release.version);
        // A day of the year 1970 never is a release's, so that 0 can mean none.
        put_number(out, release.date.unwrap_or_default().cast_unsigned());
        blocks(out, &release.notes);
        put_text(out, release.url.as_deref().unwrap_or_default());
    }
    put_number(out, app.content.len() as u64);
    for (name, intensity) in &app.content {
        put_text(out, name);
        out.push(*intensity as u8);
    }
    out.push(app.rated.into());
    for text in [&app.color_light, &app.color_dark, &app.runtime] {
        put_text(out, text.as_deref().unwrap_or_default());
    }
}

fn blocks(out: &mut Vec<u8>, blocks: &[Block]) {
    put_number(out, blocks.len() as u64);
    for block in blocks {
        let (kind, lines) = match block {
            Block::Paragraph(line) => (0, std::slice::from_ref(line)),
            Block::Bullets(lines) => (1, lines.as_slice()),
            Block::Numbers(lines) => (2, lines.as_slice()),
        };
        out.push(kind);
        texts(out, lines);
    }
}

fn texts(out: &mut Vec<u8>, list: &[String]) {
    put_number(out, list.len() as u64);
    list.iter().for_each(|text| put_text(out, text));
}

/// Reads a page as far as it goes: what is damaged is empty.
pub(super) fn read(bytes: &[u8]) -> Page {
    let mut page = Page::default();
    let _ = fill(&mut page, &mut Cursor::new(bytes));
    page
}

fn fill(page: &mut Page, from: &mut Cursor<'_>) -> Option<()> {
    page.description = read_blocks(from)?;
    page.categories = read_texts(from)?;
    page.keywords = read_texts(from)?;
    page.license = text(from)?;
    page.links = from.list(|f| Some(Link { kind: *LINKS.get(usize::from(f.byte()?))?, url: text(f)? }))?;
    page.screenshots = from.list(|f| Some(Screenshot { caption: text(f)?, images: f.list(picture)? }))?;
    page.releases = from.list(release)?;
    page.content = from.list(|f| Some((text(f)?, *INTENSITIES.get(usize::from(f.byte()?))?)))?;
    page.rated = from.byte()? != 0;
    page.color_light = optional(from)?;
    page.color_dark = optional(from)?;
    page.runtime = optional(from)?;
    Some(())
}

fn picture(from: &mut Cursor<'_>) -> Option<Picture> {
    let side = |f: &mut Cursor<'_>| f.number().and_then(|n| u32::try_from(n).ok());
    Some(Picture { url: text(from)?, width: side(from)?, height: side(from)? })
}

fn release(from: &mut Cursor<'_>) -> Option<Release> {
    let version = text(from)?;
    let date = Some(from.number()?.cast_signed()).filter(|d| *d != 0);
    Some(Release { version, date, notes: read_blocks(from)?, url: optional(from)? })
}

fn read_blocks(from: &mut Cursor<'_>) -> Option<Vec<Block>> {
    from.list(|f| {
        Some(match f.byte()? {
            0 => Block::Paragraph(read_texts(f)?.pop()?),
            1 => Block::Bullets(read_texts(f)?),
            _ => Block::Numbers(read_texts(f)?),
        })
    })
}

fn read_texts(from: &mut Cursor<'_>) -> Option<Vec<String>> {
    from.list(text)
}

fn text(from: &mut Cursor<'_>) -> Option<String> {
    from.text().map(str::to_owned)
}

fn optional(from: &mut Cursor<'_>) -> Option<Option<String>> {
    text(from).map(|t| Some(t).filter(|t| !t.is_empty()))
}
