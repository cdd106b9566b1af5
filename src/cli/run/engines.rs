//! Which family of atomic system this is, and why.

use crate::output::Output;
use cairn_client::Client;
use cairn_model::Problem;
use cairn_model::engine::{Evidence, Trace, TraceKind};
use cairn_words::{fill, problem};
use gettextrs::gettext;

pub async fn show(client: &Client, output: Output, explain: bool) -> Result<(), Problem> {
    let found = client.engines().await?;
    output.answer("engines", &found, || {
        let mut lines = vec![verdict(&found)];
        if explain {
            lines.extend(found.iter().flat_map(family));
        }
        lines
    })
}

fn verdict(found: &[Evidence]) -> String {
    match found.iter().find(|e| e.chosen) {
        None => problem::line(&Problem::NotAtomic),
        Some(e) if e.built => fill(&gettext("This is a system of {family}."), &[("family", &e.name)]),
        Some(e) => problem::line(&Problem::EngineMissing { family: e.name.clone() }),
    }
}

fn family(evidence: &Evidence) -> Vec<String> {
    let words = [("family", evidence.name.as_str()), ("score", &evidence.score.to_string())];
    let head = match (evidence.chosen, evidence.score) {
        (true, _) => fill(&gettext("{family}: chosen, {score} points"), &words),
        (false, 0) => fill(&gettext("{family}: not here"), &words),
        (false, _) => fill(&gettext("{family}: here as well, {score} points"), &words),
    };
    let mut lines = vec![String::new(), head];
    lines.extend(
        evidence.traces.iter().map(|t| format!("  {} {}", if t.found { "+" } else { "-" }, trace(t))),
    );
    lines
}

fn trace(trace: &Trace) -> String {
    let words = [("what", trace.what.as_str())];
    match (trace.kind, trace.found) {
        (TraceKind::File, true) => fill(&gettext("{what} is there"), &words),
        (TraceKind::File, false) => fill(&gettext("{what} is not there"), &words),
        (TraceKind::Service, true) => fill(&gettext("the service {what} is there"), &words),
        (TraceKind::Service, false) => fill(&gettext("the service {what} is not there"), &words),
        (TraceKind::System, true) => fill(&gettext("the system calls itself {what}"), &words),
        (TraceKind::System, false) => fill(&gettext("the system does not call itself {what}"), &words),
        (TraceKind::Content, true) => fill(&gettext("found {what}"), &words),
        (TraceKind::Content, false) => fill(&gettext("did not find {what}"), &words),
        (TraceKind::RootFileSystem, true) => fill(&gettext("the root is on {what}"), &words),
        (TraceKind::RootFileSystem, false) => fill(&gettext("the root is not on {what}"), &words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(name: &str, score: u8, built: bool) -> Evidence {
        let what = "/run/ostree-booted".into();
        let traces = vec![Trace { what, kind: TraceKind::File, found: score > 0 }];
        let engine = name.to_lowercase();
        Evidence { engine, name: name.into(), score, chosen: score > 0, built, traces }
    }

    #[test]
    fn the_verdict_is_honest() {
        assert_eq!(verdict(&[evidence("OSTree", 70, true)]), "This is a system of OSTree.");
        assert!(verdict(&[evidence("rpm-ostree", 80, false)]).contains("cannot update rpm-ostree yet"));
        assert!(verdict(&[evidence("NixOS", 0, false)]).contains("does not keep versions"));
    }

    #[test]
    fn every_family_says_what_was_looked_for() {
        let lines = family(&evidence("OSTree", 70, true));
        assert_eq!(lines[1..], ["OSTree: chosen, 70 points", "  + /run/ostree-booted is there"]);
        let lines = family(&evidence("OSTree", 0, true));
        assert_eq!(lines[1..], ["OSTree: not here", "  - /run/ostree-booted is not there"]);
    }
}
