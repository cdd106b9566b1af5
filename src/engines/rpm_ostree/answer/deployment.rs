//! One entry of the property `Deployments` (rpm-ostree: src/daemon/rpmostreed-deployment-utils.cxx and rust/src/daemon.rs).

use super::dict::{Facts, items, plain};
use super::layers::{self, Layers};
use super::{bad, signature};
use cairn_model::deployment::is_identity;
use cairn_model::{DeploymentId, Problem, Seconds, Verification, text};
use zbus::zvariant::Value;

/// More than any machine has room for.
const MOST: usize = 100;

/// One version that rpm-ostreed knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub id: DeploymentId,
    pub osname: String,
    /// The commit that is checked out, made on this machine where packages were added.
    pub commit: String,
    /// The commit of the base.
    pub base: String,
    /// What the maker's version is told by: an image's digest, else the commit of the base.
    pub checksum: String,
    pub version: String,
    pub timestamp: Option<Seconds>,
    pub origin: Option<String>,
    pub container: bool,
    /// The origin's place is not configured, in upstream's words.
    pub remote_error: Option<String>,
    pub booted: bool,
    pub staged: bool,
    /// Staged, but not to be put in place at shutdown.
    pub locked: bool,
    pub pinned: bool,
    /// `none`, `development`, `hotfix` or `transient` (libostree: `ostree_deployment_unlocked_state_to_string`).
    pub unlocked: String,
    /// The commit whose content was laid over this one's (rpm-ostree: rust/src/live.rs).
    pub live: Option<String>,
    /// That was begun and has not ended.
    pub live_unfinished: bool,
    pub verification: Verification,
    pub layers: Layers,
}

/// All of them in boot order.
///
/// # Errors
/// [`Problem::BadAnswer`]; [`Problem::NotAtomic`] where none of them was booted.
pub fn entries(value: &Value<'_>) -> Result<Vec<Entry>, Problem> {
    let Value::Array(array) = plain(value) else { return Err(bad("Deployments is no list")) };
    if array.is_empty() || array.len() > MOST {
        return Err(bad(&format!("{} deployments", array.len())));
    }
    let all: Vec<Entry> = items(value).iter().map(entry).collect::<Result<_, _>>()?;
    let twice = all.iter().enumerate().any(|(at, e)| all.iter().take(at).any(|other| other.id == e.id));
    if twice {
        return Err(bad("two deployments of one id"));
    }
    match all.iter().filter(|e| e.booted).count() {
        0 => return Err(Problem::NotAtomic),
        1 => {}
        more => return Err(bad(&format!("{more} booted deployments"))),
    }
    if all.iter().filter(|e| e.staged).count() > 1 || all.iter().any(|e| e.booted && e.staged) {
        return Err(bad("what is staged makes no sense"));
    }
    Ok(all)
}

fn entry(value: &Value<'_>) -> Result<Entry, Problem> {
    let facts = Facts::of(value)?;
    let commit = identity(facts, "checksum")?.ok_or_else(|| bad("a deployment has no checksum"))?;
    let base = identity(facts, "base-checksum")?.unwrap_or_else(|| commit.clone());
    let digest = identity(facts, "container-image-reference-digest")?;
    let image = facts.text("container-image-reference");
    let (id, osname) = name(facts, &commit)?;
    let short = || commit.chars().take(10).collect();
    let version = facts.text("version").or(facts.text("base-version")).map(text::line);
    Ok(Entry {
        id,
        osname,
        checksum: digest.unwrap_or_else(|| base.clone()),
        base,
        version: version.filter(|v| !v.is_empty()).unwrap_or_else(short),
        timestamp: facts.seconds("base-timestamp").or(facts.seconds("timestamp")),
        container: image.is_some(),
        origin: image.or(facts.text("origin")).map(text::line),
        remote_error: facts.text("remote-error").map(text::line),
        booted: facts.flag("booted")?,
        staged: facts.flag("staged")?,
        locked: facts.flag("finalization-locked")?,
        pinned: facts.flag("pinned")?,
        unlocked: facts.text("unlocked").map(text::line).unwrap_or_default(),
        live: facts.text("live-replaced").filter(|commit| is_identity(commit)).map(ToOwned::to_owned),
        live_unfinished: facts.text("live-inprogress").is_some(),
        verification: signature::of(facts),
        layers: layers::of(facts),
        commit,
    })
}

fn identity(facts: Facts<'_>, key: &str) -> Result<Option<String>, Problem> {
    let Some(value) = facts.get(key) else { return Ok(None) };
    match super::dict::text_of(value) {
        Some(word) if is_identity(word) => Ok(Some(word.to_owned())),
        _ => Err(bad(&format!("{key} is none"))),
    }
}

/// Older versions tell no id; it is made of the same parts.
fn name(facts: Facts<'_>, commit: &str) -> Result<(DeploymentId, String), Problem> {
    let osname = facts.text("osname").unwrap_or_default();
    let id = match facts.text("id") {
        Some(id) => id.to_owned(),
        None => format!("{osname}-{commit}.{}", facts.number("serial").unwrap_or_default()),
    };
    Ok((DeploymentId::new(id).map_err(|_| bad("a deployment's id is none"))?, text::line(osname)))
}
