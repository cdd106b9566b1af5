//! Every test there is, in the order in which a mistake is cheapest to find.

use crate::{Outcome, check, demo, engine, steps, words};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// A step and what it does.
struct Step {
    name: &'static str,
    about: &'static str,
    run: fn(&Path) -> Result<Count, String>,
}

/// How many tests a step ran, and why the others did not.
#[derive(Clone, Debug, Default)]
struct Count {
    passed: usize,
    skipped: Vec<String>,
}

impl Count {
    fn and(mut self, other: Self) -> Self {
        self.passed += other.passed;
        self.skipped.extend(other.skipped);
        self
    }
}

/// A step that is one test by itself.
const ONE: Count = Count { passed: 1, skipped: Vec::new() };

const STEPS: [Step; 15] = [
    Step {
        name: "format",
        about: "cargo fmt --check",
        run: |root| one(steps::run(root, "cargo", &["fmt", "--check"])),
    },
    Step { name: "check", about: "house rules", run: |root| one(check::all(root)) },
    Step {
        name: "lint",
        about: "clippy, warnings are errors",
        run: |root| {
            one(steps::run(
                root,
                "cargo",
                &["clippy", "--quiet", "--workspace", "--all-targets", "--", "-D", "warnings"],
            ))
        },
    },
    Step {
        name: "words",
        about: "translations can be taken out and are well-formed",
        run: |root| one(words::template(root, "target/cairn.pot")),
    },
    Step { name: "unit", about: "pure logic", run: |root| cargo(root, &["--workspace", "--lib", "--bins"]) },
    Step {
        name: "engines",
        about: "every engine on its system, played or real; a new one from its template",
        run: engines,
    },
    Step {
        name: "install",
        about: "meson install into an empty folder, its own tests, nothing below /var or /etc",
        run: install,
    },
    Step {
        name: "world",
        about: "the demo world",
        run: |root| {
            cargo(root, &["-p", "cairn-demo", "--test", "world", "--test", "supervisor", "--test", "apps"])
        },
    },
    Step {
        name: "catalog",
        about: "the catalogue: relevance of searches, hostile input",
        run: |root| cargo(root, &["-p", "cairn-catalog", "-p", "cairn-fuzz", "--tests"]),
    },
    Step {
        name: "apps",
        about: "apps on real flatpak remotes, from the library and from the command line",
        run: |root| apps(root),
    },
    Step {
        name: "system",
        about: "engine, service and command line on real OSTree systems, with real polkitd",
        run: |root| system(root),
    },
    Step { name: "window", about: "the window by its buttons", run: |root| kit(root, &["window"]) },
    Step {
        name: "systems",
        about: "every played system, through the service and by the window's buttons",
        run: |root| kit(root, &["systems"]),
    },
    Step { name: "nspawn", about: "the installed product under systemd", run: |root| kit(root, &["nspawn"]) },
    Step {
        name: "machine",
        about: "the installed product in a virtual machine",
        run: |root| kit(root, &["machine"]),
    },
];

/// What a machine may lack, by the beginning of what its tests say, and the most tests of a step that go without it. What
/// `./dev` itself installs is not here (a program, Nix, root): where that is missing, a whole tier of tests would be.
/// Only containers need more of the machine than a user's own namespace has, and then none of their three tests runs.
const MAY_LACK: [(&str, &str, usize); 10] = [
    ("engines", "no Btrfs", 1),
    ("engines", "needs loop devices", 1),
    ("engines", "the kernel has no squashfs", 1),
    ("catalog", "CAIRN_CATALOG_XML names no catalogue", 1),
    ("apps", "no sandbox here", 2),
    ("system", "no loop devices", 2),
    ("window", "no loop devices", 1),
    // Two tests on each of the systems that are played on a Btrfs.
    ("systems", "this kernel has no Btrfs", 4),
    ("nspawn", "needs the real root", 3),
    ("nspawn", "needs cgroups", 3),
];

/// The reason for which more tests were skipped than may be; `None` where all is well.
fn unexcused<'a>(step: &str, skipped: &'a [String]) -> Option<&'a str> {
    let too_many = |reason: &&String| {
        let excuse = MAY_LACK.iter().find(|(of, lacks, _)| *of == step && reason.starts_with(lacks));
        let same = |lacks: &str| skipped.iter().filter(|other| other.starts_with(lacks)).count();
        excuse.is_none_or(|(_, lacks, most)| same(lacks) > *most)
    };
    skipped.iter().find(too_many).map(String::as_str)
}

pub fn run(root: &Path, names: &[String]) -> Outcome {
    if names.iter().any(|n| n == "--list") {
        for step in &STEPS {
            println!("{:<9} {}", step.name, step.about);
        }
        return Ok(());
    }
    if let Some(unknown) = names.iter().find(|n| !STEPS.iter().any(|s| s.name == n.as_str())) {
        return Err(format!("no step is called {unknown}; --list lists them"));
    }
    let (mut passed, mut skipped, mut failed) = (0, 0, Vec::new());
    for step in STEPS.iter().filter(|s| names.is_empty() || names.iter().any(|n| n == s.name)) {
        println!("\n==> {}: {}", step.name, step.about);
        let start = Instant::now();
        match (step.run)(root) {
            Ok(count) => {
                passed += count.passed;
                skipped += count.skipped.len();
                println!("    {} passed in {} s", count.passed, start.elapsed().as_secs());
                if let Some(reason) = unexcused(step.name, &count.skipped) {
                    println!("    FAILED: too many tests were skipped: {reason}");
                    failed.push(step.name);
                }
            }
            Err(words) => {
                println!("    FAILED in {} s: {words}", start.elapsed().as_secs());
                failed.push(step.name);
            }
        }
    }
    println!("\n{passed} passed, {} failed, {skipped} skipped", failed.len());
    if failed.is_empty() { Ok(()) } else { Err(format!("failed: {}", failed.join(", "))) }
}

