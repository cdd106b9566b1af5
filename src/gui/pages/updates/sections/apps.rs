//! Updates of apps: which there are, what they want, how they come along, and what did not work.

use crate::pages::updates::Updates;
use crate::pages::updates::state::Standing;
use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use crate::widgets::group::Group;
use crate::widgets::tasks::Tasks;
use crate::widgets::{icon, row};
use cairn_model::app::{AppUpdate, AppWish, Source, Task};
use cairn_model::job::JobState;
use cairn_words::update::join;
use cairn_words::{amount, app, fill, permission};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::path::PathBuf;
use std::rc::Rc;

/// An update, the installed app's icon and version, whether somebody still cares for it, and whether something is being
/// done about it.
#[derive(Clone, Debug, PartialEq)]
struct Row {
    update: AppUpdate,
    icon: Option<PathBuf>,
    version: String,
    abandoned: bool,
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
            let remote = app.map(|a| a.remote.clone()).unwrap_or_default();
            update.version = stock.library.newest(&Source { scope: update.scope, remote }, &update.reference);
        }
        let busy = updating || stock.shelf.task_about(update.reference.id.as_str()).is_some();
        let version = app.map(|a| a.version.clone()).unwrap_or_default();
        let abandoned = app.is_some_and(|a| a.end_of_life.is_some());
        Row { update, icon: app.and_then(|a| a.icon.clone()), version, abandoned, busy }
    };
    stock.shelf.updates().filter(|u| !u.runtime).map(row).collect()
}

/// What stands below the app's name, line by line.
fn lines(row: &Row) -> Vec<String> {
    let update = &row.update;
    let versions = app::newer(&row.version, &update.version);
    let mut lines = vec![join(&[versions, amount::size(update.download_bytes)])];
    if row.abandoned {
        lines.push(app::abandoned());
    }
    if !update.added.is_empty() {
        let added: Vec<String> = update.added.iter().map(permission::title).collect();
        lines.push(fill(&gettext("Wants more: {permissions}"), &[("permissions", &added.join(", "))]));
    }
    lines
}

fn update(sender: &ComponentSender<Updates>, row: &Row) -> gtk::Widget {
    let update = &row.update;
    let widget = row::unmarked(&update.name, &lines(row).join("\n"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use cairn_model::app::Scope;

    #[test]
    fn a_row_says_what_is_known_of_versions_and_of_an_end() {
        let update = AppUpdate {
            reference: "app/org.a.Lumen/x86_64/stable".parse().unwrap(),
            scope: Scope::User,
            name: "Lumen".into(),
            version: String::new(),
            commit: "c".into(),
            download_bytes: 12_000_000,
            added: Vec::new(),
            runtime: false,
        };
        let mut row = Row { update, icon: None, version: "3.2".into(), abandoned: false, busy: false };
        assert_eq!(lines(&row), ["you have 3.2 · 12 MB"]);
        row.update.version = "3.3".into();
        row.abandoned = true;
        assert_eq!(lines(&row), ["3.2 → 3.3 · 12 MB", "No longer looked after"]);
    }
}
