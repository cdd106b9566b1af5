//! Indexes on disk: built once, opened at once, built again when anything is wrong with them.
#![allow(clippy::unwrap_used)]

use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::{CatalogSource, Category, Scope, Source};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

fn component(id: &str, name: &str, branch: &str, more: &str) -> String {
    format!(
        "<component type='desktop'><id>{id}</id><name>{name}</name><summary>s</summary>{more}\
         <bundle type='flatpak'>app/{id}/x86_64/{branch}</bundle></component>"
    )
}

fn source(folder: &Path, remote: &str, commit: &str, components: &[String]) -> CatalogSource {
    let xml = folder.join(format!("{remote}.xml"));
    fs::write(&xml, format!("<components>{}</components>", components.concat())).unwrap();
    let source = Source { scope: Scope::System, remote: remote.into() };
    CatalogSource { source, xml, icons: folder.join("icons"), commit: commit.into() }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect()
}

#[test]
fn what_is_current_is_not_built_again_and_what_is_old_goes() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let maps = component("org.example.Maps", "Maps", "stable", "");
    let one = [source(folder.path(), "one", "1", std::slice::from_ref(&maps))];
    assert!(Library::open(&cache, &one, "C").is_empty());
    assert!(!Library::open(&cache, &one, "C").is_complete());
    assert_eq!(Library::refresh(&cache, &one, "C"), Ok(true));
    assert_eq!(Library::refresh(&cache, &one, "C"), Ok(false));
    let library = Library::open(&cache, &one, "C");
    assert!(library.is_complete());
    assert_eq!(library.len(), 1);
    let two = [source(folder.path(), "one", "2", &[maps, component("org.example.Zoo", "Zoo", "stable", "")])];
    assert_eq!(Library::refresh(&cache, &two, "C"), Ok(true));
    assert_eq!(files(&cache).len(), 1);
    assert_eq!(Library::open(&cache, &two, "C").len(), 2);
    // What was opened before stays as it was, although its file is gone.
    assert_eq!(library.name(library.find("org.example.Maps").unwrap()), "Maps");
    assert_eq!(Library::refresh(&cache, &two, "de"), Ok(true));
    assert!(!Library::open(&cache, &two, "C").is_complete());
    assert!(Library::open(&cache, &[], "C").is_complete());
    assert_eq!(Library::refresh(&cache, &[], "C"), Ok(false));
    assert!(files(&cache).is_empty());
}

#[test]
fn a_damaged_file_counts_as_missing() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let sources = [source(folder.path(), "one", "1", &[component("org.example.Maps", "Maps", "stable", "")])];
    Library::refresh(&cache, &sources, "C").unwrap();
    let file = files(&cache).pop().unwrap();
    let right = fs::read(&file).unwrap();
    for at in (0..right.len()).step_by(3) {
        let mut bad = right.clone();
        bad[at] ^= 0x40;
        fs::write(&file, &bad).unwrap();
        let library = Library::open(&cache, &sources, "C");
        if let Some(maps) = library.find("org.example.Maps") {
            // Only the text of the page is not summed up, and damage there shows in it alone.
            assert_eq!(library.details(maps).card.name, "Maps", "byte {at}");
        }
    }
    for length in [0, 7, 50, right.len() - 1] {
        fs::write(&file, &right[..length]).unwrap();
        assert!(!Library::open(&cache, &sources, "C").is_complete(), "{length} bytes");
        assert_eq!(Library::refresh(&cache, &sources, "C"), Ok(true));
        assert_eq!(fs::read(&file).unwrap().len(), right.len());
    }
}

