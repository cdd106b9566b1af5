//! What the service says of slots, bundles and itself (rauc: src/service.c, src/slot.c, src/manifest.c).

use super::proxy::SERVICE;
use crate::dict::{Answer, Dictionary};
use cairn_host::clock::rfc3339;
use cairn_model::deployment::is_identity;
use cairn_model::{DeploymentId, Problem, Seconds, text};

/// What the boot loader thinks of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boot {
    Good,
    Bad,
    /// Nobody knows, or in a word that nobody knows.
    Unknown,
}

/// One slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// `class.index`
    pub name: String,
    pub class: String,
    /// What the boot loader calls it, if it can be started.
    pub bootname: Option<String>,
    /// The slot that this one is a part of.
    pub parent: Option<String>,
    pub booted: bool,
    pub boot: Boot,
    /// What was written last did not become complete.
    pub incomplete: bool,
    pub version: Option<String>,
    /// The hash of the manifest that it was filled with, else that of its content.
    pub hash: Option<String>,
    pub installed: Option<Seconds>,
}

impl Slot {
    /// Tells its content from any other. A slot that RAUC did not fill is only told by its name.
    pub fn checksum(&self) -> String {
        self.hash.clone().unwrap_or_else(|| format!("slot-{}", legal(&self.name)))
    }

    /// The slot and what is in it, since a slot is filled again and again.
    ///
    /// # Errors
    /// [`Problem::BadAnswer`] for a name that is none.
    pub fn id(&self) -> Result<DeploymentId, Problem> {
        let hash =
            self.hash.iter().map(|hash| format!("-{}", legal(&hash.chars().take(12).collect::<String>())));
        let id = legal(&self.name) + &hash.collect::<String>();
        DeploymentId::new(id).map_err(|_| bad(&format!("no slot: {}", self.name)))
    }
}

/// Characters that an id may not have stand for each other.
fn legal(word: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    word.chars().map(|c| if allowed(c) { c } else { '_' }).collect()
}

fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: SERVICE.into(), detail: text::clean(detail, 200) }
}

/// Reads the answer of `GetSlotStatus`, sorted by name.
///
/// # Errors
/// [`Problem::BadAnswer`] if something is missing that decides, or is of another type.
pub fn slots(answer: &[(String, Dictionary)]) -> Result<Vec<Slot>, Problem> {
    let mut slots =
        answer.iter().map(|(name, entries)| slot(name, entries)).collect::<Result<Vec<_>, _>>()?;
    slots.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(slots)
}

fn slot(name: &str, entries: &Dictionary) -> Result<Slot, Problem> {
    let answer = Answer { service: SERVICE, entries };
    let hash = answer.text("bundle.hash")?.or(answer.text("sha256")?);
    let version = answer.text("bundle.version")?.map(|version| text::clean(&version, 60));
    let installed = answer.text("installed.timestamp")?;
    Ok(Slot {
        name: name.to_owned(),
        class: answer.required("class")?,
        bootname: answer.text("bootname")?,
        parent: answer.text("parent")?,
        booted: answer.required("state")? == "booted",
        boot: match answer.text("boot-status")?.as_deref() {
            Some("good") => Boot::Good,
            Some("bad") => Boot::Bad,
            _ => Boot::Unknown,
        },
        incomplete: answer
            .text("status")?
            .is_some_and(|status| matches!(status.as_str(), "failed" | "pending")),
        version: version.filter(|version| !version.is_empty()),
        hash: hash.filter(|hash| is_identity(hash)),
        installed: installed.as_deref().and_then(rfc3339),
    })
}

/// The service at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Nothing but properties can be asked for meanwhile.
    pub busy: bool,
    /// 0 to 1.
    pub done: f64,
    /// The words of the last failure; for people.
    pub last_error: String,
    /// What bundles have to be for, to fit this system.
    pub compatible: String,
}

/// Reads the service's properties.
///
/// # Errors
/// As [`slots`].
pub fn service(entries: &Dictionary) -> Result<Service, Problem> {
    let answer = Answer { service: SERVICE, entries };
    let percent = answer.leading("Progress")?.unwrap_or(0).clamp(0, 100);
    Ok(Service {
        // An operation that nobody knows is one, too.
        busy: answer.required("Operation")? != "idle",
        done: f64::from(i32::try_from(percent).unwrap_or(100)) / 100.0,
        last_error: text::line(&answer.text("LastError")?.unwrap_or_default()),
        compatible: answer.required("Compatible")?,
    })
}

/// What a bundle would bring. The service tells of none whose signature it does not trust.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    pub compatible: String,
    pub version: String,
    /// Tells two bundles of one version apart, for people.
    pub build: String,
    /// Of its manifest, in which the hashes of all images stand.
    pub hash: String,
    /// Bytes of all images, as far as they are told.
    pub size: u64,
}

/// Reads the answer of `InspectBundle`.
///
/// # Errors
/// As [`slots`].
pub fn bundle(entries: &Dictionary) -> Result<Bundle, Problem> {
    let answer = Answer { service: SERVICE, entries };
    let hash = answer.required("manifest-hash")?;
    if !is_identity(&hash) {
        return Err(bad(&format!("no manifest-hash: {hash}")));
    }
    let update = answer.dictionary("update")?.ok_or_else(|| bad("no update"))?;
    let update = Answer { service: SERVICE, entries: &update };
    let line = |key: &str| update.text(key).map(|words| text::clean(&words.unwrap_or_default(), 60));
    let images = answer.dictionaries("images")?;
    let sizes = images.iter().map(|image| Answer { service: SERVICE, entries: image }.number("size"));
    let sizes = sizes.collect::<Result<Vec<_>, _>>()?;
    Ok(Bundle {
        compatible: update.required("compatible")?,
        version: line("version")?,
        build: line("build")?,
        hash,
        size: sizes.into_iter().flatten().fold(0, u64::saturating_add),
    })
}
