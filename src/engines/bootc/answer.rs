//! What `bootc status --format=json` answers, read without asking anybody.
//!
//! Source of the format: bootc crates/lib/src/spec.rs and docs/src/host-v1.schema.json. Keys came over the years, so what
//! is absent has its meaning of then; what is there has to be of its type.

use cairn_model::deployment::is_identity;
use cairn_model::{DeploymentId, Problem, text};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::HashSet;

/// The program, as problems name it.
pub(super) const TOOL: &str = "bootc";
/// Versions of the answer that mean the same to whoever reads what is read here.
const VERSIONS: [&str; 2] = ["org.containers.bootc/v1", "org.containers.bootc/v1alpha1"];
const KIND: &str = "BootcHost";
/// The transport that nobody names.
const REGISTRY: &str = "registry";
/// Enough of a checksum to tell versions apart by eye.
const SHORT: usize = 10;

/// The whole answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    api_version: String,
    kind: String,
    status: State,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct State {
    staged: Option<Entry>,
    booted: Option<Entry>,
    rollback: Option<Entry>,
    #[serde(default)]
    other_deployments: Vec<Entry>,
    #[serde(default)]
    rollback_queued: bool,
    /// Since 1.14; null where nothing lies on /usr.
    #[serde(default, deserialize_with = "there")]
    usr_overlay: Option<Value>,
    #[serde(default)]
    read_only: bool,
}

/// spec.rs, `FilesystemOverlay`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Overlay {
    access_mode: String,
    persistence: String,
}

/// What lies on the /usr of the running version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Usr {
    /// The program is too old to say.
    Untold,
    Plain,
    Overlay {
        writable: bool,
        /// Its changes outlast the next start.
        lasting: bool,
    },
}

/// A system that bootc started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    pub booted: Entry,
    /// Prepared; it starts next unless it was only downloaded.
    pub staged: Option<Entry>,
    /// The one that `bootc rollback` changes places with.
    pub rollback: Option<Entry>,
    pub others: Vec<Entry>,
    /// The one to go back to starts before the running one.
    pub rollback_queued: bool,
    pub usr: Usr,
    /// A live medium, where nothing can be changed.
    pub read_only: bool,
}

/// One bootable version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Absent where it comes from no image, or was changed by rpm-ostree.
    pub image: Option<Image>,
    /// The newest that was seen of that image while this was the newest one here.
    pub cached_update: Option<Image>,
    /// rpm-ostree has changed it, and bootc leaves it alone.
    pub incompatible: bool,
    #[serde(default)]
    pub pinned: bool,
    /// It has the kernel of the running one.
    #[serde(default)]
    pub soft_reboot_capable: bool,
    /// Shutdown leaves it alone. `None` before 1.12, which cannot do that.
    #[serde(default, deserialize_with = "there")]
    pub download_only: Option<bool>,
    pub ostree: Option<Ostree>,
    pub composefs: Option<Composefs>,
}

/// Where libostree keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ostree {
    pub stateroot: String,
    pub checksum: String,
    pub deploy_serial: u32,
}

/// Where bootc's own store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Composefs {
    pub verity: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    pub image: Reference,
    pub version: Option<String>,
    pub timestamp: Option<String>,
    pub image_digest: String,
}

/// Which image is followed, and how.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reference {
    pub image: String,
    pub transport: String,
    signature: Option<Value>,
}

/// What the origin asks of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// The machine's policy for containers has to have a rule that verifies.
    Policy,
    Nothing,
    /// The key of an ostree remote, or something newer than this.
    Other,
}

/// A key that came later, and that is never null where it is there.
fn there<'a, T: Deserialize<'a>, D: Deserializer<'a>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}

/// Reads an answer. `None` where bootc has not started the system.
///
/// # Errors
/// [`Problem::BadAnswer`] for another version of the answer, and for whatever decides and is missing or makes no sense.
pub fn status(answer: &[u8]) -> Result<Option<Machine>, Problem> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|e| bad(&e.to_string()))?;
    if !VERSIONS.contains(&answer.api_version.as_str()) || answer.kind != KIND {
        return Err(bad(&format!("unknown kind of answer {} {}", answer.api_version, answer.kind)));
    }
    let state = answer.status;
    let Some(booted) = state.booted else { return Ok(None) };
    let machine = Machine {
        booted,
        staged: state.staged,
        rollback: state.rollback,
        others: state.other_deployments,
        rollback_queued: state.rollback_queued,
        usr: usr(state.usr_overlay)?,
        read_only: state.read_only,
    };
    let mut ids = HashSet::new();
    for entry in machine.entries() {
        if !ids.insert(entry.id()?) {
            return Err(bad("the same version twice"));
        }
        let digests = [&entry.image, &entry.cached_update].into_iter().flatten().map(|i| &i.image_digest);
        if let Some(digest) = digests.chain([&entry.checksum().to_owned()]).find(|d| !is_identity(d)) {
            return Err(bad(&format!("no digest: {digest}")));
        }
    }
    Ok(Some(machine))
}

