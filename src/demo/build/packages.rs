//! The package list of each version, derived from dpkg's own of the tree.

use super::history::HISTORY;
use crate::Result;
use crate::error::At;
use std::fs;
use std::path::{Path, PathBuf};

/// A package of the Debian tree.
#[derive(Clone, Debug)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) architecture: String,
    /// Its programs and libraries, relative to the root.
    pub(super) binaries: Vec<PathBuf>,
}

/// What dpkg knows of the tree.
pub(super) fn installed(root: &Path) -> Result<Vec<Package>> {
    let path = root.join("var/lib/dpkg/status");
    let text = fs::read_to_string(&path).at(&path)?;
    let mut packages = Vec::new();
    for stanza in text.split("\n\n") {
        let field = |name: &str| stanza.lines().find_map(|l| l.strip_prefix(name)).unwrap_or_default().trim();
        let (name, architecture) = (field("Package:"), field("Architecture:"));
        if name.is_empty() || !field("Status:").ends_with(" installed") {
            continue;
        }
        packages.push(Package {
            name: name.to_owned(),
            version: field("Version:").to_owned(),
            architecture: architecture.to_owned(),
            binaries: binaries(root, name, architecture),
        });
    }
    packages.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(packages)
}

fn binaries(root: &Path, name: &str, architecture: &str) -> Vec<PathBuf> {
    let info = root.join("var/lib/dpkg/info");
    let list = fs::read_to_string(info.join(format!("{name}.list")))
        .or_else(|_| fs::read_to_string(info.join(format!("{name}:{architecture}.list"))))
        .unwrap_or_default();
    let paths = list.lines().filter_map(|l| l.strip_prefix('/')).map(PathBuf::from);
    paths.filter(|p| p.starts_with("usr") && is_binary(&root.join(p))).collect()
}

fn is_binary(path: &Path) -> bool {
    let plain = path.symlink_metadata().is_ok_and(|m| m.is_file());
    plain && fs::read(path).is_ok_and(|bytes| bytes.starts_with(b"\x7fELF"))
}

/// The number that a package had in the version at `index` of the history.
pub(super) fn version_at(package: &Package, index: usize) -> String {
    let later = HISTORY.iter().skip(index + 1).filter(|v| v.upgrades(&package.name)).count();
    (0..later).fold(package.version.clone(), |version, _| previous(&version))
}

/// The version number that came before, as Debian counts.
fn previous(version: &str) -> String {
    if let Some((start, number)) = version.split_once("deb13u") {
        let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
        let count: u32 = digits.parse().unwrap_or(1);
        if count > 1 {
            return format!("{start}deb13u{}", count - 1);
        }
        if let Some(base) = start.strip_suffix('+') {
            return base.to_owned();
        }
        return format!("{}~deb13u1", previous_upstream(start.trim_end_matches('~')));
    }
    let version = version.rsplit_once("+b").map_or(version, |(start, _)| start);
    match version.rsplit_once('-') {
        Some((upstream, revision)) => match revision.parse::<u32>() {
            Ok(number) if number > 1 => format!("{upstream}-{}", number - 1),
            _ => previous_upstream(version),
        },
        None => previous_upstream(version),
    }
}

/// Counts the last number of the upstream part down that can be.
fn previous_upstream(version: &str) -> String {
    let (upstream, revision) = version.rsplit_once('-').map_or((version, None), |(u, r)| (u, Some(r)));
    let (epoch, upstream) = upstream.split_once(':').map_or((None, upstream), |(e, u)| (Some(e), u));
    let mut parts: Vec<String> = upstream.split('.').map(str::to_owned).collect();
    let lower = |part: &String| part.parse::<u64>().ok().filter(|n| *n > 0).map(|n| n - 1);
    if let Some((part, number)) = parts.iter_mut().rev().find_map(|p| lower(p).map(|n| (p, n))) {
        *part = number.to_string();
    }
    let epoch = epoch.map(|e| format!("{e}:")).unwrap_or_default();
    let revision = revision.map(|r| format!("-{r}")).unwrap_or_default();
    format!("{epoch}{}{revision}", parts.join("."))
}

/// The list as the GVariant text of an `a(sss)`.
pub(super) fn variant(packages: &[Package], index: usize) -> String {
    let debian = packages.iter().map(|p| (p.name.clone(), version_at(p, index), p.architecture.clone()));
    let own = HISTORY.get(index).map(|v| v.own).unwrap_or_default();
    let own = own.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned(), "amd64".to_owned()));
    let mut all: Vec<_> = debian.chain(own).collect();
    all.sort();
    let rows: Vec<_> = all.iter().map(|(n, v, a)| format!("('{n}', '{v}', '{a}')")).collect();
    format!("[{}]", rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::previous;

    #[test]
    fn versions_count_down_as_debian_counts() {
        for (version, before) in [
            ("13.8+deb13u7", "13.8+deb13u6"),
            ("1.3-1+deb13u1", "1.3-1"),
            ("257.13-1~deb13u1", "257.12-1~deb13u1"),
            ("3.5.7-1~deb13u3", "3.5.7-1~deb13u2"),
            ("2.4.7-21+deb13u1+b5", "2.4.7-21"),
            ("9.7-3", "9.7-2"),
            ("5.2.37-2+b10", "5.2.37-1"),
            ("1:4.4.38-1", "1:4.4.37-1"),
            ("2.9.0-1~deb13u1", "2.8.0-1~deb13u1"),
        ] {
            assert_eq!(previous(version), before);
        }
    }
}
