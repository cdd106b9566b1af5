//! What was done with apps, here or by others.

use cairn_model::Seconds;
use cairn_model::app::{Permission, Ref, Scope};

/// One thing that was done, as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub time: Seconds,
    pub scope: Scope,
    pub reference: Ref,
    pub remote: String,
    /// Empty where there was nothing before.
    pub commit_before: String,
    /// Empty after a removal.
    pub commit_after: String,
    pub version_before: String,
    pub version_after: String,
    /// What an app may do since then; empty for what others did, for removals and for runtimes.
    pub permissions: Vec<Permission>,
    /// The word of the wish; `outside` for what others did.
    pub asked: String,
}
