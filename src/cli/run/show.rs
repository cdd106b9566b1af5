//! Showing what there is.

use super::find;
use crate::output::Output;
use cairn_client::Client;
use cairn_model::system::{HeldBack, Notice};
use cairn_model::{Deployment, Problem, SystemStatus, Update, Verification};
use cairn_words::{amount, automatic, fill, job, moment, problem, record, restart, update, version};
use gettextrs::{gettext, ngettext};
use serde_json::json;

pub async fn status(client: &Client, output: Output) -> Result<(), Problem> {
    let (status, update, schedule) = tokio::try_join!(client.status(), client.update(), client.scheduled())?;
    let value = json!({
        "engine": status.engine,
        "os_name": status.os_name,
        "abilities": status.abilities,
        "running": status.running(),
        "next": status.next(),
        "previous": status.previous(),
        "restart_pending": status.restart_pending(),
        "update": update,
        "held_back": status.held_back,
        "notices": status.notices,
        "restart": schedule,
        "last_check": status.last_check,
        "notes": status.notes,
        "automatic": status.automatic,
        "space": status.space,
    });
    output.answer("status", &value, || {
        let mut lines = overview(&status, update.as_ref());
        lines.extend(schedule.map(|s| restart::sentence(&s, moment::now())));
        lines
    })
}

fn overview(status: &SystemStatus, found: Option<&Update>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut row = |label: String, value: String| {
        if !value.is_empty() {
            lines.push(format!("{label:<22} {value}"));
        }
    };
    row(gettext("Version you’re using"), status.running().map(describe).unwrap_or_default());
    if status.restart_pending() {
        row(gettext("Next start"), status.next().map(describe).unwrap_or_default());
    }
    row(gettext("Previous version"), status.previous().map(describe).unwrap_or_default());
    if let Some(found) = found.filter(|u| !u.staged && !u.skipped) {
        row(gettext("Update available"), update::summary(found));
    } else if let Some(checked) = status.last_check {
        row(gettext("Last looked"), moment::ago(checked, moment::now()));
    }
    row(gettext("What is new"), status.notes.clone().unwrap_or_default());
    if let Some(automatic) = &status.automatic {
        row(
            gettext("By itself"),
            update::join(&[automatic::policy(automatic.policy), automatic::by(automatic)]),
        );
    }
    lines.extend(status.held_back.iter().map(held_back));
    lines.extend(status.notices.iter().map(notice));
    lines
}

fn describe(deployment: &Deployment) -> String {
    update::join(&[version::title(deployment), version::facts(deployment, moment::now())])
}

fn held_back(held: &HeldBack) -> String {
    match held {
        HeldBack::Skipped { version, .. } => fill(
            &gettext("Version {version} is not offered again: you went back from it."),
            &[("version", version)],
        ),
        HeldBack::Aside { packages, fits } => {
            let names: Vec<&str> = packages.iter().map(cairn_model::PackageName::as_str).collect();
            let words = ngettext(
                "{names} was taken out so that an update could go on.",
                "{names} were taken out so that an update could go on.",
                moment::plural(names.len() as u64),
            );
            let fits = fits.then(|| gettext("By now it fits again: add it with add-package."));
            update::join(&[fill(&words, &[("names", &names.join(", "))]), fits.unwrap_or_default()])
        }
        HeldBack::BusyElsewhere => problem::line(&Problem::BusyElsewhere),
    }
}

fn notice(notice: &Notice) -> String {
    match notice {
        Notice::FinalizeFailed { detail } => fill(
            &gettext("The last update could not be put in place at shutdown: {detail}"),
            &[("detail", detail)],
        ),
        Notice::Interrupted { .. } => problem::line(&Problem::Interrupted { step: String::new() }),
        Notice::WentBack { from, check, detail } if !check.is_empty() => {
            let why = gettext("Version {from} did not work: {check}");
            update::join(&[fill(&why, &[("from", from), ("check", check)]), detail.clone()])
        }
        Notice::WentBack { from, .. } => {
            fill(&gettext("You went back from version {from}."), &[("from", from)])
        }
    }
}

pub async fn versions(client: &Client, output: Output) -> Result<(), Problem> {
    let status = client.status().await?;
    let replaced = status.deployments.iter().any(|d| d.live);
    output.answer("versions", &status.deployments, || {
        status
            .deployments
            .iter()
            .flat_map(|d| {
                let labels: Vec<String> = version::labels(d, replaced).into_iter().map(|(_, l)| l).collect();
                let mark = if d.running { "*" } else { " " };
                let labels =
                    if labels.is_empty() { String::new() } else { format!("  [{}]", labels.join(", ")) };
                let mut lines = vec![
                    format!("{mark} {}{labels}", version::title(d)),
                    format!("    {}", version::facts(d, moment::now())),
                    format!("    {}", d.id),
                ];
                if d.verification != Verification::Unknown {
                    lines.push(format!("    {}", update::trust(&d.verification)));
                }
                lines
            })
            .collect()
    })
}

pub async fn diff(client: &Client, output: Output, from: &str, to: &str) -> Result<(), Problem> {
    let status = client.status().await?;
    let changes = client.diff(&find(&status, from)?.id, &find(&status, to)?.id).await?;
    output.answer("changes", &changes, || {
        if changes.is_empty() {
            return vec![gettext("Nothing differs.")];
        }
        let mut lines = vec![update::counts(&changes)];
        for package in &changes.packages {
            lines.push(format!(
                "  {:<10} {} {}",
                update::kind(package.kind),
                package.name,
                update::package(package)
            ));
        }
        if !changes.by_package {
            for file in &changes.files {
                lines.push(format!("  {:<10} {}", update::kind(file.kind), file.path));
            }
        }
        lines
    })
}

pub async fn drift(client: &Client, output: Output, word: &str) -> Result<(), Problem> {
    let status = client.status().await?;
    let files = client.drift(&find(&status, word)?.id).await?;
    output.answer("files", &files, || {
        files.iter().map(|f| format!("{:<10} {}", update::kind(f.kind), f.path)).collect()
    })
}

pub async fn history(client: &Client, output: Output, lines: u32) -> Result<(), Problem> {
    let records = client.history(lines, 0).await?;
    output.answer("history", &records, || {
        let now = moment::now();
        records
            .iter()
            .map(|r| {
                let when = moment::date_and_clock(r.finished, now);
                update::join(&[when, record::heading(r), record::outcome(r), record::who(r)])
            })
            .collect()
    })
}

pub async fn jobs(client: &Client, output: Output) -> Result<(), Problem> {
    let mut jobs = Vec::new();
    for reference in client.jobs().await? {
        jobs.push(client.job(&reference).await?);
    }
    output.answer("jobs", &jobs, || {
        jobs.iter()
            .map(|j| {
                let progress = if j.state.is_final() { String::new() } else { job::progress(j) };
                let bytes = j.progress.bytes_total.map(amount::size).unwrap_or_default();
                update::join(&[format!("{} {}", j.kind, j.target), job::state(j.state), bytes, progress])
            })
            .collect()
    })
}
