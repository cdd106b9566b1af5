//! What the lines say, and the report that can be copied.

use cairn_model::SystemStatus;
use cairn_model::history::{Outcome, Record};
use cairn_words::{moment, record, update};

pub fn facts(entry: &Record) -> String {
    let when = moment::date_and_clock(entry.finished, moment::now());
    let outcome = if entry.outcome == Outcome::Done { String::new() } else { record::outcome(entry) };
    update::join(&[when, outcome, record::who(entry)])
}

pub fn icon(entry: &Record) -> &'static str {
    match (&entry.outcome, entry.wish.as_str()) {
        (Outcome::Failed { .. } | Outcome::Interrupted { .. }, _) => "cairn-warning-symbolic",
        (Outcome::Cancelled, _) => "cairn-removed-symbolic",
        (_, "update") => "cairn-updates-symbolic",
        (_, "go-back" | "drop-staged") => "cairn-went-back-symbolic",
        (_, "keep" | "unkeep") => "cairn-kept-symbolic",
        (_, "name") => "cairn-edit-symbolic",
        (_, "remove") => "cairn-removed-symbolic",
        (_, "started") => "cairn-ready-symbolic",
        _ => "cairn-ok-symbolic",
    }
}

/// Plain text for whoever helps: in English terms and with the facts that they need.
pub fn report(status: &SystemStatus, records: &[Record]) -> String {
    let mut lines =
        vec![format!("Cairn {} · {} · {}", env!("CARGO_PKG_VERSION"), status.os_name, status.engine)];
    for d in &status.deployments {
        let marks = [
            (d.running, "running"),
            (d.next, "next"),
            (d.staged, "staged"),
            (d.kept, "kept"),
            (d.skipped, "skipped"),
        ];
        let marks: Vec<&str> = marks.into_iter().filter(|(on, _)| *on).map(|(_, m)| m).collect();
        lines.push(format!("{} {} [{}]", d.version, d.id, marks.join(", ")));
    }
    for r in records {
        lines.push(format!(
            "{} {} {} {:?} {} -> {}",
            r.finished, r.wish, r.target, r.outcome, r.before, r.after
        ));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_versions_and_outcomes() {
        let record = Record {
            id: 1,
            started: 1,
            finished: 2,
            wish: "update".into(),
            uid: 0,
            outcome: Outcome::Cancelled,
            before: "1".into(),
            after: "1".into(),
            target: "2".into(),
            target_id: String::new(),
        };
        let report = report(&SystemStatus::default(), &[record]);
        assert!(report.contains("2 update 2 Cancelled 1 -> 1"), "{report}");
    }
}
