//! Components, one after the other.

use super::component::{Component, Kind};
use super::locale::{Locale, Rank};
use super::xml::{Stop, Xml};
use super::{address, date, facts, limits, words};
use cairn_model::{Problem, Seconds, text};
use std::io::BufRead;

/// Where pictures without a whole address are, as the catalogue's first tag says.
pub(super) type Base = Option<String>;

/// Gives every app and add-on of a catalogue to `take`, in the order of the file. `now` tells what is past.
///
/// # Errors
/// [`Problem::Corrupt`] if nothing at all can be read. A catalogue that breaks off gives what stands before the break.
pub(crate) fn read(
    input: impl BufRead,
    locale: &Locale,
    now: Seconds,
    mut take: impl FnMut(Component),
) -> Result<(), Problem> {
    let mut count = Count::default();
    let end = components(&mut Xml::new(input, locale), now, &mut count, &mut take);
    if count.skipped > 0 {
        tracing::debug!(count = count.skipped, "components without a usable id were left out");
    }
    match end {
        Err(why) if count.taken == 0 => Err(Problem::Corrupt { detail: text::line(&why) }),
        Err(why) => {
            tracing::warn!(%why, count = count.taken, "the catalogue is damaged; what stands before is used");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

#[derive(Default)]
struct Count {
    taken: usize,
    skipped: usize,
}

fn components<R: BufRead>(
    xml: &mut Xml<'_, R>,
    now: Seconds,
    count: &mut Count,
    take: &mut impl FnMut(Component),
) -> Result<(), Stop> {
    if !xml.child()? || xml.name() != "components" {
        return Err("it is no AppStream catalogue".into());
    }
    let base = xml.attribute("media_baseurl").and_then(|b| address::web(&b));
    while xml.child()? && count.taken < limits::COMPONENTS {
        let Some(kind) = kind(xml) else {
            xml.skip()?;
            continue;
        };
        match component(xml, kind, &base, now)? {
            Some(component) => {
                count.taken += 1;
                take(component);
            }
            None => count.skipped += 1,
        }
    }
    Ok(())
}

/// `None` for what no store shows, and for fragments that only change other components.
fn kind<R: BufRead>(xml: &Xml<'_, R>) -> Option<Kind> {
    if xml.name() != "component" || xml.attribute("merge").is_some() {
        return None;
    }
    match xml.attribute("type").as_deref() {
        Some("desktop-application" | "desktop") => Some(Kind::Desktop),
        Some("console-application") => Some(Kind::Console),
        Some("web-application") => Some(Kind::Web),
        Some("addon") => Some(Kind::AddOn),
        _ => None,
    }
}

/// What is needed only while a component is read.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) component: Component,
    /// As it stands in `<id>`.
    pub(super) id: String,
    pub(super) description: Option<Rank>,
    pub(super) names: u16,
    pub(super) listed_languages: u16,
    pub(super) help_is_explicit: bool,
}

fn component<R: BufRead>(
    xml: &mut Xml<'_, R>,
    kind: Kind,
    base: &Base,
    now: Seconds,
) -> Result<Option<Component>, Stop> {
    let mut draft = Draft { component: Component { kind, ..Component::default() }, ..Draft::default() };
    let end = xml.attribute("date_eol").and_then(|d| date::seconds(None, Some(&d)));
    draft.component.end_of_life = end.is_some_and(|end| end <= now);
    while xml.child()? {
        let Some(rank) = xml.rank() else {
            draft.names += u16::from(xml.name() == "name" && draft.names < u16::MAX);
            xml.skip()?;
            continue;
        };
        if !words::read(xml, rank, &mut draft)? && !facts::read(xml, base, &mut draft)? {
            xml.skip()?;
        }
    }
    Ok(finished(draft))
}

/// `None` for a component without a usable id or without a name.
fn finished(draft: Draft) -> Option<Component> {
    let Draft { mut component, id, names, listed_languages, .. } = draft;
    let own = facts::plain_id(&id);
    if component.id.is_empty() {
        component.id = own.clone()?;
    }
    component.aliases.extend(own);
    component.aliases.retain(|alias| *alias != component.id);
    component.aliases.sort();
    component.aliases.dedup();
    component.languages = names.max(listed_languages);
    (!component.name.best.is_empty()).then_some(component)
}
