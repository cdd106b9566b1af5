//! What is in each snapshot, and what the repositories have.

use crate::systems::Stage;
use crate::systems::snapper::disk::{Disk, STATE as SNAPSHOTS};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;

/// The name of the state.
pub(super) const STATE: &str = "zypp";

/// Package → version.
pub(super) type Packages = BTreeMap<String, String>;

#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub(super) struct Content {
    /// `VERSION_ID`
    pub(super) version: String,
    pub(super) packages: Packages,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Zypp {
    pub(super) repository: Content,
    /// Packages that do not work with what the repository has.
    pub(super) unfit: Vec<String>,
    /// Package → what it is.
    pub(super) summaries: BTreeMap<String, String>,
    /// By number of the snapshot.
    pub(super) contents: BTreeMap<u32, Content>,
}

impl Zypp {
    /// What of a system the solver would have to ask about.
    pub(super) fn in_the_way<'a>(&self, base: &'a Content) -> Vec<&'a String> {
        base.packages.keys().filter(|name| self.unfit.contains(name)).collect()
    }

    /// What an update makes of a system: what is installed there, as the repositories have it now.
    pub(super) fn updated(&self, base: &Content) -> Content {
        let newest = |(name, old): (&String, &String)| {
            let version = self.repository.packages.get(name).unwrap_or(old);
            (name.clone(), version.clone())
        };
        Content {
            version: self.repository.version.clone(),
            packages: base.packages.iter().map(newest).collect(),
        }
    }
}

pub(super) fn os_release(version: &str) -> String {
    format!(
        "NAME=\"openSUSE Aeon\"\nID=\"aeon\"\nID_LIKE=\"opensuse suse opensuse-tumbleweed\"\nVERSION_ID=\"{version}\"\n\
         PRETTY_NAME=\"openSUSE Aeon\"\nHOME_URL=\"https://aeondesktop.org/\"\n"
    )
}

/// Writes what of a snapshot can be read as a file.
pub(super) fn write(stage: &Stage, number: u32, content: &Content) -> io::Result<()> {
    let path = format!("/.snapshots/{number}/snapshot/usr/lib/os-release");
    stage.write(&path, &os_release(&content.version))
}

/// Number and content of what runs, or of what starts next.
pub(super) fn base(stage: &Stage, next: bool) -> io::Result<(u32, Content)> {
    let disk: Disk = stage.state(SNAPSHOTS)?;
    let zypp: Zypp = stage.state(STATE)?;
    let number = if next { disk.default } else { disk.active }.unwrap_or(0);
    Ok((number, zypp.contents.get(&number).cloned().unwrap_or_default()))
}
