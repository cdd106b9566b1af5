//! What is read out of a catalogue, and that nothing hostile comes out of it.
#![allow(clippy::unwrap_used)]

use cairn_catalog::{Key, Library, build};
use cairn_model::Problem;
use cairn_model::app::details::{Block, Intensity, LinkKind};
use cairn_model::app::{CatalogSource, Details, Scope, Source};
use std::path::PathBuf;

const NOW: i64 = 1_760_000_000;
const FLATHUB: &str = include_str!("../../fuzz/corpus/appstream/flathub.xml");
const DEBIAN: &str = include_str!("../../fuzz/corpus/appstream/debian.xml");

fn library(xml: &[u8], locale: &str) -> Result<Library, Problem> {
    let bytes = build(xml, Key { commit: "c", locale }, NOW)?;
    let source = Source { scope: Scope::User, remote: "r".into() };
    let source =
        CatalogSource { source, xml: PathBuf::new(), icons: "/nonexistent".into(), commit: "c".into() };
    Ok(Library::of_bytes(vec![(source, bytes)], locale))
}

fn app(xml: &str, locale: &str, id: &str) -> Details {
    let library = library(xml.as_bytes(), locale).unwrap();
    library.details(library.find(id).unwrap())
}

fn hostile(inside: &str) -> Details {
    let xml = format!(
        "<components><component type='desktop'><id>org.example.App</id><name>App</name>{inside}</component></components>"
    );
    app(&xml, "C", "org.example.App")
}

#[test]
fn a_page_has_what_the_catalogue_says() {
    let paint = app(FLATHUB, "C", "org.example.Paint");
    let card = &paint.card;
    assert_eq!((card.name.as_str(), card.summary.as_str()), ("Paint & Draw", "Edit pictures"));
    assert_eq!(card.developer, "Example");
    assert!(card.verified && card.free && !card.end_of_life);
    assert_eq!(card.sources[0].1.to_string(), "app/org.example.Paint/x86_64/stable");
    assert_eq!(paint.description[0], Block::Paragraph("It paints everything with c++.".into()));
    assert_eq!(paint.description[1], Block::Bullets(vec!["one".into(), "two".into()]));
    assert_eq!(paint.description[2], Block::Numbers(vec!["first".into()]));
    assert_eq!(paint.releases.len(), 2);
    assert_eq!(paint.releases[0].date, Some(1_742_342_400));
    assert_eq!(paint.releases[0].url.as_deref(), Some("https://example.org/2"));
    assert_eq!(paint.screenshots.len(), 1);
    assert_eq!(paint.screenshots[0].images[0].width, 224);
    let links: Vec<LinkKind> = paint.links.iter().map(|l| l.kind).collect();
    assert_eq!(links, [LinkKind::Homepage, LinkKind::Help]);
    assert_eq!(paint.content, [("violence-cartoon".into(), Intensity::Intense)]);
    assert_eq!(paint.age, Some(6));
    assert_eq!(paint.color_light.as_deref(), Some("#aabbcc"));
    assert_eq!(paint.runtime.as_deref(), Some("org.gnome.Platform/x86_64/48"));
    assert_eq!(paint.add_ons.len(), 1);
    assert_eq!(paint.add_ons[0].name, "Brushes");
}

#[test]
fn both_styles_of_translation_are_understood() {
    let paint = app(FLATHUB, "de_AT.UTF-8", "org.example.Paint");
    assert_eq!(paint.card.name, "Malen & Zeichnen");
    assert_eq!(paint.card.developer, "Beispiel");
    assert_eq!(paint.description[0], Block::Paragraph("Es malt alles.".into()));
    assert_eq!(paint.description[1], Block::Bullets(vec!["eins".into(), "two".into()]));
    assert_eq!(paint.keywords, ["Bild"]);
    assert_eq!(paint.screenshots[0].caption, "Fenster");
    assert_eq!(app(FLATHUB, "zh_CN", "org.example.Paint").card.name, "图片编辑器");
    let gimp = app(DEBIAN, "de", "org.debian.packages.gimp");
    assert_eq!(gimp.description, [Block::Paragraph("Deutsch".into())]);
    assert_eq!(gimp.keywords, ["Foto"]);
    assert_eq!(app(DEBIAN, "fr", "org.debian.packages.gimp").card.summary, "Retouche");
}

