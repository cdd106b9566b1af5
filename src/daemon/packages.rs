//! What the engine knows of packages, with what the service remembers of them.

use crate::state::State;
use cairn_jobs::Context;
use cairn_model::package::{FoundPackage, PackageRole, PackageState};
use cairn_model::{Package, Problem, text};

/// Longer than anything that a person searches for, in characters.
const MAX_WORDS: usize = 100;

/// What makes this system different from its base, by name.
///
/// # Errors
/// [`Problem::NotSupported`] where the engine knows no packages.
pub async fn list(state: &State) -> Result<Vec<Package>, Problem> {
    let mut packages = state.engine()?.packages().await?;
    for name in state.aside()? {
        match packages.iter_mut().find(|package| package.name == name) {
            // Somebody added it again with another tool.
            Some(package) if package.state != PackageState::Going => {}
            Some(package) => package.state = PackageState::Aside,
            None => packages.push(Package::new(name, PackageRole::Added, PackageState::Aside)),
        }
    }
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

/// Packages that could be added.
///
/// # Errors
/// [`Problem::InvalidArgument`] for no words or too many of them.
pub async fn find(state: &State, words: &str) -> Result<Vec<FoundPackage>, Problem> {
    let words = words.trim();
    if words.is_empty() || words.starts_with('-') || text::clean(words, MAX_WORDS) != words {
        return Err(Problem::InvalidArgument { what: "words".into() });
    }
    state.engine()?.find_packages(words, &Context::default()).await
}
