//! The headline and its buttons.

use super::restart::RestartButton;
use crate::pages::updates::Updates;
use crate::pages::updates::state::{self, Standing, offered};
use crate::pages::updates::text::{self, Headline};
use crate::pages::{AppAsked, Asked};
use cairn_client::Snapshot;
use cairn_model::job::JobState;
use cairn_model::{Ability, Problem, Wish};
use cairn_words::fill;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

/// What a button asks for.
type Ask = Box<dyn Fn() -> Asked>;
/// It changes with the standing while the button stays.
#[derive(Clone, Default)]
struct Press(Rc<RefCell<Option<Ask>>>);

impl std::fmt::Debug for Press {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Press")
    }
}

#[derive(Debug)]
pub struct Hero {
    pub widget: gtk::Box,
    icon: gtk::Image,
    spinner: adw::Spinner,
    title: gtk::Label,
    body: gtk::Label,
    bar: gtk::ProgressBar,
    restart: RestartButton,
    primary: (gtk::Button, Press),
    secondary: (gtk::Button, Press),
    hold: (gtk::Button, Press),
    problem: Rc<RefCell<Option<Problem>>>,
    details: gtk::Button,
    shown: Option<Headline>,
}

impl Hero {
    pub fn new(sender: &ComponentSender<Updates>) -> Self {
        let widget = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).build();
        let icon =
            gtk::Image::builder().pixel_size(72).accessible_role(gtk::AccessibleRole::Presentation).build();
        let spinner = adw::Spinner::builder().width_request(64).height_request(64).visible(false).build();
        let title = label(&["title-1"]);
        title.set_accessible_role(gtk::AccessibleRole::Heading);
        let body = label(&["dim-label", "numeric"]);
        let bar = gtk::ProgressBar::builder().width_request(200).visible(false).build();
        bar.update_property(&[gtk::accessible::Property::Label(&gettext("Progress of the update"))]);
        let bar_clamp = adw::Clamp::builder().maximum_size(360).child(&bar).build();
        let restart = RestartButton::new(sender);
        let primary = button(sender, &["pill", "suggested-action"]);
        let secondary = button(sender, &["pill"]);
        let hold = button(sender, &["pill"]);
        let problem = Rc::new(RefCell::new(None));
        let details = details_button(sender, &problem);
        let buttons = adw::WrapBox::builder()
            .child_spacing(12)
            .line_spacing(12)
            .halign(gtk::Align::Center)
            .align(0.5)
            .build();
        buttons.append(&primary.0);
        buttons.append(&restart.widget);
        buttons.append(&hold.0);
        buttons.append(&secondary.0);
        buttons.append(&details);
        let parts: [&gtk::Widget; 6] = [
            icon.upcast_ref(),
            spinner.upcast_ref(),
            title.upcast_ref(),
            body.upcast_ref(),
            bar_clamp.upcast_ref(),
            buttons.upcast_ref(),
        ];
        for part in parts {
            widget.append(part);
        }
        Self {
            widget,
            icon,
            spinner,
            title,
            body,
            bar,
            restart,
            primary,
            secondary,
            hold,
            problem,
            details,
            shown: None,
        }
    }

    pub fn show(&mut self, standing: &Standing, snapshot: Option<&Snapshot>, waited: bool) {
        let headline = text::headline(standing, snapshot);
        let busy = matches!(standing, Standing::Loading | Standing::Checking);
        self.widget.set_opacity(if *standing == Standing::Loading && !waited { 0.0 } else { 1.0 });
        self.spinner.set_visible(busy);
        self.icon.set_visible(!busy);
        if self.shown.as_ref() != Some(&headline) {
            self.write(&headline);
            self.shown = Some(headline);
        }
        self.progress(standing);
        self.buttons(standing, snapshot);
        let problem = match standing {
            Standing::Failed(p) | Standing::Unreachable(p) => {
                p.detail().filter(|d| !d.is_empty()).map(|_| p.clone())
            }
            _ => None,
        };
        self.details.set_visible(problem.is_some());
        self.problem.replace(problem);
    }

    fn write(&self, headline: &Headline) {
        self.icon.set_icon_name(Some(headline.icon));
        self.icon.set_css_classes(&[headline.tone]);
        let before = self.title.label();
        self.title.set_label(&headline.title);
        self.body.set_label(&headline.body);
        self.body.set_visible(!headline.body.is_empty());
        if before != headline.title {
            self.title.announce(&headline.title, gtk::AccessibleAnnouncementPriority::Medium);
        }
    }

    fn progress(&self, standing: &Standing) {
        let progress = match standing {
            Standing::Working(job) => &job.progress,
            Standing::WorkingOnApps(task) => &task.progress,
            _ => return self.bar.set_visible(false),
        };
        self.bar.set_visible(true);
        match progress.fraction {
            Some(fraction) => self.bar.set_fraction(fraction),
            None => self.bar.pulse(),
        }
    }

    fn buttons(&self, standing: &Standing, snapshot: Option<&Snapshot>) {
        set(&self.primary, primary(standing, snapshot));
        set(&self.secondary, secondary(standing, snapshot));
        set(&self.hold, hold(standing));
        let next = match standing {
            Standing::Ready(next) | Standing::GoingBack(next) => Some(next),
            _ => None,
        };
        self.restart.widget.set_visible(next.is_some());
        let can = |ability| snapshot.is_some_and(|s| s.status.can(ability));
        let soft = next.is_some_and(|next| next.soft) && can(Ability::SoftRestart);
        let live = next.is_some_and(|next| !next.live) && can(Ability::ApplyLive);
        self.restart.offer(soft, live);
    }
}