fn one(outcome: Outcome) -> Result<Count, String> {
    outcome.map(|()| ONE)
}

fn engines(root: &Path) -> Result<Count, String> {
    // The stand-ins are links to this program.
    steps::run(root, "cargo", &["build", "--quiet", "-p", "cairn-demo"])?;
    let mut names: Vec<String> = std::fs::read_dir(root.join("src/engines/tests"))
        .map_err(|e| e.to_string())?
        .flatten()
        .filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".rs")?.to_owned()))
        // Needs the demo world and belongs to another step.
        .filter(|name| name != "ostree")
        .collect();
    names.sort();
    let mut arguments = vec!["-p", "cairn-engines"];
    arguments.extend(names.iter().flat_map(|name| ["--test", name.as_str()]));
    let count = cargo(root, &arguments)?;
    engine::try_new(root)?;
    Ok(Count { passed: count.passed + 1, ..count })
}

fn system(root: &Path) -> Result<Count, String> {
    let engine = cargo(root, &["-p", "cairn-engines", "--test", "ostree"])?;
    Ok(engine.and(kit(root, &["bus", "faults", "cycle"])?))
}

fn apps(root: &Path) -> Result<Count, String> {
    let engine = cargo(root, &["-p", "cairn-apps", "--test", "apps"])?;
    Ok(engine.and(kit(root, &["apps_cli"])?))
}

/// The end-to-end tests need the programs themselves.
fn kit(root: &Path, names: &[&str]) -> Result<Count, String> {
    demo::build(root, false)?;
    let mut arguments = vec!["-p", "cairn-testkit"];
    for name in names {
        arguments.extend(["--test", name]);
    }
    cargo(root, &arguments)
}

/// Runs tests, shows what they say, and counts. A test that cannot run here says "skipped: reason".
fn cargo(root: &Path, arguments: &[&str]) -> Result<Count, String> {
    let child = Command::new("cargo")
        .arg("test")
        .args(arguments)
        .args(["--", "--nocapture", "--test-threads=1"])
        .current_dir(root)
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| e.to_string())?;
    let output = child.wait_with_output().map_err(|e| e.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout);
    print!("{text}");
    let mut count = Count::default();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("test result: ") {
            let number = rest
                .split(". ")
                .nth(1)
                .and_then(|r| r.split(' ').next())
                .and_then(|n| n.parse::<usize>().ok());
            count.passed += number.unwrap_or(0);
        }
    }
    // The name of the test may stand before it; anything else is somebody's fact of that name.
    let reasons = text.lines().filter_map(|line| line.split_once("skipped: "));
    let own = reasons.filter(|(before, _)| before.is_empty() || before.ends_with(" ... "));
    count.skipped = own.map(|(_, reason)| reason.to_owned()).collect();
    count.passed = count.passed.saturating_sub(count.skipped.len());
    if output.status.success() {
        Ok(count)
    } else {
        Err(format!("cargo test {}: {}", arguments.join(" "), output.status))
    }
}

fn install(root: &Path) -> Result<Count, String> {
    let folder = demo::target(root).join("meson");
    let path = folder.display().to_string();
    // A folder of an earlier, broken run would keep its mistakes.
    let _ = std::fs::remove_dir_all(&folder);
    let target = format!("-Dcargo_target_dir={}", demo::target(root).display());
    steps::output(root, "meson", &["setup", &path, "--prefix=/usr", "-Dbuildtype=debug", &target])?;
    steps::output(root, "meson", &["compile", "-C", &path])?;
    steps::output(root, "meson", &["test", "-C", &path, "--print-errorlogs"])?;
    let destination = folder.join("destination");
    let to = destination.display().to_string();
    steps::output(root, "meson", &["install", "-C", &path, "--destdir", &to, "--no-rebuild"])?;
    for entry in std::fs::read_dir(&destination).map_err(|e| e.to_string())?.flatten() {
        if entry.file_name() != "usr" {
            return Err(format!("installs outside of /usr: /{}", entry.file_name().to_string_lossy()));
        }
    }
    for file in [
        "bin/cairn",
        "bin/cairnctl",
        "libexec/cairnd",
        "lib/systemd/system/cairnd.service",
        "share/man/man1/cairnctl.1",
    ] {
        if !destination.join("usr").join(file).exists() {
            return Err(format!("usr/{file} was not installed"));
        }
    }
    Ok(Count { passed: 2, ..ONE })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_tier_vanishes_unseen() {
        let said = |reason: &str, times: usize| vec![reason.to_owned(); times];
        assert_eq!(unexcused("systems", &[]), None);
        assert_eq!(unexcused("systems", &said("this kernel has no Btrfs", 4)), None);
        assert!(unexcused("systems", &said("this kernel has no Btrfs", 5)).is_some());
        assert!(unexcused("engines", &said("needs nix (./dev test)", 1)).is_some());
        assert!(unexcused("world", &said("needs root (./dev test)", 1)).is_some());
        assert!(unexcused("machine", &said("needs qemu-img", 1)).is_some());
        let two =
            [said("no Btrfs here: words", 1), said("needs loop devices, which only root has", 1)].concat();
        assert_eq!(unexcused("engines", &two), None);
    }
}
