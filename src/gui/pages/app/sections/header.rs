//! Icon, name, who made it, and the one button that matters.

use super::install::InstallButton;
use super::manage::ManageMenu;
use crate::pages::app::AppPage;
use crate::pages::{AppAsked, Asked};
use crate::stock::Stock;
use crate::widgets::tasks::Tasks;
use crate::widgets::{icon, pill};
use cairn_model::app::{Details, InstalledApp};
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;

#[derive(Debug)]
pub struct Header {
    pub widget: gtk::Box,
    icon: gtk::Image,
    name: gtk::Label,
    developer: gtk::Label,
    verified: gtk::Label,
    summary: gtk::Label,
    install: InstallButton,
    open: gtk::Button,
    installed: Rc<RefCell<Option<InstalledApp>>>,
    update: gtk::Button,
    manage: ManageMenu,
    tasks: Tasks,
}

impl Header {
    pub fn new(sender: &ComponentSender<AppPage>) -> Self {
        let installed: Rc<RefCell<Option<InstalledApp>>> = Rc::default();
        let icon = icon::image(96);
        icon.set_valign(gtk::Align::Start);
        let name = label(&["title-1"]);
        name.set_accessible_role(gtk::AccessibleRole::Heading);
        let developer = label(&["dim-label"]);
        let verified = pill::word("success", &gettext("Verified"));
        verified.set_tooltip_text(Some(&gettext("Its source has checked that it comes from its developer")));
        let summary = label(&[]);
        let who = adw::WrapBox::builder().child_spacing(6).line_spacing(3).build();
        who.append(&developer);
        who.append(&verified);
        let text = gtk::Box::builder()
            .orientation(gtk::Orientation::Vertical)
            .spacing(6)
            .valign(gtk::Align::Center)
            .hexpand(true)
            .build();
        text.append(&name);
        text.append(&who);
        text.append(&summary);
        let top = gtk::Box::builder().spacing(18).build();
        top.append(&icon);
        top.append(&text);
        let asks = sender.clone();
        let tasks = Tasks::new(Rc::new(move |asked| {
            let _ = asks.output(Asked::App(asked));
        }));
        let install = InstallButton::new(sender);
        let (open, update) = (open(sender, &installed), update(sender, &installed));
        let manage = ManageMenu::new(sender);
        let buttons = adw::WrapBox::builder().child_spacing(12).line_spacing(12).build();
        buttons.append(&install.widget);
        buttons.append(&open);
        buttons.append(&update);
        buttons.append(&manage.widget);
        let widget = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(18).build();
        widget.append(&top);
        widget.append(&buttons);
        widget.append(&tasks.widget);
        Self {
            widget,
            icon,
            name,
            developer,
            verified,
            summary,
            install,
            open,
            installed,
            update,
            manage,
            tasks,
        }
    }

    /// Which of the sources an installation would take.
    pub fn chosen(&self) -> usize {
        self.install.chosen()
    }

    pub fn choose(&mut self, at: usize) {
        self.install.choose(at);
    }

    pub fn show(&mut self, details: Option<&Details>, installed: Option<&InstalledApp>, stock: &Stock) {
        let card = details.map(|d| &d.card);
        let file = card.and_then(|c| c.icon.clone()).or_else(|| installed.and_then(|a| a.icon.clone()));
        icon::show(&self.icon, file.as_deref());
        let name = card.map(|c| c.name.as_str()).or(installed.map(|a| a.name.as_str())).unwrap_or_default();
        self.name.set_label(name);
        let developer = card.map(|c| c.developer.as_str()).unwrap_or_default();
        self.developer.set_label(developer);
        self.developer.set_visible(!developer.is_empty());
        self.verified.set_visible(card.is_some_and(|c| c.verified));
        let summary =
            card.map(|c| c.summary.as_str()).or(installed.map(|a| a.summary.as_str())).unwrap_or_default();
        self.summary.set_label(summary);
        self.summary.set_visible(!summary.is_empty());
        self.act(card, installed, stock);
    }

    fn act(
        &mut self,
        card: Option<&cairn_model::app::Card>,
        installed: Option<&InstalledApp>,
        stock: &Stock,
    ) {
        let id = installed.map(|a| &a.reference.id).or(card.map(|c| &c.id));
        let about = |t: &&cairn_model::app::Task| id.is_some_and(|id| t.is_about(id.as_str()));
        let tasks: Vec<_> = stock.shelf.tasks.iter().filter(about).cloned().collect();
        let busy = tasks.iter().any(|t| !t.state.is_final());
        self.tasks.show(&tasks);
        let sources = card.map(|c| c.sources.as_slice()).unwrap_or_default();
        self.install.show(if installed.is_none() && !busy { sources } else { &[] }, &stock.shelf.remotes);
        self.open.set_visible(installed.is_some());
        let newer = installed
            .is_some_and(|a| stock.shelf.updates().any(|u| u.reference == a.reference && u.scope == a.scope));
        self.update.set_visible(newer && !busy);
        self.manage.show(if busy { None } else { installed }, stock);
        self.installed.replace(installed.cloned());
    }
}

fn open(sender: &ComponentSender<AppPage>, installed: &Rc<RefCell<Option<InstalledApp>>>) -> gtk::Button {
    let button = gtk::Button::builder()
        .label(gettext("Open"))
        .css_classes(["suggested-action", "pill-button"])
        .build();
    let (asks, installed) = (sender.clone(), Rc::clone(installed));
    button.connect_clicked(move |_| {
        if let Some(app) = &*installed.borrow() {
            let _ = asks.output(Asked::App(AppAsked::Launch(app.scope, app.reference.clone())));
        }
    });
    button
}

fn update(sender: &ComponentSender<AppPage>, installed: &Rc<RefCell<Option<InstalledApp>>>) -> gtk::Button {
    let button = gtk::Button::builder().label(gettext("Update")).css_classes(["pill-button"]).build();
    let (asks, installed) = (sender.clone(), Rc::clone(installed));
    button.connect_clicked(move |_| {
        if let Some(app) = &*installed.borrow() {
            let refs = vec![(app.scope, app.reference.clone())];
            let _ = asks.output(Asked::App(AppAsked::update(refs)));
        }
    });
    button
}

fn label(classes: &[&str]) -> gtk::Label {
    gtk::Label::builder()
        .xalign(0.0)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .css_classes(classes.to_vec())
        .build()
}
