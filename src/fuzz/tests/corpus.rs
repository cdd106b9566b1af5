//! Every target over its corpus, as it is and changed a few thousand times, always the same way.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

/// Changes of each file.
const CHANGES: usize = 250;
/// Pieces that readers stumble over.
const PIECES: [&[u8]; 16] = [
    b"<component type=\"desktop\">",
    b"</component>",
    b"<![CDATA[",
    b"]]>",
    b"<!--",
    b"&#x202e;",
    b"&lol;",
    b"&",
    b"<p>",
    b"xml:lang=\"de\"",
    b"\xff\xfe",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\x7f\xff\xff\xff",
    b"<id>a.b.C</id>",
    "💥\u{202e}图片".as_bytes(),
];

/// A row of numbers that is the same in each run.
struct Lots(u64);

impl Lots {
    fn draw(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below.max(1)
    }
}

fn change(bytes: &mut Vec<u8>, lots: &mut Lots) {
    for _ in 0..=lots.draw(4) {
        let at = lots.draw(bytes.len() + 1);
        let end = (at + lots.draw(40)).min(bytes.len());
        match lots.draw(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << lots.draw(8),
            1 => drop(bytes.drain(at..end)),
            2 => drop(bytes.splice(at..at, bytes[at..end].to_vec())),
            3 => bytes.truncate(at.max(8)),
            _ => drop(bytes.splice(at..at, PIECES[lots.draw(PIECES.len())].iter().copied())),
        }
    }
}

fn run(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    let mut lots = Lots(42);
    for file in files {
        let seed = fs::read(&file).unwrap();
        target(&seed);
        for _ in 0..CHANGES {
            let mut bytes = seed.clone();
            change(&mut bytes, &mut lots);
            target(&bytes);
        }
    }
}

#[test]
fn catalogues() {
    run("appstream", cairn_fuzz::appstream);
}

#[test]
fn answers_to_engines() {
    run("answers", cairn_fuzz::answers);
}

#[test]
fn indexes() {
    run("index", cairn_fuzz::index);
}

#[test]
fn files_of_flatpak() {
    run("flatpak_files", cairn_fuzz::flatpak_files);
}
