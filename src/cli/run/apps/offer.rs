//! Which offered app a word means, and where to take it from.

use super::find::{WAYS, several};
use cairn_catalog::Library;
use cairn_model::Problem;
use cairn_model::app::{AppId, Card, Ref, Scope, Shelf, Source};
use cairn_words::fill;
use gettextrs::gettext;
use std::collections::BTreeSet;

/// How many answers of a search are looked at for one with that very name.
const NEAR: usize = 40;
/// How many are named when none has it.
const NAMED: usize = 3;

/// The app of the catalogue that a word means.
///
/// # Errors
/// [`Problem::AppNotFound`], and [`Problem::InvalidArgument`] with the candidates if the word may mean several or only
/// comes near to some.
pub fn card(library: &Library, word: &str) -> Result<Card, Problem> {
    let id = word.parse::<Ref>().map(|r| r.id).or_else(|_| AppId::new(word));
    if let Ok(id) = id {
        let entry = library.find(id.as_str()).ok_or(Problem::AppNotFound { id: word.to_owned() })?;
        return Ok(library.card(entry));
    }
    choose(word, library.search(word, NEAR).into_iter().map(|e| library.card(e)).collect())
}

fn choose(word: &str, near: Vec<Card>) -> Result<Card, Problem> {
    for way in WAYS {
        let means = |card: &&Card| match card.sources.first() {
            Some((_, reference)) => way(word, reference, &card.name),
            None => word.to_lowercase() == card.name.to_lowercase(),
        };
        let matches: Vec<&Card> = near.iter().filter(means).collect();
        if matches.len() > 1 {
            return Err(several(word, matches.iter().map(|c| c.id.to_string())));
        }
        if let [card] = matches[..] {
            return Ok(card.clone());
        }
    }
    if near.is_empty() {
        return Err(Problem::AppNotFound { id: word.to_owned() });
    }
    Err(several(word, near.iter().take(NAMED).map(|c| format!("{} ({})", c.name, c.id))))
}

/// What the person said about where an app shall come from.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    pub word: &'a str,
    pub scope: Option<Scope>,
    pub remote: Option<&'a str>,
}

impl Wanted<'_> {
    /// The catalogue's preferred source among those that fit.
    ///
    /// # Errors
    /// [`Problem::AppNotFound`] if no source has it, [`Problem::InvalidArgument`] if only others have it.
    pub fn of(self, card: &Card) -> Result<(Source, Ref), Problem> {
        if card.sources.is_empty() {
            return Err(Problem::AppNotFound { id: card.id.to_string() });
        }
        let whole: Option<Ref> = self.word.parse().ok();
        let fits = |(source, reference): &&(Source, Ref)| {
            self.fits(source) && whole.as_ref().is_none_or(|r| r == reference)
        };
        card.sources.iter().find(fits).cloned().ok_or_else(|| elsewhere(card))
    }

    /// A whole ref that no catalogue has, such as an older branch, from a remote that is named.
    pub fn beside(self, shelf: &Shelf) -> Option<(Source, Ref)> {
        let reference: Ref = self.word.parse().ok()?;
        let sources = shelf.remotes.iter().filter(|r| r.enabled && self.remote == Some(&r.name));
        let mut sources = sources.map(|r| Source { scope: r.scope, remote: r.name.clone() });
        Some((sources.find(|s| self.fits(s))?, reference))
    }

    fn fits(self, source: &Source) -> bool {
        self.scope.is_none_or(|s| s == source.scope) && self.remote.is_none_or(|r| r == source.remote)
    }
}

fn elsewhere(card: &Card) -> Problem {
    let places: BTreeSet<String> = card
        .sources
        .iter()
        .map(|(source, reference)| format!("{} {reference} ({})", source.remote, scope_flag(source.scope)))
        .collect();
    let list = places.into_iter().collect::<Vec<_>>().join(", ");
    let values = [("name", card.name.as_str()), ("list", &list)];
    Problem::InvalidArgument { what: fill(&gettext("{name} is only in {list}"), &values) }
}

/// The option that names an installation.
pub fn scope_flag(scope: Scope) -> &'static str {
    match scope {
        Scope::User => "--user",
        Scope::System => "--system",
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn krita() -> Card {
        offered("org.kde.krita", "Krita", &[(Scope::System, "flathub"), (Scope::User, "flathub")])
    }

    fn offered(id: &str, name: &str, places: &[(Scope, &str)]) -> Card {
        let reference: Ref = format!("app/{id}/x86_64/stable").parse().unwrap();
        let source = |(scope, remote): &(Scope, &str)| Source { scope: *scope, remote: (*remote).into() };
        Card {
            id: AppId::new(id).unwrap(),
            name: name.into(),
            summary: "A word about it".into(),
            developer: String::new(),
            icon: None,
            sources: places.iter().map(|p| (source(p), reference.clone())).collect(),
            verified: true,
            free: true,
            end_of_life: false,
        }
    }

    fn wanted(scope: Option<Scope>, remote: Option<&'static str>) -> Wanted<'static> {
        Wanted { word: "krita", scope, remote }
    }

    #[test]
    fn a_name_must_be_the_name() {
        let paint = || offered("org.a.Paint", "Paint", &[(Scope::User, "flathub")]);
        let other = || offered("org.b.Paint", "Paint", &[(Scope::User, "flathub")]);
        assert_eq!(choose("KRITA", vec![paint(), krita()]).unwrap().name, "Krita");
        let text = |problem: Problem| match problem {
            Problem::InvalidArgument { what } => what,
            other => panic!("{other:?}"),
        };
        assert!(
            text(choose("paint", vec![paint(), other()]).unwrap_err()).contains("org.a.Paint, org.b.Paint")
        );
        assert!(text(choose("krit", vec![krita()]).unwrap_err()).contains("Krita (org.kde.krita)"));
        assert_eq!(choose("x", vec![]).unwrap_err(), Problem::AppNotFound { id: "x".into() });
    }

    #[test]
    fn the_preferred_source_is_taken_unless_another_is_named() {
        assert_eq!(wanted(None, None).of(&krita()).unwrap().0.scope, Scope::System);
        assert_eq!(wanted(Some(Scope::User), None).of(&krita()).unwrap().0.scope, Scope::User);
        assert!(matches!(wanted(None, Some("fedora")).of(&krita()), Err(Problem::InvalidArgument { .. })));
        let nowhere = offered("org.a.Look", "Look", &[]);
        assert_eq!(
            wanted(None, None).of(&nowhere).unwrap_err(),
            Problem::AppNotFound { id: "org.a.Look".into() }
        );
    }
}
