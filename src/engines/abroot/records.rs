//! ABRoot's records of packages, of what the kernel is told and of the image to follow are changed before anything is built.
//! They are put back when nothing was; after a crash, at the next look at the system.

use super::memory::{self, Undo};
use super::{Abroot, arguments, moment, settings};
use cairn_model::Problem;
use std::collections::BTreeMap;
use std::io;
use std::sync::PoisonError;

/// ABRoot: core/packages.go.
pub(super) const PACKAGES: [&str; 2] = ["/etc/abroot/packages.add", "/etc/abroot/packages.remove"];
pub(super) const SOURCE: [&str; 1] = [settings::ADMIN];
pub(super) const ARGUMENTS: [&str; 1] = [arguments::RECORD];

/// Notes how the files are, before a change that builds that root.
///
/// # Errors
/// [`Problem::EngineFailed`] where that cannot be noted: nothing may be changed then.
pub(super) fn keep(engine: &Abroot, root: &str, files: &[&str]) -> Result<(), Problem> {
    let mut kept = BTreeMap::new();
    for path in files {
        if let Some(text) = engine.host.read(path).map_err(|e| failed(&e))? {
            kept.insert((*path).to_owned(), text);
        }
    }
    let undo = Undo { root: root.to_owned(), files: kept };
    memory::change(engine, |memory| memory.undo = Some(undo)).map_err(|e| failed(&e))
}

/// The change was made; its records stay.
pub(super) fn forget(engine: &Abroot) {
    if let Err(error) = memory::change(engine, |memory| memory.undo = None) {
        tracing::warn!("{}", memory::words(&error));
    }
}

/// Puts back what a change has left that was cut off, so that nothing of it is taken for what the person wants. True where
/// there was something. While anybody changes something it is not known yet what comes of it.
///
/// # Errors
/// As [`put_back`].
pub(super) fn tidy(engine: &Abroot, running: &str) -> Result<bool, Problem> {
    let _none_begins = engine.beginning.lock().unwrap_or_else(PoisonError::into_inner);
    let moment = moment::look(&engine.host);
    if engine.is_working() || moment.locked {
        return Ok(false);
    }
    if moment.finished {
        // The root was built with them, whoever has seen to that.
        forget(engine);
        return Ok(false);
    }
    put_back(engine, running)
}

/// Puts the files back as they were before a change of which nothing is in effect. `running` is the root that runs: if
/// it is the one that the change was for, the change was made. True where there was something to decide.
///
/// # Errors
/// [`Problem::EngineFailed`] with what the system says.
pub(super) fn put_back(engine: &Abroot, running: &str) -> Result<bool, Problem> {
    let Some(undo) = memory::read(engine).undo else { return Ok(false) };
    if undo.root != running {
        let known = |path: &str| PACKAGES.iter().chain(&SOURCE).chain(&ARGUMENTS).any(|known| *known == path);
        for (path, text) in undo.files.iter().filter(|(path, _)| known(path)) {
            if engine.host.read(path).ok().flatten().as_ref() != Some(text) {
                engine.host.write(path, text).map_err(|e| failed(&e))?;
            }
        }
    }
    memory::change(engine, |memory| memory.undo = None).map_err(|e| failed(&e))?;
    Ok(true)
}

fn failed(error: &io::Error) -> Problem {
    Problem::EngineFailed { detail: memory::words(error) }
}
