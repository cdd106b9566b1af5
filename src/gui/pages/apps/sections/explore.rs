//! Explore: shelves to look through, a choice that changes each day, what was renewed lately. Nothing here needs the network.

use crate::pages::apps::{AppsPage, Input};
use crate::pages::listing::Listing;
use crate::pages::{AppAsked, Asked, SourceAsked};
use crate::stock::Stock;
use crate::widgets::grid::{Opened, ShortGrid};
use crate::widgets::page;
use cairn_catalog::{Entry, Library};
use cairn_model::app::{Category, Scope};
use cairn_words::{app, fill, moment};
use gettextrs::{gettext, ngettext};
use relm4::adw::prelude::*;
use relm4::gtk;
use relm4::prelude::*;
use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::rc::Rc;

/// So many fill a window of the usual size.
const CHOSEN: usize = 6;
const RECENT: usize = 6;

#[derive(Debug)]
pub struct Explore {
    pub widget: gtk::Stack,
    worth: ShortGrid,
    recent: ShortGrid,
    all: gtk::Button,
    /// For a computer without a catalogue.
    empty: OnceCell<Empty>,
    sender: ComponentSender<AppsPage>,
    /// What lies below the first window is put in when its frame is drawn.
    below: Rc<Cell<bool>>,
}

impl Explore {
    pub fn new(sender: &ComponentSender<AppsPage>, opened: &Opened) -> Self {
        let scrolled = gtk::ScrolledWindow::builder().hscrollbar_policy(gtk::PolicyType::Never).build();
        let column = page::column_as_wide_in(&scrolled, 640);
        column.set_margin_top(0);
        column.append(&categories(sender));
        let worth = ShortGrid::new(&gettext("Worth a look"), Rc::clone(opened));
        let recent = ShortGrid::new(&gettext("New versions"), Rc::clone(opened));
        column.append(&worth.widget);
        column.append(&recent.widget);
        let all =
            gtk::Button::builder().css_classes(["pill"]).halign(gtk::Align::Center).visible(false).build();
        let asks = sender.clone();
        all.connect_clicked(move |_| {
            let _ = asks.output(Asked::App(AppAsked::List(Listing::All)));
        });
        column.append(&all);
        let below = Rc::new(Cell::new(false));
        let (seen, again) = (Rc::clone(&below), sender.input_sender().clone());
        scrolled.connect_map(move |_| {
            let (seen, again) = (Rc::clone(&seen), again.clone());
            gtk::glib::timeout_add_local_once(crate::frame::AFTER_THE_FRAME, move || {
                if !seen.replace(true) {
                    // The page may be gone.
                    let _ = again.send(Input::FrameDrawn);
                }
            });
        });
        let widget = gtk::Stack::builder().hhomogeneous(false).vhomogeneous(false).build();
        widget.add_named(&scrolled, Some("apps"));
        Self { widget, worth, recent, all, empty: OnceCell::new(), sender: sender.clone(), below }
    }

    pub fn show(&self, stock: &Stock) {
        let library = &stock.library;
        if library.is_empty() {
            let make = || {
                let empty = Empty::new(&self.sender);
                self.widget.add_named(&empty.widget, Some("empty"));
                empty
            };
            self.empty.get_or_init(make).show(stock);
            self.widget.set_visible_child_name("empty");
            return;
        }
        let worth = first(library);
        self.worth.show(stock, &worth);
        if self.below.get() {
            let recent = library.recent(RECENT + CHOSEN).into_iter().filter(|e| !worth.contains(e));
            self.recent.show(stock, &recent.take(RECENT).collect::<Vec<_>>());
        }
        let count = u32::try_from(library.len()).unwrap_or(u32::MAX);
        let words = ngettext("{n} App", "All {n} Apps", count);
        self.all.set_label(&fill(&words, &[("n", &count.to_string())]));
        self.all.set_visible(true);
        self.widget.set_visible_child_name("apps");
    }
}

/// What stands in the first frame.
fn first(library: &Library) -> Vec<Entry> {
    library.featured(moment::now() / (24 * 3600), CHOSEN)
}

/// The icons of what stands in the first frame.
pub fn first_icons(library: &Library) -> Vec<PathBuf> {
    first(library).into_iter().filter_map(|entry| library.card(entry).icon).collect()
}

