//! The list of files with words in them, and the template for translators.

use crate::{Outcome, steps};
use std::fs;
use std::path::Path;

/// Above this line the data files stand, which people write.
const MARK: &str =
    "# Rust files, in the order of their paths; `cargo xtask` writes everything below this line.";

/// What po/POTFILES.in must say.
pub fn files(root: &Path) -> Result<String, String> {
    let path = root.join("po/POTFILES.in");
    let old = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let (above, _) = old.split_once(MARK).ok_or("po/POTFILES.in has lost its mark")?;
    let mut list = Vec::new();
    for folder in ["src/cli", "src/gui", "src/words"] {
        for file in crate::check::files::below(&root.join(folder), "rs") {
            let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            if text.contains("gettext(") {
                list.push(file.strip_prefix(root).unwrap_or(&file).display().to_string());
            }
        }
    }
    list.sort();
    Ok(format!("{above}{MARK}\n{}\n", list.join("\n")))
}

/// Writes the list and the template anew.
pub fn write(root: &Path) -> Outcome {
    let list = files(root)?;
    fs::write(root.join("po/POTFILES.in"), list).map_err(|e| e.to_string())?;
    template(root, "po/cairn.pot")
}

/// Takes the words out of all files.
pub fn template(root: &Path, to: &str) -> Outcome {
    let rust =
        ["--from-code=UTF-8", "--keyword=gettext", "--keyword=ngettext:1,2", "--keyword=pgettext:1c,2"];
    let mut arguments = vec![
        "--files-from=po/POTFILES.in",
        "--output",
        to,
        "--package-name=cairn",
        "--add-comments=TRANSLATORS",
        "--no-wrap",
    ];
    arguments.extend(rust);
    arguments.push("--msgid-bugs-address=https://github.com/cairndesktop/cairn/issues");
    let its = root.join("data/polkit").display().to_string();
    let status = std::process::Command::new("xgettext")
        .args(&arguments)
        .env("GETTEXTDATADIRS", its)
        .current_dir(root)
        .output()
        .map_err(|e| format!("xgettext: {e}"))?;
    let said = String::from_utf8_lossy(&status.stderr);
    // It takes Rust for C and warns of lifetimes, which changes nothing of what it finds.
    let serious = said
        .lines()
        .find(|l| l.contains("error") || l.contains("invalid") || l.contains("unterminated string"));
    if let Some(line) = serious {
        return Err(line.to_owned());
    }
    if !status.status.success() {
        return Err(said.into_owned());
    }
    // A template has no plural rule yet; the file that a first translator would start from has one.
    steps::output(
        root,
        "msginit",
        &["--no-translator", "--locale=en", "--input", to, "--output-file=target/en.po"],
    )?;
    steps::run(root, "msgfmt", &["--check", "--output-file=/dev/null", "target/en.po"])
}
