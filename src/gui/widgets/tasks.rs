//! What is being done with apps, what waits, and what did not work: one row each, kept as long as it is shown, so that
//! a button never leaves under a finger.

use crate::pages::AppAsked;
use cairn_model::app::Task;
use cairn_model::job::{JobState, Stage};
use cairn_words::{app, fill, problem};
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Where the presses go.
pub type Asks = Rc<dyn Fn(AppAsked)>;

pub struct Tasks {
    pub widget: adw::PreferencesGroup,
    rows: BTreeMap<u64, Row>,
    asks: Asks,
}

impl std::fmt::Debug for Tasks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tasks").field("rows", &self.rows.len()).finish_non_exhaustive()
    }
}

impl Tasks {
    pub fn new(asks: Asks) -> Self {
        let widget = adw::PreferencesGroup::builder().visible(false).build();
        Self { widget, rows: BTreeMap::new(), asks }
    }

    /// Shows what is under way and what failed; what is done is told by a toast and stays in no list.
    pub fn show(&mut self, tasks: &[Task]) {
        let shown: Vec<&Task> =
            tasks.iter().filter(|t| !t.state.is_final() || t.state == JobState::Failed).collect();
        let gone: Vec<u64> =
            self.rows.keys().copied().filter(|id| !shown.iter().any(|t| t.id == *id)).collect();
        for row in gone.iter().filter_map(|id| self.rows.remove(id)) {
            self.widget.remove(&row.widget);
        }
        for task in &shown {
            let row = self.rows.entry(task.id).or_insert_with(|| {
                let row = Row::new(task, &self.asks);
                self.widget.add(&row.widget);
                row
            });
            row.show(task);
        }
        self.widget.set_visible(!self.rows.is_empty());
    }
}

struct Row {
    widget: adw::PreferencesRow,
    title: gtk::Label,
    body: gtk::Label,
    bar: gtk::ProgressBar,
    stop: gtk::Button,
    again: gtk::Button,
    dismiss: gtk::Button,
}

impl Row {
    fn new(task: &Task, asks: &Asks) -> Self {
        let title = label(&["heading"]);
        let body = label(&["caption", "dim-label", "numeric"]);
        let bar = gtk::ProgressBar::builder().valign(gtk::Align::Center).build();
        bar.update_property(&[gtk::accessible::Property::Label(&gettext("Progress"))]);
        let text =
            gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(6).hexpand(true).build();
        text.append(&title);
        text.append(&bar);
        text.append(&body);
        let id = task.id;
        let stop = button(&gettext("Stop"), asks, move || AppAsked::Cancel(id));
        let again = button(&gettext("Try Again"), asks, move || AppAsked::Again(id));
        let dismiss = button(&gettext("Dismiss"), asks, move || AppAsked::Forget(id));
        let inside = gtk::Box::builder()
            .spacing(12)
            .margin_top(12)
            .margin_bottom(12)
            .margin_start(12)
            .margin_end(12)
            .build();
        inside.append(&text);
        let buttons = gtk::Box::builder().spacing(6).valign(gtk::Align::Center).build();
        for button in [&stop, &again, &dismiss] {
            buttons.append(button);
        }
        inside.append(&buttons);
        let widget =
            adw::PreferencesRow::builder().child(&inside).activatable(false).focusable(false).build();
        Self { widget, title, body, bar, stop, again, dismiss }
    }

    fn show(&self, task: &Task) {
        let failed = task.state == JobState::Failed;
        let heading = if failed { app::failed(task) } else { app::task(task) };
        self.title.set_label(&heading);
        self.widget.set_title(&gtk::glib::markup_escape_text(&heading));
        let body = if failed { reasons(task) } else { app::task_progress(task) };
        self.body.set_label(&body);
        self.body.set_visible(!body.is_empty());
        let working = !failed && task.progress.stage != Stage::Waiting;
        self.bar.set_visible(working);
        match task.progress.fraction {
            Some(fraction) => self.bar.set_fraction(fraction),
            None if working => self.bar.pulse(),
            None => {}
        }
        self.stop.set_visible(!failed);
        self.stop.set_sensitive(task.state == JobState::Running);
        self.again.set_visible(failed);
        self.dismiss.set_visible(failed);
    }
}

/// Why it failed: each part by its name, or the whole.
fn reasons(task: &Task) -> String {
    let each: Vec<String> = task
        .failures()
        .map(|(outcome, problem)| {
            let line = problem::line(problem);
            fill(&gettext("{name}: {why}"), &[("name", &outcome.name), ("why", &line)])
        })
        .collect();
    if each.is_empty() {
        task.problem.as_ref().map(problem::line).unwrap_or_default()
    } else {
        each.join("\n")
    }
}

fn label(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .css_classes(classes.to_vec())
        .build()
}

fn button(label: &str, asks: &Asks, asked: impl Fn() -> AppAsked + 'static) -> gtk::Button {
    let button = gtk::Button::builder().label(label).valign(gtk::Align::Center).build();
    let asks = Rc::clone(asks);
    button.connect_clicked(move |_| asks(asked()));
    button
}
