//! The runtime of every app: a shell, a few programs and the C library of this system, so that `flatpak run` works.

use super::repository::{Facts, Kind, Repository};
use super::tree::{put, put_component};
use super::{RUNTIME, metainfo};
use crate::build::payload::noise;
use crate::error::At;
use crate::{Result, tool};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PROGRAMS: [&str; 16] = [
    "sh", "sleep", "cat", "mkdir", "date", "ls", "touch", "env", "id", "uname", "head", "wc", "mv", "rm",
    "cp", "sort",
];
/// Branch, what is said of the commit, its day, and whether it is the last of its branch.
pub(super) const COMMITS: [(&str, &str, &str, Option<&str>); 4] = [
    ("0", "Cairn Platform 0.9", "2024-03-18", Some("Branch 0 gets no security updates any more.")),
    ("1", "Cairn Platform 1.0", "2025-03-20", None),
    ("1", "Cairn Platform 1.0.1: time zones", "2025-07-08", None),
    ("1", "Cairn Platform 1.0.2: a safer C library", "2025-10-14", None),
];

/// Commits the `index`th of [`COMMITS`].
pub(super) fn commit(repository: &Repository<'_>, place: &Path, index: usize) -> Result<()> {
    let Some((branch, subject, date, end_of_life)) = COMMITS.get(index) else { return Ok(()) };
    let tree = place.join(format!("runtime-{index}"));
    let usr = tree.join("usr");
    programs(&usr)?;
    fs::create_dir_all(usr.join("etc")).at(&usr)?;
    fs::create_dir_all(tree.join("files")).at(&tree)?;
    put(&usr.join("share/cairn-platform/release"), format!("{subject}\n").as_bytes(), 0o644)?;
    put(&usr.join("share/cairn-platform/zones.bin"), &noise(subject, index, 300 << 10), 0o644)?;
    let metadata = format!(
        "[Runtime]\nname={RUNTIME}\nruntime={RUNTIME}/x86_64/{branch}\nsdk={RUNTIME}/x86_64/{branch}\n"
    );
    put(&tree.join("metadata"), metadata.as_bytes(), 0o644)?;
    let summary = "What apps of the demo need to run";
    put_component(&usr, RUNTIME, &metainfo::runtime(RUNTIME, "Cairn Platform", summary))?;
    let facts = Facts {
        subject: (*subject).to_owned(),
        date: (*date).to_owned(),
        end_of_life: end_of_life.map(str::to_owned),
        rebase: None,
    };
    // A runtime's files lie in `usr` of its tree.
    repository.export(&tree, Kind::Runtime, branch, &facts)
}

/// Copies the programs, and what ldd says that they load, to where the loader looks below /usr.
fn programs(usr: &Path) -> Result<()> {
    let mut needed = BTreeSet::new();
    for program in PROGRAMS {
        let path = Path::new("/usr/bin").join(program);
        copy(&path, &usr.join("bin").join(program))?;
        let said = tool::call("ldd", &[&path.to_string_lossy()])?;
        needed.extend(said.split_whitespace().filter(|w| w.starts_with('/')).map(PathBuf::from));
    }
    for library in needed {
        let below = library.strip_prefix("/usr").or_else(|_| library.strip_prefix("/"));
        copy(&library, &usr.join(below.unwrap_or(&library)))?;
    }
    // Flatpak calls it inside when an app has extensions.
    copy(Path::new("/sbin/ldconfig"), &usr.join("bin/ldconfig"))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent).at(parent)?;
    }
    fs::copy(from, to).at(from).map(|_| ())
}
