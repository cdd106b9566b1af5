//! Updates, the home page: where the system stands, and the one button that matters now.

mod sections;
mod state;
mod text;

use super::{Asked, Shown};
use crate::stock::Stocked;
use crate::widgets::page;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use sections::{AppUpdates, Below, Hero, Trial};
use state::Standing;

pub use state::{badge, offered};

#[derive(Debug)]
pub struct Updates {
    trial: Trial,
    hero: Hero,
    apps: AppUpdates,
    below: Below,
    /// A wait is shown only once it has lasted.
    waited: bool,
    shown: Shown,
    stock: Stocked,
}

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
    Stocked(Stocked),
    /// Three seconds went by.
    Waited,
}

impl SimpleComponent for Updates {
    type Init = ();
    type Input = Input;
    type Output = Asked;
    type Root = gtk::ScrolledWindow;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::ScrolledWindow::builder().hscrollbar_policy(gtk::PolicyType::Never).build()
    }

    fn init((): (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let column = page::column_in(&root);
        let (trial, hero, below) = (Trial::new(&sender), Hero::new(&sender), Below::new(&sender));
        column.append(&trial.widget);
        column.append(&hero.widget);
        let apps = AppUpdates::new(&sender);
        column.append(&apps.widget);
        below.add_to(&column);
        let waiting = sender.input_sender().clone();
        gtk::glib::timeout_add_seconds_local_once(3, move || {
            let _ = waiting.send(Input::Waited);
        });
        let shown = Shown::default();
        let stock = Stocked::default();
        let mut model = Self { trial, hero, apps, below, waited: false, shown, stock };
        model.show();
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>) {
        match input {
            Input::Changed(shown) => self.shown = shown,
            Input::Stocked(stock) => self.stock = stock,
            Input::Waited => self.waited = true,
        }
        self.show();
    }
}

impl Updates {
    fn show(&mut self) {
        let standing = Standing::of(&self.shown, &self.stock);
        let snapshot = self.shown.ready();
        self.trial.show(snapshot);
        self.hero.show(&standing, snapshot, self.waited);
        // Beside "something is not working", "up to date" would read as a contradiction.
        self.hero.widget.set_visible(!(self.trial.says_bad() && standing == Standing::UpToDate));
        self.apps.show(&self.stock, &standing);
        self.below.show(&standing, snapshot);
    }
}
