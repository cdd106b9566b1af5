//! What stands below the headline: the restart that is set, what happened, what changes, the way back.

use crate::pages::Asked;
use crate::pages::updates::Updates;
use crate::pages::updates::state::{self, Standing, offered};
use crate::widgets::group::Group;
use crate::widgets::{pill, row};
use cairn_client::Snapshot;
use cairn_model::change::Changes;
use cairn_model::job::Stage;
use cairn_model::restart::RestartSchedule;
use cairn_model::system::{HeldBack, Notice};
use cairn_model::{Ability, Deployment, DeploymentId, PackageDelta, PackageName, Update, Wish};
use cairn_words::version::Label;
use cairn_words::{advisory, fill, moment, restart, update, version};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

/// Names that are said before "and more".
const NAMED: usize = 4;

#[derive(Debug)]
pub struct Below {
    sender: ComponentSender<Updates>,
    scheduled: Group<RestartSchedule>,
    /// What came after the version that is prepared.
    newer: Group<(String, Room)>,
    notices: Group<Notice>,
    steps: Group<(String, String, &'static str)>,
    changes: Group<Update>,
    /// The address of the release notes.
    notes: Group<String>,
    /// Each with the running version, if that can be compared with it.
    versions: Group<(String, Deployment, Label, Option<DeploymentId>)>,
    /// The version that runs, and whether it can be kept for as long as somebody wants.
    back: Group<(Deployment, bool)>,
    held: Group<HeldBack>,
}

impl Below {
    pub fn new(sender: &ComponentSender<Updates>) -> Self {
        Self {
            sender: sender.clone(),
            scheduled: Group::new(""),
            newer: Group::new(""),
            notices: Group::new(&gettext("Good to know")),
            steps: Group::new(&gettext("Steps")),
            changes: Group::new(&gettext("What will change")),
            notes: Group::new(""),
            versions: Group::new(""),
            back: Group::new(&gettext("If something goes wrong")),
            held: Group::new(&gettext("Held back")),
        }
    }

    pub fn add_to(&self, column: &gtk::Box) {
        column.append(&self.scheduled.widget);
        column.append(&self.newer.widget);
        column.append(&self.notices.widget);
        column.append(&self.steps.widget);
        column.append(&self.versions.widget);
        column.append(&self.changes.widget);
        column.append(&self.notes.widget);
        column.append(&self.back.widget);
        column.append(&self.held.widget);
    }

    pub fn show(&mut self, standing: &Standing, snapshot: Option<&Snapshot>) {
        let sender = self.sender.clone();
        let schedule = snapshot.and_then(|s| s.restart.clone());
        self.scheduled.show(schedule.into_iter().collect(), |s| scheduled(&sender, s));
        self.newer.show(newer(standing, snapshot).into_iter().collect(), |(version, room)| {
            take_newer(&sender, version, *room)
        });
        let notices = snapshot.map(|s| s.status.notices.clone()).unwrap_or_default();
        self.notices.show(notices, notice);
        self.steps
            .show(steps(standing), |(title, subtitle, icon)| row::plain(icon, title, subtitle).upcast());
        let found = match standing {
            Standing::Available { system: Some(found), .. } => Some((**found).clone()),
            Standing::Ready(_) => snapshot.and_then(|s| s.update.clone()).filter(|u| u.staged),
            Standing::Failed(_) => snapshot.and_then(offered).cloned(),
            _ => None,
        };
        let notes = snapshot.filter(|_| found.is_some()).and_then(|s| s.status.notes.clone());
        self.notes.show(notes.into_iter().collect(), |address| release_notes(address));
        self.changes.show(found.into_iter().collect(), |u| changes(&sender, u));
        let sender = self.sender.clone();
        self.versions.show(overview(standing, snapshot), |item| version_row(&sender, item).upcast());
        let back = match standing {
            Standing::Available { system: Some(_), .. } => {
                let status = snapshot.map(|s| &s.status).filter(|s| s.can(Ability::Rollback));
                status.and_then(|s| Some((s.running()?.clone(), s.can(Ability::Pin))))
            }
            _ => None,
        };
        self.back.show(back.into_iter().collect(), safety);
        let held = snapshot.map(|s| s.status.held_back.clone()).unwrap_or_default();
        let held = if matches!(standing, Standing::GoingBack(_)) { Vec::new() } else { held };
        self.held.show(held, |h| held_back(&sender, h));
    }
}

fn scheduled(sender: &ComponentSender<Updates>, schedule: &RestartSchedule) -> gtk::Widget {
    let sender = sender.clone();
    let sentence = restart::sentence(schedule, moment::now());
    row::with_button("cairn-clock-symbolic", &sentence, "", &gettext("Do Not Restart"), move || {
        let _ = sender.output(Asked::CancelRestart);
    })
    .upcast()
}

/// What becomes of what waits for the restart when something is taken that is offered beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Room {
    /// It stays, so the other one has to wait.
    None,
    /// Another version makes room.
    Replaced,
    /// It is a change of the same version, which goes along.
    Kept,
}

