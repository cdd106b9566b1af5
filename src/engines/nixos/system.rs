//! What a built system says of itself: the files at its top.

use super::store::StorePath;
use cairn_host::{Host, files};
use cairn_model::text;
use serde_json::Value;

/// Longest version and title that are shown, in characters.
const VERSION: usize = 100;

/// A system in the store.
pub(super) struct System<'a> {
    pub(super) host: &'a Host,
    pub(super) path: &'a StorePath,
}

impl System<'_> {
    pub(super) fn exists(&self) -> bool {
        self.host.exists(&self.path.path())
    }

    /// The text of one of its files, whose links lead anywhere in the store.
    pub(super) fn read(&self, file: &str) -> Option<String> {
        let path = self.host.resolve(&format!("{}/{file}", self.path.path())).ok()?;
        self.host.read(&path).ok().flatten()
    }

    /// What its makers call it; never empty.
    pub(super) fn version(&self) -> String {
        let words = [self.read("nixos-version"), self.build()];
        let said = words.into_iter().flatten().map(|w| text::clean(&w, VERSION)).find(|w| !w.is_empty());
        // The store's name of a system ends with its label, which has no dash where nobody chose one.
        let name = || self.path.name().rsplit_once('-').map(|(_, end)| end.to_owned());
        said.or_else(name).filter(|w| !w.is_empty()).unwrap_or_else(|| self.path.hash().to_owned())
    }

    /// The version of the sources that it was made from (os-release(5), `BUILD_ID`).
    pub(super) fn build(&self) -> Option<String> {
        let release = self.read("etc/os-release")?;
        files::os_release_field(&release, "BUILD_ID").filter(|id| !id.is_empty())
    }

    /// The name for the boot menu, with the kernel's version in it (bootspec, RFC 125), else that of os-release(5).
    pub(super) fn title(&self) -> Option<String> {
        let boot = self.read("boot.json").and_then(|json| label(&json));
        let release = || files::os_release_field(&self.read("etc/os-release")?, "PRETTY_NAME");
        boot.or_else(release).map(|t| text::clean(&t, VERSION)).filter(|t| !t.is_empty())
    }
}

/// The label in bootspec's JSON, in the only version that is known; nothing depends on it.
pub fn label(json: &str) -> Option<String> {
    let boot: Value = serde_json::from_str(json).ok()?;
    Some(boot.get("org.nixos.bootspec.v1")?.get("label")?.as_str()?.to_owned())
}
