//! What the exit status means. These numbers are a promise; docs/cairnctl-json.md and the help name them.

use cairn_model::Problem;
use cairn_words::problem;
use serde_json::json;
use std::process::ExitCode;

/// The exit status of a problem.
pub fn status(problem: &Problem) -> u8 {
    match problem {
        Problem::Cancelled => 130,
        Problem::NoUpdate => 0,
        Problem::InvalidArgument { .. } | Problem::NotFound { .. } | Problem::TimePast => 2,
        Problem::NotAuthorized | Problem::AuthDismissed | Problem::AuthNeeded | Problem::AuthUnavailable => 4,
        Problem::ServiceMissing { .. } => 5,
        Problem::Busy { .. } | Problem::BusyElsewhere => 6,
        Problem::NotAtomic
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
        | Problem::NoSpace { .. }
        | Problem::RestartBlocked { .. }
        | Problem::PlanOutdated => 3,
        _ => 1,
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
    }
    ExitCode::from(status(problem))
}
