//! Packages that were found: `aa{sv}` with `name`, `evr`, `summary`, `reponame`, the best first.

use super::bad;
use super::dict::{Facts, items, plain};
use cairn_model::package::FoundPackage;
use cairn_model::{PackageName, Problem, text};
use std::collections::HashSet;
use zbus::zvariant::Value;

/// Each name once. A package whose name is none that could be asked for is left out.
///
/// # Errors
/// [`Problem::BadAnswer`] for what is no list of dictionaries.
pub fn read(value: &Value<'_>) -> Result<Vec<FoundPackage>, Problem> {
    let Value::Array(_) = plain(value) else { return Err(bad("what was found is no list")) };
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    for item in items(value) {
        let facts = Facts::of(item)?;
        let Some(name) = facts.text("name").and_then(|name| PackageName::new(name).ok()) else { continue };
        if !seen.insert(name.clone()) {
            continue;
        }
        let line = |key| facts.text(key).map(text::line);
        all.push(FoundPackage {
            name,
            version: line("evr").or(line("version")),
            summary: line("summary"),
            repository: line("reponame"),
            here: false,
        });
    }
    Ok(all)
}
