//! What a person can ask for. Ids only: no paths, addresses or commands cross the bus.
//!
//! Variants without fields are written `{}`, since serde refuses unknown fields only there.

use crate::deployment::is_identity;
use crate::text;
use crate::{ArgumentDelta, DeploymentId, ExtraId, PackageDelta, PackageName, Policy, Problem, TargetId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Wish {
    /// Prepare the newest version that the origin offers.
    Update {
        /// Take it even if it is chronologically older than the running one.
        #[serde(default)]
        allow_older: bool,
        /// Take it even if the person went back from it.
        #[serde(default)]
        try_again: bool,
        /// Added packages that stand in its way: without them now, added again when they fit.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        aside: Vec<PackageName>,
    },
    /// Start the previous version next and do not offer the running one again.
    GoBack {},
    StartNext {
        id: DeploymentId,
    },
    Keep {
        id: DeploymentId,
    },
    Unkeep {
        id: DeploymentId,
    },
    /// An empty name takes the name away.
    Name {
        id: DeploymentId,
        name: String,
    },
    Remove {
        id: DeploymentId,
    },
    /// Drop the prepared update.
    DropStaged {},
    /// The running version works: the trial is over.
    MarkGood {},
    /// Offer a version again that the person went back from.
    Unskip {
        checksum: String,
    },
    /// Add packages to the system, remove some, leave some of the base out.
    ChangePackages {
        #[serde(flatten)]
        delta: PackageDelta,
    },
    /// Follow another branch, image or channel.
    Rebase {
        target: TargetId,
    },
    /// Free the room of what nothing needs any more.
    Cleanup {},
    /// Fetch the update and leave it until somebody asks for it.
    Download {},
    /// Use what is prepared at once, without a restart.
    ApplyNow {},
    /// Open the running version for changes that the next start forgets.
    Unlock {},
    /// Tell the kernel something else at the start.
    ChangeArguments {
        #[serde(flatten)]
        delta: ArgumentDelta,
    },
    /// Turn a part beside the system's image on or off.
    ChangeExtra {
        id: ExtraId,
        enabled: bool,
    },
    /// Let the system do more or less about updates by itself.
    SetAutomatic {
        policy: Policy,
    },
    /// Save the running system as it is now, under a name that may be empty.
    Snapshot {
        name: String,
    },
}

impl Wish {
    /// Longest name that a person can give, in characters.
    pub const MAX_NAME: usize = 60;

    pub const WORDS: [&'static str; 20] = [
        "update",
        "go-back",
        "start-next",
        "keep",
        "unkeep",
        "name",
        "remove",
        "drop-staged",
        "mark-good",
        "unskip",
        "change-packages",
        "rebase",
        "cleanup",
        "download",
        "apply-now",
        "unlock",
        "change-arguments",
        "change-extra",
        "set-automatic",
        "snapshot",
    ];

    pub fn update() -> Self {
        Self::Update { allow_older: false, try_again: false, aside: Vec::new() }
    }

    /// The word for it on the bus, in JSON and in the history.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Update { .. } => "update",
            Self::GoBack {} => "go-back",
            Self::StartNext { .. } => "start-next",
            Self::Keep { .. } => "keep",
            Self::Unkeep { .. } => "unkeep",
            Self::Name { .. } => "name",
            Self::Remove { .. } => "remove",
            Self::DropStaged {} => "drop-staged",
            Self::MarkGood {} => "mark-good",
            Self::Unskip { .. } => "unskip",
            Self::ChangePackages { .. } => "change-packages",
            Self::Rebase { .. } => "rebase",
            Self::Cleanup {} => "cleanup",
            Self::Download {} => "download",
            Self::ApplyNow {} => "apply-now",
            Self::Unlock {} => "unlock",
            Self::ChangeArguments { .. } => "change-arguments",
            Self::ChangeExtra { .. } => "change-extra",
            Self::SetAutomatic { .. } => "set-automatic",
            Self::Snapshot { .. } => "snapshot",
        }
    }

    /// Refuses what no engine should have to look at.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for a name that is too long or holds what could mislead, or a checksum
    /// that is none.
    pub fn validate(&self) -> Result<(), Problem> {
        let bad = |what: &str| Err(Problem::InvalidArgument { what: what.into() });
        match self {
            Self::Name { name, .. } | Self::Snapshot { name }
                if name.chars().count() > Self::MAX_NAME || text::clean(name, Self::MAX_NAME) != *name =>
            {
                bad("name")
            }
            Self::Unskip { checksum } if !is_identity(checksum) => bad("checksum"),
            Self::ChangePackages { delta } => delta.validate(),
            Self::ChangeArguments { delta } => delta.validate(),
            Self::Update { aside, .. } if aside.len() > PackageDelta::MAX => bad("packages"),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_tags_in_json() {
        let id = DeploymentId::new("os-ab.0").unwrap();
        let all = [
            Wish::update(),
            Wish::GoBack {},
            Wish::StartNext { id: id.clone() },
            Wish::Keep { id: id.clone() },
            Wish::Unkeep { id: id.clone() },
            Wish::Name { id: id.clone(), name: "n".into() },
            Wish::Remove { id },
            Wish::DropStaged {},
            Wish::MarkGood {},
            Wish::Unskip { checksum: "a".repeat(64) },
            Wish::ChangePackages {
                delta: PackageDelta {
                    add: vec![PackageName::new("vim").unwrap()],
                    ..PackageDelta::default()
                },
            },
            Wish::Rebase { target: TargetId::new("o:b").unwrap() },
            Wish::Cleanup {},
            Wish::Download {},
            Wish::ApplyNow {},
            Wish::Unlock {},
            Wish::ChangeArguments {
                delta: ArgumentDelta {
                    add: vec![crate::KernelArgument::new("quiet").unwrap()],
                    ..ArgumentDelta::default()
                },
            },
            Wish::ChangeExtra { id: ExtraId::new("devel").unwrap(), enabled: true },
            Wish::SetAutomatic { policy: Policy::Stage },
            Wish::Snapshot { name: "Before the trip".into() },
        ];
        for (wish, word) in all.iter().zip(Wish::WORDS) {
            assert_eq!(wish.word(), word);
            let json = serde_json::to_value(wish).unwrap();
            assert_eq!(json["kind"], word);
            assert_eq!(&serde_json::from_value::<Wish>(json).unwrap(), wish);
        }
    }

    #[test]
    fn hostile_arguments_are_refused() {
        let parse = |json: &str| serde_json::from_str::<Wish>(json);
        assert!(parse(r#"{"kind":"keep","id":"../etc"}"#).is_err());
        assert!(parse(r#"{"kind":"keep","id":"a-b.0","path":"/"}"#).is_err());
        assert!(parse(r#"{"kind":"run","argv":["sh"]}"#).is_err());
        assert!(parse(r#"{"kind":"change-packages","add":["--root=/"]}"#).is_err());
        assert!(parse(r#"{"kind":"change-packages","add":["vim"],"path":"/"}"#).is_err());
        assert!(parse(r#"{"kind":"change-arguments","add":["init=/bin/sh"]}"#).is_err());
        assert!(parse(r#"{"kind":"change-extra","id":"../x","enabled":true}"#).is_err());
        assert!(parse(r#"{"kind":"rebase","target":"a/../b"}"#).is_err());
        let id = DeploymentId::new("os-ab.0").unwrap();
        for name in ["x\u{202e}y", "a\nb", " lead", &"n".repeat(61)] {
            assert!(Wish::Name { id: id.clone(), name: name.into() }.validate().is_err(), "{name:?}");
        }
        assert!(Wish::Snapshot { name: "a\nb".into() }.validate().is_err());
        assert!(Wish::Name { id, name: "Before the trip".into() }.validate().is_ok());
        assert!(Wish::Unskip { checksum: "z z".into() }.validate().is_err());
    }
}