fn primary(standing: &Standing, snapshot: Option<&Snapshot>) -> Option<(String, Ask)> {
    match standing {
        Standing::Failed(Problem::PackageConflict { packages, .. })
            if !packages.is_empty() && snapshot.is_some_and(|s| s.status.can(Ability::Packages)) =>
        {
            let label = match &packages[..] {
                [one] => fill(&gettext("Update Without {name}"), &[("name", one.as_str())]),
                _ => gettext("Update Without Them"),
            };
            let aside = packages.clone();
            let wish = move || Wish::Update { allow_older: false, try_again: false, aside: aside.clone() };
            Some((label, Box::new(move || Asked::Wish(wish()))))
        }
        Standing::Available { .. } => Some((gettext("Update"), Box::new(|| Asked::UpdateAll))),
        Standing::Failed(_) => Some((gettext("Try Again"), again(snapshot))),
        _ => None,
    }
}

/// What failed, once more.
fn again(snapshot: Option<&Snapshot>) -> Ask {
    let kind = snapshot.and_then(|s| s.job.as_ref()).map(|job| job.kind.as_str());
    match kind.filter(|_| snapshot.and_then(offered).is_some()) {
        Some("update") => Box::new(|| Asked::UpdateAll),
        Some("download") => Box::new(|| Asked::Wish(Wish::Download {})),
        _ => Box::new(|| Asked::Check),
    }
}

fn secondary(standing: &Standing, snapshot: Option<&Snapshot>) -> Option<(String, Ask)> {
    let can = |ability| snapshot.is_some_and(|s| s.status.can(ability));
    match standing {
        Standing::UpToDate | Standing::WentBack { .. } => {
            let label = match can(Ability::Check) {
                true => gettext("Look for Updates"),
                false => gettext("Look for App Updates"),
            };
            Some((label, Box::new(|| Asked::Check)))
        }
        Standing::Failed(Problem::PackageConflict { .. }) => Some((gettext("Try Again"), again(snapshot))),
        Standing::Working(job) if job.cancellable && job.state != JobState::Cancelling => {
            Some((gettext("Cancel"), Box::new(|| Asked::Cancel)))
        }
        Standing::WorkingOnApps(task) if task.state == JobState::Running => {
            let id = task.id;
            Some((gettext("Cancel"), Box::new(move || Asked::App(AppAsked::Cancel(id)))))
        }
        Standing::Checking => Some((gettext("Cancel"), Box::new(|| Asked::Cancel))),
        Standing::Available { system: Some(found), .. }
            if can(Ability::DownloadOnly) && !found.downloaded =>
        {
            Some((gettext("Only Download"), Box::new(|| Asked::Wish(Wish::Download {}))))
        }
        Standing::Ready(next) if next.staged && can(Ability::DropStaged) => {
            let label = if state::is_same_version(next, snapshot) {
                gettext("Undo the Change")
            } else {
                gettext("Undo Update")
            };
            Some((label, Box::new(|| Asked::Wish(Wish::DropStaged {}))))
        }
        Standing::Ready(next) | Standing::GoingBack(next) if can(Ability::StartNext) => {
            let running = snapshot?.status.running()?;
            // What is in use already stays so until the restart, whatever starts then.
            let label = match (next.live, state::is_same_version(next, snapshot)) {
                (true, _) => gettext("Start the Old One Next"),
                (false, true) => gettext("Undo the Change"),
                (false, false) => fill(&gettext("Stay on {version}"), &[("version", &running.version)]),
            };
            let id = running.id.clone();
            Some((label, Box::new(move || Asked::Wish(Wish::StartNext { id: id.clone() }))))
        }
        _ => None,
    }
}

/// Holding what is under way, where it can be held.
fn hold(standing: &Standing) -> Option<(String, Ask)> {
    let Standing::Working(job) = standing else { return None };
    match job.state {
        JobState::Running if job.pausable => Some((gettext("Pause"), Box::new(|| Asked::Hold(true)))),
        JobState::Paused => Some((gettext("Go On"), Box::new(|| Asked::Hold(false)))),
        _ => None,
    }
}

fn label(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .justify(gtk::Justification::Center)
        .css_classes(classes.to_vec())
        .build()
}

fn button(sender: &ComponentSender<Updates>, classes: &[&str]) -> (gtk::Button, Press) {
    let button = gtk::Button::builder().css_classes(classes.to_vec()).visible(false).build();
    let press = Press::default();
    let (sender, pressed) = (sender.clone(), press.clone());
    button.connect_clicked(move |_| {
        let asked = pressed.0.borrow().as_ref().map(|ask| ask());
        if let Some(asked) = asked {
            // The window outlives its pages, so the message always arrives.
            let _ = sender.output(asked);
        }
    });
    (button, press)
}

fn details_button(sender: &ComponentSender<Updates>, problem: &Rc<RefCell<Option<Problem>>>) -> gtk::Button {
    let button =
        gtk::Button::builder().label(gettext("Details")).css_classes(["pill"]).visible(false).build();
    let (sender, problem) = (sender.clone(), Rc::clone(problem));
    button.connect_clicked(move |_| {
        if let Some(problem) = problem.borrow().clone() {
            let _ = sender.output(Asked::Details(problem));
        }
    });
    button
}

fn set((button, press): &(gtk::Button, Press), what: Option<(String, Ask)>) {
    if let Some((label, _)) = &what
        && button.label().as_deref() != Some(label)
    {
        button.set_label(label);
    }
    button.set_visible(what.is_some());
    press.0.replace(what.map(|(_, ask)| ask));
}
