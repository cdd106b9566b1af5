//! Building, opening and searching, each beside libappstream on the same data, in one run on one machine.
//!
//! `CAIRN_CATALOG_XML` names the catalogue. Besides as it is, it is grown to the size of Flathub and beyond by components
//! with other ids. Whatever libappstream does in a process of its own, our side does in one, too.
#![allow(clippy::unwrap_used)]

mod figure;
mod grown;
mod typed;

use cairn_catalog::Library;
use cairn_model::app::{CatalogSource, Scope, Source};
use figure::{Figure, median, percentile};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 7;
/// Times that each keystroke is measured.
const TRIES: usize = 5;
/// Sizes to which the catalogue is grown.
const SIZES: [usize; 2] = [3_500, 10_000];
const LOCALE: &str = "C";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["build", xml, folder] => build(Path::new(xml), Path::new(folder)),
        ["search", xml, folder, query] => {
            let library = open(Path::new(xml), Path::new(folder));
            let found = library.search(query, 50);
            found.iter().for_each(|e| println!("{} {}", library.id(*e), library.card(*e).summary));
        }
        ["memory", xml, folder] => memory(Path::new(xml), Path::new(folder)),
        _ => whole(),
    }
}

fn whole() {
    let Some(xml) = std::env::var_os("CAIRN_CATALOG_XML").map(PathBuf::from).filter(|x| x.is_file()) else {
        println!("skipped: CAIRN_CATALOG_XML names no file");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let mut figures = measure(&xml, folder.path());
    for size in SIZES {
        let grown = folder.path().join(format!("{size}.xml"));
        std::fs::write(&grown, grown::to(&std::fs::read_to_string(&xml).unwrap(), size)).unwrap();
        figures.extend(measure(&grown, folder.path()));
    }
    println!();
    figures.iter().for_each(|figure| println!("{}", figure.line()));
    if figures.iter().any(|f| f.measured() > f.goal) {
        std::process::exit(1);
    }
}

/// All figures of one catalogue.
fn measure(xml: &Path, folder: &Path) -> Vec<Figure> {
    let ours = folder.join(format!("ours-{}", xml.file_stem().unwrap().to_string_lossy()));
    let theirs = folder.join(format!("theirs-{}", xml.file_stem().unwrap().to_string_lossy()));
    build(xml, &ours);
    let library = open(xml, &ours);
    let mut figures = Vec::new();
    println!("{} apps, {:.1} MB of XML", library.len(), bytes(xml) / 1e6);
    let index = std::fs::read_dir(&ours).unwrap().flatten().map(|e| bytes(&e.path())).sum::<f64>();
    let compared = Some(("its XML", bytes(xml) / 1e6));
    figures.push(Figure::new("size of the index", index / 1e6, compared, "MB", 0.34));
    figures.extend(built(xml, &ours, &theirs));
    let opened = (0..50).map(|_| time(|| drop(open(xml, &ours)))).collect();
    figures.push(Figure::new("opening, median", median(opened), None, "ms", 5.0));
    figures.extend(searched(&library, xml, &ours, &theirs));
    drop(library);
    let output = ourselves().args(["memory".as_ref(), xml.as_os_str(), ours.as_os_str()]).output().unwrap();
    let numbers = String::from_utf8(output.stdout).unwrap();
    let mut numbers = numbers.split_whitespace().map(|n| n.parse::<f64>().unwrap());
    figures.push(Figure::new("RssAnon added, 1000 searches", numbers.next().unwrap(), None, "MiB", 25.0));
    figures.push(Figure::new("Rss added, 1000 searches", numbers.next().unwrap(), None, "MiB", 25.0));
    figures
}

/// The first build, each in a process of its own.
fn built(xml: &Path, ours: &Path, theirs: &Path) -> Vec<Figure> {
    let (mut own, mut other) = (Vec::new(), Vec::new());
    let data = theirs.with_extension("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::copy(xml, data.join("catalogue.xml")).unwrap();
    for _ in 0..RUNS {
        std::fs::remove_dir_all(ours).unwrap();
        own.push(run(ourselves().args(["build".as_ref(), xml.as_os_str(), ours.as_os_str()])));
        let _ = std::fs::remove_dir_all(theirs);
        std::fs::create_dir_all(theirs).unwrap();
        let mut refresh = peer("refresh-cache", &data, theirs);
        if let Some(refresh) = &mut refresh {
            other.push(run(refresh.arg("--force")));
        }
    }
    if other.is_empty() {
        return vec![Figure::new("first build, whole process", median(own), None, "ms", f64::MAX)];
    }
    // It has done the work if it wrote a cache of about the size of the text.
    let cache = std::fs::read_dir(theirs).unwrap().flatten().map(|e| bytes(&e.path())).sum::<f64>();
    println!("libappstream wrote {:.1} MB", cache / 1e6);
    let compared = Some(("appstreamcli refresh-cache", median(other)));
    vec![Figure::new("first build, whole process", median(own), compared, "ms", 0.25)]
}

fn searched(library: &Library, xml: &Path, ours: &Path, theirs: &Path) -> Vec<Figure> {
    let mut parts = Vec::new();
    for query in typed::QUERIES {
        for (end, c) in query.char_indices() {
            let part = &query[..end + c.len_utf8()];
            // The middle of a few, so that another program's moment does not count as ours.
            let mut tries: Vec<Duration> =
                (0..TRIES).map(|_| time(|| drop(std::hint::black_box(library.search(part, 50))))).collect();
            tries.sort();
            parts.push((tries[TRIES / 2], part));
        }
    }
    parts.sort();
    let named = |(took, part): &(Duration, &str)| format!("{part} {:.2}", took.as_secs_f64() * 1000.0);
    println!("slowest, ms: {}", parts.iter().rev().take(8).map(named).collect::<Vec<_>>().join(" · "));
    let times: Vec<Duration> = parts.into_iter().map(|(took, _)| took).collect();
    let slowest = percentile(times.clone(), 99.0);
    let mut figures = vec![
        Figure::new("keystroke, p50", percentile(times, 50.0), None, "ms", 2.0),
        Figure::new("keystroke, p99", slowest, None, "ms", 2.0),
    ];
    let (mut own, mut other) = (Vec::new(), Vec::new());
    let data = theirs.with_extension("data");
    for query in typed::QUERIES.iter().take(RUNS) {
        let Some(mut search) = peer("search", &data, theirs) else { break };
        // The first run makes a cache of another name; from then on it is warm.
        if own.is_empty() {
            run(search.arg(query));
            search = peer("search", &data, theirs).unwrap();
        }
        other.push(run(search.arg(query)));
        let mut search = ourselves();
        own.push(run(search.args(["search".as_ref(), xml.as_os_str(), ours.as_os_str(), query.as_ref()])));
    }
    if other.is_empty() {
        println!("skipped: appstreamcli is not installed");
        return figures;
    }
    let theirs = median(other);
    let compared = Some(("appstreamcli search", theirs));
    figures.push(Figure::new("search, whole process", median(own), compared, "ms", 0.25));
    figures.push(Figure::new("keystroke, p99", slowest, compared, "ms", 0.05));
    figures
}

/// MiB that an open catalogue adds to this process after a thousand searches: anonymous, and all.
fn memory(xml: &Path, folder: &Path) {
    let before = (status("RssAnon:"), status("VmRSS:"));
    let library = open(xml, folder);
    for query in typed::QUERIES.iter().cycle().take(1000) {
        let found = library.search(query, 50);
        found.iter().for_each(|entry| drop(std::hint::black_box(library.card(*entry))));
    }
    println!("{:.2} {:.2}", status("RssAnon:") - before.0, status("VmRSS:") - before.1);
}

fn build(xml: &Path, folder: &Path) {
    Library::refresh(folder, &[source(xml)], LOCALE).unwrap();
}

fn open(xml: &Path, folder: &Path) -> Library {
    let library = Library::open(folder, &[source(xml)], LOCALE);
    assert!(library.is_complete());
    library
}

fn source(xml: &Path) -> CatalogSource {
    let source = Source { scope: Scope::System, remote: "debian".into() };
    CatalogSource { source, xml: xml.into(), icons: PathBuf::new(), commit: "bench".into() }
}

fn ourselves() -> Command {
    Command::new(std::env::current_exe().unwrap())
}

/// libappstream, told to look nowhere but at the same catalogue.
fn peer(command: &str, data: &Path, cache: &Path) -> Option<Command> {
    if !Path::new("/usr/bin/appstreamcli").exists() {
        return None;
    }
    let mut peer = Command::new("/usr/bin/appstreamcli");
    peer.arg(command).arg(format!("--datapath={}", data.display()));
    peer.arg(format!("--cachepath={}", cache.display())).env("LC_ALL", "C.UTF-8");
    Some(peer)
}

fn run(command: &mut Command) -> Duration {
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    assert!(command.status().unwrap().success(), "{command:?}");
    start.elapsed()
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn bytes(path: &Path) -> f64 {
    std::fs::metadata(path).unwrap().len() as f64
}

/// A row of proc(5) status in MiB.
fn status(row: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|l| l.strip_prefix(row)).unwrap();
    line.trim().split(' ').next().unwrap().parse::<f64>().unwrap() / 1024.0
}
