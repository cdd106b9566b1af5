//! Putting an index in its place, and taking away those that nobody needs.

use super::key::ENDING;
use cairn_model::{Problem, text};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// What the names of files that are being written end with.
const PART: &str = "catalog-part";
/// A file still being written after this time is left over from a crash; a build takes seconds.
const LEFT_OVER: Duration = Duration::from_secs(3600);

/// Writes a file that is either there completely or not at all.
///
/// # Errors
/// [`Problem::EngineFailed`] with what the system said.
pub(crate) fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Problem> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // Window and command line may build the same index at once; each writes its own file.
    let part = folder.join(format!("{name}.{}-{count}.{PART}", std::process::id()));
    let written = (|| {
        fs::create_dir_all(folder)?;
        let mut file = File::create_new(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&part, folder.join(name))
    })();
    written.map_err(|error: io::Error| {
        // What could not be completed is of no use; that it could not be removed either is not the news.
        let _ = fs::remove_file(&part);
        Problem::EngineFailed { detail: text::line(&format!("{}: {error}", folder.display())) }
    })
}

/// Removes indexes that are not among the names, and what crashes left over.
pub(crate) fn clean(folder: &Path, needed: &[String]) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let extension = name.rsplit('.').next().unwrap_or_default();
        let needless = extension == ENDING && !needed.iter().any(|n| *n == name);
        let old = || {
            entry
                .metadata()
                .and_then(|m| m.modified())
                .is_ok_and(|m| m.elapsed().is_ok_and(|e| e > LEFT_OVER))
        };
        if (needless || (extension == PART && old()))
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::debug!(%error, %name, "a catalogue that nobody needs could not be removed");
        }
    }
}
