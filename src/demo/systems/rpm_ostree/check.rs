//! What a check notes.

use super::change::Outcome;
use super::state::{Deployment, PACKED, Release, State, base, origin, text};
use crate::systems::Stage;
use serde_json::{Map, json};

/// Notes in `CachedUpdate` what the origin of the running version offers, compared with it.
pub fn run(state: &mut State) -> Outcome {
    let booted = state.booted().and_then(|at| state.deployments.get(at)).cloned().ok_or("Not booted")?;
    let followed = origin(&booted).to_owned();
    let offer = state.offer(&booted).cloned();
    let offer = offer.ok_or(format!("While pulling {followed}: Server returned HTTP 404"))?;
    state.cached_update = match offer.checksum == base(&booted) {
        false => cached(&booted, &offer),
        true if state.packed() != text(&booted, PACKED) => of_packages(&booted, state),
        true => Map::new(),
    };
    Ok(())
}

/// Where only packages that were added are newer.
fn of_packages(booted: &Deployment, state: &State) -> Deployment {
    let mut update = Map::new();
    for (key, value) in [
        ("osname", json!(text(booted, "osname"))),
        ("origin", json!(origin(booted))),
        ("version", json!(text(booted, "version"))),
        ("update-sha256", json!(text(booted, "checksum"))),
        ("checksum", json!(base(booted))),
        ("timestamp", booted.get("timestamp").cloned().unwrap_or_default()),
        ("ref-has-new-commit", json!(false)),
        ("gpg-enabled", booted.get("gpg-enabled").cloned().unwrap_or_default()),
        ("signatures", booted.get("signatures").cloned().unwrap_or_default()),
        ("rpm-diff", json!(state.newer)),
        ("advisories", json!(state.newer_advisories)),
    ] {
        update.insert(key.to_owned(), value);
    }
    update
}

fn cached(booted: &Deployment, offer: &Release) -> Deployment {
    let image = !offer.digest.is_empty();
    let mut update = Map::new();
    let mut note = |key: &str, value: serde_json::Value| update.insert(key.to_owned(), value);
    note("osname", text(booted, "osname").into());
    note("origin", origin(booted).into());
    note("version", offer.version.as_str().into());
    note("update-sha256", text(booted, "checksum").into());
    if image {
        // Nothing but the layers of an image that was not fetched is known.
        note("checksum", base(booted).into());
        note("timestamp", booted.get("timestamp").cloned().unwrap_or_default());
        note("ref-has-new-commit", false.into());
        let diff = json!({
            "total": 65, "total-size": offer.bytes * 6, "n-removed": 11, "removed-size": offer.bytes,
            "n-added": 11, "added-size": offer.bytes,
        });
        note("manifest-diff", diff);
    } else {
        note("checksum", offer.checksum.as_str().into());
        note("timestamp", offer.timestamp.into());
        note("ref-has-new-commit", true.into());
        note("gpg-enabled", true.into());
        note("signatures", json!([super::state::signature()]));
        note("rpm-diff", offer.diff.clone().into());
        note("advisories", offer.advisories.clone().into());
    }
    update
}

/// Notes the digest of a new image where ostree-ext does: beside the commit of the running one, as an `a{sv}` in GVariant's
/// form. One entry: the key, filled up to eight bytes, the value with its type; then where the key ends, where the entry ends.
pub fn note_digest(stage: &Stage, state: &State) -> std::io::Result<()> {
    const KEY: &[u8] = b"ostree-ext.cached.manifest-digest\0";
    let booted = state.booted().and_then(|at| state.deployments.get(at));
    let Some((booted, offer)) = booted.and_then(|b| Some((b, state.offer(b)?))) else { return Ok(()) };
    let Some((folder, file)) = base(booted).split_at_checked(2).filter(|_| !offer.digest.is_empty()) else {
        return Ok(());
    };
    let mut entry = KEY.to_vec();
    entry.resize(KEY.len().next_multiple_of(8), 0);
    entry.extend_from_slice(offer.digest.as_bytes());
    entry.extend_from_slice(b"\0\0s");
    entry.push(u8::try_from(KEY.len()).unwrap_or(u8::MAX));
    entry.push(u8::try_from(entry.len()).unwrap_or(u8::MAX));
    let path = stage.path(&format!("/ostree/repo/objects/{folder}/{file}.commitmeta"));
    std::fs::create_dir_all(path.parent().unwrap_or(stage.root()))?;
    std::fs::write(path, entry)
}
