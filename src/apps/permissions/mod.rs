//! What an app may do, read from its metadata, and how usual that is for an app of its kind.

mod grade;
mod read;

pub use grade::grade;
pub use read::read;

use cairn_model::app::Permission;

/// What `after` allows that `before` does not. Writing where it could only read is more; a folder inside one that it
/// already has is not.
pub fn added(before: &[Permission], after: &[Permission]) -> Vec<Permission> {
    after.iter().filter(|p| !before.iter().any(|b| covers(b, p))).cloned().collect()
}

/// Whoever has `wide` gains nothing by `narrow`.
fn covers(wide: &Permission, narrow: &Permission) -> bool {
    use Permission::{Devices, Folder, Graphics, Home, Host, Input, Talk, WholeBus};
    if wide == narrow {
        return true;
    }
    match (wide, narrow) {
        (Host { write: w }, Host { write: n } | Home { write: n } | Folder { write: n, .. })
        | (Home { write: w }, Home { write: n }) => *w || !*n,
        (Home { write: w }, Folder { path, write: n }) => (*w || !*n) && is_in_home(path),
        (Folder { path: a, write: w }, Folder { path: b, write: n }) => (*w || !*n) && is_below(b, a),
        (Devices, Graphics | Input) => true,
        (WholeBus { system: w }, Talk { system: n, .. }) => w == n,
        _ => false,
    }
}

fn is_in_home(path: &str) -> bool {
    path.starts_with("~/") || (path.starts_with("xdg-") && !path.starts_with("xdg-run"))
}

fn is_below(path: &str, folder: &str) -> bool {
    path == folder || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_more_is_added() {
        let folder = |path: &str, write| Permission::Folder { path: path.into(), write };
        let before = [Permission::Home { write: false }, folder("/media", true), Permission::Devices];
        let after = [
            folder("xdg-music", false),
            folder("/media/disk", true),
            Permission::Graphics,
            folder("xdg-documents", true),
            Permission::Network,
        ];
        assert_eq!(added(&before, &after), [folder("xdg-documents", true), Permission::Network]);
        assert_eq!(added(&after, &after), []);
        assert_eq!(
            added(&[Permission::Home { write: true }], &[Permission::Host { write: false }]),
            [Permission::Host { write: false }]
        );
        assert_eq!(added(&[folder("/media", true)], &[folder("/mediatheque", true)]).len(), 1);
    }
}
