//! What goes wrong, in the words of the model. What nix says is kept for people; what it means follows from what it was
//! asked for.

use cairn_model::{Problem, text};
use std::io;

/// nix: src/libmain/shared.cc; every error that is its own ends with this.
const ERROR: i32 = 1;

pub(super) fn io(error: &io::Error) -> Problem {
    Problem::EngineFailed { detail: text::line(&error.to_string()) }
}

/// Of a run that only fetched.
pub(super) fn fetching(problem: Problem) -> Problem {
    match problem {
        Problem::ToolFailed { status: ERROR, detail, .. } => Problem::Network { detail },
        other => other,
    }
}

/// Of a run that only evaluated the configuration.
pub(super) fn evaluating(problem: Problem) -> Problem {
    match problem {
        Problem::ToolFailed { status: ERROR, detail, .. } => Problem::ConfigInvalid { detail },
        other => other,
    }
}

/// Of a run that only built. Nix adds up what failed in a status of its own (nix: src/libstore/build/entry-points.cc):
/// 100 and some bits; sources that cannot be fetched are 1.
pub(super) fn building(problem: Problem) -> Problem {
    match problem {
        Problem::ToolFailed { status: 100..=116, detail, .. } => Problem::ConfigInvalid { detail },
        other => other,
    }
}
