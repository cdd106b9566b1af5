//! What lies on its disk, and what a restart changes there.

use super::SERVICE;
use super::state::{self, State};
use crate::systems::Stage;
use std::io;

/// The name under which the stand-in keeps its state.
pub const STATE: &str = "eos-updater";

pub fn lay_out(stage: &Stage) -> io::Result<()> {
    let state = stage.change(STATE, |state: &mut State| {
        *state = State::default();
        state.clone()
    })?;
    stage.write("/run/ostree-booted", "")?;
    let file = format!("/usr/share/dbus-1/system-services/{SERVICE}.service");
    stage.write(&file, &format!("[D-BUS Service]\nName={SERVICE}\nUser=root\n"))?;
    let origin = format!("/ostree/deploy/eos/deploy/{}.0.origin", state.current);
    stage.write(&origin, &format!("[origin]\nrefspec={}\n", state.refspec))?;
    stage.write("/etc/os-release", &os_release("6.1.0"))
}

fn os_release(version: &str) -> String {
    format!(
        "NAME=\"Endless OS\"\nID=endless\nVERSION=\"{version}\"\nVERSION_ID=\"{version}\"\nPRETTY_NAME=\"Endless OS {version}\"\n"
    )
}

/// What was applied runs; the updater is started anew and knows of no update.
pub fn restart(stage: &Stage) -> io::Result<()> {
    let state = stage.change(STATE, |state: &mut State| {
        let applied = state.state == state::UPDATE_APPLIED;
        if applied {
            state.current.clone_from(&state.update);
        }
        let version = applied.then(|| state.version.clone());
        state.go(state::READY);
        (state.update, state.version) = (String::new(), String::new());
        (state.clone(), version)
    })?;
    let (state, Some(version)) = state else { return Ok(()) };
    let origin = format!("/ostree/deploy/eos/deploy/{}.0.origin", state.current);
    stage.write(&origin, &format!("[origin]\nrefspec={}\n", state.refspec))?;
    stage.write("/etc/os-release", &os_release(&version))
}
