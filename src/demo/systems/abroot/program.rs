//! What is asked of `abroot`.

use super::build::{self, FINISHED, STOP, error};
use super::disk::{self, ADD, ADMIN_SETTINGS, KARGS, REMOVE};
use super::state::{Offered, State};
use super::{NAME, records};
use crate::systems::{Call, Reply, Stage};
use serde_json::{Value, json};
use std::io;

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    answer(stage, call).unwrap_or_else(|e| error(&e.to_string()))
}

fn answer(stage: &Stage, call: &Call) -> io::Result<Reply> {
    let state: State = stage.state(NAME)?;
    let words = call.words();
    if state.unprivileged && words.as_slice() != ["upgrade", "--check-only"] {
        return Ok(Reply::answer(" ERROR  You must be root to run this command.\n"));
    }
    Ok(match words.as_slice() {
        ["status", "--json"] => Reply::answer(format!("{}\n", status(stage, &state)?)),
        ["upgrade", "--check-only"] if std::env::var_os("ABROOT_JSON_OUTPUT").is_some() => check(stage, &state),
        ["upgrade", "--unblock", "--check-only"] => {
            stage.remove(STOP)?;
            Reply { status: check(stage, &state).status, ..Reply::answer(" INFO  Checking for updates...\n") }
        }
        ["upgrade", "--cancel"] => {
            stage.write(STOP, "")?;
            Reply::default()
        }
        ["upgrade"] => build::run(stage, false)?,
        ["upgrade", "--force"] => build::run(stage, true)?,
        ["rollback", "-c"] => Reply { status: returns(stage, &state), ..Reply::default() },
        ["rollback"] => rollback(stage, &state)?,
        ["pkg", "add", "--", names @ ..] => records::change(stage, true, names)?,
        ["pkg", "remove", "--", names @ ..] => records::change(stage, false, names)?,
        ["pkg", "apply"] if records::unstaged(stage, &state).is_empty() => Reply::answer(" INFO  No changes.\n"),
        ["pkg", "apply"] => build::run(stage, true)?,
        ["rebase", "--keep-packages", "--", image] => rebase(stage, image)?,
        _ => Reply::unknown(stage, call),
    })
}

fn status(stage: &Stage, state: &State) -> io::Result<Value> {
    let image: Value = serde_json::from_str(&stage.read("/abimage.abr")?)?;
    let unstaged = records::unstaged(stage, state);
    Ok(json!({
        "present": state.present,
        "future": state.other(&state.present),
        "cpu": "AMD Ryzen 7 7840U w/ Radeon 780M Graphics",
        "gpu": ["Advanced Micro Devices, Inc. [AMD/ATI] Phoenix1"],
        "memory": "30.69 GiB",
        "abimage": image,
        "kargs": stage.read(KARGS)?,
        "pkgsAdd": records::read(stage, ADD),
        "pkgsRm": records::read(stage, REMOVE),
        // Go's append of nothing to nothing is nil.
        "pkgsUnstg": if unstaged.is_empty() { Value::Null } else { json!(unstaged) },
        "pkgMngStatus": disk::setting(stage, "iPkgMngStatus"),
        "pkgMngAg": disk::setting(stage, "iPkgMngStatus") == 1 && records::agreed(stage),
    }))
}

fn check(stage: &Stage, state: &State) -> Reply {
    let offered = match build::offered(stage, state) {
        Ok(offered) => offered,
        Err(reply) => return reply,
    };
    let status = i32::from(offered.is_none());
    let has_update = offered.is_some();
    let Offered { digest, upgraded, added, removed } = offered.unwrap_or_default();
    let one = |name: &str, old: Option<&str>, new: Option<&str>| match (old, new) {
        (Some(old), Some(new)) => json!({"name": name, "previous_version": old, "new_version": new}),
        (Some(old), None) => json!({"name": name, "previous_version": old}),
        (None, new) => json!({"name": name, "new_version": new}),
    };
    let upgraded: Vec<Value> = upgraded.iter().map(|(name, old, new)| one(name, Some(old), Some(new))).collect();
    let added: Vec<Value> = added.iter().map(|(name, new)| one(name, None, Some(new))).collect();
    let removed: Vec<Value> = removed.iter().map(|(name, old)| one(name, Some(old), None)).collect();
    let mut system = json!({"added": added, "upgraded": upgraded, "downgraded": [], "removed": removed});
    if has_update && state.uncompared {
        system = json!({"added": null, "upgraded": null, "downgraded": null, "removed": null});
    }
    let answer = json!({
        "hasUpdate": has_update,
        "newDigest": digest,
        "systemPackageDiff": system,
        "overlayPackageDiff": {"added": [], "upgraded": [], "downgraded": [], "removed": []},
    });
    Reply { status, ..Reply::answer(format!("{answer}\n")) }
}

/// 0 for the root that is not the default, 1 for the default, 2 for an error.
fn returns(stage: &Stage, state: &State) -> i32 {
    match (stage.path(FINISHED).exists(), state.boot_broken) {
        (true, _) => 1,
        (_, true) => 2,
        _ => i32::from(state.present == state.default),
    }
}

fn rollback(stage: &Stage, state: &State) -> io::Result<Reply> {
    if stage.path(FINISHED).exists() || state.boot_broken {
        return Ok(Reply { status: 2, ..error("can't roll back") });
    }
    stage.change(NAME, |state: &mut State| state.default.clone_from(&state.present))?;
    Ok(Reply::answer(" INFO  Rollback completed successfully.\n"))
}

fn rebase(stage: &Stage, image: &str) -> io::Result<Reply> {
    let parts = image.split_once('/').and_then(|(registry, rest)| Some((registry, rest.rsplit_once(':')?)));
    let Some((registry, (name, tag))) = parts else { return Ok(error("no image provided")) };
    if !stage.path(ADMIN_SETTINGS).exists() {
        return Ok(error("open /etc/abroot/abroot.json: no such file or directory"));
    }
    // The configuration says so before anything is built.
    stage.write(ADMIN_SETTINGS, &disk::settings(registry, name, tag))?;
    build::run(stage, false)
}
