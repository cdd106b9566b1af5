//! Packages that were added to the system, left out of its base or put in place of what the base has.

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The name of a package as the family's package manager spells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct PackageName(String);

impl PackageName {
    /// Longest name that is accepted, in bytes.
    pub const MAX: usize = 128;

    /// Accepts letters, digits and `.+_-`, beginning with a letter or a digit: what the names of rpm, dpkg, pacman and
    /// nixpkgs are made of. Nothing that an option, a path or a shell could be made from.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for anything else.
    pub fn new(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '+' | '_' | '-');
        let first = text.chars().next().is_some_and(|c| c.is_ascii_alphanumeric());
        if !first || text.len() > Self::MAX || !text.chars().all(legal) || text.contains("..") {
            return Err(Problem::InvalidArgument { what: "package".into() });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PackageName {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::new(text)
    }
}

impl From<PackageName> for String {
    fn from(name: PackageName) -> Self {
        name.0
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What somebody did with a package.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PackageRole {
    /// Added from the system's repositories.
    #[default]
    Added,
    /// Added from a file; no repository brings it newer.
    AddedFile,
    /// Stands in a configuration that Cairn does not write.
    Declared,
    /// Belongs to the base and was left out.
    Excluded,
    /// Belongs to the base and another version is in its place.
    Replaced,
}

/// Whether that is in effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PackageState {
    /// In the running version.
    #[default]
    Running,
    /// In the version that starts next.
    Next,
    /// Still in the running version, no longer in the next one.
    Going,
    /// Asked for, but the base has it by itself.
    Inactive,
    /// Asked for, not in a version yet.
    Waiting,
    /// Taken out so that an update could go on, to be added again when it fits.
    Aside,
}

/// One package that makes this system different from its base.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Package {
    pub name: PackageName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    pub role: PackageRole,
    pub state: PackageState,
    /// For one that was replaced: the version that the base has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_version: Option<String>,
}

impl Package {
    pub fn new(name: PackageName, role: PackageRole, state: PackageState) -> Self {
        Self { name, version: None, summary: None, role, state, base_version: None }
    }
}

/// A package that can be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FoundPackage {
    pub name: PackageName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
    /// Part of the running version already.
    pub here: bool,
}

/// What is to become of packages. Nothing in all four lists is no change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackageDelta {
    /// To be added to the base.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<PackageName>,
    /// Added ones that are no longer wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<PackageName>,
    /// Of the base, to be left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<PackageName>,
    /// Of the base, left out or replaced until now, to be as the base has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset: Vec<PackageName>,
}

impl PackageDelta {
    /// More at once than a person asks for.
    pub const MAX: usize = 100;

    pub fn lists(&self) -> [&Vec<PackageName>; 4] {
        [&self.add, &self.remove, &self.exclude, &self.reset]
    }

    /// The change in one word a package, as package managers write it: `+vim -nano`; what is put back has no sign.
    pub fn in_signs(&self) -> String {
        let signs = ["+", "-", "-", ""].into_iter().zip(self.lists());
        let words = signs.flat_map(|(sign, names)| names.iter().map(move |name| format!("{sign}{name}")));
        words.collect::<Vec<_>>().join(" ")
    }

    /// What makes the system as its makers built it again; `None` where it is.
    pub fn to_base(packages: &[Package]) -> Option<Self> {
        let of = |roles: [PackageRole; 2]| -> Vec<PackageName> {
            let there = packages.iter().filter(|p| {
                roles.contains(&p.role) && !matches!(p.state, PackageState::Going | PackageState::Aside)
            });
            there.map(|p| p.name.clone()).collect()
        };
        let delta = Self {
            remove: of([PackageRole::Added, PackageRole::AddedFile]),
            reset: of([PackageRole::Excluded, PackageRole::Replaced]),
            ..Self::default()
        };
        (!delta.is_empty()).then_some(delta)
    }

    pub fn is_empty(&self) -> bool {
        self.lists().iter().all(|list| list.is_empty())
    }

    /// # Errors
    /// [`Problem::InvalidArgument`] if it is empty, too long, or names a package twice.
    pub fn validate(&self) -> Result<(), Problem> {
        let mut names: Vec<&PackageName> = self.lists().into_iter().flatten().collect();
        let count = names.len();
        names.sort();
        names.dedup();
        if count == 0 || count > Self::MAX || names.len() != count {
            return Err(Problem::InvalidArgument { what: "packages".into() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_in_signs_says_what_comes_and_goes() {
        let names = |name: &str| vec![PackageName::new(name).unwrap()];
        let delta = PackageDelta {
            add: names("vim"),
            remove: names("nano"),
            exclude: names("gnome-tour"),
            reset: names("bash"),
        };
        assert_eq!(delta.in_signs(), "+vim -nano -gnome-tour bash");
    }

    #[test]
    fn names_are_an_allow_list() {
        for good in ["vim-enhanced", "g++", "libstdc++6", "python3.12", "0ad", "a_b"] {
            assert!(PackageName::new(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "-y",
            "--root=/",
            "a b",
            "a;b",
            "a/b",
            "../x",
            "a..b",
            "$(x)",
            "ü",
            "@group",
            &"x".repeat(129),
        ] {
            assert!(PackageName::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_way_to_the_base_names_all_that_was_changed() {
        let package = |name: &str, role, state| Package::new(PackageName::new(name).unwrap(), role, state);
        let packages = [
            package("vim", PackageRole::Added, PackageState::Running),
            package("own", PackageRole::AddedFile, PackageState::Inactive),
            package("firefox", PackageRole::Excluded, PackageState::Running),
            package("gone", PackageRole::Added, PackageState::Going),
            package("waits", PackageRole::Added, PackageState::Aside),
            package("written", PackageRole::Declared, PackageState::Running),
        ];
        let delta = PackageDelta::to_base(&packages).unwrap();
        let words = |names: &[PackageName]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            (words(&delta.remove), words(&delta.reset)),
            (vec!["vim".into(), "own".into()], vec!["firefox".into()])
        );
        assert_eq!(PackageDelta::to_base(&packages[3..]), None);
    }

    #[test]
    fn a_delta_says_one_thing_of_each_package() {
        let vim = || PackageName::new("vim").unwrap();
        assert!(PackageDelta::default().validate().is_err());
        assert!(PackageDelta { add: vec![vim()], ..PackageDelta::default() }.validate().is_ok());
        assert!(
            PackageDelta { add: vec![vim()], remove: vec![vim()], ..PackageDelta::default() }
                .validate()
                .is_err()
        );
    }
}
