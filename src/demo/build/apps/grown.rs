//! A catalogue made larger, for measuring.

use super::debian::Components;
use super::{BRANCH, RUNTIME};
use crate::error::At;
use crate::{Error, Result};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Writes the catalogue of `source` (as in [`super::Apps::debian`]) to `target` with exactly `count` components: again and
/// again the same ones, under ids of their own. With `bundles` each says that flatpak can install it, since some programs
/// leave out those that do not. Only one component is in memory at a time.
///
/// # Errors
/// When a file cannot be read or written, or the source has no component.
pub fn grown(source: &Path, target: &Path, count: usize, bundles: bool) -> Result<()> {
    let mut output = BufWriter::new(File::create(target).at(target)?);
    let head =
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<components version=\"1.0\" origin=\"flatpak\">\n";
    output.write_all(head.as_bytes()).at(target)?;
    let (mut written, mut round) = (0, 0);
    while written < count {
        let before = written;
        let reader = BufReader::new(File::open(source).at(source)?);
        written += write_round(reader, &mut output, round, count - written, bundles).at(target)?;
        if written == before {
            return Err(Error::Refused(format!("{} has no component", source.display())));
        }
        round += 1;
    }
    output.write_all(b"</components>\n").and_then(|()| output.flush()).at(target)
}

/// At most `most` components.
fn write_round(
    reader: impl BufRead,
    output: &mut impl Write,
    round: usize,
    most: usize,
    bundles: bool,
) -> std::io::Result<usize> {
    let mut written = 0;
    for component in Components::new(reader).take(most) {
        let mut id = String::new();
        for line in component? {
            if let Some(old) = line.strip_prefix("    <id>").and_then(|l| l.strip_suffix("</id>")) {
                id = if round == 0 { old.to_owned() } else { format!("{old}_{round}") };
                writeln!(output, "    <id>{id}</id>")?;
                continue;
            }
            if bundles && line == "  </component>" {
                let reference = format!("app/{id}/x86_64/{BRANCH}");
                let runtime = format!("{RUNTIME}/x86_64/1");
                writeln!(output, "    <bundle type=\"flatpak\" runtime=\"{runtime}\">{reference}</bundle>")?;
            }
            writeln!(output, "{line}")?;
        }
        written += 1;
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    #[test]
    fn it_grows_and_shrinks_to_what_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (source, target) = (folder.path().join("a.xml"), folder.path().join("b.xml"));
        let one = |id: &str| format!("  <component type=\"font\">\n    <id>{id}</id>\n  </component>\n");
        std::fs::write(&source, format!("<components>\n{}{}</components>\n", one("a.b.C"), one("a.b.D")))
            .unwrap();
        super::grown(&source, &target, 5, true).unwrap();
        let text = std::fs::read_to_string(&target).unwrap();
        let ids: Vec<_> = text.lines().filter_map(|l| l.strip_prefix("    <id>")).collect();
        assert_eq!(ids, ["a.b.C</id>", "a.b.D</id>", "a.b.C_1</id>", "a.b.D_1</id>", "a.b.C_2</id>"]);
        assert_eq!(text.matches("<bundle").count(), 5);
        super::grown(&source, &target, 1, false).unwrap();
        assert_eq!(std::fs::read_to_string(&target).unwrap().matches("<component ").count(), 1);
        std::fs::write(&source, "<components/>\n").unwrap();
        assert!(super::grown(&source, &target, 1, false).is_err());
    }
}