/// One coloured button a shelf.
fn categories(sender: &ComponentSender<AppsPage>) -> gtk::FlowBox {
    let flow = gtk::FlowBox::builder()
        .homogeneous(true)
        .column_spacing(12)
        .row_spacing(12)
        .min_children_per_line(2)
        .max_children_per_line(4)
        .selection_mode(gtk::SelectionMode::None)
        .build();
    flow.update_property(&[gtk::accessible::Property::Label(&gettext("Kinds of apps"))]);
    for category in Category::ALL {
        let label = gtk::Label::builder()
            .label(app::category(category))
            .xalign(0.0)
            .ellipsize(gtk::pango::EllipsizeMode::End)
            .build();
        let button = gtk::Button::builder().child(&label).css_classes(["category", class(category)]).build();
        // Four beside each other, or two: three would leave the last row half empty.
        button.set_width_request(132);
        let asks = sender.clone();
        button.connect_clicked(move |_| {
            let _ = asks.output(Asked::App(AppAsked::List(Listing::Category(category))));
        });
        // The button takes the focus, not what it lies in.
        let child =
            gtk::FlowBoxChild::builder().child(&button).focusable(false).css_classes(["tile-child"]).build();
        flow.append(&child);
    }
    flow
}

fn class(category: Category) -> &'static str {
    match category {
        Category::Create => "create",
        Category::Work => "work",
        Category::Play => "play",
        Category::Learn => "learn",
        Category::Enjoy => "enjoy",
        Category::Connect => "connect",
        Category::Tools => "tools",
        Category::Build => "build",
    }
}

/// What is shown while there is no catalogue, and what to do about it.
#[derive(Debug)]
struct Empty {
    widget: adw::StatusPage,
    flathub: gtk::Button,
    fetch: gtk::Button,
}

impl Empty {
    fn new(sender: &ComponentSender<AppsPage>) -> Self {
        let button = |label: &str, asked: fn() -> AppAsked| {
            let button = gtk::Button::builder().label(label).css_classes(["pill"]).build();
            let asks = sender.clone();
            button.connect_clicked(move |_| {
                let _ = asks.output(Asked::App(asked()));
            });
            button
        };
        let flathub =
            button(&gettext("Add Flathub"), || AppAsked::Source(SourceAsked::AddFlathub(Scope::User)));
        flathub.add_css_class("suggested-action");
        let fetch = button(&gettext("Fetch the Catalogue"), || AppAsked::Check);
        let buttons = gtk::Box::builder().spacing(12).halign(gtk::Align::Center).build();
        buttons.append(&flathub);
        buttons.append(&fetch);
        let widget = adw::StatusPage::builder().icon_name("cairn-apps-symbolic").child(&buttons).build();
        Self { widget, flathub, fetch }
    }

    fn show(&self, stock: &Stock) {
        let no_source = stock.known && !stock.shelf.remotes.iter().any(|r| r.enabled);
        let reading = !stock.shelf.catalogs.is_empty();
        let (title, body) = if !stock.known {
            (String::new(), String::new())
        } else if reading {
            (gettext("One moment…"), gettext("The catalogue of apps is being read for the first time."))
        } else if let Some(problem) = &stock.problem {
            (cairn_words::problem::heading(problem), cairn_words::problem::advice(problem))
        } else if no_source {
            let body =
                gettext("Flathub is the largest source of apps for Linux. One press makes it known here.");
            (gettext("No source of apps yet"), body)
        } else if stock.checking {
            (gettext("One moment…"), gettext("The sources are being asked which apps they have."))
        } else if !stock.online {
            (gettext("No catalogue yet"), gettext("It comes by itself as soon as there is a connection."))
        } else {
            (gettext("No catalogue yet"), gettext("The sources have not told yet which apps they have."))
        };
        self.widget.set_title(&title);
        // A status page reads its description as markup.
        self.widget.set_description(Some(&gtk::glib::markup_escape_text(&body)));
        self.flathub.set_visible(no_source && stock.problem.is_none());
        self.fetch
            .set_visible(stock.known && !stock.checking && !reading && !no_source && stock.problem.is_none());
    }
}