/// What is offered beside what waits for the restart.
fn newer(standing: &Standing, snapshot: Option<&Snapshot>) -> Option<(String, Room)> {
    let Standing::Ready(next) = standing else { return None };
    let offered = snapshot.and_then(offered)?;
    let now = next.staged && snapshot.is_some_and(|s| s.status.can(Ability::DropStaged));
    let room = match (now, state::is_same_version(next, snapshot)) {
        (false, _) => Room::None,
        (true, false) => Room::Replaced,
        (true, true) => Room::Kept,
    };
    Some((offered.version.clone(), room))
}

fn take_newer(sender: &ComponentSender<Updates>, version: &str, room: Room) -> gtk::Widget {
    let title = fill(&gettext("Version {version} is available"), &[("version", version)]);
    let what = match room {
        Room::None => {
            let what = gettext("You can update to it after the restart");
            return row::plain("cairn-updates-symbolic", &title, &what).upcast();
        }
        Room::Replaced => gettext("It takes the place of the one that is prepared"),
        Room::Kept => gettext("It then starts next time, with what you changed"),
    };
    let sender = sender.clone();
    row::with_button("cairn-updates-symbolic", &title, &what, &gettext("Update"), move || {
        let _ = sender.output(Asked::Wish(Wish::update()));
    })
    .upcast()
}

fn notice(notice: &Notice) -> gtk::Widget {
    let (icon, title, subtitle) = match notice {
        Notice::FinalizeFailed { detail } => (
            "cairn-warning-symbolic",
            gettext("The last update could not be put in place when you shut down"),
            update::join(&[gettext("You are still using the version from before."), detail.clone()]),
        ),
        Notice::Interrupted { .. } => (
            "cairn-warning-symbolic",
            gettext("The last change was cut off"),
            gettext("Nothing of it is in effect. You can start it again."),
        ),
        Notice::WentBack { from, check, detail } if !check.is_empty() => (
            "cairn-warning-symbolic",
            fill(&gettext("Why {from} did not work: {check}"), &[("from", from), ("check", check)]),
            detail.clone(),
        ),
        Notice::WentBack { from, .. } => (
            "cairn-went-back-symbolic",
            fill(&gettext("You went back from {from}"), &[("from", from)]),
            gettext("Your files were not affected."),
        ),
    };
    row::plain(icon, &title, &subtitle).upcast()
}

fn steps(standing: &Standing) -> Vec<(String, String, &'static str)> {
    let Standing::Working(job) = standing else { return Vec::new() };
    if job.kind != "update" {
        return Vec::new();
    }
    let target = fill(&gettext("Download version {version}"), &[("version", &job.target)]);
    let downloaded = !matches!(job.progress.stage, Stage::Waiting | Stage::Checking | Stage::Downloading);
    let icon = |done| if done { "cairn-ok-symbolic" } else { "cairn-clock-symbolic" };
    let room = (gettext("Check free space"), gettext("There is enough"), icon(true));
    let mut steps = if job.room { vec![room] } else { Vec::new() };
    steps.extend([
        (target, String::new(), if downloaded { icon(true) } else { "cairn-download-symbolic" }),
        (
            gettext("Prepare it beside the running version"),
            gettext("Nothing you use now is touched"),
            icon(false),
        ),
    ]);
    steps
}

fn changes(sender: &ComponentSender<Updates>, found: &Update) -> gtk::Widget {
    let signed = update::trust(&found.verification);
    let Some(changes) = found.changes.clone() else {
        let title = gettext("Which parts change is not published");
        return row::plain("cairn-package-symbolic", &title, &signed).upcast();
    };
    let title = update::counts(&changes);
    let title = if title.is_empty() { gettext("No part of the system changes its version") } else { title };
    let (sender, heading) =
        (sender.clone(), fill(&gettext("What changes with {version}"), &[("version", &found.version)]));
    let holes = advisory::summary(&changes).unwrap_or_default();
    let subtitle = [holes, names(&changes), signed].join("\n");
    row::opening("cairn-package-symbolic", &title, subtitle.trim(), move || {
        let (title, changes) = (heading.clone(), Box::new(changes.clone()));
        let _ = sender.output(Asked::Changes { title, changes });
    })
    .upcast()
}

fn release_notes(address: &str) -> gtk::Widget {
    let (opens, title) = (address.to_owned(), gettext("What its makers say is new"));
    row::opening("cairn-outside-symbolic", &title, address, move || {
        // Whether a browser comes up is the session's matter.
        let none = gtk::gio::Cancellable::NONE;
        gtk::UriLauncher::new(&opens).launch(gtk::Window::NONE, none, |_| {});
    })
    .upcast()
}

