//! A newer version that the origin offers.

use crate::change::Changes;
use crate::{Seconds, Verification};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Update {
    pub version: String,
    pub checksum: String,
    pub origin: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Seconds>,
    /// Bytes over the network, what is here already left out; `None` where the maker publishes no sizes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download: Option<u64>,
    /// Bytes that it takes on disk beside what is here already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub installed: Option<u64>,
    /// `None` where the maker publishes no package list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
    #[serde(default)]
    pub verification: Verification,
    /// Made before the running version.
    #[serde(default)]
    pub older: bool,
    /// The person went back from it.
    #[serde(default)]
    pub skipped: bool,
    /// It is prepared already.
    #[serde(default)]
    pub staged: bool,
    /// It is here already and waits until somebody asks for it.
    #[serde(default)]
    pub downloaded: bool,
}
