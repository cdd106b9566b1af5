//! `switch-to-configuration`, which every system brings: `boot` writes the menu of systemd-boot, `switch` lets the system be
//! used at once as well.

use super::store::{self, PROFILES};
use crate::systems::{Call, Mood, Reply, Stage};
use std::io;

const ENTRIES: &str = "/boot/loader/entries";

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    match call.words().as_slice() {
        ["boot"] => menu(stage).map_or_else(|e| Reply::failed(1, e.to_string()), |()| Reply::default()),
        _ => Reply::unknown(stage, call),
    }
}

/// `systemd-run`, as far as it is asked to let a system be used at once.
pub(super) fn run(stage: &Stage, call: &Call) -> Reply {
    let own = "--collect --no-ask-password --pipe --quiet --wait --service-type=exec \
               --unit=cairn-switch-to-configuration --";
    let words = call.words();
    let Some((["switch"], program)) = words.split_last().map(|(last, rest)| ([*last], rest)) else {
        return Reply::unknown(stage, call);
    };
    let Some((program, options)) = program.split_last() else { return Reply::unknown(stage, call) };
    let system = program.strip_suffix("/bin/switch-to-configuration");
    match system.filter(|_| options.join(" ") == own) {
        Some(system) => switched(stage, system),
        None => Reply::unknown(stage, call),
    }
}

/// What the program itself ends with; 4 is some units that failed.
fn switched(stage: &Stage, system: &str) -> Reply {
    let failing = match stage.mood("switch-to-configuration") {
        Mood::Failing { status, words, .. } => Some(Reply::failed(status, words)),
        _ => None,
    };
    if let Some(failed) = failing.as_ref().filter(|failed| failed.status != 4) {
        return failed.clone();
    }
    let done = menu(stage).and_then(|()| store::link(stage, "/run/current-system", system));
    done.map_or_else(|e| Reply::failed(1, e.to_string()), |()| failing.unwrap_or_default())
}

/// An entry for each generation, and the default for the one that the profile says.
pub(super) fn menu(stage: &Stage) -> io::Result<()> {
    let generations = store::generations(stage, &format!("{PROFILES}/system"));
    for entry in std::fs::read_dir(stage.path(ENTRIES)).into_iter().flatten().flatten() {
        std::fs::remove_file(entry.path())?;
    }
    for (number, system) in &generations {
        let version = stage.read(&format!("{system}/nixos-version")).unwrap_or_default();
        let text = format!(
            "title NixOS\nsort-key nixos\nversion Generation {number} {version}\noptions init={system}/init\n"
        );
        stage.write(&format!("{ENTRIES}/nixos-generation-{number}.conf"), &text)?;
    }
    let current = store::target(stage, &format!("{PROFILES}/system")).unwrap_or_default();
    let number = current.trim_start_matches("system-").trim_end_matches("-link");
    stage.write(
        "/boot/loader/loader.conf",
        &format!("timeout 5\ndefault nixos-generation-{number}.conf\neditor 0\n"),
    )
}

/// The system that the boot loader starts.
pub(super) fn next(stage: &Stage) -> io::Result<String> {
    let conf = stage.read("/boot/loader/loader.conf")?;
    let file = conf.lines().find_map(|line| line.strip_prefix("default ")).unwrap_or_default();
    let entry = stage.read(&format!("{ENTRIES}/{file}"))?;
    let init = entry.split_whitespace().find_map(|word| word.strip_prefix("init=")).unwrap_or_default();
    Ok(init.trim_end_matches("/init").to_owned())
}
