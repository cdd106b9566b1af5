//! Apps: what there is to discover, what is installed, what is being done.

mod sections;

use super::{AppAsked, Asked};
use crate::stock::Stocked;
use crate::widgets::grid::Opened;
use crate::widgets::tasks::Tasks;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use sections::{Explore, Installed, Results};
use std::rc::Rc;

pub use sections::first_icons;

#[derive(Debug)]
pub struct AppsPage {
    stack: gtk::Stack,
    search: gtk::SearchEntry,
    toggles: adw::ToggleGroup,
    explore: Explore,
    /// Made when they are first looked at, which the first frame need not wait for.
    installed: Option<Installed>,
    results: Option<Results>,
    tasks: Tasks,
    stock: Stocked,
    /// The first look at the catalogue was told.
    told: bool,
    opened: PressedApp,
    sender: ComponentSender<Self>,
}

/// What a press on an app does.
struct PressedApp(Opened);

impl std::fmt::Debug for PressedApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PressedApp")
    }
}

#[derive(Debug)]
pub enum Input {
    Stocked(Stocked),
    /// The words in the search changed.
    Typed(String),
    /// "Explore" or "Installed" was chosen.
    Chosen(String),
    SearchAsked,
    /// What is seen first is drawn; what lies below it can follow.
    FrameDrawn,
}

impl SimpleComponent for AppsPage {
    /// What is known before the first frame is in it.
    type Init = Stocked;
    type Input = Input;
    type Output = Asked;
    type Root = gtk::Box;
    type Widgets = ();

    fn init_root() -> Self::Root {
        gtk::Box::builder().orientation(gtk::Orientation::Vertical).build()
    }

    fn init(stock: Stocked, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let asks = sender.clone();
        let opened: Opened = Rc::new(move |id| {
            let _ = asks.output(Asked::App(AppAsked::Show(id)));
        });
        let explore = Explore::new(&sender, &opened);
        let asks = sender.clone();
        let tasks = Tasks::new(Rc::new(move |asked| {
            let _ = asks.output(Asked::App(asked));
        }));
        let search = search(&sender);
        let toggles = toggles(&sender);
        let stack = gtk::Stack::builder().vexpand(true).hhomogeneous(false).vhomogeneous(false).build();
        stack.add_named(&explore.widget, Some(EXPLORE));
        root.append(&top(&search, &toggles, &tasks));
        root.append(&stack);
        search.set_key_capture_widget(Some(&root));
        let mut model = Self {
            stack,
            search,
            toggles,
            explore,
            installed: None,
            results: None,
            tasks,
            stock,
            told: false,
            opened: PressedApp(opened),
            sender,
        };
        model.show();
        ComponentParts { model, widgets: () }
    }

    fn update(&mut self, input: Input, _: ComponentSender<Self>) {
        match input {
            Input::Stocked(stock) => {
                self.stock = stock;
                self.tasks.show(&self.stock.shelf.tasks);
                self.show();
            }
            Input::Typed(_) | Input::FrameDrawn => self.show(),
            Input::Chosen(_) => {
                self.search.set_text("");
                self.show();
            }
            Input::SearchAsked => {
                self.search.grab_focus();
            }
        }
    }
}

const EXPLORE: &str = "explore";
const INSTALLED: &str = "installed";
const RESULTS: &str = "results";

impl AppsPage {
    /// Only what is looked at is brought up to date.
    fn show(&mut self) {
        let words = self.search.text();
        let words = words.trim();
        let view = match (words.is_empty(), self.toggles.active_name().as_deref()) {
            (false, _) => RESULTS,
            (true, Some(INSTALLED)) => INSTALLED,
            _ => EXPLORE,
        };
        match view {
            RESULTS => {
                let make = || {
                    let results = Results::new(&self.sender, &self.opened.0);
                    self.stack.add_named(&results.widget, Some(RESULTS));
                    results
                };
                self.results.get_or_insert_with(make).show(&self.stock, words);
            }
            INSTALLED => {
                let make = || {
                    let installed = Installed::new(&self.sender);
                    self.stack.add_named(&installed.widget, Some(INSTALLED));
                    installed
                };
                self.installed.get_or_insert_with(make).show(&self.stock);
            }
            _ => self.explore.show(&self.stock),
        }
        self.stack.set_visible_child_name(view);
        if view == EXPLORE && !self.told && !self.stock.library.is_empty() {
            self.told = true;
            crate::frame::tell(&self.stack, "explore is shown");
        }
    }
}

fn search(sender: &ComponentSender<AppsPage>) -> gtk::SearchEntry {
    // The catalogue answers within a frame, so nothing waits for the typing to end.
    let search = gtk::SearchEntry::builder()
        .placeholder_text(gettext("Search apps: “edit photos”, “office”, a name…"))
        .search_delay(0)
        .hexpand(true)
        .build();
    search.update_property(&[gtk::accessible::Property::Label(&gettext("Search apps"))]);
    let typed = sender.input_sender().clone();
    search.connect_search_changed(move |entry| {
        // The page gets its own messages as long as it is there.
        let _ = typed.send(Input::Typed(entry.text().to_string()));
    });
    search.connect_stop_search(|entry| entry.set_text(""));
    search
}

fn toggles(sender: &ComponentSender<AppsPage>) -> adw::ToggleGroup {
    let toggles = adw::ToggleGroup::builder().css_classes(["round"]).halign(gtk::Align::Center).build();
    for (name, label) in [(EXPLORE, gettext("Explore")), (INSTALLED, gettext("Installed"))] {
        toggles.add(adw::Toggle::builder().name(name).label(label).build());
    }
    toggles.set_active_name(Some(EXPLORE));
    let chosen = sender.input_sender().clone();
    toggles.connect_active_name_notify(move |toggles| {
        let name = toggles.active_name().map(|n| n.to_string()).unwrap_or_default();
        let _ = chosen.send(Input::Chosen(name));
    });
    toggles
}

/// What stays while the rest scrolls.
fn top(search: &gtk::SearchEntry, toggles: &adw::ToggleGroup, tasks: &Tasks) -> adw::Clamp {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(12)
        .margin_top(12)
        .margin_bottom(12)
        .margin_start(12)
        .margin_end(12)
        .build();
    column.append(search);
    column.append(toggles);
    column.append(&tasks.widget);
    adw::Clamp::builder().maximum_size(640).child(&column).build()
}
