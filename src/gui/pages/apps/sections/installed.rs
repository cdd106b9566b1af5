//! What is installed, what it takes, and what can be cleared away.

use crate::pages::apps::AppsPage;
use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use crate::widgets::group::Group;
use crate::widgets::{icon, page, pill, row};
use cairn_model::app::{AppWish, InstalledApp, Scope};
use cairn_words::update::join;
use cairn_words::{amount, app, fill};
use gettextrs::{gettext, ngettext};
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;

#[derive(Debug)]
pub struct Installed {
    pub widget: gtk::Stack,
    apps: Group<(InstalledApp, bool)>,
    unused: Group<(usize, u64)>,
    sender: ComponentSender<AppsPage>,
}

impl Installed {
    pub fn new(sender: &ComponentSender<AppsPage>) -> Self {
        let scrolled = gtk::ScrolledWindow::builder().hscrollbar_policy(gtk::PolicyType::Never).build();
        let column = page::column_in(&scrolled);
        column.set_margin_top(6);
        let (apps, unused) = (Group::new(""), Group::new(&gettext("Clear away")));
        column.append(&apps.widget);
        column.append(&unused.widget);
        let empty = adw::StatusPage::builder()
            .icon_name("cairn-apps-symbolic")
            .title(gettext("No apps yet"))
            .description(gettext("What you install is listed here."))
            .build();
        let widget = gtk::Stack::new();
        widget.add_named(&scrolled, Some("apps"));
        widget.add_named(&empty, Some("empty"));
        Self { widget, apps, unused, sender: sender.clone() }
    }

    pub fn show(&mut self, stock: &Stock) {
        let apps: Vec<(InstalledApp, bool)> =
            stock.apps().map(|a| (a.clone(), has_update(stock, a))).collect();
        let empty = apps.is_empty() && stock.known;
        let bytes = apps.iter().map(|(a, _)| a.installed_bytes + a.data_bytes.unwrap_or_default()).sum();
        self.apps.widget.set_title(&total(apps.len(), bytes));
        let sender = self.sender.clone();
        self.apps.show(apps, |(app, update)| installed(&sender, app, *update));
        let count = stock.shelf.unused.len();
        let unused = stock.shelf.unused.iter().map(|u| u.bytes).sum();
        let rows = if count > 0 { vec![(count, unused)] } else { Vec::new() };
        self.unused.show(rows, |(count, bytes)| clear_away(&sender, *count, *bytes));
        self.widget.set_visible_child_name(if empty && count == 0 { "empty" } else { "apps" });
    }
}

fn has_update(stock: &Stock, app: &InstalledApp) -> bool {
    stock.shelf.updates().any(|u| u.reference == app.reference && u.scope == app.scope)
}

fn total(count: usize, bytes: u64) -> String {
    if count == 0 {
        return String::new();
    }
    let number = u32::try_from(count).unwrap_or(u32::MAX);
    let words = ngettext("{n} app, {size}", "{n} apps, {size}", number);
    fill(&words, &[("n", &count.to_string()), ("size", &amount::size(bytes))])
}

fn installed(sender: &ComponentSender<AppsPage>, app: &InstalledApp, update: bool) -> gtk::Widget {
    let widget = row::unmarked(&app.name, &facts(app));
    widget.set_title_lines(1);
    let image = icon::image(32);
    icon::show(&image, app.icon.as_deref());
    widget.add_prefix(&image);
    for (class, word) in marks(app, update) {
        widget.add_suffix(&pill::word(class, &word));
    }
    let open = gtk::Button::builder()
        .label(gettext("Open"))
        .valign(gtk::Align::Center)
        .css_classes(["flat"])
        .build();
    let words = fill(&gettext("Open {name}"), &[("name", &app.name)]);
    open.update_property(&[gtk::accessible::Property::Label(&words)]);
    let (asks, scope, reference) = (sender.clone(), app.scope, app.reference.clone());
    open.connect_clicked(move |_| {
        let _ = asks.output(Asked::App(AppAsked::Launch(scope, reference.clone())));
    });
    widget.add_suffix(&open);
    widget.set_activatable(true);
    let (asks, id) = (sender.clone(), app.reference.id.to_string());
    widget.connect_activated(move |_| {
        let _ = asks.output(Asked::App(AppAsked::Show(id.clone())));
    });
    widget.upcast()
}

fn facts(installed: &InstalledApp) -> String {
    let data = installed
        .data_bytes
        .filter(|b| *b > 0)
        .map(|b| fill(&gettext("{size} of your data"), &[("size", &amount::size(b))]));
    let everyone = (installed.scope == Scope::System).then(|| gettext("for everyone"));
    join(&[
        installed.version.clone(),
        amount::size(installed.installed_bytes),
        data.unwrap_or_default(),
        everyone.unwrap_or_default(),
    ])
}

fn marks(installed: &InstalledApp, update: bool) -> Vec<(&'static str, String)> {
    let mut marks = Vec::new();
    if installed.end_of_life.is_some() {
        marks.push(("warning", app::abandoned()));
    }
    if installed.held.is_some() {
        marks.push(("neutral", gettext("Stays")));
    } else if update {
        marks.push(("accent", gettext("Update")));
    }
    if installed.running {
        marks.push(("success", gettext("Running")));
    }
    marks
}

fn clear_away(sender: &ComponentSender<AppsPage>, count: usize, bytes: u64) -> gtk::Widget {
    let number = u32::try_from(count).unwrap_or(u32::MAX);
    let title =
        ngettext("{n} part that no app needs any more", "{n} parts that no app needs any more", number);
    let title = fill(&title, &[("n", &count.to_string())]);
    let subtitle = fill(&gettext("{size} become free"), &[("size", &amount::size(bytes))]);
    let asks = sender.clone();
    row::with_button("cairn-trash-symbolic", &title, &subtitle, &gettext("Remove"), move || {
        let _ = asks.output(Asked::App(AppAsked::Wish(AppWish::RemoveUnused {})));
    })
    .upcast()
}
