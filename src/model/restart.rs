//! When the machine restarts into what is prepared.

use crate::Seconds;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When, as the person says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum RestartWhen {
    Now {
        /// Restart although programs asked to wait; needs its own permission.
        #[serde(default)]
        ignore_inhibitors: bool,
        /// Without the firmware and the kernel, where the system can.
        #[serde(default)]
        soft: bool,
    },
    At {
        time: Seconds,
    },
    /// At three in the morning, local time.
    Tonight {},
    /// No restart of our own: the update is put in place whenever the person shuts down.
    AtShutdown {},
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum RestartState {
    Waiting,
    /// The time passed while the machine slept or was off; it is not made up for without being asked.
    Missed,
    /// Programs asked to wait when the time came.
    Blocked {
        by: Vec<Inhibitor>,
    },
}

/// The restart that is set, if any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RestartSchedule {
    pub when: RestartWhen,
    /// When it is due, in seconds since 1970; `None` for "at shutdown".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Seconds>,
    pub state: RestartState,
    pub uid: u32,
}

/// A program that asked the system not to restart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inhibitor {
    pub who: String,
    pub why: String,
}
