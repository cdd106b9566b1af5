//! What the library promises whatever it was made of.

use cairn_catalog::Library;
use cairn_model::app::details::Block;
use cairn_model::app::{CatalogSource, Category, Details, Scope, Source};
use cairn_model::text;
use std::path::PathBuf;

/// Longer than everything that a page shows in one piece.
const LONGEST: usize = 20_001;

/// A broken promise ends the run, as libFuzzer and tests want it.
#[allow(clippy::panic)]
pub fn keeps(kept: bool, promise: &str) {
    if !kept {
        panic!("broken: {promise}");
    }
}

pub fn library(bytes: Vec<u8>, locale: &str) -> Library {
    let source = Source { scope: Scope::User, remote: "fuzz".into() };
    let source = CatalogSource {
        source,
        xml: PathBuf::new(),
        icons: PathBuf::from("/nonexistent"),
        commit: "fuzz".into(),
    };
    Library::of_bytes(vec![(source, bytes)], locale)
}

/// Asks for everything once.
pub fn answers(library: &Library, queries: &[&str]) {
    let all = library.all();
    for entry in all.iter().take(50) {
        let _ = library.details(*entry);
        let _ = library.find(library.id(*entry));
        let _ = library.name(*entry);
    }
    for query in queries {
        keeps(library.search(query, 5).len() <= 5, "no more answers than were asked for");
    }
    Category::ALL.iter().for_each(|c| drop(library.category(*c)));
    let featured = library.featured(20_000, 6);
    keeps(featured.len() <= 6, "no more suggestions than were asked for");
    drop(library.recent(6));
    all.first().iter().for_each(|entry| drop(library.similar(**entry, 6)));
}

/// Nothing that could mislead a person comes out, nothing is endless, and every app can be found.
pub fn clean(library: &Library) {
    let all = library.all();
    keeps(all.len() == library.len(), "every app is in the list, once");
    for entry in all.into_iter().take(200) {
        keeps(library.find(library.id(entry)) == Some(entry), "every id finds its app");
        texts(&library.details(entry));
    }
}

fn texts(app: &Details) {
    let card = &app.card;
    [&card.name, &card.summary, &card.developer, &app.license].into_iter().for_each(|t| line(t));
    app.categories.iter().chain(&app.keywords).for_each(|t| line(t));
    blocks(&app.description);
    for release in &app.releases {
        line(&release.version);
        blocks(&release.notes);
        release.url.iter().for_each(|u| address(u));
    }
    for screenshot in &app.screenshots {
        line(&screenshot.caption);
        screenshot.images.iter().for_each(|i| address(&i.url));
    }
    app.links.iter().for_each(|l| address(&l.url));
    app.color_light.iter().chain(&app.color_dark).for_each(|c| {
        keeps(c.len() == 7 && c.starts_with('#') && c.is_ascii(), "a colour is six digits");
    });
}

fn blocks(blocks: &[Block]) {
    for block in blocks {
        match block {
            Block::Paragraph(text) => line(text),
            Block::Bullets(list) | Block::Numbers(list) => list.iter().for_each(|t| line(t)),
        }
    }
}

fn line(shown: &str) {
    keeps(shown.chars().count() <= LONGEST, "no text is endless");
    // One sign more, since a text that was cut ends with the sign for that.
    keeps(text::clean(shown, LONGEST + 1) == shown, "every text is clean");
}

fn address(url: &str) {
    line(url);
    let start = url.to_ascii_lowercase();
    keeps(start.starts_with("https://") || start.starts_with("http://"), "every address is one of the web");
}
