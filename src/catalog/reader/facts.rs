//! The parts of a component that are the same in every language.

use super::component::Component;
use super::parser::{Base, Draft};
use super::xml::{Stop, Xml};
use super::{address, content, limits, picture, release};
use cairn_model::app::details::{Link, LinkKind};
use cairn_model::app::{AppId, Ref};
use cairn_model::text;
use std::io::BufRead;

/// Reads the element if it is one of them, else `false`.
pub(super) fn read<R: BufRead>(xml: &mut Xml<'_, R>, base: &Base, draft: &mut Draft) -> Result<bool, Stop> {
    let app = &mut draft.component;
    match xml.name() {
        "id" => draft.id = xml.text(limits::ADDRESS)?.trim().to_owned(),
        "bundle" => bundle(xml, app)?,
        "project_license" => app.license = xml.line(limits::LINE)?,
        "categories" => app.categories = list(xml, "category", limits::CATEGORIES)?,
        "releases" => app.releases = release::releases(xml)?,
        "screenshots" => app.screenshots = picture::screenshots(xml, base.as_deref())?,
        "content_rating" => rating(xml, app)?,
        "icon" => icon(xml, app)?,
        "branding" => branding(xml, app)?,
        "url" => link(xml, draft)?,
        "extends" => {
            let id = plain_id(&xml.text(limits::ADDRESS)?);
            app.extends.extend((app.extends.len() < limits::IDS).then_some(id).flatten());
        }
        "provides" | "replaces" => {
            let ids = list(xml, "id", limits::IDS)?;
            let room = limits::IDS.saturating_sub(app.aliases.len());
            app.aliases.extend(ids.iter().filter_map(|id| plain_id(id)).take(room));
        }
        "languages" => {
            let count = list(xml, "lang", usize::from(u16::MAX))?.len();
            draft.listed_languages = u16::try_from(count).unwrap_or(u16::MAX);
        }
        "custom" | "metadata" => custom(xml, app)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn bundle<R: BufRead>(xml: &mut Xml<'_, R>, app: &mut Component) -> Result<(), Stop> {
    let is_flatpak = xml.attribute("type").is_some_and(|t| t == "flatpak");
    let runtime = xml.attribute("runtime").map(|r| text::clean(&r, limits::LINE));
    let reference = xml.text(limits::ADDRESS)?;
    if let Ok(reference) = reference.trim().parse::<Ref>()
        && is_flatpak
    {
        app.id = reference.id.to_string();
        app.reference = reference.to_string();
        app.runtime = runtime.filter(|r| !r.is_empty());
    }
    Ok(())
}

fn rating<R: BufRead>(xml: &mut Xml<'_, R>, app: &mut Component) -> Result<(), Stop> {
    app.rated = xml.attribute("type").is_some_and(|t| t.starts_with("oars-1."));
    while xml.child()? {
        let name = xml.attribute("id").map(|id| text::clean(&id, limits::WORD)).unwrap_or_default();
        let intensity = content::intensity(&xml.text(limits::WORD)?);
        if let Some(intensity) = intensity
            && app.rated
            && !name.is_empty()
            && app.content.len() < limits::RATINGS
        {
            app.content.push((name, intensity));
        }
    }
    Ok(())
}

/// Icons that the source brought as files. Both sizes have the same name in practice; which of them is there, the
/// folder tells when a card is made.
fn icon<R: BufRead>(xml: &mut Xml<'_, R>, app: &mut Component) -> Result<(), Stop> {
    let cached = xml.attribute("type").is_some_and(|t| t == "cached");
    let scaled = xml.attribute("scale").is_some_and(|s| s != "1");
    let wide = xml.attribute("width").is_none_or(|w| w == "128" || w == "64");
    let name = xml.text(limits::LINE)?;
    let name = name.trim();
    let is_plain = text::line(name) == name && !name.contains(['/', '\\']) && !name.starts_with('.');
    if cached && wide && !scaled && is_plain && !name.is_empty() {
        name.clone_into(&mut app.icon);
    }
    Ok(())
}

fn branding<R: BufRead>(xml: &mut Xml<'_, R>, app: &mut Component) -> Result<(), Stop> {
    while xml.child()? {
        let is_primary = xml.name() == "color" && xml.attribute("type").is_none_or(|t| t == "primary");
        let scheme = xml.attribute("scheme_preference").map(|s| s.into_owned());
        let value = xml.text(limits::WORD)?.trim().to_ascii_lowercase();
        let digits = value.strip_prefix('#').unwrap_or_default();
        if !is_primary || digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            continue;
        }
        match scheme.as_deref() {
            Some("light") => app.color_light = Some(value),
            Some("dark") => app.color_dark = Some(value),
            _ => {
                app.color_light.get_or_insert_with(|| value.clone());
                app.color_dark.get_or_insert(value);
            }
        }
    }
    Ok(())
}

fn link<R: BufRead>(xml: &mut Xml<'_, R>, draft: &mut Draft) -> Result<(), Stop> {
    let word = xml.attribute("type").map(|t| t.into_owned());
    let kind = match word.as_deref() {
        Some("homepage") => LinkKind::Homepage,
        Some("help" | "faq") => LinkKind::Help,
        Some("bugtracker") => LinkKind::Bugs,
        Some("donation") => LinkKind::Donate,
        Some("translate") => LinkKind::Translate,
        Some("vcs-browser") => LinkKind::Source,
        Some("contact") => LinkKind::Contact,
        _ => return xml.skip(),
    };
    let Some(url) = address::web(&xml.text(limits::ADDRESS * 2)?) else { return Ok(()) };
    let links = &mut draft.component.links;
    let explicit = word.as_deref() == Some("help");
    match links.iter_mut().find(|l| l.kind == kind) {
        // A manual is better help than a list of questions.
        Some(known) if explicit && !draft.help_is_explicit => known.url = url,
        Some(_) => {}
        None => links.push(Link { kind, url }),
    }
    draft.help_is_explicit |= explicit;
    Ok(())
}

/// What sources say about apps beyond AppStream.
fn custom<R: BufRead>(xml: &mut Xml<'_, R>, app: &mut Component) -> Result<(), Stop> {
    while xml.child()? {
        let key = xml.attribute("key").map(|k| k.into_owned()).unwrap_or_default();
        let value = xml.text(limits::WORD)?;
        let is_true = value.trim() == "true";
        match key.as_str() {
            "flathub::verification::verified" => app.verified = is_true,
            _ if key.ends_with("::eol") || key.ends_with("::end_of_life") => app.end_of_life |= is_true,
            _ => {}
        }
    }
    Ok(())
}

/// The texts of the children of that name.
fn list<R: BufRead>(xml: &mut Xml<'_, R>, name: &str, max: usize) -> Result<Vec<String>, Stop> {
    let mut found = Vec::new();
    while xml.child()? {
        if xml.name() == name && found.len() < max {
            let word = xml.line(limits::WORD)?;
            found.extend((!word.is_empty()).then_some(word));
        } else {
            xml.skip()?;
        }
    }
    Ok(found)
}

/// A component's id as an app's, if it is one.
pub(super) fn plain_id(id: &str) -> Option<String> {
    let id = id.trim();
    let id = id.strip_suffix(".desktop").unwrap_or(id);
    AppId::new(id).ok().map(String::from)
}
