//! `zypper --xmlout` and `rpm --query`.

use super::content::{self, Content, Packages, STATE, Zypp};
use crate::systems::{Call, Reply, Stage};
use std::fmt::Write;
use std::io;

/// zypper(8), "EXIT CODES".
const UNSOLVED: i32 = 4;
const NOT_FOUND: i32 = 104;
/// A package of the played world, in bytes.
const SIZE: usize = 1_850_000;

pub(super) fn play(stage: &Stage, call: &Call) -> Reply {
    let words = call.words();
    let ["--non-interactive", "--xmlout", "--no-cd", rest @ ..] = words.as_slice() else {
        return Reply::unknown(stage, call);
    };
    let done = match rest {
        ["dup", "--auto-agree-with-product-licenses", "--dry-run"] => update(stage, false),
        ["dup", "--auto-agree-with-product-licenses", "--dry-run", "--force-resolution"] => update(stage, true),
        ["install", "--dry-run", "--auto-agree-with-licenses", "--", name] => install(stage, name),
        ["search", "--search-descriptions", "--type", "package", "--", words @ ..] => search(stage, words),
        _ => return Reply::unknown(stage, call),
    };
    done.unwrap_or_else(|error| Reply::failed(4, error.to_string()))
}

fn stream(inside: &str) -> Reply {
    Reply::answer(format!(
        "<?xml version='1.0'?>\n<stream>\n<message type=\"info\">Loading repository data...</message>\n\
         <message type=\"info\">Reading installed packages...</message>\n{inside}</stream>\n"
    ))
}

/// zypper: src/solve-commit.cc `show_problem`, with nobody there to choose.
fn unsolved(names: &[&String]) -> Reply {
    let names = names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let said = stream(&format!(
        "<message type=\"info\">Problem: nothing provides what is needed by the installed {names}</message>\n\
         <prompt id=\"2\"><option value=\"1\" desc=\"\"/><option default=\"1\" value=\"c\" desc=\"\"/></prompt>\n"
    ));
    Reply { status: UNSOLVED, ..said }
}

fn update(stage: &Stage, forced: bool) -> io::Result<Reply> {
    let zypp: Zypp = stage.state(STATE)?;
    let (_, running) = content::base(stage, false)?;
    let mut updated = zypp.updated(&running);
    let unfit = zypp.in_the_way(&running);
    if !unfit.is_empty() && !forced {
        return Ok(unsolved(&unfit));
    }
    updated.packages.retain(|name, _| !unfit.contains(&name));
    if updated == running {
        return Ok(stream("<message type=\"info\">Nothing to do.</message>\n"));
    }
    Ok(stream(&summary(&running, &updated, &zypp)))
}

/// zypper: src/Summary.cc
fn summary(from: &Content, to: &Content, zypp: &Zypp) -> String {
    let changed: Vec<_> =
        to.packages.iter().filter(|(name, version)| from.packages.get(*name) != Some(*version)).collect();
    let mut lines = String::new();
    for (name, version) in &changed {
        let old = from.packages.get(*name).map(|old| format!(" edition-old=\"{old}\" arch-old=\"x86_64\""));
        let summary = zypp.summaries.get(*name).map(String::as_str).unwrap_or_default();
        let _ = writeln!(
            lines,
            "<solvable type=\"package\" name=\"{name}\" edition=\"{version}\" arch=\"x86_64\"{} repository=\"openSUSE-Tumbleweed-Oss\" summary=\"{summary}\"/>",
            old.unwrap_or_default()
        );
    }
    if from.version != to.version {
        let (new, old) = (&to.version, &from.version);
        let _ = writeln!(
            lines,
            "<solvable type=\"product\" name=\"Aeon\" edition=\"{new}-0\" arch=\"x86_64\" edition-old=\"{old}-0\" arch-old=\"x86_64\" summary=\"openSUSE Aeon\"/>"
        );
    }
    let gone = from.packages.iter().filter(|(name, _)| !to.packages.contains_key(*name));
    let gone: String = gone
        .map(|(name, version)| {
            format!("<solvable type=\"package\" name=\"{name}\" edition=\"{version}\" arch=\"x86_64\"/>\n")
        })
        .collect();
    let gone = if gone.is_empty() { gone } else { format!("<to-remove>\n{gone}</to-remove>\n") };
    let (count, size) = (changed.len(), changed.len() * SIZE);
    format!(
        "<install-summary download-size=\"{size}\" space-usage-diff=\"{}\" packages-to-change=\"{count}\" need-restart=\"0\" need-reboot=\"1\">\n\
         <to-upgrade>\n{lines}</to-upgrade>\n{gone}</install-summary>\n",
        size / 9
    )
}

