//! Packages that could be added, by words in their names. They are looked for in the sources that root has, by the
//! machine's own configuration, so that what is found is what can be added; no network is asked for more.
//!
//! `nix search` is not: of sources that are no flake it stops at the first package that does not evaluate, of which nixpkgs
//! has many, and it evaluates all of them to read their descriptions (nix: src/nix/search.cc).

use super::nix::Nix;
use super::origin::Origin;
use super::{Nixos, packages};
use cairn_jobs::Context;
use cairn_model::package::{FoundPackage, PackageState};
use cairn_model::{Problem, text};
use std::collections::BTreeSet;

const MOST_WORDS: usize = 8;
const MOST_FOUND: usize = 100;

/// The name itself first, then the others, the shortest first.
pub(super) async fn find(engine: &Nixos, words: &str, ctx: &Context) -> Result<Vec<FoundPackage>, Problem> {
    let Some(Origin::Channel(channel)) = engine.origin().filter(|_| packages::able(engine)) else {
        return Err(Problem::NotSupported { what: "find-packages".into() });
    };
    let words = text::line(words).to_lowercase();
    let words: Vec<&str> = words.split_whitespace().take(MOST_WORDS).collect();
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = channel.search(&Nix::stoppable(engine, ctx), &words).await?;
    let exact = |p: &FoundPackage| words.iter().any(|word| p.name.as_str().eq_ignore_ascii_case(word));
    found.sort_by_key(|p| (!exact(p), p.name.as_str().len(), p.name.clone()));
    found.truncate(MOST_FOUND);
    let here: BTreeSet<_> = packages::all(engine)
        .await?
        .into_iter()
        .filter(|p| matches!(p.state, PackageState::Running | PackageState::Going))
        .map(|p| p.name)
        .collect();
    for package in &mut found {
        package.here = here.contains(&package.name);
    }
    Ok(found)
}
