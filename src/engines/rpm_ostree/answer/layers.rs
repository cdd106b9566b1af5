//! What was done to the packages of a version: asked for, and in effect.

use super::dict::{Facts, fields, items, text_of};
use super::nevra;
use cairn_model::text;
use zbus::zvariant::Value;

/// Requests stand in a version's origin, what came of them in its commit. Texts are as upstream spells them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layers {
    /// Names, but also paths or capabilities that a package provides.
    pub requested: Vec<String>,
    /// Name, version, release and architecture of packages from files.
    pub local: Vec<String>,
    /// Those of the requests that were added; the base has the others by itself.
    pub effective: Vec<String>,
    /// Names of packages of the base that are left out.
    pub removals: Vec<String>,
    /// Those that are left out indeed, by name.
    pub removed: Vec<String>,
    pub replaced: Vec<Replaced>,
}

/// A package of the base with another version in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    pub name: String,
    pub version: Option<String>,
    /// What the base has; `None` while the request is not in effect.
    pub base_version: Option<String>,
}

pub fn of(facts: Facts<'_>) -> Layers {
    let mut local = facts.texts("requested-local-packages");
    local.extend(facts.texts("requested-local-fileoverride-packages"));
    let removed = facts.get("base-removals").map(items).unwrap_or_default();
    Layers {
        requested: facts.texts("requested-packages"),
        local,
        effective: facts.texts("packages"),
        removals: facts.texts("requested-base-removals"),
        removed: removed.iter().filter_map(name_of).map(ToOwned::to_owned).collect(),
        replaced: replaced(facts),
    }
}

/// The name in an `(sstsss)`: nevra, name, epoch, version, release, architecture.
fn name_of<'a>(nevra: &'a Value<'a>) -> Option<&'a str> {
    fields(nevra).get(1).and_then(text_of)
}

/// Version and release in an `(sstsss)`.
fn version_of(nevra: &Value<'_>) -> Option<String> {
    let field = |at: usize| fields(nevra).get(at).and_then(text_of);
    Some(text::line(&format!("{}-{}", field(3)?, field(4)?)))
}

fn replaced(facts: Facts<'_>) -> Vec<Replaced> {
    let mut all: Vec<Replaced> = Vec::new();
    for asked in facts.texts("requested-base-local-replacements") {
        if let Some((name, version)) = nevra::split(&asked) {
            let version = Some(text::line(version));
            all.push(Replaced { name: name.to_owned(), version, base_version: None });
        }
    }
    // A list of (source, names).
    for source in facts.get("requested-base-remote-replacements").map(items).unwrap_or_default() {
        let names = fields(source).get(1).map(items).unwrap_or_default();
        for name in names.iter().filter_map(text_of) {
            all.push(Replaced { name: name.to_owned(), version: None, base_version: None });
        }
    }
    for pair in pairs(facts) {
        let [new, old] = fields(pair) else { continue };
        let Some(name) = name_of(new) else { continue };
        if let Some(known) = all.iter_mut().find(|r| r.name == name) {
            known.version = version_of(new).or(known.version.take());
            known.base_version = version_of(old);
        }
    }
    all
}

/// Pairs of what is there now and what the base has: a list of them, or a list for each source.
fn pairs<'a>(facts: Facts<'a>) -> Vec<&'a Value<'a>> {
    let local = facts.get("base-local-replacements").map(items).unwrap_or_default();
    let mut all: Vec<&Value<'_>> = local.iter().collect();
    if let Some(Ok(sources)) = facts.get("base-remote-replacements").map(Facts::of) {
        all.extend(sources.pairs().flat_map(|(_, list)| items(list)));
    }
    all
}
