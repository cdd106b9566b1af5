//! Which engine a machine needs, with the evidence.

use crate::BUILT;
use crate::Engine;
use crate::family::{Family, KNOWN};
use cairn_host::Host;
use cairn_model::engine::Evidence;
use cairn_model::{Ability, Problem};
use std::sync::Arc;

/// What was found of each family, the likeliest first. At most one is chosen.
pub fn evidence(host: &Host) -> Vec<Evidence> {
    let mut found: Vec<Evidence> = all().map(|family| look(family, host)).collect();
    found.sort_by_key(|e| std::cmp::Reverse(e.score));
    if let Some(first) = found.first_mut().filter(|e| e.score > 0) {
        first.chosen = true;
    }
    found
}

/// Word, name and the most that it can do, for each family that has an engine.
pub fn built() -> impl Iterator<Item = (&'static str, &'static str, &'static [Ability])> {
    BUILT.iter().map(|family| (family.word, family.name, family.abilities))
}

fn all() -> impl Iterator<Item = &'static Family> {
    BUILT.iter().chain(KNOWN)
}

fn look(family: &Family, host: &Host) -> Evidence {
    let mut traces = Vec::new();
    // Each is looked at, for whoever asks why.
    let seen: Vec<bool> = family.signs.iter().map(|sign| sign.look(host, &mut traces)).collect();
    let here = !seen.contains(&false);
    Evidence {
        engine: family.word.into(),
        name: family.name.into(),
        score: if here { family.score } else { 0 },
        chosen: false,
        built: family.build.is_some(),
        traces,
    }
}

/// The engine for this machine. A family that is known but not built yet is nobody else's either: what is above
/// libostree would lose what it manages if libostree was told to update.
///
/// # Errors
/// [`Problem::NotAtomic`] where nothing is found, [`Problem::EngineMissing`] where Cairn cannot drive what is.
pub fn detect(host: &Host) -> Result<Arc<dyn Engine>, Problem> {
    let chosen = evidence(host).into_iter().find(|e| e.chosen).ok_or(Problem::NotAtomic)?;
    let build = all().find(|family| family.word == chosen.engine).and_then(|family| family.build);
    build.map(|build| build(host)).ok_or(Problem::EngineMissing { family: chosen.name })
}
