//! Versions: every version as a stone on a trail, and what can be done with it.

mod sections;

use super::{Asked, Shown};
use crate::widgets::page;
use cairn_client::Watched;
use cairn_model::Problem;
use cairn_words::problem as words;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use sections::{More, Origin, Save, Space, Trail};

/// Below this width a row has no room for a button beside its menu, in pixels.
const NARROW: &str = "max-width: 480px";

#[derive(Debug)]
pub struct Versions {
    trail: Trail,
    save: Save,
    origin: Origin,
    space: Space,
    more: More,
    /// For a system that keeps no versions, or of which nothing is known.
    none: adw::StatusPage,
    shown: Shown,
    narrow: bool,
}

#[derive(Debug)]
pub enum Input {
    Changed(Shown),
    /// The page became narrow, or wide again.
    Narrowed(bool),
}

impl SimpleComponent for Versions {
    type Init = ();
    type Input = Input;
    type Output = Asked;
    type Root = adw::BreakpointBin;
    type Widgets = ();

    fn init_root() -> Self::Root {
        adw::BreakpointBin::builder().width_request(200).height_request(150).build()
    }

    fn init((): (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let scrolled = gtk::ScrolledWindow::builder().hscrollbar_policy(gtk::PolicyType::Never).build();
        let column = page::column_in(&scrolled);
        root.set_child(Some(&scrolled));
        if let Ok(condition) = adw::BreakpointCondition::parse(NARROW) {
            let breakpoint = adw::Breakpoint::new(condition);
            let (narrowed, widened) = (sender.input_sender().clone(), sender.input_sender().clone());
            // The page gets its own messages as long as it is there.
            breakpoint.connect_apply(move |_| {
                let _ = narrowed.send(Input::Narrowed(true));
            });
            breakpoint.connect_unapply(move |_| {
                let _ = widened.send(Input::Narrowed(false));
            });
            root.add_breakpoint(breakpoint);
        }
        let (trail, origin, space) = (Trail::new(&sender), Origin::new(&sender), Space::new(&sender));
        let (save, more) = (Save::new(&sender), More::new(&sender));
        let none = adw::StatusPage::builder().icon_name("cairn-versions-symbolic").visible(false).build();
        column.append(&none);
        let model = Self { trail, save, origin, space, more, none, shown: Shown::default(), narrow: false };
        column.append(&model.trail.widget);
        column.append(&model.save.group.widget);
        column.append(&model.origin.group.widget);
        column.append(&model.space.group.widget);
        column.append(&model.more.group.widget);
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>) {
        match input {
            Input::Changed(shown) => self.shown = shown,
            Input::Narrowed(narrow) => self.narrow = narrow,
        }
        let snapshot = self.shown.ready();
        let busy = snapshot.is_some_and(|s| s.running_job().is_some());
        let problem = match &*self.shown {
            Watched::Loading => None,
            Watched::Failed(problem) => Some(problem),
            Watched::Ready(snapshot) => snapshot.status.running().is_none().then_some(&Problem::NotAtomic),
        };
        self.none.set_visible(problem.is_some());
        if let Some(problem) = problem {
            self.none.set_title(&words::heading(problem));
            // A status page reads its description as markup.
            self.none.set_description(Some(&gtk::glib::markup_escape_text(&words::advice(problem))));
        }
        self.trail.show(snapshot.map(|s| &s.status), busy, self.narrow);
        self.save.show(snapshot.map(|s| &s.status), busy);
        self.origin.show(snapshot.map(|s| &s.status), busy);
        self.space.show(snapshot.map(|s| &s.status), busy);
        self.more.show(snapshot.map(|s| &s.status), busy);
    }
}