fn install(stage: &Stage, name: &str) -> io::Result<Reply> {
    let zypp: Zypp = stage.state(STATE)?;
    let Some(version) = zypp.repository.packages.get(name) else {
        let said = stream(&format!("<message type=\"error\">No provider of '{name}' found.</message>\n"));
        return Ok(Reply { status: NOT_FOUND, ..said });
    };
    let (_, running) = content::base(stage, false)?;
    if running.packages.contains_key(name) {
        return Ok(stream("<message type=\"info\">Nothing to do.</message>\n"));
    }
    if let Some(name) = zypp.unfit.iter().find(|unfit| *unfit == name) {
        return Ok(unsolved(&[name]));
    }
    Ok(stream(&format!(
        "<install-summary download-size=\"{SIZE}\" space-usage-diff=\"{SIZE}\" packages-to-change=\"1\">\n<to-install>\n\
         <solvable type=\"package\" name=\"{name}\" edition=\"{version}\" arch=\"x86_64\" repository=\"openSUSE-Tumbleweed-Oss\"/>\n\
         </to-install>\n</install-summary>\n"
    )))
}

fn search(stage: &Stage, words: &[&str]) -> io::Result<Reply> {
    let zypp: Zypp = stage.state(STATE)?;
    let (_, running) = content::base(stage, false)?;
    let mut lines = String::new();
    let fits = |name: &&String| {
        let summary = zypp.summaries.get(*name).map(|s| s.to_lowercase()).unwrap_or_default();
        words
            .iter()
            .map(|word| word.to_lowercase())
            .all(|word| name.contains(&word) || summary.contains(&word))
    };
    for name in zypp.repository.packages.keys().filter(fits) {
        let status = if running.packages.contains_key(name) { "installed" } else { "not-installed" };
        let summary = zypp.summaries.get(name).map(String::as_str).unwrap_or_default();
        let _ = writeln!(
            lines,
            "<solvable status=\"{status}\" name=\"{name}\" summary=\"{summary}\" kind=\"package\"/>"
        );
    }
    if lines.is_empty() {
        let said = stream("<message type=\"info\">No matching items found.</message>\n");
        return Ok(Reply { status: NOT_FOUND, ..said });
    }
    Ok(stream(&format!(
        "<search-result version=\"0.0\">\n<solvable-list>\n{lines}</solvable-list>\n</search-result>\n"
    )))
}

/// `rpm`, asked for what is installed in a snapshot.
pub(super) fn rpm(stage: &Stage, call: &Call) -> Reply {
    let words = call.words();
    let ["--root", root, "--query", "--all", "--queryformat", "%{NAME}\\t%{VERSION}-%{RELEASE}\\n"] =
        words.as_slice()
    else {
        return Reply::unknown(stage, call);
    };
    let number = root.strip_prefix("/.snapshots/").and_then(|rest| rest.strip_suffix("/snapshot"));
    let zypp: Zypp = stage.state(STATE).unwrap_or_default();
    match number.and_then(|number| number.parse().ok()).and_then(|number: u32| zypp.contents.get(&number)) {
        Some(content) => Reply::answer(lines(&content.packages)),
        None => Reply::failed(1, format!("error: {root} is no root")),
    }
}

fn lines(packages: &Packages) -> String {
    packages.iter().map(|(name, version)| format!("{name}\t{version}\n")).collect()
}
