//! Versions: every version as a stone on a trail, and what can be done with it.

mod sections;

use super::{Asked, Shown};
use crate::widgets::page;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use sections::{Space, Trail};

#[derive(Debug)]
pub struct Versions {
    trail: Trail,
    space: Space,
}

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
}

impl SimpleComponent for Versions {
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
        let model = Self { trail: Trail::new(&sender), space: Space::new() };
        column.append(&model.trail.widget);
        column.append(&model.space.group.widget);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, Input::Changed(shown): Input, _: ComponentSender<Self>) {
        let status = shown.ready().map(|s| &s.status);
        let busy = shown.ready().is_some_and(|s| s.running_job().is_some());
        self.trail.show(status, busy);
        self.space.show(status);
    }
}
