//! DEP-11 to a flatpak catalogue: AppStream's own tool writes XML, then each component gets an id that flatpak takes and
//! keeps its 64-pixel icon under that id's name, as flatpak's own catalogues have it.

use super::component::{Components, text};
use super::id;
use super::index::Index;
use crate::error::At;
use crate::{Result, tool};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use std::process::Command;

const HEAD: &str =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<components version=\"1.0\" origin=\"flatpak\">\n";

/// Writes `appstream.xml` and `icons/64x64` to `folder` and says how many components there are.
pub(super) fn convert(index: &Index, folder: &Path) -> Result<usize> {
    let place = tempfile::tempdir()?;
    let raw = place.path().join("raw.xml");
    let mut command = Command::new("appstreamcli");
    tool::run(command.args(["convert", "--format=xml"]).arg(&index.components).arg(&raw))?;
    let all = place.path().join("icons");
    let icons = folder.join("icons/64x64");
    for path in [&all, &icons] {
        fs::create_dir_all(path).at(path)?;
    }
    tool::run(Command::new("tar").arg("-xf").arg(&index.icons).arg("-C").arg(&all))?;
    let target = folder.join("appstream.xml");
    let mut output = BufWriter::new(File::create(&target).at(&target)?);
    output.write_all(HEAD.as_bytes()).at(&target)?;
    let mut known = HashSet::new();
    for component in Components::new(BufReader::new(File::open(&raw).at(&raw)?)) {
        let component = component.at(&raw)?;
        let Some(id) = component.iter().find_map(|l| text(l, "id")).map(id::valid) else { continue };
        // Two packages may describe one application; flatpak's catalogues have each id once.
        if known.insert(id.clone()) {
            for line in component.iter().filter_map(|line| rewrite(line, &id, &all, &icons)) {
                output.write_all(line.as_bytes()).and_then(|()| output.write_all(b"\n")).at(&target)?;
            }
        }
    }
    output.write_all(b"</components>\n").and_then(|()| output.flush()).at(&target)?;
    Ok(known.len())
}

/// The line as the catalogue has it, or none where it says something that only Debian's tools understand.
fn rewrite(line: &str, id: &str, all: &Path, icons: &Path) -> Option<String> {
    if text(line, "id").is_some() {
        return Some(format!("    <id>{id}</id>"));
    }
    if line.starts_with("    <icon ") {
        let small = line.contains("type=\"cached\"") && line.contains("width=\"64\"");
        let name = line.split(['<', '>']).nth(2).filter(|_| small && !line.contains("scale="))?;
        // A few components name an icon that the archive lacks.
        fs::copy(all.join(name), icons.join(format!("{id}.png"))).ok()?;
        return Some(format!("    <icon type=\"cached\" width=\"64\" height=\"64\">{id}.png</icon>"));
    }
    (!line.starts_with("    <pkgname>")).then(|| line.to_owned())
}
