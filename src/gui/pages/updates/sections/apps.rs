//! Updates of apps: which there are, what they want, how they come along, and what did not work.

use crate::pages::updates::Updates;
use crate::pages::updates::state::Standing;
use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use crate::widgets::group::Group;
use crate::widgets::tasks::Tasks;
use crate::widgets::{icon, row};
use cairn_model::app::{AppUpdate, AppWish, Task};
use cairn_model::job::JobState;
use cairn_words::update::join;
use cairn_words::{amount, fill, permission};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::path::PathBuf;
use std::rc::Rc;

/// An update, the installed app's icon and version, and whether something is being done about it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    update: AppUpdate,
    icon: Option<PathBuf>,
    version: String,
    busy: bool,
}

#[derive(Debug)]
pub struct AppUpdates {
    pub widget: gtk::Box,
    tasks: Tasks,
    updates: Group<Row>,
    button: gtk::Button,
    sender: ComponentSender<Updates>,
}

impl AppUpdates {
    pub fn new(sender: &ComponentSender<Updates>) -> Self {
        let asks = sender.clone();
        let tasks = Tasks::new(Rc::new(move |asked| {
            // The window outlives its pages, so the message always arrives.
            let _ = asks.output(Asked::App(asked));
        }));
        let updates = Group::new(&gettext("Apps"));
        let button = gtk::Button::builder()
            .label(gettext("Update Apps"))
            .css_classes(["flat"])
            .valign(gtk::Align::Center)
            .build();
        let asks = sender.clone();
        button.connect_clicked(move |_| {
            let _ = asks.output(Asked::App(AppAsked::update(Vec::new())));
        });
        updates.widget.set_header_suffix(Some(&button));
        let widget =
            gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).visible(false).build();
        widget.append(&tasks.widget);
        widget.append(&updates.widget);
        Self { widget, tasks, updates, button, sender: sender.clone() }
    }

    pub fn show(&mut self, stock: &Stock, standing: &Standing) {
        let told = told(stock, standing);
        self.tasks.show(&told);
        let rows = rows(stock);
        let any = !rows.is_empty() || !told.is_empty();
        // The headline's own button does the same where it offers updates.
        let offered = matches!(standing, Standing::Available { .. } | Standing::WorkingOnApps(_));
        self.button.set_visible(!offered && rows.iter().any(|r| !r.busy));
        let sender = self.sender.clone();
        self.updates.show(rows, |row| update(&sender, row));
        self.widget.set_visible(any);
    }
}

/// Updates under way beside the system's, and those that failed. What the headline tells is not told twice.
fn told(stock: &Stock, standing: &Standing) -> Vec<Task> {
    let headline = match standing {
        Standing::WorkingOnApps(task) => Some(task.id),
        _ => None,
    };
    let told = |t: &&Task| {
        matches!(t.wish, AppWish::Update { .. })
            && Some(t.id) != headline
            && (!t.state.is_final() || t.state == JobState::Failed)
    };
    stock.shelf.tasks.iter().filter(told).cloned().collect()
}

fn rows(stock: &Stock) -> Vec<Row> {
    let updating =
        stock.shelf.tasks.iter().any(|t| {
            !t.state.is_final() && matches!(&t.wish, AppWish::Update { refs, .. } if refs.is_empty())
        });
    let row = |update: &AppUpdate| {
        let same =
            |a: &&cairn_model::app::InstalledApp| a.reference == update.reference && a.scope == update.scope;
        let app = stock.shelf.installed.iter().find(same);
        let mut update = update.clone();
        if update.version.is_empty() {
            update.version = newest(stock, update.reference.id.as_str());
        }
        let busy = updating || stock.shelf.task_about(update.reference.id.as_str()).is_some();
        let version = app.map(|a| a.version.clone()).unwrap_or_default();
        Row { update, icon: app.and_then(|a| a.icon.clone()), version, busy }
    };
    stock.shelf.updates().filter(|u| !u.runtime).map(row).collect()
}

/// What the catalogue calls the newest release.
fn newest(stock: &Stock, id: &str) -> String {
    let details = stock.library.find(id).map(|entry| stock.library.details(entry));
    details.and_then(|d| d.releases.into_iter().next()).map(|r| r.version).unwrap_or_default()
}

fn update(sender: &ComponentSender<Updates>, row: &Row) -> gtk::Widget {
    let update = &row.update;
    let versions = match (row.version.as_str(), update.version.as_str()) {
        (_, "") => String::new(),
        ("", new) => new.to_owned(),
        (old, new) if old == new => new.to_owned(),
        (old, new) => fill(&gettext("{old} → {new}"), &[("old", old), ("new", new)]),
    };
    let mut lines = vec![join(&[versions, amount::size(update.download_bytes)])];
    if !update.added.is_empty() {
        let added: Vec<String> = update.added.iter().map(permission::title).collect();
        lines.push(fill(&gettext("Wants more: {permissions}"), &[("permissions", &added.join(", "))]));
    }
    let widget = row::unmarked(&update.name, &lines.join("\n"));
    let image = icon::image(32);
    icon::show(&image, row.icon.as_deref());
    widget.add_prefix(&image);
    let button = gtk::Button::builder()
        .label(gettext("Update"))
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .sensitive(!row.busy)
        .build();
    let words = fill(&gettext("Update {name}"), &[("name", &update.name)]);
    button.update_property(&[gtk::accessible::Property::Label(&words)]);
    let (asks, refs) = (sender.clone(), vec![(update.scope, update.reference.clone())]);
    button.connect_clicked(move |_| {
        let _ = asks.output(Asked::App(AppAsked::update(refs.clone())));
    });
    widget.add_suffix(&button);
    widget.set_activatable(true);
    let (asks, id) = (sender.clone(), update.reference.id.to_string());
    widget.connect_activated(move |_| {
        let _ = asks.output(Asked::App(AppAsked::Show(id.clone())));
    });
    widget.upcast()
}
