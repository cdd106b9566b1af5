//! The property `CachedUpdate`: what the last check found, compared with what runs.

use super::dict::{Facts, text_of};
use super::{advisory, bad, difference, signature};
use cairn_model::change::Changes;
use cairn_model::deployment::is_identity;
use cairn_model::{Problem, Seconds, Verification, text};
use zbus::zvariant::Value;

/// What the origin offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The commit; for an image it is that of the running version, since the new one has none before it was fetched.
    pub checksum: String,
    pub version: Option<String>,
    pub timestamp: Option<Seconds>,
    /// Whether the base is newer, and not only packages that were added.
    pub base_changed: Option<bool>,
    pub changes: Option<Changes>,
    /// Of a new image: bytes of the layers that are not here.
    pub image_bytes: Option<u64>,
    pub verification: Verification,
}

/// `None` where there is nothing newer.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn read(value: &Value<'_>) -> Result<Option<Offer>, Problem> {
    let facts = Facts::of(value)?;
    if facts.is_empty() {
        return Ok(None);
    }
    let checksum = facts.get("checksum").and_then(text_of).filter(|word| is_identity(word));
    let diff = facts.get("manifest-diff").map(Facts::of).transpose()?;
    let base_changed = facts.get("ref-has-new-commit").is_some();
    Ok(Some(Offer {
        checksum: checksum.ok_or_else(|| bad("the update has no checksum"))?.to_owned(),
        version: facts.text("version").map(text::line).filter(|v| !v.is_empty()),
        timestamp: facts.seconds("timestamp"),
        base_changed: base_changed.then(|| facts.flag("ref-has-new-commit")).transpose()?,
        changes: changes(facts),
        image_bytes: diff.and_then(|d| d.number("added-size")),
        verification: signature::of(facts),
    }))
}

/// Packages that change and holes that are closed; `None` where neither is told.
fn changes(facts: Facts<'_>) -> Option<Changes> {
    let changes = facts.get("rpm-diff").and_then(difference::of_update);
    let advisories = facts.get("advisories").map(advisory::read).unwrap_or_default();
    if advisories.is_empty() {
        return changes;
    }
    Some(Changes { advisories, ..changes.unwrap_or_default() })
}
