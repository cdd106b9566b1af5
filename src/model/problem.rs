//! Everything that can go wrong, by stable code.
//!
//! The service sends code and facts; window and command line say it in words with the next step.
//! [`Problem::Cancelled`] and [`Problem::AuthDismissed`] are what the person wanted: they are never shown as failures.

use crate::{Defect, PackageName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "kebab-case")]
#[error("{}", self.code())]
pub enum Problem {
    /// The person stopped it.
    Cancelled,
    /// The person closed the password dialog.
    AuthDismissed,
    NotAuthorized,
    /// Nobody could be asked: no polkit, or it gave no answer.
    AuthUnavailable,
    /// polkit wants to ask, but the caller did not allow a question.
    AuthNeeded,

    /// The service cannot be reached at all.
    ServiceMissing {
        detail: String,
    },
    /// This is not an atomic system.
    NotAtomic,
    /// It is an atomic system of a family that this version of Cairn cannot drive; `family` is its own name.
    EngineMissing {
        family: String,
    },
    NotSupported {
        what: String,
    },
    InvalidArgument {
        what: String,
    },
    NotFound {
        what: String,
    },
    TooMany,
    /// The token is unknown, of another caller, used or too old.
    TokenInvalid,
    /// The system changed after the plan was made.
    PlanOutdated,

    /// Cairn itself is at work.
    Busy {
        kind: String,
    },
    /// Another tool holds the lock.
    BusyElsewhere,
    NoUpdate,
    NothingPrevious,
    NothingStaged,
    /// The person went back from this version.
    Skipped {
        version: String,
    },
    IsRunning {
        version: String,
    },
    IsNext {
        version: String,
    },
    IsKept {
        version: String,
    },
    IsLastKnownGood {
        version: String,
    },
    IsStaged {
        version: String,
    },
    Older {
        version: String,
        running: String,
    },
    /// The version cannot be started.
    CannotStart {
        version: String,
        defect: Defect,
    },
    /// An update is finished and waits for the restart; until then nothing else can be changed.
    RestartFirst,
    /// Added packages do not fit the new version.
    PackageConflict {
        packages: Vec<PackageName>,
        detail: String,
    },
    /// Packages that were to be added do not fit the version that is there.
    PackageUnfit {
        packages: Vec<PackageName>,
        detail: String,
    },
    /// No repository has it, or it is none of the added ones.
    PackageUnknown {
        name: String,
    },
    /// It is added already, or part of the base.
    PackagePresent {
        name: String,
    },
    /// The kernel is told that already.
    ArgumentPresent {
        argument: String,
    },
    /// It is nothing that this system could follow.
    TargetUnknown {
        target: String,
    },
    /// The system's configuration does not hold with this change; nothing of it was kept.
    ConfigInvalid {
        detail: String,
    },
    /// The start of the system depends on it.
    EssentialArgument {
        argument: String,
    },
    /// What is prepared changes parts that are in use; it takes a restart.
    NotLive {
        detail: String,
    },
    /// The person has to agree to something of the system's own first.
    AgreementNeeded {
        what: String,
    },
    /// Bytes; `missing` is what must become free on `mount`.
    NoSpace {
        mount: String,
        needed: u64,
        free: u64,
        missing: u64,
    },
    /// The origin has no place to fetch from, or says itself that it cannot be updated.
    NoOrigin {
        detail: String,
    },

    Network {
        detail: String,
    },
    Corrupt {
        detail: String,
    },
    Unsigned {
        detail: String,
    },
    BadSignature {
        detail: String,
    },
    RestartBlocked {
        who: String,
        why: String,
    },
    TimePast,
    /// It was cut off by a crash or a power cut; the running system is as it was.
    Interrupted {
        step: String,
    },

    /// No source on this computer has the app.
    AppNotFound {
        id: String,
    },
    AppNotInstalled {
        id: String,
    },
    AppInstalled {
        id: String,
    },
    /// What the app runs on is in no source on this computer.
    RuntimeMissing {
        runtime: String,
    },
    /// The source has thrown that commit away.
    VersionGone {
        commit: String,
    },
    /// Parental controls or an administrator forbid the app.
    AppForbidden {
        id: String,
    },
    /// Some parts failed, each with a problem of its own; the others are done.
    Partial {
        done: u32,
        failed: u32,
    },
    RemoteExists {
        name: String,
    },
    /// Apps still come from it.
    RemoteInUse {
        name: String,
        apps: u32,
    },

    /// The system lacks a program that belongs to it.
    ToolMissing {
        tool: String,
    },
    /// A program of the system ended with that status: 128 and the signal's number if a signal ended it, 126 if it
    /// could not be started.
    ToolFailed {
        tool: String,
        status: i32,
        detail: String,
    },
    /// What a program of the system answered cannot be read.
    BadAnswer {
        tool: String,
        detail: String,
    },
    /// A program of the system took longer than that and was stopped.
    ToolHung {
        tool: String,
        seconds: u64,
    },
    /// Anything else that the engine said.
    EngineFailed {
        detail: String,
    },
}

