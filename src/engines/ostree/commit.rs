//! What a commit says of itself.

use super::failure;
use crate::packages::PackageList;
use cairn_model::{Problem, Seconds, text};
use ostree::glib::{Bytes, Variant, VariantDict, VariantTy};
use ostree::{ObjectType, Repo};

/// Cairn's own key, for makers without rpm: `a(sss)` of name, version, architecture (docs/package-list.md).
const PACKAGES: &str = "io.github.cairndesktop.packages";
/// rpm-ostree's key: `a(sssss)` of name, epoch, version, release, architecture.
const RPM_PACKAGES: &str = "rpmostree.rpmdb.pkglist";

/// What is read of one commit.
#[derive(Debug)]
pub struct Commit {
    pub(super) checksum: String,
    pub(super) version: String,
    pub(super) title: Option<String>,
    pub(super) timestamp: Option<Seconds>,
    pub(super) variant: Variant,
}

impl Commit {
    pub(super) fn load(repo: &Repo, checksum: &str) -> Result<Self, Problem> {
        let variant = repo.load_variant(ObjectType::Commit, checksum).map_err(|e| failure::of(&e))?;
        let metadata = VariantDict::new(Some(&variant.child_value(0)));
        let string = |key: &str| {
            let value = metadata.lookup::<String>(key).ok().flatten()?;
            Some(text::line(&value)).filter(|v| !v.is_empty())
        };
        let timestamp = Seconds::try_from(ostree::commit_get_timestamp(&variant)).ok().filter(|t| *t > 0);
        Ok(Self {
            checksum: checksum.to_owned(),
            version: string("version").unwrap_or_else(|| short(checksum)),
            title: string("ostree.source-title"),
            timestamp,
            variant,
        })
    }

    /// The packages that its maker lists, or `None`.
    pub(super) fn packages(&self) -> Option<PackageList> {
        listed(&self.variant.child_value(0))
    }

    /// Bytes to fetch and bytes to store of what `repo` lacks, where the maker publishes sizes (`ostree.sizes`).
    pub(super) fn sizes(&self, repo: &Repo) -> Option<(u64, u64)> {
        let entries = ostree::commit_get_object_sizes(&self.variant).ok()?;
        let (mut archived, mut unpacked) = (0, 0);
        for entry in entries {
            let here = repo
                .has_object(entry.objtype(), entry.checksum().as_str(), ostree::gio::Cancellable::NONE)
                .unwrap_or(false);
            if !here {
                archived += entry.archived();
                unpacked += entry.unpacked();
            }
        }
        Some((archived, unpacked))
    }
}

/// The packages in a commit's metadata, an `a{sv}`.
pub fn listed(metadata: &Variant) -> Option<PackageList> {
    type Rpm = (String, String, String, String, String);
    let metadata = VariantDict::new(Some(metadata));
    if let Ok(Some(list)) = metadata.lookup::<Vec<(String, String, String)>>(PACKAGES) {
        return Some(by_name(list.into_iter()));
    }
    let list = metadata.lookup::<Vec<Rpm>>(RPM_PACKAGES).ok().flatten()?;
    Some(by_name(list.into_iter().map(|(name, epoch, version, release, arch)| {
        let epoch = if epoch.is_empty() || epoch == "0" { String::new() } else { format!("{epoch}:") };
        (name, format!("{epoch}{version}-{release}"), arch)
    })))
}

/// The same from the metadata's bytes in GVariant's form.
pub fn listed_in(metadata: &[u8]) -> Option<PackageList> {
    listed(&Variant::from_bytes_with_type(&Bytes::from(metadata), VariantTy::VARDICT))
}

/// A checksum as people can compare it.
fn short(checksum: &str) -> String {
    checksum.chars().take(10).collect()
}

/// Where one name comes in several architectures, each gets its own entry.
fn by_name(packages: impl Iterator<Item = (String, String, String)> + Clone) -> PackageList {
    let mut count = std::collections::HashMap::<String, u32>::new();
    for (name, ..) in packages.clone() {
        *count.entry(name).or_default() += 1;
    }
    packages
        .map(|(name, version, arch)| {
            let several = count.get(&name).is_some_and(|n| *n > 1);
            (if several { format!("{name}:{arch}") } else { name }, version)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_several_architectures_stay_apart() {
        let list = [("a", "1", "x86"), ("a", "1", "arm"), ("b", "2", "x86")]
            .map(|(n, v, a)| (n.to_owned(), v.to_owned(), a.to_owned()));
        let names: Vec<_> = by_name(list.into_iter()).into_keys().collect();
        assert_eq!(names, ["a:arm", "a:x86", "b"]);
    }
}