fn names(changes: &Changes) -> String {
    let names: Vec<&str> = changes.packages.iter().take(NAMED).map(|p| p.name.as_str()).collect();
    let names = names.join(", ");
    if changes.packages.len() > NAMED {
        let more = (changes.packages.len() - NAMED).to_string();
        fill(&gettext("{names} and {n} more"), &[("names", &names), ("n", &more)])
    } else {
        names
    }
}

fn safety((running, keeps): &(Deployment, bool)) -> gtk::Widget {
    let body = if *keeps {
        gettext("{version} is kept until you say that the new one works. Your files are not affected.")
    } else {
        gettext("{version} stays beside the new one until the update after it. Your files are not affected.")
    };
    row::plain(
        "cairn-went-back-symbolic",
        &gettext("You can go back to the version you are using"),
        &fill(&body, &[("version", &version::title(running))]),
    )
    .upcast()
}

fn version_row(
    sender: &ComponentSender<Updates>,
    (title, deployment, label, from): &(String, Deployment, Label, Option<DeploymentId>),
) -> adw::ActionRow {
    let subtitle = update::join(&[version::title(deployment), version::facts(deployment, moment::now())]);
    let subtitle = match from {
        Some(_) => [subtitle, gettext("Show what differs from now")].join("\n"),
        None => subtitle,
    };
    let row = row::plain("cairn-versions-symbolic", title, &subtitle);
    row.add_suffix(&pill::label(*label, &word(*label)));
    if let Some(from) = from.clone() {
        let (sender, to) = (sender.clone(), deployment.id.clone());
        row::opens(&row, move || {
            let _ = sender.output(Asked::Diff { from: from.clone(), to: to.clone() });
        });
    }
    row
}

fn overview(
    standing: &Standing,
    snapshot: Option<&Snapshot>,
) -> Vec<(String, Deployment, Label, Option<DeploymentId>)> {
    let (Standing::Ready(_) | Standing::GoingBack(_), Some(snapshot)) = (standing, snapshot) else {
        return Vec::new();
    };
    let status = &snapshot.status;
    let mut rows = Vec::new();
    let running = status.running().filter(|_| status.can(Ability::Diff)).map(|d| &d.id);
    let mut add = |title: String, deployment: Option<&Deployment>, label| {
        let from = running.filter(|_| deployment.is_some_and(|d| d.next)).cloned();
        rows.extend(deployment.map(|d| (title, d.clone(), label, from)));
    };
    // What is in use without a restart is what the person uses, though another one was started.
    if status.next().is_some_and(|next| next.live) {
        add(gettext("Version you’re using"), status.next(), Label::Running);
        add(gettext("Version that was started"), status.running(), Label::Previous);
    } else {
        add(gettext("Version you’re using"), status.running(), Label::Running);
        add(gettext("Next start"), status.next(), Label::Next);
    }
    let kept = status.deployments.iter().find(|d| d.last_known_good && !d.running && !d.next);
    add(gettext("Always there to go back to"), kept, Label::Kept);
    rows
}

fn word(label: Label) -> String {
    match label {
        Label::Running => gettext("Now"),
        Label::Next => gettext("Next"),
        Label::Kept => gettext("Works"),
        Label::Previous => gettext("Previous"),
        Label::Bad => gettext("Did not work"),
    }
}

fn aside(sender: &ComponentSender<Updates>, packages: &[PackageName], fits: bool) -> gtk::Widget {
    let names: Vec<&str> = packages.iter().map(PackageName::as_str).collect();
    let why = match fits {
        true => gettext("Taken out so that an update could go on. By now it fits again."),
        false => gettext("Taken out so that an update could go on. After the next one it may fit again."),
    };
    let delta = PackageDelta { add: packages.to_vec(), ..PackageDelta::default() };
    let (sender, wish) = (sender.clone(), Wish::ChangePackages { delta });
    row::with_button("cairn-package-symbolic", &names.join(", "), &why, &gettext("Add Again"), move || {
        let _ = sender.output(Asked::Wish(wish.clone()));
    })
    .upcast()
}

fn held_back(sender: &ComponentSender<Updates>, held: &HeldBack) -> gtk::Widget {
    match held {
        HeldBack::Skipped { version, checksum } => {
            let title = fill(&gettext("Version {version}"), &[("version", version)]);
            let (sender, checksum) = (sender.clone(), checksum.clone());
            let why = gettext("You went back from it, so it is not offered again.");
            row::with_button(
                "cairn-went-back-symbolic",
                &title,
                &why,
                &gettext("Offer It Again"),
                move || {
                    let _ = sender.output(Asked::Wish(Wish::Unskip { checksum: checksum.clone() }));
                },
            )
            .upcast()
        }
        HeldBack::Aside { packages, fits } => aside(sender, packages, *fits),
        HeldBack::BusyElsewhere => {
            let why = gettext("Wait until it is done and try again.");
            row::plain("cairn-clock-symbolic", &gettext("Another program is changing the system"), &why)
                .upcast()
        }
    }
}