#[test]
fn what_has_no_download_is_only_to_look_at() {
    let library = library(DEBIAN.as_bytes(), "C").unwrap();
    assert_eq!(library.len(), 2);
    let gimp = library.card(library.find("org.debian.packages.gimp").unwrap());
    assert!(gimp.sources.is_empty() && gimp.end_of_life && !gimp.free);
    assert!(library.find("org.example.font").is_none());
    let page = library.details(library.find("org.debian.packages.gimp").unwrap());
    assert_eq!(page.screenshots[0].images[0].url, "https://appstream.debian.org/media/trixie/or/g/a.png");
    assert_eq!(page.age, None);
}

#[test]
fn every_way_to_name_an_app_finds_it() {
    let library = library(FLATHUB.as_bytes(), "C").unwrap();
    let paint = library.find("org.example.Paint");
    assert!(paint.is_some());
    for id in [
        "org.example.Paint.desktop",
        "appstream://org.example.Paint",
        "appstream:org.example.Paint.desktop",
        "org.example.OldPaint",
    ] {
        assert_eq!(library.find(id), paint, "{id}");
    }
    assert_eq!(library.find("org.example.Pain"), None);
    assert_eq!(library.find(""), None);
    // An add-on can be found by its id, and stands in no list.
    assert!(library.find("org.example.Paint.Brushes").is_some());
    assert_eq!(library.all().len(), 1);
    assert!(library.search("brushes", 9).is_empty());
}

#[test]
fn nothing_that_misleads_comes_out() {
    let page = hostile(
        "<summary>&lt;b&gt;bold&lt;/b&gt;&#x202e;evil&#27;[31m\u{2066}x</summary><developer_name>a\n\tb</developer_name>\
         <url type='homepage'>javascript:alert(1)</url><url type='help'>https://e.org/\u{202e}x</url>\
         <icon type='cached'>../../etc/passwd</icon><screenshots><screenshot><image>file:///etc/passwd</image></screenshot>\
         </screenshots><branding><color type='primary'>red;}</color></branding>",
    );
    // Markup stays text: nobody downstream may take it for more.
    assert_eq!(page.card.summary, "<b>bold</b>evil[31mx");
    assert_eq!(page.card.developer, "a b");
    assert!(page.links.is_empty() && page.screenshots.is_empty());
    assert_eq!((page.card.icon, page.color_light), (None, None));
}

#[test]
fn nothing_is_endless() {
    let long = "word ".repeat(2_000_000);
    let page =
        hostile(&format!("<summary>{long}</summary><description><p>{long}</p><p>{long}</p></description>"));
    let characters: usize = page
        .description
        .iter()
        .map(|b| if let Block::Paragraph(line) = b { line.chars().count() } else { 0 })
        .sum();
    assert!((19_000..=20_001).contains(&characters), "{characters}");
    assert!(page.card.summary.chars().count() <= 301);
    let many = "<keyword>k</keyword>".repeat(5000);
    let shots = "<screenshot><image>https://e.org/a</image></screenshot>".repeat(500);
    let page = hostile(&format!("<keywords>{many}</keywords><screenshots>{shots}</screenshots>"));
    assert_eq!((page.keywords.len(), page.screenshots.len()), (50, 30));
}

#[test]
fn damage_costs_what_stands_behind_it_and_no_more() {
    let cut = include_bytes!("../../fuzz/corpus/appstream/cut.xml");
    assert_eq!(library(cut, "C").unwrap().len(), 1);
    let mut invalid = FLATHUB.as_bytes().to_vec();
    invalid.extend_from_slice(b"\xff\xfe");
    assert_eq!(library(&invalid, "C").unwrap().len(), 1);
    for nothing in [&b""[..], b"no xml", b"<html/>", b"\xff\xff", b"<components><component"] {
        assert!(matches!(library(nothing, "C"), Err(Problem::Corrupt { .. })), "{nothing:?}");
    }
    assert!(library(b"<components/>", "C").unwrap().is_empty());
    let deep = include_bytes!("../../fuzz/corpus/appstream/deep.xml");
    assert!(matches!(library(deep, "C"), Err(Problem::Corrupt { .. })));
}

#[test]
fn entities_do_not_multiply() {
    let bomb = include_bytes!("../../fuzz/corpus/appstream/bomb.xml");
    let library = library(bomb, "C").unwrap();
    let page = library.details(library.find("org.example.Lol").unwrap());
    assert_eq!(page.card.name, "xy");
    assert_eq!(page.card.summary, "<b>&amp;</b>");
}
