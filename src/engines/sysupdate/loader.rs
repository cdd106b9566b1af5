//! systemd-boot as `bootctl` tells of it (systemd: src/shared/bootspec.c, src/bootctl/bootctl-set-efivar.c): which entries
//! there are, which one starts next, and making another one the default.

use super::Sysupdate;
use cairn_host::Host;
use cairn_host::tool::{Limits, Tool};
use cairn_model::{Problem, text};
use serde::Deserialize;
use std::future::pending;
use std::path::Path;

const NAME: &str = "bootctl";
/// Where the kernel shows the variables of the firmware (kernel: Documentation/filesystems/efivarfs.rst).
const VARIABLES: &str = "/sys/firmware/efi/efivars";
/// More entries than any boot menu has.
const MOST: usize = 500;

/// One entry of the boot menu.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BootEntry {
    /// The file's name without its counter; absent where an entry has none.
    #[serde(default)]
    pub id: String,
    #[serde(default)]
    pub version: Option<String>,
    /// How often it may still be tried; absent where nobody counts (any more).
    #[serde(default)]
    pub tries_left: Option<u64>,
    /// It starts next: chosen for one start, chosen for all, or the first.
    #[serde(default)]
    pub is_default: bool,
    /// It was started. Only where the boot loader told so.
    #[serde(default)]
    pub is_selected: bool,
    /// `type1` and `type2` are files; others are only reported by the boot loader.
    #[serde(rename = "type")]
    kind: String,
    /// Another way to start the same image, such as a reset; 0 or absent for the usual one.
    #[serde(default)]
    profile: Option<u64>,
}

impl BootEntry {
    /// Whether it starts an image in the usual way, and its id means nothing else to `set-default`, which takes patterns
    /// and words with `@`.
    pub fn is_usual(&self) -> bool {
        let legal = |c: char| c.is_ascii_alphanumeric() || ".,_-+~^".contains(c);
        matches!(self.kind.as_str(), "type1" | "type2")
            && self.profile.unwrap_or_default() == 0
            && !self.id.is_empty()
            && self.id.len() <= 255
            && !self.id.starts_with('-')
            && self.id.chars().all(legal)
    }
}

/// The entries of `bootctl list`.
///
/// # Errors
/// [`Problem::BadAnswer`].
pub fn entries(json: &str) -> Result<Vec<BootEntry>, Problem> {
    let bad = |detail: &str| Problem::BadAnswer { tool: NAME.into(), detail: text::clean(detail, 200) };
    let entries: Vec<BootEntry> = serde_json::from_str(json).map_err(|e| bad(&e.to_string()))?;
    match entries.len() {
        0..=MOST => Ok(entries),
        many => Err(bad(&format!("{many} entries"))),
    }
}

/// What starts, where systemd-boot started the system; `None` where another boot loader did or nobody can tell.
pub(super) async fn read(engine: &Sysupdate) -> Result<Option<Vec<BootEntry>>, Problem> {
    let Ok(tool) = engine.host.tool(NAME) else { return Ok(None) };
    let answer = match ask(engine, &tool, &["--json=short", "list"]).await {
        Ok(answer) => answer,
        // There is no EFI partition, or none that it finds.
        Err(Problem::ToolFailed { .. }) => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let entries = entries(&String::from_utf8(answer).map_err(|_| tool.bad("no UTF-8"))?)?;
    let told = entries.iter().any(|entry| entry.is_selected);
    Ok(told.then_some(entries))
}

/// Whether this process may change what systemd-boot keeps in variables of the firmware.
pub(super) fn may_write(host: &Host) -> bool {
    !(host.exists(VARIABLES) && host.is_read_only(VARIABLES))
}

/// Makes that entry the default of all starts; without one the first entry is, which is the newest good one.
pub(super) async fn set_default(engine: &Sysupdate, entry: Option<&str>) -> Result<(), Problem> {
    let tool = engine.host.tool(NAME)?;
    ask(engine, &tool, &["set-default", "--", entry.unwrap_or_default()]).await.map(|_| ())
}

/// A system below another root has no variables of this machine's firmware; told of the root, `bootctl` refuses to
/// touch them.
async fn ask(engine: &Sysupdate, tool: &Tool, words: &[&str]) -> Result<Vec<u8>, Problem> {
    let root = &engine.host.root;
    let root = (root != Path::new("/")).then(|| format!("--root={}", root.display()));
    let words: Vec<&str> = root.as_deref().into_iter().chain(words.iter().copied()).collect();
    tool.run(&words, Limits::within(engine.patience), pending::<()>()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_that_start_an_image_as_usual_can_be_chosen() {
        let usual = |rest: &str| entries(&format!(r#"[{{"type":"type2"{rest}}}]"#)).unwrap()[0].is_usual();
        assert!(usual(r#","id":"os_50.5~rc1+git.efi","profile":0,"isReported":true,"options":"x""#));
        for rest in [
            "",
            r#","id":"os_*.efi""#,
            r#","id":"@saved""#,
            r#","id":"-x.efi""#,
            r#","id":"os_50.5.efi@2""#,
            r#","id":"os_50.5.efi","profile":1"#,
            r#","id":"os 50.efi""#,
        ] {
            assert!(!usual(rest), "{rest}");
        }
        let auto = r#"[{"type":"auto","id":"auto-windows","isDefault":true}]"#;
        assert!(!entries(auto).unwrap()[0].is_usual());
    }

    #[test]
    fn what_decides_has_its_type() {
        for json in ["", "{}", "null", "[1]", "[{}]", r#"[{"type":"type1","triesLeft":-1}]"#] {
            assert_eq!(entries(json).unwrap_err().code(), "bad-answer", "{json}");
        }
        assert!(entries("[]").unwrap().is_empty());
        assert!(entries(&format!("[{}]", vec![r#"{"type":"x"}"#; MOST + 1].join(","))).is_err());
    }
}
