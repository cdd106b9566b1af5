//! Which installed app a word means: its ref, its id, its name, or the last part of its id, in this order.

use cairn_model::Problem;
use cairn_model::app::{InstalledApp, Ref, Scope, Shelf};
use cairn_words::fill;
use gettextrs::gettext;
use std::collections::BTreeSet;

/// How well a word names something; the first that anything matches decides.
pub const WAYS: [fn(&str, &Ref, &str) -> bool; 4] = [
    |word, reference, _| word == reference.to_string(),
    |word, reference, _| word == reference.id.as_str(),
    |word, _, name| word.to_lowercase() == name.to_lowercase(),
    |word, reference, _| {
        let last = reference.id.as_str().rsplit('.').next().unwrap_or_default();
        word.to_lowercase() == last.to_lowercase()
    },
];

/// The one that is meant. The same app of both installations is the person's own, unless `scope` says otherwise.
///
/// # Errors
/// [`Problem::AppNotInstalled`], and [`Problem::InvalidArgument`] with the candidates if the word may mean several.
pub fn installed<'a>(
    shelf: &'a Shelf,
    word: &str,
    scope: Option<Scope>,
) -> Result<&'a InstalledApp, Problem> {
    let here: Vec<&InstalledApp> =
        shelf.installed.iter().filter(|a| scope.is_none_or(|s| s == a.scope)).collect();
    for way in WAYS {
        let matches: Vec<&InstalledApp> =
            here.iter().filter(|a| way(word, &a.reference, &a.name)).copied().collect();
        let refs: BTreeSet<&Ref> = matches.iter().map(|a| &a.reference).collect();
        if refs.len() > 1 {
            return Err(several(word, refs.into_iter().map(ToString::to_string)));
        }
        if let Some(app) = matches.into_iter().min_by_key(|a| a.scope) {
            return Ok(app);
        }
    }
    Err(Problem::AppNotInstalled { id: word.to_owned() })
}

/// A word that may mean several things, with what it may mean.
pub fn several(word: &str, candidates: impl Iterator<Item = String>) -> Problem {
    let list = candidates.collect::<Vec<_>>().join(", ");
    let what = fill(&gettext("“{word}” can be {list}"), &[("word", word), ("list", &list)]);
    Problem::InvalidArgument { what }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    pub fn app(reference: &str, name: &str, scope: Scope) -> InstalledApp {
        InstalledApp {
            reference: reference.parse().unwrap(),
            scope,
            remote: "flathub".into(),
            name: name.into(),
            summary: String::new(),
            version: "1.0".into(),
            commit: "c".into(),
            icon: None,
            installed_bytes: 1_000_000,
            data_bytes: None,
            permissions: Vec::new(),
            end_of_life: None,
            end_of_life_rebase: None,
            held: None,
            running: false,
            extends: None,
        }
    }

    fn shelf() -> Shelf {
        let installed = vec![
            app("app/org.gnome.Notes/x86_64/stable", "Notes", Scope::System),
            app("app/org.kde.krita/x86_64/stable", "Krita", Scope::System),
            app("app/org.kde.krita/x86_64/stable", "Krita", Scope::User),
            app("app/org.paper.Notes/x86_64/stable", "Notes", Scope::User),
            app("app/org.gimp.GIMP/x86_64/beta", "GNU Image Manipulation Program", Scope::User),
            app("app/org.gimp.GIMP/x86_64/stable", "GNU Image Manipulation Program", Scope::User),
        ];
        Shelf { installed, ..Shelf::default() }
    }

    #[test]
    fn id_name_and_last_part_find_it() {
        let shelf = shelf();
        for word in ["org.kde.krita", "Krita", "KRITA", "app/org.kde.krita/x86_64/stable"] {
            assert_eq!(installed(&shelf, word, None).unwrap().scope, Scope::User, "{word}");
        }
        assert_eq!(installed(&shelf, "krita", Some(Scope::System)).unwrap().scope, Scope::System);
        let beta = installed(&shelf, "app/org.gimp.GIMP/x86_64/beta", None).unwrap();
        assert_eq!(beta.reference.branch, "beta");
    }

    #[test]
    fn what_may_be_several_is_not_guessed() {
        for (word, candidate) in [("notes", "app/org.paper.Notes/"), ("org.gimp.GIMP", "x86_64/beta")] {
            match installed(&shelf(), word, None) {
                Err(Problem::InvalidArgument { what }) => assert!(what.contains(candidate), "{what}"),
                other => panic!("{other:?}"),
            }
        }
        let gone = installed(&shelf(), "krit", None).unwrap_err();
        assert_eq!(gone, Problem::AppNotInstalled { id: "krit".into() });
        assert!(installed(&shelf(), "org.gimp.GIMP", Some(Scope::System)).is_err());
    }
}
