//! What people type finds what they mean, on Debian's catalogue: one of the named apps is within the first three.
#![allow(clippy::unwrap_used)]

use cairn_catalog::{Key, Library, build};
use cairn_model::app::{CatalogSource, Scope, Source};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

const TABLE: &str = include_str!("relevance.tsv");
/// Of a hundred queries so many must be answered well.
const GOAL: usize = 95;
const WITHIN: usize = 3;
/// The catalogue is of this time; a later day would make all of it old.
const NOW: i64 = 1_760_000_000;

fn catalogue() -> Option<PathBuf> {
    let named = std::env::var_os("CAIRN_CATALOG_XML").map(PathBuf::from);
    let demo =
        || Some(PathBuf::from(std::env::var_os("CAIRN_DEV_CACHE")?).join("demo/apps/debian/appstream.xml"));
    // Either the file or the folder that has it may be named.
    let file = |path: PathBuf| if path.is_dir() { path.join("appstream.xml") } else { path };
    named.or_else(demo).map(file).filter(|path| path.exists())
}

fn library(xml: &PathBuf, locale: &str) -> Library {
    let key = Key { commit: "test", locale };
    let bytes = build(BufReader::new(File::open(xml).unwrap()), key, NOW).unwrap();
    let source = Source { scope: Scope::System, remote: "debian".into() };
    let source = CatalogSource { source, xml: xml.clone(), icons: PathBuf::new(), commit: "test".into() };
    Library::of_bytes(vec![(source, bytes)], locale)
}

#[test]
fn people_find_what_they_mean() {
    let Some(xml) = catalogue() else {
        println!("skipped: CAIRN_CATALOG_XML names no catalogue and there is none in the cache");
        return;
    };
    let mut libraries = BTreeMap::new();
    let (mut met, mut missed) = ([0, 0], [0, 0]);
    for (number, row) in TABLE.lines().filter(|l| !l.starts_with("//")).enumerate() {
        let cells: Vec<&str> = row.split('\t').collect();
        let [locale, query, expected] = cells[..] else { panic!("a row of three cells: {row}") };
        let library = libraries.entry(locale).or_insert_with(|| library(&xml, locale));
        let found: Vec<&str> = library.search(query, 8).iter().map(|e| library.id(*e)).collect();
        // Every fourth row is kept apart: nobody looks at it while the ranking is tuned.
        let part = usize::from(number % 4 == 3);
        // Debian's own ids are made into ids of apps; which sign stands for one that these may not have is no matter here.
        let same = |id: &str, wanted: &str| id.replace('-', "_") == wanted.replace('-', "_");
        if found.iter().take(WITHIN).any(|id| expected.split(' ').any(|e| same(id, e))) {
            met[part] += 1;
        } else {
            missed[part] += 1;
            if part == 0 || std::env::var_os("CAIRN_CATALOG_BLIND").is_none() {
                println!("missed {locale} “{query}”: {found:?}");
            }
        }
    }
    println!("tuned {}/{} · kept apart {}/{}", met[0], met[0] + missed[0], met[1], met[1] + missed[1]);
    let (met, all) = (met[0] + met[1], met[0] + met[1] + missed[0] + missed[1]);
    assert!(met * 100 >= all * GOAL, "{met} of {all}");
}
