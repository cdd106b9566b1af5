//! What lies at the root of a blendOS system (akshara: akshara, akshara.hook).

use super::answer::{self, System};
use super::{Blendos, check};
use crate::packages::PackageList;
use cairn_model::{Problem, Seconds};
use ostree::glib::{Checksum, ChecksumType};
use std::sync::atomic::Ordering;

pub(super) const SYSTEM: &str = "/system.yaml";
/// The system that early boot puts in the place of the running one, whether or not it is whole.
const NEXT: &str = "/.update_rootfs";
/// akshara's last act.
const DONE: &str = "/.update";
const LOCK: &str = "/var/lib/.akshara-system-lock";
const INSTALLED: &str = "/var/lib/pacman/local";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// Early boot will take it.
    pub(super) next: bool,
    /// akshara said that it is whole.
    pub(super) done: bool,
    /// akshara is at work, be it for us.
    pub(super) locked: bool,
}

impl Moment {
    pub(super) fn look(engine: &Blendos) -> Self {
        let host = &engine.host;
        Self { next: host.exists(NEXT), done: host.exists(DONE), locked: host.record_locked(LOCK) }
    }

    /// The only sign of success that holds: akshara ends with 0 when it fails as well.
    pub(super) fn ready(self) -> bool {
        self.next && self.done
    }

    /// Another akshara is at work.
    pub(super) fn busy(self, engine: &Blendos) -> bool {
        self.locked && !engine.working.load(Ordering::SeqCst)
    }
}

/// Refuses while a system waits for the restart, or another akshara is at work.
pub(super) fn free(engine: &Blendos) -> Result<(), Problem> {
    let moment = Moment::look(engine);
    if moment.busy(engine) {
        return Err(Problem::BusyElsewhere);
    }
    if moment.next || moment.done { Err(Problem::RestartFirst) } else { Ok(()) }
}

/// What one root consists of.
#[derive(Clone, Debug)]
pub(super) struct Content {
    pub(super) packages: PackageList,
    /// Tells these very packages from any others.
    pub(super) digest: String,
    pub(super) made: Option<Seconds>,
    folders: Vec<String>,
    at: String,
}

impl Content {
    pub(super) fn running(engine: &Blendos) -> Self {
        Self::below(engine, "")
    }

    pub(super) fn next(engine: &Blendos) -> Self {
        Self::below(engine, NEXT)
    }

    fn below(engine: &Blendos, root: &str) -> Self {
        let at = format!("{root}{INSTALLED}");
        let mut folders = engine.host.list(&at);
        let packages = answer::installed(folders.iter().map(String::as_str));
        folders.retain(|folder| folder.contains('-'));
        let digest = hash(&folders.join("\n"));
        Self { packages, digest, made: engine.host.changed(&at), folders, at }
    }

    /// Bytes that its packages take, `None` where pacman says nothing.
    pub(super) fn size(&self, engine: &Blendos) -> Option<u64> {
        let desc = |folder: &String| engine.host.read(&format!("{}/{folder}/desc", self.at)).ok().flatten();
        let sizes = self.folders.iter().filter_map(desc).filter_map(|desc| answer::size(&desc));
        sizes.reduce(u64::saturating_add)
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn hash(text: &str) -> String {
    let mut checksum = Checksum::new(ChecksumType::Sha256);
    if let Some(checksum) = &mut checksum {
        checksum.update(text.as_bytes());
    }
    checksum.and_then(Checksum::string).unwrap_or_default()
}

/// `/system.yaml` as text.
///
/// # Errors
/// [`Problem::ConfigInvalid`] where it is missing or cannot be read.
pub(super) fn text(engine: &Blendos) -> Result<String, Problem> {
    match engine.host.read(SYSTEM) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(answer::invalid("it is missing")),
        Err(error) => Err(answer::invalid(&error.to_string())),
    }
}

/// What it says.
///
/// # Errors
/// As [`text`]; also for what is no YAML that akshara could follow.
pub(super) fn system(engine: &Blendos) -> Result<System, Problem> {
    answer::system(&text(engine)?)
}

/// The name of a build of what the configuration says now, made on that day.
pub(super) fn request(engine: &Blendos, day: &str) -> Result<String, Problem> {
    let asked = hash(&format!("{}\n{}", text(engine)?, Content::running(engine).digest));
    Ok(format!("{}{day}-{}", check::PREFIX, asked.chars().take(16).collect::<String>()))
}
