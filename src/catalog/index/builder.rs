//! XML → the bytes of an index. One thread reads, the other collects.

use super::format::{LARGEST, MAGIC, SECTIONS, Section, TABLE, VERSION};
use super::key::Key;
use super::record::{Flags, Record};
use super::strings::Pool;
use super::vocabulary::Collector;
use super::{bytes, checksum, page, quality, shelf, terms};
use crate::reader::{self, Component, Kind, Locale};
use crate::token;
use cairn_model::{Problem, Seconds};
use std::io::BufRead;
use std::sync::mpsc::sync_channel;

/// Components that go from one thread to the other at once.
const BATCH: usize = 32;
/// Batches that may wait; more would only hold memory.
const WAITING: usize = 8;

/// The index of a catalogue. `now` is the time at which it is built.
///
/// # Errors
/// [`Problem::Corrupt`] if the catalogue cannot be read at all or is larger than an index can be.
pub(crate) fn build(input: impl BufRead + Send, key: Key<'_>, now: Seconds) -> Result<Vec<u8>, Problem> {
    let (sender, receiver) = sync_channel::<Vec<Component>>(WAITING);
    let mut collected = Collected::default();
    std::thread::scope(|scope| {
        let reading = scope.spawn(move || {
            let locale = Locale::new(key.locale);
            let mut batch = Vec::with_capacity(BATCH);
            let read = reader::read(input, &locale, now, |component| {
                batch.push(component);
                if batch.len() == BATCH {
                    // The other end is there as long as this thread is.
                    let _ = sender.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)));
                }
            });
            let _ = sender.send(batch);
            read
        });
        for component in receiver.into_iter().flatten() {
            collected.add(&component, now);
        }
        let ended = Problem::Corrupt { detail: "the reader gave up".into() };
        reading.join().unwrap_or(Err(ended))
    })?;
    collected.write(key)
}

/// All that was read until now, in the order in which it came.
#[derive(Default)]
struct Collected {
    rows: Vec<Row>,
    strings: Pool,
    words: Collector,
    prose: Collector,
    pages: Vec<u8>,
    aliases: Vec<(String, u32)>,
    extensions: Vec<(String, u32)>,
}

struct Row {
    id: String,
    reference: String,
    folded: String,
    record: Record,
}

impl Collected {
    fn add(&mut self, app: &Component, now: Seconds) {
        let number = self.rows.len() as u32;
        terms::short(app, &mut |token, fields| self.words.add(token, number, fields));
        if app.kind != Kind::AddOn {
            terms::prose(app, |token| self.prose.add(token, number, 0));
        }
        let start = self.pages.len();
        page::write(&mut self.pages, app);
        self.aliases.extend(app.aliases.iter().map(|alias| (alias.clone(), number)));
        self.extensions.extend(app.extends.iter().map(|id| (id.clone(), number)));
        let folded = token::folded(&app.name.best);
        let (shelves, main_shelves) = shelf::shelves(&app.categories);
        let record = Record {
            id: self.strings.add(&app.id),
            name: self.strings.add(&app.name.best),
            folded: self.strings.add(&folded),
            summary: self.strings.add(&app.summary.best),
            developer: self.strings.add(&app.developer.best),
            icon: self.strings.add(&app.icon),
            reference: self.strings.add(&app.reference),
            page: start as u32,
            page_length: (self.pages.len() - start) as u32,
            released: app.released().filter(|r| *r <= now).unwrap_or(i64::MIN),
            flags: flags(app),
            shelves,
            main_shelves,
            quality: quality::quality(app, now),
        };
        self.rows.push(Row { id: app.id.clone(), reference: app.reference.clone(), folded, record });
    }

    fn write(self, key: Key<'_>) -> Result<Vec<u8>, Problem> {
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_key(|at| {
            let row = &self.rows[*at];
            (row.id.as_str(), !row.reference.ends_with("/stable"), row.reference.as_str())
        });
        let mut places = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, at)| places[*at] = place as u32);
        let mut records = Vec::with_capacity(order.len() * super::record::SIZE);
        order.iter().for_each(|at| self.rows[*at].record.write(&mut records));
        let by_name = by_name(&self.rows, &order);
        let mut strings = self.strings;
        let aliases = pairs(self.aliases, &places, &mut strings);
        let extensions = pairs(self.extensions, &places, &mut strings);
        let words = self.words.write(&places, true);
        let prose = self.prose.write(&places, false);
        let key = key.bytes();
        let sections: [&[u8]; Section::COUNT] =
            [&key, strings.bytes(), &records, &by_name, &aliases, &extensions, &words, &prose, &self.pages];
        assemble(&sections, order.len())
    }
}

fn flags(app: &Component) -> Flags {
    let mut flags = Flags::of_kind(app.kind);
    flags.set(Flags::VERIFIED, app.verified);
    flags.set(Flags::FREE, reader::is_free(&app.license));
    flags.set(Flags::END_OF_LIFE, app.end_of_life);
    flags.set(Flags::SCREENSHOTS, !app.screenshots.is_empty());
    flags.set(Flags::BRANDED, app.color_light.is_some());
    flags
}

fn by_name(rows: &[Row], order: &[usize]) -> Vec<u8> {
    let apps = order.iter().enumerate().filter(|(_, at)| !rows[**at].record.flags.has(Flags::ADD_ON));
    let mut names: Vec<(&str, u32)> =
        apps.map(|(place, at)| (rows[*at].folded.as_str(), place as u32)).collect();
    names.sort_unstable();
    names.iter().flat_map(|(_, place)| place.to_le_bytes()).collect()
}

/// Pairs of a string's reference and a component, by string.
fn pairs(mut list: Vec<(String, u32)>, places: &[u32], strings: &mut Pool) -> Vec<u8> {
    list.iter_mut().for_each(|(_, number)| *number = places[*number as usize]);
    list.sort_unstable();
    list.dedup();
    let numbers = list.iter().flat_map(|(text, place)| [strings.add(text), *place]);
    numbers.flat_map(u32::to_le_bytes).collect()
}

fn assemble(sections: &[&[u8]; Section::COUNT], components: usize) -> Result<Vec<u8>, Problem> {
    // Each section begins at a multiple of eight, so that the checksum meets whole words.
    let length = sections.iter().fold(SECTIONS, |sum, s| sum.saturating_add(s.len().next_multiple_of(8)));
    if length > LARGEST {
        return Err(Problem::Corrupt { detail: "the catalogue is larger than an index can be".into() });
    }
    let mut out = Vec::with_capacity(length);
    out.extend_from_slice(&MAGIC);
    out.extend_from_slice(&VERSION.to_le_bytes());
    out.extend_from_slice(&(components as u32).to_le_bytes());
    out.extend_from_slice(&(length as u64).to_le_bytes());
    out.extend_from_slice(&[0; 8]);
    let mut start = SECTIONS;
    for section in sections {
        out.extend_from_slice(&(start as u32).to_le_bytes());
        out.extend_from_slice(&(section.len() as u32).to_le_bytes());
        start += section.len().next_multiple_of(8);
    }
    for section in sections {
        out.extend_from_slice(section);
        out.resize(out.len().next_multiple_of(8), 0);
    }
    let pages = bytes::u32_at(&out, TABLE + 8 * Section::Pages as usize).unwrap_or_default() as usize;
    let sum = checksum::add(0, &out[TABLE..pages]);
    out[TABLE - 8..TABLE].copy_from_slice(&sum.to_le_bytes());
    Ok(out)
}