#[test]
fn the_same_app_of_two_sources_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let first = [
        component("org.example.Maps", "Maps", "stable", ""),
        component("org.example.Maps", "Maps", "beta", ""),
        component("org.example.Only", "Only", "stable", ""),
    ];
    let second = [
        component("org.example.Maps", "Other Maps", "stable", ""),
        component("org.example.Zoo", "äzoo", "x", ""),
    ];
    let sources = [source(folder.path(), "one", "1", &first), source(folder.path(), "two", "1", &second)];
    Library::refresh(&cache, &sources, "C").unwrap();
    let library = Library::open(&cache, &sources, "C");
    assert_eq!(library.len(), 3);
    let names: Vec<&str> = library.all().into_iter().map(|e| library.name(e)).collect();
    assert_eq!(names, ["äzoo", "Maps", "Only"]);
    let card = library.card(library.find("org.example.Maps").unwrap());
    let from: Vec<String> = card.sources.iter().map(|(s, r)| format!("{} {}", s.remote, r.branch)).collect();
    assert_eq!(from, ["one stable", "one beta", "two stable"]);
    assert_eq!(library.search("maps", 5).len(), 1);
    let turned = [sources[1].clone(), sources[0].clone()];
    let library = Library::open(&cache, &turned, "C");
    assert_eq!(library.name(library.find("org.example.Maps").unwrap()), "Other Maps");
}

#[test]
fn a_packed_catalogue_is_read_and_a_bad_one_stops_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let good = source(folder.path(), "good", "1", &[component("org.example.Maps", "Maps", "stable", "")]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&fs::read(&good.xml).unwrap()).unwrap();
    fs::write(folder.path().join("good.xml.gz"), packed.finish().unwrap()).unwrap();
    fs::remove_file(&good.xml).unwrap();
    let bad = source(folder.path(), "bad", "1", &[]);
    fs::write(&bad.xml, "no xml").unwrap();
    let sources = [bad, good];
    assert_eq!(Library::refresh(&cache, &sources, "C"), Ok(true));
    assert!(matches!(Library::refresh(&cache, &sources, "C"), Err(Problem::Corrupt { .. })));
    let library = Library::open(&cache, &sources, "C");
    assert!(!library.is_complete());
    assert_eq!(library.len(), 1);
}

#[test]
fn icons_are_the_largest_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let icon = "<icon type='cached' width='64' height='64'>maps.png</icon>";
    let sources =
        [source(folder.path(), "one", "1", &[component("org.example.Maps", "Maps", "stable", icon)])];
    Library::refresh(&cache, &sources, "C").unwrap();
    let library = Library::open(&cache, &sources, "C");
    let maps = library.find("org.example.Maps").unwrap();
    assert_eq!(library.card(maps).icon, None);
    for size in ["64x64", "128x128"] {
        let path = folder.path().join("icons").join(size);
        fs::create_dir_all(&path).unwrap();
        fs::write(path.join("maps.png"), "png").unwrap();
        assert_eq!(library.card(maps).icon, Some(path.join("maps.png")));
    }
}

#[test]
fn suggestions_are_varied_and_change_with_the_day() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let shown = |category: &str, day: u32| {
        format!(
            "<icon type='cached'>a.png</icon><categories><category>{category}</category></categories>\
             <screenshots><screenshot><image>https://e.org/a.png</image></screenshot></screenshots>\
             <releases><release version='1' timestamp='{}'/></releases>",
            1_700_000_000 + day * 86_400
        )
    };
    let mut components = Vec::new();
    for number in 0..60 {
        let category = ["Game", "Graphics", "Office"][number as usize % 3];
        let id = format!("org.example.App{number}");
        components.push(component(&id, &format!("App {number}"), "stable", &shown(category, number)));
    }
    components.push(component("org.example.Bare", "Bare", "stable", ""));
    let sources = [source(folder.path(), "one", "1", &components)];
    Library::refresh(&cache, &sources, "C").unwrap();
    let library = Library::open(&cache, &sources, "C");
    let today = library.featured(20_000, 6);
    assert_eq!(today.len(), 6);
    assert_eq!(today, library.featured(20_000, 6));
    assert!((20_001..20_010).any(|day| library.featured(day, 6) != today));
    let bare = library.find("org.example.Bare").unwrap();
    assert!(!library.featured(20_000, 100).contains(&bare));
    let games = library.category(Category::Play);
    assert_eq!(games.len(), 20);
    assert_eq!(today.iter().filter(|e| games.contains(e)).count(), 2);
    assert_eq!(library.name(library.recent(1)[0]), "App 59");
    let similar = library.similar(games[0], 5);
    assert_eq!(similar.len(), 5);
    assert!(similar.iter().all(|e| games.contains(e) && *e != games[0]));
}

