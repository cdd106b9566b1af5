//! Who made a version.
//!
//! A signature is ostree's `OstreeGpgSignatureAttr` in order (libostree: src/libostree/ostree-gpg-verify-result.h).

use super::dict::{Facts, fields, items, text_of};
use cairn_model::{Verification, text};
use zbus::zvariant::Value;

const VALID: usize = 0;
const FINGERPRINT: usize = 5;
const USER_NAME: usize = 10;
const USER_EMAIL: usize = 11;

/// Prefixes of container references that ask for no signature (ostree-ext: `SignatureSource`).
const UNVERIFIED: [&str; 2] = ["ostree-unverified-registry:", "ostree-unverified-image:"];

/// What rpm-ostreed knows of a version from a remote, or of an image, which it verifies while it fetches and does not
/// tell of afterwards.
pub fn of(facts: Facts<'_>) -> Verification {
    let image = facts.text("container-image-reference").or(facts.text("origin"));
    if image.is_some_and(|image| UNVERIFIED.iter().any(|prefix| image.starts_with(prefix))) {
        return Verification::NotRequired;
    }
    match facts.get("gpg-enabled") {
        Some(Value::Bool(false)) => Verification::NotRequired,
        Some(Value::Bool(true)) => facts.get("signatures").map_or(Verification::Unknown, signed),
        _ => Verification::Unknown,
    }
}

fn signed(signatures: &Value<'_>) -> Verification {
    let mut seen = false;
    for signature in items(signatures) {
        let fields = fields(signature);
        let field = |at: usize| fields.get(at).and_then(text_of).map(text::line).unwrap_or_default();
        let Some(Value::Bool(valid)) = fields.get(VALID) else { continue };
        seen = true;
        let key = field(FINGERPRINT);
        if *valid && !key.is_empty() {
            let signer = match (field(USER_NAME), field(USER_EMAIL)) {
                (name, email) if email.is_empty() => name,
                (name, email) => text::line(&format!("{name} <{email}>")),
            };
            return Verification::Signed { key, signer };
        }
    }
    if seen { Verification::Failed { detail: String::new() } } else { Verification::Unknown }
}
