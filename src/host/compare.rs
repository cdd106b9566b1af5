//! What two directories on disk differ in.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference {
    Added,
    Removed,
    Modified,
}

/// Relative paths that differ in kind, mode, owner, link target or content, sorted; at most `limit`.
pub fn directories(from: &Path, to: &Path, limit: usize) -> Vec<(String, Difference)> {
    let mut found = Vec::new();
    walk(from, to, "", limit, &mut found);
    found
}

fn walk(from: &Path, to: &Path, prefix: &str, limit: usize, found: &mut Vec<(String, Difference)>) {
    let names: BTreeSet<String> = names(from).chain(names(to)).collect();
    for name in names {
        if found.len() >= limit {
            return;
        }
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}/{name}") };
        let (a, b) = (from.join(&name), to.join(&name));
        match (fs::symlink_metadata(&a), fs::symlink_metadata(&b)) {
            (Ok(x), Ok(y)) if x.is_dir() && y.is_dir() => walk(&a, &b, &path, limit, found),
            (Ok(x), Ok(y)) if same(&a, &x, &b, &y) => {}
            (Ok(_), Ok(_)) => found.push((path, Difference::Modified)),
            (Ok(_), Err(_)) => found.push((path, Difference::Removed)),
            (Err(_), Ok(_)) => found.push((path, Difference::Added)),
            (Err(_), Err(_)) => {}
        }
    }
}

fn names(directory: &Path) -> impl Iterator<Item = String> {
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    entries.map(|e| e.file_name().to_string_lossy().into_owned())
}

fn same(a: &Path, x: &fs::Metadata, b: &Path, y: &fs::Metadata) -> bool {
    let alike = x.file_type() == y.file_type() && x.uid() == y.uid() && x.gid() == y.gid();
    if x.is_symlink() {
        return alike && fs::read_link(a).ok() == fs::read_link(b).ok();
    }
    let alike = alike && x.permissions().mode() == y.permissions().mode();
    alike && x.len() == y.len() && (!x.is_file() || same_content(a, b))
}

fn same_content(a: &Path, b: &Path) -> bool {
    use std::io::Read;
    let (Ok(mut a), Ok(mut b)) = (fs::File::open(a), fs::File::open(b)) else { return false };
    let (mut x, mut y) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
    loop {
        let Ok(n) = a.read(&mut x) else { return false };
        if n == 0 {
            return matches!(b.read(&mut y), Ok(0));
        }
        if b.read_exact(&mut y[..n]).is_err() || x[..n] != y[..n] {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn each_kind_of_difference_is_found() {
        let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (dir, name, text) in [
            (&a, "same", "x"),
            (&b, "same", "x"),
            (&a, "text", "x"),
            (&b, "text", "y"),
            (&a, "gone", ""),
            (&b, "new", ""),
        ] {
            fs::write(dir.path().join(name), text).unwrap();
        }
        symlink("1", a.path().join("link")).unwrap();
        symlink("2", b.path().join("link")).unwrap();
        let found = directories(a.path(), b.path(), 10);
        let expected = [
            ("gone", Difference::Removed),
            ("link", Difference::Modified),
            ("new", Difference::Added),
            ("text", Difference::Modified),
        ];
        assert_eq!(found, expected.map(|(n, d)| (n.to_owned(), d)));
        assert_eq!(directories(a.path(), b.path(), 2).len(), 2);
    }
}
