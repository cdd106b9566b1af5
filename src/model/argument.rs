//! What is told to the kernel when the system starts (kernel: Documentation/admin-guide/kernel-parameters.rst).

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One argument, `name` or `name=value`, that a person may add or take away.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct KernelArgument(String);

/// Without these, or with others, the system finds no root, runs another program first or trusts what it must not.
const ESSENTIAL: [&str; 24] = [
    "root",
    "rootflags",
    "rootfstype",
    "ro",
    "rw",
    "ostree",
    "composefs",
    "prepare-root",
    "init",
    "initrd",
    "rdinit",
    "single",
    "emergency",
    "boot",
    "luks",
    "resume",
    "selinux",
    "enforcing",
    "apparmor",
    "lockdown",
    "systemd.unit",
    "systemd.run",
    "systemd.debug_shell",
    "systemd.debug-shell",
];

impl KernelArgument {
    /// Longest argument that is accepted, in bytes.
    pub const MAX: usize = 256;

    /// Accepts letters, digits and `._-` for the name, and for the value also `:/,+@%#^!=~`: what arguments are made of that
    /// need no quoting in any boot loader's file.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for anything else, and for an argument that the start itself depends on.
    pub fn new(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        let legal = |c: char| c.is_ascii_alphanumeric() || "._-:/,+@%#^!=~".contains(c);
        let of_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let name = name(&text);
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !begins || text.len() > Self::MAX || !name.chars().all(of_name) || !text.chars().all(legal) {
            return Err(Problem::InvalidArgument { what: "argument".into() });
        }
        if is_essential(&text) {
            return Err(Problem::EssentialArgument { argument: text });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn name(text: &str) -> &str {
    text.split_once('=').map_or(text, |(name, _)| name)
}

/// Whether the start of the system depends on it, so that nobody may touch it here. `_` and `-` are one in names.
pub fn is_essential(text: &str) -> bool {
    let name = name(text).replace('_', "-");
    // Everything that the early system and the device mapper are told is about finding and opening the disks.
    name.starts_with("rd.")
        || name.starts_with("dm-")
        || ESSENTIAL.iter().any(|e| e.replace('_', "-") == name)
}

impl TryFrom<String> for KernelArgument {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::new(text)
    }
}

impl From<KernelArgument> for String {
    fn from(argument: KernelArgument) -> Self {
        argument.0
    }
}

impl fmt::Display for KernelArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an argument is in effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArgumentState {
    /// The running system was started with it and the next will be.
    #[default]
    Running,
    /// From the next start on.
    Next,
    /// No longer from the next start on.
    Going,
}

/// One argument that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BootArgument {
    /// As the boot loader's file has it.
    pub text: String,
    pub state: ArgumentState,
    /// It may be taken away: a [`KernelArgument`].
    pub changeable: bool,
}

/// What there is, from the arguments of the running start and those of the next.
pub fn compare(running: &[String], next: &[String]) -> Vec<BootArgument> {
    let one = |text: &String, state| BootArgument {
        text: crate::text::line(text),
        state,
        changeable: state != ArgumentState::Going && KernelArgument::new(text.as_str()).is_ok(),
    };
    let there = next.iter().map(|text| {
        one(text, if running.contains(text) { ArgumentState::Running } else { ArgumentState::Next })
    });
    let going =
        running.iter().filter(|text| !next.contains(text)).map(|text| one(text, ArgumentState::Going));
    there.chain(going).collect()
}

/// What is to become of arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArgumentDelta {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<KernelArgument>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<KernelArgument>,
}

impl ArgumentDelta {
    /// More at once than a person asks for.
    pub const MAX: usize = 20;

    /// # Errors
    /// [`Problem::InvalidArgument`] if it is empty, too long, or names an argument twice.
    pub fn validate(&self) -> Result<(), Problem> {
        let mut all: Vec<_> = self.add.iter().chain(&self.remove).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        if count == 0 || count > Self::MAX || all.len() != count {
            return Err(Problem::InvalidArgument { what: "arguments".into() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_an_allow_list() {
        for good in [
            "quiet",
            "mitigations=off",
            "i915.enable_psr=0",
            "console=ttyS0,115200n8",
            "mem_sleep_default=deep",
        ] {
            assert!(KernelArgument::new(good).is_ok(), "{good}");
        }
        for bad in
            ["", "-x", "a b", "a\"b", "a=\"b c\"", "a\nb", "a=$(x)", "=x", "ü=1", "a/b=1", &"x".repeat(257)]
        {
            assert_eq!(KernelArgument::new(bad).unwrap_err().code(), "invalid-argument", "{bad:?}");
        }
    }

    #[test]
    fn what_the_start_depends_on_is_left_alone() {
        for no in [
            "root=UUID=1",
            "ostree=/x",
            "rd.break",
            "init=/bin/sh",
            "systemd.debug-shell=1",
            "systemd.debug_shell",
            "rw",
        ] {
            assert_eq!(KernelArgument::new(no).unwrap_err().code(), "essential-argument", "{no}");
        }
    }

    #[test]
    fn running_and_next_are_told_apart() {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = compare(&list(&["root=x", "quiet", "old"]), &list(&["root=x", "quiet", "new"]));
        let short: Vec<_> = found.iter().map(|a| (a.text.as_str(), a.state, a.changeable)).collect();
        use ArgumentState::{Going, Next, Running};
        assert_eq!(
            short,
            [
                ("root=x", Running, false),
                ("quiet", Running, true),
                ("new", Next, true),
                ("old", Going, false)
            ]
        );
    }

    #[test]
    fn a_delta_says_one_thing_of_each() {
        let quiet = || vec![KernelArgument::new("quiet").unwrap()];
        assert!(ArgumentDelta::default().validate().is_err());
        assert!(ArgumentDelta { add: quiet(), remove: Vec::new() }.validate().is_ok());
        assert!(ArgumentDelta { add: quiet(), remove: quiet() }.validate().is_err());
    }
}
