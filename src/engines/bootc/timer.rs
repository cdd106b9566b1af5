//! The timer that updates by itself and restarts (bootc: systemd/bootc-fetch-apply-updates.timer), by its unit files.
//!
//! Source of the rules: systemd.unit(5). The first folder that has a file decides, one without words hides the others, and
//! drop-ins go above it by their names.

use super::Bootc;
use super::answer::Machine;
use cairn_host::Host;
use cairn_host::tool::Limits;
use cairn_model::{Automatic, Policy, Problem};
use std::collections::BTreeMap;
use std::future::pending;

const NAME: &str = "bootc-fetch-apply-updates";
const TIMER: &str = "bootc-fetch-apply-updates.timer";
const WANTS: &str = "timers.target.wants";
const FOLDERS: [&str; 4] =
    ["/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system"];
const NOTHING: &str = "/dev/null";
const PROGRAM: &str = "systemctl";

/// What it does; `None` where there is no such timer, or its service does something that is not known.
pub(super) fn of(host: &Host, machine: &Machine) -> Option<Automatic> {
    // Its service has a condition: /run/ostree-booted.
    let timer = unit(host, TIMER).filter(|_| machine.on_ostree())?;
    let does = does(host)?;
    let policy = if !timer.is_empty() && is_wanted(host) { does } else { Policy::Off };
    let settable = !machine.read_only && host.tool(PROGRAM).is_ok();
    let choices = if settable { vec![Policy::Off, does] } else { Vec::new() };
    Some(Automatic { policy, by: NAME.into(), choices })
}

/// The text of a unit; empty where it is masked.
fn unit(host: &Host, name: &str) -> Option<String> {
    FOLDERS.iter().find_map(|folder| text(host, &format!("{folder}/{name}")))
}

fn text(host: &Host, path: &str) -> Option<String> {
    if host.read_link(path).is_ok_and(|target| target == NOTHING) {
        return Some(String::new());
    }
    host.read(&host.resolve(path).ok()?).ok().flatten()
}

fn is_wanted(host: &Host) -> bool {
    let folders = FOLDERS.map(|folder| format!("{folder}/{WANTS}"));
    let first = folders.iter().find(|folder| host.list(folder).iter().any(|name| name == TIMER));
    let link = first.map(|folder| host.read_link(&format!("{folder}/{TIMER}")));
    link.is_some_and(|link| !link.is_ok_and(|target| target == NOTHING))
}

/// What the service runs: systems change `bootc upgrade --apply` to one that only prepares.
fn does(host: &Host) -> Option<Policy> {
    let service = format!("{NAME}.service");
    let mut texts = vec![unit(host, &service).filter(|text| !text.is_empty())?];
    let mut above = BTreeMap::new();
    for folder in FOLDERS.iter().rev().map(|folder| format!("{folder}/{service}.d")) {
        let names = host.list(&folder).into_iter().filter(|name| name.ends_with(".conf"));
        above.extend(names.map(|name| (name.clone(), text(host, &format!("{folder}/{name}")))));
    }
    texts.extend(above.into_values().flatten());
    policy(texts.iter().flat_map(|text| text.lines()))
}

/// What a service does whose unit and drop-ins have these lines; `None` for anything but one upgrade by bootc.
pub fn policy<'a>(lines: impl Iterator<Item = &'a str>) -> Option<Policy> {
    let mut commands = Vec::new();
    for command in lines.filter_map(|line| line.trim().strip_prefix("ExecStart=")).map(str::trim) {
        // systemd.service(5): an empty one forgets those before it.
        if command.is_empty() { commands.clear() } else { commands.push(command) }
    }
    let [command] = commands[..] else { return None };
    let mut words = command.split_ascii_whitespace();
    let program = words.next()?.trim_start_matches(['-', '@', ':', '+', '!']);
    let upgrades = matches!(words.next()?, "upgrade" | "update");
    if !upgrades || !program.ends_with("/bootc") {
        return None;
    }
    let words: Vec<&str> = words.collect();
    match (words.contains(&"--apply"), words.contains(&"--check"), words.contains(&"--download-only")) {
        (true, false, false) => Some(Policy::Apply),
        (false, true, false) => Some(Policy::Check),
        (false, false, _) => Some(Policy::Stage),
        _ => None,
    }
}

/// Has systemd turn it on or off, and looks what came of it.
pub(super) async fn set(engine: &Bootc, machine: &Machine, policy: Policy) -> Result<(), Problem> {
    let host = &engine.host;
    let now = || of(host, machine).map(|automatic| automatic.policy);
    if !of(host, machine).is_some_and(|automatic| automatic.choices.contains(&policy)) {
        return Err(Problem::NotSupported { what: "set-automatic".into() });
    }
    if policy == Policy::Off {
        systemctl(engine, &["disable", "--now", "--", TIMER]).await?;
        if now() != Some(Policy::Off) {
            // The system's makers turned it on, below /usr.
            systemctl(engine, &["mask", "--now", "--", TIMER]).await?;
        }
    } else {
        if unit(host, TIMER).is_some_and(|text| text.is_empty()) {
            systemctl(engine, &["unmask", "--", TIMER]).await?;
        }
        systemctl(engine, &["enable", "--now", "--", TIMER]).await?;
    }
    if now() == Some(policy) { Ok(()) } else { Err(Problem::EngineFailed { detail: TIMER.into() }) }
}

async fn systemctl(engine: &Bootc, arguments: &[&str]) -> Result<(), Problem> {
    let limits = Limits::within(engine.patience);
    engine.host.tool(PROGRAM)?.run(arguments, limits, pending::<()>()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_runs_says_what_it_does() {
        let of = |text: &str| policy(text.lines());
        let usual = "[Service]\nType=oneshot\nExecStart=/usr/bin/bootc upgrade --apply --quiet\n";
        assert_eq!(of(usual), Some(Policy::Apply));
        assert_eq!(of(&format!("{usual}ExecStart=\nExecStart=/usr/bin/bootc update --quiet\n")), Some(Policy::Stage));
        assert_eq!(of("ExecStart=-/usr/bin/bootc upgrade --check"), Some(Policy::Check));
        assert_eq!(of("ExecStart=/usr/bin/bootc upgrade --download-only"), Some(Policy::Stage));
        for unknown in [
            "",
            "ExecStart=",
            "ExecStart=/usr/bin/bootc",
            "ExecStart=/usr/bin/sh update",
            "ExecStart=/usr/bin/bootc switch x",
            "ExecStart=/usr/bin/bootc upgrade\nExecStart=/usr/bin/bootc upgrade",
        ] {
            assert_eq!(of(unknown), None, "{unknown}");
        }
    }
}
