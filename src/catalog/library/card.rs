//! What is shown of one app.

use super::{Entry, Library, Shelf};
use crate::index::{Flags, Record};
use crate::reader;
use cairn_model::app::details::AddOn;
use cairn_model::app::{AppId, Card, Details, Ref, Source};
use std::path::PathBuf;

impl Library {
    /// What lists show of an app. An entry of another library gives a card of nothing.
    pub fn card(&self, entry: Entry) -> Card {
        let Some((shelf, record)) = self.first(entry) else { return nothing() };
        let index = &shelf.index;
        Card {
            id: AppId::new(index.id(&record)).unwrap_or_else(|_| AppId::unknown()),
            name: index.name(&record).to_owned(),
            summary: index.summary(&record).to_owned(),
            developer: index.developer(&record).to_owned(),
            icon: self.icon(entry),
            sources: self.sources(entry),
            verified: record.flags.has(Flags::VERIFIED),
            free: record.flags.has(Flags::FREE),
            end_of_life: record.flags.has(Flags::END_OF_LIFE),
        }
    }

    /// What the page of an app shows.
    pub fn details(&self, entry: Entry) -> Details {
        let page = self.first(entry).map(|(shelf, record)| shelf.index.page(&record)).unwrap_or_default();
        Details {
            card: self.card(entry),
            description: page.description,
            releases: page.releases,
            screenshots: page.screenshots,
            links: page.links,
            license: page.license,
            categories: page.categories,
            keywords: page.keywords,
            age: page.rated.then(|| reader::age(&page.content)),
            content: page.content,
            color_light: page.color_light,
            color_dark: page.color_dark,
            runtime: page.runtime,
            add_ons: self.add_ons(entry),
        }
    }

    /// The newest version of what a source calls so, as its catalogue says, or else as another says; empty if none does.
    pub fn newest(&self, source: &Source, reference: &Ref) -> String {
        let Some(entry) = self.find(reference.id.as_str()) else { return String::new() };
        let wanted = reference.to_string();
        let rank = |shelf: &Shelf, record: &Record| {
            (shelf.source != *source, shelf.index.reference(record) != wanted.as_str())
        };
        let mut each: Vec<_> = self.each(entry).collect();
        each.sort_by_key(|(shelf, record)| rank(shelf, record));
        let version = |(shelf, record): (&Shelf, Record)| {
            let release = shelf.index.page(&record).releases.into_iter().next();
            release.map(|r| r.version).filter(|v| !v.is_empty())
        };
        each.into_iter().find_map(version).unwrap_or_default()
    }

    /// The shelves that have it, each with what it says.
    pub(super) fn each(&self, entry: Entry) -> impl Iterator<Item = (&Shelf, Record)> {
        self.entries.slots(entry).iter().filter_map(|(number, component)| {
            let shelf = self.shelves.get(usize::from(*number))?;
            Some((shelf, shelf.index.record(*component)))
        })
    }

    fn sources(&self, entry: Entry) -> Vec<(Source, Ref)> {
        let parsed = |(shelf, record): (&Shelf, Record)| {
            let reference = shelf.index.reference(&record).parse().ok()?;
            Some((shelf.source.clone(), reference))
        };
        self.each(entry).filter_map(parsed).collect()
    }

    /// The largest that is there, of the first source that has one.
    fn icon(&self, entry: Entry) -> Option<PathBuf> {
        self.each(entry).find_map(|(shelf, record)| {
            let name = Some(shelf.index.icon(&record)).filter(|n| !n.is_empty() && !n.contains('/'))?;
            let sizes = ["128x128", "64x64"].map(|size| shelf.icons.join(size).join(name));
            sizes.into_iter().find(|path| path.exists())
        })
    }

    /// What extends the app, of each source that has the app itself.
    fn add_ons(&self, entry: Entry) -> Vec<AddOn> {
        let mut found: Vec<AddOn> = Vec::new();
        for (shelf, app) in self.each(entry) {
            let index = &shelf.index;
            for add_on in index.add_ons(index.id(&app)).map(|component| index.record(component)) {
                let id = AppId::new(index.id(&add_on));
                let (Ok(id), Ok(reference)) = (id, index.reference(&add_on).parse::<Ref>()) else { continue };
                if found.iter().all(|known| known.reference != reference) {
                    let (name, summary) = (index.name(&add_on).to_owned(), index.summary(&add_on).to_owned());
                    found.push(AddOn { id, name, summary, reference });
                }
            }
        }
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }
}

fn nothing() -> Card {
    Card {
        id: AppId::unknown(),
        name: String::new(),
        summary: String::new(),
        developer: String::new(),
        icon: None,
        sources: Vec::new(),
        verified: false,
        free: false,
        end_of_life: false,
    }
}
