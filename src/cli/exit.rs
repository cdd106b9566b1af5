//! What the exit status means. These numbers are a promise; docs/cairnctl-json.md and the help name them.

use cairn_model::Problem;
use cairn_words::problem;
use serde_json::json;
use std::process::ExitCode;

/// The exit status of a problem.
pub fn status(problem: &Problem) -> u8 {
    match problem {
        Problem::Cancelled => 130,
        Problem::NoUpdate
        | Problem::AppInstalled { .. }
        | Problem::PackagePresent { .. }
        | Problem::ArgumentPresent { .. } => 0,
        Problem::InvalidArgument { .. }
        | Problem::NotFound { .. }
        | Problem::TimePast
        | Problem::PackageUnknown { .. }
        | Problem::TargetUnknown { .. }
        | Problem::AppNotFound { .. }
        | Problem::AppNotInstalled { .. } => 2,
        Problem::NotAuthorized
        | Problem::AuthDismissed
        | Problem::AuthNeeded
        | Problem::AuthUnavailable
        | Problem::AppForbidden { .. } => 4,
        Problem::ServiceMissing { .. } => 5,
        Problem::Busy { .. } | Problem::BusyElsewhere => 6,
        Problem::NotAtomic
        | Problem::EngineMissing { .. }
        | Problem::NotSupported { .. }
        | Problem::NothingPrevious
        | Problem::NothingStaged
        | Problem::Skipped { .. }
        | Problem::IsRunning { .. }
        | Problem::IsNext { .. }
        | Problem::IsKept { .. }
        | Problem::IsLastKnownGood { .. }
        | Problem::IsStaged { .. }
        | Problem::Older { .. }
        | Problem::CannotStart { .. }
        | Problem::RestartFirst
        | Problem::PackageConflict { .. }
        | Problem::PackageUnfit { .. }
        | Problem::EssentialArgument { .. }
        | Problem::NotLive { .. }
        | Problem::AgreementNeeded { .. }
        | Problem::NoSpace { .. }
        | Problem::RestartBlocked { .. }
        | Problem::RuntimeMissing { .. }
        | Problem::VersionGone { .. }
        | Problem::RemoteExists { .. }
        | Problem::RemoteInUse { .. }
        | Problem::ConfigInvalid { .. }
        | Problem::NoOrigin { .. }
        | Problem::TokenInvalid
        | Problem::PlanOutdated => 3,
        _ => 1,
    }
}

/// The command that goes on from there.
fn next(problem: &Problem) -> Option<String> {
    match problem {
        Problem::PackageConflict { packages, .. } if !packages.is_empty() => {
            let names: Vec<String> = packages.iter().map(|name| format!(" --without {name}")).collect();
            Some(format!("cairnctl update{}", names.concat()))
        }
        _ => None,
    }
}

/// Says a problem and returns its exit status.
pub fn report(problem: &Problem, json: bool) -> ExitCode {
    if json {
        println!("{}", json!({ "format_version": crate::output::FORMAT, "problem": problem }));
    } else {
        eprintln!("{}.\n{}", problem::heading(problem), problem::advice(problem));
        if let Some(detail) = problem.detail().filter(|d| !d.is_empty()) {
            eprintln!("({detail})");
        }
        if let Some(command) = next(problem) {
            eprintln!("{command}");
        }
    }
    ExitCode::from(status(problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_way_of_an_update_comes_with_the_command_that_goes_on() {
        let packages = ["vim", "htop"].map(|n| cairn_model::PackageName::new(n).unwrap()).to_vec();
        let conflict = Problem::PackageConflict { packages, detail: String::new() };
        assert_eq!(next(&conflict).as_deref(), Some("cairnctl update --without vim --without htop"));
        assert_eq!(next(&Problem::NoUpdate), None);
    }

    #[test]
    fn the_numbers_are_a_promise() {
        let id = || "org.kde.krita".to_owned();
        let promised = [
            (Problem::Cancelled, 130),
            (Problem::AppInstalled { id: id() }, 0),
            (Problem::AppNotFound { id: id() }, 2),
            (Problem::AppNotInstalled { id: id() }, 2),
            (Problem::RemoteInUse { name: "flathub".into(), apps: 2 }, 3),
            (Problem::AppForbidden { id: id() }, 4),
            (Problem::BusyElsewhere, 6),
            (Problem::Partial { done: 2, failed: 1 }, 1),
            (Problem::Network { detail: String::new() }, 1),
        ];
        for (problem, number) in promised {
            assert_eq!(status(&problem), number, "{problem}");
        }
    }
}