fn usr(value: Option<Value>) -> Result<Usr, Problem> {
    let Some(value) = value else { return Ok(Usr::Untold) };
    let overlay: Option<Overlay> = serde_json::from_value(value).map_err(|e| bad(&e.to_string()))?;
    Ok(overlay.map_or(Usr::Plain, |overlay| Usr::Overlay {
        writable: overlay.access_mode == "readWrite",
        lasting: overlay.persistence != "transient",
    }))
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: TOOL.into(), detail: text::clean(detail, 200) }
}

impl Machine {
    /// All versions: next start first, then as they were made or would start, newest first.
    pub fn entries(&self) -> Vec<&Entry> {
        let (first, second) = match &self.rollback {
            Some(rollback) if self.rollback_queued => (rollback, Some(&self.booted)),
            rollback => (&self.booted, rollback.as_ref()),
        };
        let mut entries = match (&self.staged, self.staged()) {
            // Shutdown puts it before all others, also where going back was asked for before.
            (Some(staged), Some(_)) => vec![staged, first],
            (Some(staged), None) => vec![first, staged],
            (None, _) => vec![first],
        };
        entries.extend(second);
        entries.extend(&self.others);
        entries
    }

    /// What starts next.
    pub fn next(&self) -> &Entry {
        match (self.staged(), &self.rollback) {
            (Some(staged), _) => staged,
            (None, Some(rollback)) if self.rollback_queued => rollback,
            _ => &self.booted,
        }
    }

    /// The staged version, if shutdown puts it in place.
    pub fn staged(&self) -> Option<&Entry> {
        self.staged.as_ref().filter(|staged| !staged.is_held())
    }

    /// The image that the running version follows.
    pub fn follows(&self) -> Option<&Reference> {
        self.booted.image.as_ref().map(|image| &image.image)
    }

    /// True if what is staged follows another image than what runs: `bootc upgrade` would ask that one.
    pub fn switched(&self) -> bool {
        let staged = self.staged.as_ref().and_then(|staged| staged.image.as_ref());
        staged
            .is_some_and(|staged| self.follows().is_none_or(|follows| follows.name() != staged.image.name()))
    }

    /// True if libostree keeps the running version.
    pub fn on_ostree(&self) -> bool {
        self.booted.ostree.is_some()
    }
}

impl Entry {
    /// Its id, as libostree's engine spells it where libostree keeps it.
    ///
    /// # Errors
    /// [`Problem::BadAnswer`] where no store has it, or for an illegal name.
    pub fn id(&self) -> Result<DeploymentId, Problem> {
        let id = match (&self.ostree, &self.composefs) {
            (Some(o), _) => format!("{}-{}.{}", o.stateroot, o.checksum, o.deploy_serial),
            (None, Some(composefs)) => format!("composefs-{}", composefs.verity),
            (None, None) => return Err(bad("a version that no store has")),
        };
        DeploymentId::new(id).map_err(|_| bad("an illegal name of a version"))
    }

    /// What tells its content from any other: the image's digest, else what its store calls it.
    pub fn checksum(&self) -> &str {
        let stored = || match (&self.ostree, &self.composefs) {
            (Some(ostree), _) => ostree.checksum.as_str(),
            (None, composefs) => composefs.as_ref().map_or("", |c| c.verity.as_str()),
        };
        self.image.as_ref().map_or_else(stored, |image| &image.image_digest)
    }

    /// Prepared, but it does not start until somebody asks for it.
    pub fn is_held(&self) -> bool {
        self.download_only == Some(true)
    }

    /// What its maker calls it, else the start of its checksum.
    pub fn version(&self) -> String {
        let label = self.image.as_ref().map(Image::label).unwrap_or_default();
        if label.is_empty() { short(self.checksum()) } else { label }
    }
}

impl Image {
    /// The maker's label, else the start of its digest.
    pub fn version(&self) -> String {
        let label = self.label();
        if label.is_empty() { short(&self.image_digest) } else { label }
    }

    fn label(&self) -> String {
        text::line(self.version.as_deref().unwrap_or_default())
    }
}

fn short(checksum: &str) -> String {
    let hex = checksum.split_once(':').map_or(checksum, |(_, hex)| hex);
    let hex = if hex.is_empty() { checksum } else { hex };
    hex.chars().take(SHORT).collect()
}

impl Reference {
    /// A line for people: the image, with the transport if that is not a registry.
    pub fn name(&self) -> String {
        let (transport, image) = (text::line(&self.transport), text::line(&self.image));
        if transport == REGISTRY { image } else { format!("{transport}:{image}") }
    }

    pub fn is_in_registry(&self) -> bool {
        self.transport == REGISTRY
    }

    /// spec.rs, `ImageSignature`; absent where nothing is asked for.
    pub fn asks(&self) -> Asks {
        match self.signature.as_ref().map(Value::as_str) {
            None | Some(Some("insecure")) => Asks::Nothing,
            Some(Some("containerPolicy")) => Asks::Policy,
            Some(_) => Asks::Other,
        }
    }

    /// The same way to another image.
    pub fn with_image(&self, image: String) -> Self {
        Self { image, ..self.clone() }
    }
}
