//! What the system does about updates by itself, without anybody asking.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far it goes. In the order of what it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    Off,
    /// Looks whether there is one.
    Check,
    /// Prepares it; the person restarts.
    Stage,
    /// Prepares it and restarts the machine.
    Apply,
}

/// Who updates by itself, and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Automatic {
    pub policy: Policy,
    /// The program or unit that does it, as its makers call it.
    pub by: String,
    /// What can be chosen instead; empty where it is not Cairn's to change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Policy>,
}
