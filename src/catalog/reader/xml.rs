//! Elements one after the other, without a tree and without recursion.

use super::bounded::Bounded;
use super::limits;
use super::locale::{Locale, Rank};
use quick_xml::events::Event;
use quick_xml::events::attributes::Attributes;
use quick_xml::{Reader, escape};
use std::borrow::Cow;
use std::io::BufRead;

/// Why reading stopped before the end; what was read until then is good.
pub(super) type Stop = String;

/// What is read, and where it stands.
#[derive(Debug)]
pub(super) struct Xml<'l, R> {
    reader: Reader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: usize,
    name: String,
    attributes: String,
    locale: &'l Locale,
}

impl<'l, R: BufRead> Xml<'l, R> {
    pub(super) fn new(input: R, locale: &'l Locale) -> Self {
        let mut reader = Reader::from_reader(Bounded::new(input));
        let config = reader.config_mut();
        // An empty element is then one that starts and ends at once, which leaves no second way to read it.
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::new(), depth: 0, name: String::new(), attributes: String::new(), locale }
    }

    /// Goes to the next child of the element that is being read and keeps its name and attributes; `false` where that
    /// element ends. Text between children is passed over.
    pub(super) fn child(&mut self) -> Result<bool, Stop> {
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_event();
            match self.reader.read_event_into(&mut self.buffer).map_err(|e| e.to_string())? {
                Event::Start(start) => {
                    self.name.clear();
                    self.name.push_str(start.local_name().as_ref());
                    self.attributes.clear();
                    self.attributes.push_str(start.attributes_raw());
                    return self.deeper().map(|()| true);
                }
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    return Ok(false);
                }
                Event::Eof if self.depth == 0 => return Ok(false),
                Event::Eof => return Err("it ends too early".into()),
                // Entities of a DOCTYPE are never looked at, so that they cannot multiply.
                _ => {}
            }
        }
    }

    /// The name of the child that was found last.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// An attribute of the child that was found last.
    pub(super) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut attributes = Attributes::new(&self.attributes, 0);
        let found = attributes.with_checks(false).flatten().find(|a| a.key.as_ref() == name)?;
        Some(match found.value {
            Cow::Borrowed(raw) => escape::unescape(raw).unwrap_or(Cow::Borrowed(raw)),
            owned => owned,
        })
    }

    /// How well the language of the child that was found last suits; `None` if it is another one.
    pub(super) fn rank(&self) -> Option<Rank> {
        if !self.attributes.contains("lang") {
            return Some(Rank::UNTRANSLATED);
        }
        match self.attribute("xml:lang") {
            Some(tag) => self.locale.rank(&tag),
            None => Some(Rank::UNTRANSLATED),
        }
    }

    /// Passes over the rest of the element that is being read.
    pub(super) fn skip(&mut self) -> Result<(), Stop> {
        self.each_text(|_| {})
    }

    /// All text of the element that is being read, with that of its children, at most `max` bytes or a little more.
    pub(super) fn text(&mut self, max: usize) -> Result<String, Stop> {
        let mut text = String::new();
        self.each_text(|part| {
            if text.len() < max {
                text.push_str(&part[..part.floor_char_boundary(max)]);
            }
        })?;
        Ok(text)
    }

    /// [`Self::text`] as one clean line of at most `max` characters.
    pub(super) fn line(&mut self, max: usize) -> Result<String, Stop> {
        // A character has at most four bytes, and white space that will go may be more than the text.
        self.text(max * 8).map(|raw| cairn_model::text::clean(&raw, max))
    }

    fn each_text(&mut self, mut take: impl FnMut(&str)) -> Result<(), Stop> {
        let end = self.depth.saturating_sub(1);
        loop {
            self.buffer.clear();
            self.reader.get_mut().begin_event();
            match self.reader.read_event_into(&mut self.buffer).map_err(|e| e.to_string())? {
                Event::Start(_) => self.deeper()?,
                Event::End(_) => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth <= end {
                        return Ok(());
                    }
                }
                Event::Text(text) => take(&text),
                Event::CData(text) => take(&text),
                Event::GeneralRef(reference) => match reference.resolve_char_ref() {
                    Ok(Some(c)) => take(c.encode_utf8(&mut [0; 4])),
                    _ => take(escape::resolve_predefined_entity(&reference).unwrap_or_default()),
                },
                Event::Eof => return Err("it ends too early".into()),
                _ => {}
            }
        }
    }

    fn deeper(&mut self) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > limits::DEPTH { Err("too many tags inside each other".into()) } else { Ok(()) }
    }
}