impl Problem {
    /// The stable code, the same as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled",
            Self::AuthDismissed => "auth-dismissed",
            Self::NotAuthorized => "not-authorized",
            Self::AuthUnavailable => "auth-unavailable",
            Self::AuthNeeded => "auth-needed",
            Self::ServiceMissing { .. } => "service-missing",
            Self::NotAtomic => "not-atomic",
            Self::EngineMissing { .. } => "engine-missing",
            Self::NotSupported { .. } => "not-supported",
            Self::InvalidArgument { .. } => "invalid-argument",
            Self::NotFound { .. } => "not-found",
            Self::TooMany => "too-many",
            Self::TokenInvalid => "token-invalid",
            Self::PlanOutdated => "plan-outdated",
            Self::Busy { .. } => "busy",
            Self::BusyElsewhere => "busy-elsewhere",
            Self::NoUpdate => "no-update",
            Self::NothingPrevious => "nothing-previous",
            Self::NothingStaged => "nothing-staged",
            Self::Skipped { .. } => "skipped",
            Self::IsRunning { .. } => "is-running",
            Self::IsNext { .. } => "is-next",
            Self::IsKept { .. } => "is-kept",
            Self::IsLastKnownGood { .. } => "is-last-known-good",
            Self::IsStaged { .. } => "is-staged",
            Self::Older { .. } => "older",
            Self::CannotStart { .. } => "cannot-start",
            Self::RestartFirst => "restart-first",
            Self::PackageConflict { .. } => "package-conflict",
            Self::PackageUnfit { .. } => "package-unfit",
            Self::PackageUnknown { .. } => "package-unknown",
            Self::PackagePresent { .. } => "package-present",
            Self::ArgumentPresent { .. } => "argument-present",
            Self::TargetUnknown { .. } => "target-unknown",
            Self::ConfigInvalid { .. } => "config-invalid",
            Self::EssentialArgument { .. } => "essential-argument",
            Self::NotLive { .. } => "not-live",
            Self::AgreementNeeded { .. } => "agreement-needed",
            Self::NoSpace { .. } => "no-space",
            Self::NoOrigin { .. } => "no-origin",
            Self::Network { .. } => "network",
            Self::Corrupt { .. } => "corrupt",
            Self::Unsigned { .. } => "unsigned",
            Self::BadSignature { .. } => "bad-signature",
            Self::RestartBlocked { .. } => "restart-blocked",
            Self::TimePast => "time-past",
            Self::Interrupted { .. } => "interrupted",
            Self::AppNotFound { .. } => "app-not-found",
            Self::AppNotInstalled { .. } => "app-not-installed",
            Self::AppInstalled { .. } => "app-installed",
            Self::RuntimeMissing { .. } => "runtime-missing",
            Self::VersionGone { .. } => "version-gone",
            Self::AppForbidden { .. } => "app-forbidden",
            Self::Partial { .. } => "partial",
            Self::RemoteExists { .. } => "remote-exists",
            Self::RemoteInUse { .. } => "remote-in-use",
            Self::ToolMissing { .. } => "tool-missing",
            Self::ToolFailed { .. } => "tool-failed",
            Self::BadAnswer { .. } => "bad-answer",
            Self::ToolHung { .. } => "tool-hung",
            Self::EngineFailed { .. } => "engine-failed",
        }
    }

    /// True for what the person chose; it is said quietly or not at all.
    pub fn is_choice(&self) -> bool {
        matches!(self, Self::Cancelled | Self::AuthDismissed)
    }

    /// The upstream tool's own words, for the details only.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::ServiceMissing { detail }
            | Self::NoOrigin { detail }
            | Self::Network { detail }
            | Self::Corrupt { detail }
            | Self::Unsigned { detail }
            | Self::BadSignature { detail }
            | Self::PackageConflict { detail, .. }
            | Self::PackageUnfit { detail, .. }
            | Self::ConfigInvalid { detail }
            | Self::NotLive { detail }
            | Self::ToolFailed { detail, .. }
            | Self::BadAnswer { detail, .. }
            | Self::EngineFailed { detail } => Some(detail),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_the_tag_in_json() {
        let samples = [
            Problem::Cancelled,
            Problem::IsLastKnownGood { version: "1".into() },
            Problem::NoSpace { mount: "/boot".into(), needed: 3, free: 1, missing: 2 },
            Problem::ToolMissing { tool: "bootc".into() },
            Problem::ToolFailed { tool: "bootc".into(), status: 143, detail: "x".into() },
            Problem::BadAnswer { tool: "bootc".into(), detail: "x".into() },
            Problem::ToolHung { tool: "bootc".into(), seconds: 60 },
            Problem::EngineFailed { detail: "x".into() },
        ];
        for problem in samples {
            let json = serde_json::to_value(&problem).unwrap();
            assert_eq!(json["code"], problem.code());
            assert_eq!(serde_json::from_value::<Problem>(json).unwrap(), problem);
        }
    }
}
