//! The program `bootc`.

use super::machine::Machine;
use super::told::Told;
use super::{STATE, answer, registry, write};
use crate::systems::{Call, Reply, Stage};
use std::io;

/// clap ends so where it does not know an option.
const USAGE: i32 = 2;

pub fn bootc(stage: &Stage, call: &Call) -> Reply {
    act(stage, call).unwrap_or_else(|error| Reply::failed(1, format!("error: {error}")))
}

fn act(stage: &Stage, call: &Call) -> io::Result<Reply> {
    let machine: Machine = stage.state(STATE)?;
    if let Some(lacked) = machine.lacks.iter().find(|option| call.arguments.contains(option)) {
        return Ok(Reply::failed(USAGE, format!("error: unexpected argument '{lacked}' found")));
    }
    match call.words().as_slice() {
        ["status", "--format=json", "--format-version=1"] | ["status", "--json"] => {
            Ok(Reply::answer(answer::status(&machine)))
        }
        ["upgrade", "--check"] => {
            let image = machine.spec();
            let offered = ask(stage, &image)?;
            Ok(offered.map_or_else(|| no_such_image(&image), |_| Reply::answer("No changes\n")))
        }
        ["upgrade", "--from-downloaded"] => lock(stage, &machine, false),
        ["upgrade", "--from-downloaded", "--soft-reboot=required"] => prepare(stage, &machine),
        ["usr-overlay"] if machine.open => Ok(Reply::failed(1, "error: Deployment is already in unlocked state")),
        ["usr-overlay"] => {
            change(stage, |machine| machine.open = !machine.idle)?;
            Ok(Reply::answer("Development mode enabled.\n"))
        }
        ["upgrade", "--download-only", progress @ ..] if is_progress(progress) => {
            fetch(stage, call, &machine, &machine.spec(), true)
        }
        ["upgrade", progress @ ..] if is_progress(progress) => {
            fetch(stage, call, &machine, &machine.spec(), false)
        }
        ["switch", "--transport", "registry", "--enforce-container-sigpolicy", image, progress @ ..]
            if is_progress(progress) =>
        {
            if *image == machine.spec() {
                return Ok(Reply::answer("Image specification is unchanged.\n"));
            }
            fetch(stage, call, &machine, image, false)
        }
        ["rollback"] => {
            if !change(stage, Machine::roll_back)? {
                return Ok(Reply::failed(1, "error: Rolling back: No rollback available"));
            }
            Ok(Reply::answer("Next boot: rollback deployment\n"))
        }
        _ => Ok(Reply::unknown(stage, call)),
    }
}

fn is_progress(words: &[&str]) -> bool {
    matches!(words, [] | ["--progress-fd", _])
}

fn no_such_image(image: &str) -> Reply {
    Reply::failed(1, format!("error: Fetching manifest: reading manifest of {image}: manifest unknown"))
}

fn ask(stage: &Stage, image: &str) -> io::Result<Option<String>> {
    change(stage, |machine| machine.ask(image))
}

/// Whether shutdown leaves alone what is staged.
fn lock(stage: &Stage, machine: &Machine, locked: bool) -> io::Result<Reply> {
    if machine.staged.is_none() {
        return Ok(Reply::failed(1, "error: No staged deployment found"));
    }
    change(stage, |machine| machine.staged.as_mut().map(|staged| staged.locked = locked))?;
    Ok(Reply::answer("Staged deployment changed\n"))
}

/// Mounts what starts next for a start without the kernel.
fn prepare(stage: &Stage, machine: &Machine) -> io::Result<Reply> {
    let reply = lock(stage, machine, false)?;
    if reply.status == 0 && !machine.same_kernel {
        return Ok(Reply::failed(1, "error: Soft reboot was required but staged deployment is not capable"));
    }
    change(stage, |machine| machine.next_root = machine.staged.is_some() && !machine.idle)?;
    Ok(reply)
}

/// Fetches what the image is now and stages it. Whatever ends the process before leaves everything as it was.
fn fetch(stage: &Stage, call: &Call, before: &Machine, image: &str, locked: bool) -> io::Result<Reply> {
    let Some(version) = ask(stage, image)? else { return Ok(no_such_image(image)) };
    let is = |entry: &super::Entry| entry.image == image && entry.version == version;
    let mut told = Told::new(stage, call, registry::digest(image, &version));
    if before.fetched.get(image) != Some(&version) {
        told.pull();
    }
    if before.staged.as_ref().is_some_and(is) {
        return lock(stage, before, locked);
    }
    if is(&before.booted) && image == before.spec() {
        return Ok(Reply::answer("No update available.\n"));
    }
    told.steps("staging", 0, 3);
    told.steps("staging", 1, 3);
    change(stage, |machine| {
        machine.stage(image, &version);
        machine.staged.as_mut().map(|staged| staged.locked = locked)
    })?;
    told.steps("staging", 2, 3);
    told.steps("staging", 3, 3);
    Ok(Reply::answer(format!("Queued for next boot: {image}\n")))
}

/// Changes the versions, and what is on the disk with them.
fn change<R>(stage: &Stage, change: impl FnOnce(&mut Machine) -> R) -> io::Result<R> {
    let (result, machine) = stage.change(STATE, |machine: &mut Machine| {
        let result = change(machine);
        (result, machine.clone())
    })?;
    write(stage, &machine)?;
    Ok(result)
}
