//! What a catalogue says of an app, as AppStream catalogue XML (freedesktop.org's AppStream 1.0, "Catalog XML").

use super::PICTURES;
use super::picture::{LARGE, SMALL};
use super::shop::{AddOn, App, Release, Text};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The file of one app, as it was when `release` was the newest.
pub(super) fn app(app: &App, release: &Release) -> String {
    let mut body = String::new();
    words(&mut body, &app.text);
    tag(&mut body, "project_license", &app.license);
    let developer = app.id.rsplit_once('.').map_or(app.id.as_str(), |(start, _)| start);
    let _ = write!(body, "<developer id=\"{developer}\"><name>{}</name></developer>", escape(&app.developer));
    let _ = write!(body, "<launchable type=\"desktop-id\">{}.desktop</launchable>", app.id);
    icons(&mut body, &app.id);
    list(&mut body, "categories", "category", &app.categories, "");
    for (kind, url) in &app.links {
        let _ = write!(body, "<url type=\"{kind}\">{}</url>", escape(url));
    }
    let shown = app.releases.iter().skip_while(|r| r.version != release.version);
    body.push_str("<releases>");
    shown.for_each(|r| history(&mut body, r));
    body.push_str("</releases>");
    screenshots(&mut body, app);
    body.push_str("<content_rating type=\"oars-1.1\">");
    for (attribute, much) in &app.rating {
        let _ = write!(body, "<content_attribute id=\"{attribute}\">{much}</content_attribute>");
    }
    body.push_str("</content_rating><branding>");
    for (scheme, color) in ["light", "dark"].iter().zip(&app.colors) {
        let _ = write!(body, "<color type=\"primary\" scheme_preference=\"{scheme}\">{color}</color>");
    }
    body.push_str("</branding>");
    if app.verified {
        body.push_str("<custom><value key=\"flathub::verification::verified\">true</value>");
        body.push_str("<value key=\"flathub::verification::method\">website</value></custom>");
    }
    component("desktop-application", &app.id, &body)
}

/// The file of an add-on.
pub(super) fn add_on(app: &App, add_on: &AddOn, id: &str) -> String {
    let mut body = String::new();
    words(&mut body, &add_on.text);
    tag(&mut body, "extends", &app.id);
    tag(&mut body, "project_license", &app.license);
    component("addon", id, &body)
}

/// The file of a runtime.
pub(super) fn runtime(id: &str, name: &str, summary: &str) -> String {
    let mut body = String::new();
    tag(&mut body, "name", name);
    tag(&mut body, "summary", summary);
    component("runtime", id, &body)
}

fn component(kind: &str, id: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<components version=\"1.0\" origin=\"flatpak\">\
         <component type=\"{kind}\"><id>{id}</id>{body}</component></components>\n"
    )
}

fn words(body: &mut String, text: &BTreeMap<String, Text>) {
    for (language, text) in text {
        let attribute = lang(language);
        let _ = write!(body, "<name{attribute}>{}</name>", escape(&text.name));
        let _ = write!(body, "<summary{attribute}>{}</summary>", escape(&text.summary));
        list(body, "keywords", "keyword", &text.keywords, &attribute);
        prose(body, &text.description, &attribute);
    }
}

fn history(body: &mut String, release: &Release) {
    let (version, date) = (&release.version, &release.date);
    let _ = write!(body, "<release type=\"stable\" version=\"{version}\" date=\"{date}\">");
    for (language, notes) in &release.notes {
        prose(body, notes, &lang(language));
    }
    body.push_str("</release>");
}

fn screenshots(body: &mut String, app: &App) {
    if app.screen.is_none() {
        return;
    }
    body.push_str("<screenshots>");
    for index in 0..app.english().captions.len() {
        let kind = if index == 0 { " type=\"default\"" } else { "" };
        let _ = write!(body, "<screenshot{kind}>");
        for (language, text) in &app.text {
            if let Some(caption) = text.captions.get(index) {
                let _ = write!(body, "<caption{}>{}</caption>", lang(language), escape(caption));
            }
        }
        for (kind, (width, height), end) in [("source", LARGE, ""), ("thumbnail", SMALL, "-small")] {
            let url = format!("http://{PICTURES}/pictures/{}/{index}{end}.png", app.id);
            let _ =
                write!(body, "<image type=\"{kind}\" width=\"{width}\" height=\"{height}\">{url}</image>");
        }
        body.push_str("</screenshot>");
    }
    body.push_str("</screenshots>");
}

fn icons(body: &mut String, id: &str) {
    for size in [64, 128] {
        let _ = write!(body, "<icon type=\"cached\" width=\"{size}\" height=\"{size}\">{id}.png</icon>");
    }
}

fn list(body: &mut String, outer: &str, inner: &str, entries: &[String], attribute: &str) {
    if entries.is_empty() {
        return;
    }
    let _ = write!(body, "<{outer}{attribute}>");
    entries.iter().for_each(|entry| tag(body, inner, entry));
    let _ = write!(body, "</{outer}>");
}

/// Paragraphs and lists in their own element.
fn prose(body: &mut String, text: &str, attribute: &str) {
    if text.trim().is_empty() {
        return;
    }
    let _ = write!(body, "<description{attribute}>");
    for block in text.trim().split("\n\n") {
        let points = |mark: &str| block.lines().map(|l| l.strip_prefix(mark)).collect::<Option<Vec<_>>>();
        let (outer, entries) = match (points("- "), points("1. ")) {
            (Some(entries), _) => ("ul", entries),
            (_, Some(entries)) => ("ol", entries),
            _ => {
                tag(body, "p", &block.replace('\n', " "));
                continue;
            }
        };
        let _ = write!(body, "<{outer}>");
        entries.iter().for_each(|entry| tag(body, "li", entry));
        let _ = write!(body, "</{outer}>");
    }
    body.push_str("</description>");
}

/// As AppStream 1.0 writes languages (BCP 47), where gettext says `zh_CN`.
fn lang(language: &str) -> String {
    match language {
        "en" => String::new(),
        "zh_CN" => " xml:lang=\"zh-Hans-CN\"".to_owned(),
        other => format!(" xml:lang=\"{other}\""),
    }
}

fn tag(body: &mut String, name: &str, text: &str) {
    let _ = write!(body, "<{name}>{}</{name}>", escape(text));
}

/// Text as XML wants it.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    #[test]
    fn prose_becomes_paragraphs_and_lists() {
        let mut body = String::new();
        super::prose(&mut body, "Two\nlines & more\n\n- one\n- two\n\n1. first\n", " xml:lang=\"de\"");
        assert_eq!(
            body,
            "<description xml:lang=\"de\"><p>Two lines &amp; more</p><ul><li>one</li><li>two</li></ul>\
             <ol><li>first</li></ol></description>"
        );
    }
}
