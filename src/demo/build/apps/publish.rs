//! Another release of an app, while a world runs.

use super::repository::Repository;
use super::shop::{App, Release};
use super::{Apps, Key, TITLE, tree};
use crate::{Error, Result, tool};
use std::collections::BTreeMap;
use std::path::Path;

/// Commits the next release of the app to the world's own copy of the remote in `repository`, and puts it first among the
/// app's releases. With `widen` it wants the network and the person's files.
///
/// # Errors
/// When there is no such app or a tool fails.
pub fn publish(built: &Apps, repository: &Path, shop: &mut [App], id: &str, widen: bool) -> Result<String> {
    let unknown = || Error::Refused(format!("there is no app {id}"));
    let app = shop.iter_mut().find(|app| app.id == id).ok_or_else(unknown)?;
    let release = next(app, widen)?;
    let version = release.version.clone();
    app.releases.insert(0, release);
    let key = Key::open(&built.folder.join("key"))?;
    let repository = Repository { path: repository.to_owned(), key: &key };
    let place = tempfile::tempdir()?;
    let release = app.releases.first().ok_or_else(unknown)?;
    tree::commit(&repository, place.path(), &built.folder.join("icons"), app, release)?;
    repository.update(TITLE, &[])?;
    Ok(version)
}

fn next(app: &App, widen: bool) -> Result<Release> {
    let newest = app.releases.first();
    let mut permissions = newest.map(|r| app.permissions_of(r).clone()).unwrap_or_default();
    if widen {
        for (value, more) in [(&mut permissions.shared, "network"), (&mut permissions.filesystems, "home")] {
            if !value.split(';').any(|word| word == more) {
                *value = if value.is_empty() { more.to_owned() } else { format!("{value};{more}") };
            }
        }
    }
    Ok(Release {
        version: after(newest.map(|r| r.version.as_str()).unwrap_or_default()),
        date: tool::call("date", &["-u", "+%F"])?,
        notes: BTreeMap::from([("en".to_owned(), "Small repairs.".to_owned())]),
        permissions: Some(permissions),
        end_of_life: None,
        rebase: None,
        broken: false,
    })
}

/// The version number after this one: its last part counted up.
fn after(version: &str) -> String {
    let (start, last) = version.rsplit_once('.').map_or(("", version), |(s, l)| (s, l));
    match (start, last.parse::<u32>()) {
        ("", Ok(number)) => format!("{number}.1"),
        (start, Ok(number)) => format!("{start}.{}", number + 1),
        (_, Err(_)) => format!("{version}.1"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn versions_count_up() {
        for (version, next) in [("2.3", "2.4"), ("1.0.9", "1.0.10"), ("7", "7.1"), ("2024b", "2024b.1")] {
            assert_eq!(super::after(version), next);
        }
    }
}