#[test]
fn the_newest_version_is_that_of_the_source_it_comes_from() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let maps = |branch: &str, version: &str| {
        let more = format!("<releases><release version='{version}' timestamp='1700000000'/></releases>");
        component("org.example.Maps", "Maps", branch, &more)
    };
    let silent = component("org.example.Maps", "Maps", "stable", "");
    let sources = [
        source(folder.path(), "one", "1", &[maps("stable", "3.2"), maps("beta", "4.0")]),
        source(folder.path(), "two", "1", &[maps("stable", "3.3")]),
        source(folder.path(), "silent", "1", &[silent]),
    ];
    Library::refresh(&cache, &sources, "C").unwrap();
    let library = Library::open(&cache, &sources, "C");
    let newest = |at: usize, branch: &str| {
        let reference = format!("app/org.example.Maps/x86_64/{branch}").parse().unwrap();
        library.newest(&sources[at].source, &reference)
    };
    assert_eq!((newest(0, "stable"), newest(0, "beta")), ("3.2".into(), "4.0".into()));
    assert_eq!(newest(1, "stable"), "3.3");
    assert_eq!(newest(2, "stable"), "3.2", "another source knows");
    let unknown = "app/org.example.Zoo/x86_64/stable".parse().unwrap();
    assert_eq!(library.newest(&sources[0].source, &unknown), "");
}

/// What no source has to install is found and listed, but not suggested as long as there is anything else.
#[test]
fn what_can_only_be_looked_at_is_not_suggested() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let more = "<icon type='cached'>a.png</icon><categories><category>Game</category></categories>\
        <screenshots><screenshot><image>https://e.org/a.png</image></screenshot></screenshots>\
        <releases><release version='1' timestamp='1700000000'/></releases>";
    let offered = component("org.example.Had", "Had", "stable", more);
    let described = |id: &str| {
        let whole = component(id, "Seen", "stable", more);
        let bundle = whole.find("<bundle").unwrap();
        format!("{}</component>", &whole[..bundle])
    };
    let browse =
        source(folder.path(), "browse", "1", &[described("org.example.Had"), described("org.example.Seen")]);
    let shop = source(folder.path(), "shop", "1", &[offered]);
    let names = |library: &Library, entries: Vec<cairn_catalog::Entry>| {
        entries.into_iter().map(|e| library.id(e).to_owned()).collect::<Vec<_>>()
    };
    let both = [browse.clone(), shop];
    Library::refresh(&cache, &both, "C").unwrap();
    let library = Library::open(&cache, &both, "C");
    assert_eq!(names(&library, library.featured(20_000, 6)), ["org.example.Had"]);
    assert_eq!(names(&library, library.recent(6)), ["org.example.Had"]);
    assert_eq!(names(&library, library.category(Category::Play)), ["org.example.Had", "org.example.Seen"]);
    assert_eq!(library.search("seen", 5).len(), 2);

    let alone = [browse];
    Library::refresh(&cache, &alone, "C").unwrap();
    let library = Library::open(&cache, &alone, "C");
    assert_eq!(
        library.featured(20_000, 6).len(),
        2,
        "before any source was added there is still something to see"
    );
    assert_eq!(library.recent(6).len(), 2);
}

#[test]
fn an_entry_of_another_library_is_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let sources = [source(folder.path(), "one", "1", &[component("org.example.Maps", "Maps", "stable", "")])];
    Library::refresh(&cache, &sources, "C").unwrap();
    let maps = Library::open(&cache, &sources, "C").find("org.example.Maps").unwrap();
    let empty = Library::default();
    assert_eq!((empty.name(maps), empty.id(maps)), ("", ""));
    assert!(empty.card(maps).sources.is_empty());
    assert!(empty.similar(maps, 3).is_empty() && empty.search("maps", 3).is_empty());
}

#[test]
fn threads_may_share_a_library() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Library>();
}
