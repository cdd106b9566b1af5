//! A grid of apps. A short one lies in a column among other things; a long one scrolls by itself and makes only the
//! tiles that are seen.

use super::tile::{self, Tile};
use crate::stock::Stock;
use cairn_catalog::Entry;
use cairn_model::app::Card;
use gettextrs::gettext;
use relm4::gtk;
use relm4::gtk::prelude::*;
use relm4::gtk::{gio, glib};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// What a press on an app does with its id.
pub type Opened = Rc<dyn Fn(String)>;

/// Which app a tile shows, whether it is installed, and whether it can be.
type Told = (String, bool, bool);

/// A few apps below a title.
pub struct ShortGrid {
    pub widget: gtk::Box,
    flow: gtk::FlowBox,
    /// Kept when others are shown, so that the keyboard's place among them is kept too.
    tiles: RefCell<Vec<(Tile, gtk::FlowBoxChild)>>,
    shown: RefCell<Vec<Told>>,
}

impl std::fmt::Debug for ShortGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("ShortGrid").field(&self.shown).finish()
    }
}

impl ShortGrid {
    pub fn new(title: &str, opened: Opened) -> Self {
        let widget =
            gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(12).visible(false).build();
        let heading = gtk::Label::builder().label(title).xalign(0.0).css_classes(["title-4"]).build();
        heading.set_accessible_role(gtk::AccessibleRole::Heading);
        let flow = gtk::FlowBox::builder()
            .homogeneous(true)
            .column_spacing(12)
            .row_spacing(12)
            .max_children_per_line(2)
            .selection_mode(gtk::SelectionMode::None)
            .build();
        flow.update_property(&[gtk::accessible::Property::Label(title)]);
        widget.append(&heading);
        widget.append(&flow);
        flow.connect_child_activated(move |_, child| opened(child.widget_name().to_string()));
        Self { widget, flow, tiles: RefCell::default(), shown: RefCell::default() }
    }

    /// Shows these; without any it hides itself.
    pub fn show(&self, stock: &Stock, entries: &[Entry]) {
        let cards: Vec<_> = entries.iter().map(|e| stock.library.card(*e)).collect();
        let told = |card: &Card| {
            (card.id.to_string(), stock.is_installed(card.id.as_str()), !card.sources.is_empty())
        };
        let shown: Vec<Told> = cards.iter().map(told).collect();
        self.widget.set_visible(!shown.is_empty());
        if *self.shown.borrow() == shown {
            return;
        }
        let mut tiles = self.tiles.borrow_mut();
        while tiles.len() > shown.len() {
            if let Some((_, child)) = tiles.pop() {
                self.flow.remove(&child);
            }
        }
        while tiles.len() < shown.len() {
            let (widget, tile) = Tile::new();
            let child = gtk::FlowBoxChild::builder().child(&widget).css_classes(["tile-child"]).build();
            self.flow.append(&child);
            tiles.push((tile, child));
        }
        for ((card, (id, installed, _)), (tile, child)) in cards.iter().zip(&shown).zip(tiles.iter()) {
            tile.show(card, *installed);
            child.set_widget_name(id);
            child.update_property(&[gtk::accessible::Property::Label(&tile::spoken(card, *installed))]);
        }
        self.shown.replace(shown);
    }
}

/// One app of a long grid; everything else is read when it comes into sight.
#[derive(Clone, Debug)]
struct Item {
    entry: Entry,
    stock: Arc<Stock>,
}

/// Tiles are made once and show another app when they come into sight again.
fn factory() -> gtk::SignalListItemFactory {
    let factory = gtk::SignalListItemFactory::new();
    factory.connect_setup(|_, item| {
        let (widget, _) = Tile::new();
        // Two beside each other only where both can be read.
        widget.set_width_request(250);
        if let Some(item) = item.downcast_ref::<gtk::ListItem>() {
            item.set_child(Some(&widget));
        }
    });
    factory.connect_bind(|_, item| {
        let Some(item) = item.downcast_ref::<gtk::ListItem>() else { return };
        let tile = item.child().and_downcast::<gtk::Box>().and_then(|widget| Tile::of(&widget));
        let app = item.item().and_downcast::<glib::BoxedAnyObject>();
        if let Some((tile, app)) = tile.zip(app) {
            let Item { entry, stock } = &*app.borrow::<Item>();
            let card = stock.library.card(*entry);
            let installed = stock.is_installed(card.id.as_str());
            tile.show(&card, installed);
            item.set_accessible_label(&tile::spoken(&card, installed));
        }
    });
    factory
}

/// Whether tiles look alike for both. Progress comes ten times a second and must not empty a list under the reader.
fn shows_the_same(before: &Stock, now: &Stock) -> bool {
    let same_library = Arc::ptr_eq(&before.library, &now.library);
    same_library && before.apps().map(|a| &a.reference.id).eq(now.apps().map(|a| &a.reference.id))
}

/// What is shown, and of which stock.
type Shown = Rc<RefCell<(Option<Arc<Stock>>, Vec<Entry>)>>;

/// As many apps as there are.
pub struct LongGrid {
    pub widget: gtk::ScrolledWindow,
    store: gio::ListStore,
    entries: Shown,
}

impl std::fmt::Debug for LongGrid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LongGrid").field("entries", &self.entries.borrow().1.len()).finish()
    }
}

impl LongGrid {
    pub fn new(opened: Opened) -> Self {
        let store = gio::ListStore::new::<glib::BoxedAnyObject>();
        let view = gtk::GridView::builder()
            .model(&gtk::NoSelection::new(Some(store.clone())))
            .factory(&factory())
            .min_columns(1)
            .max_columns(2)
            .single_click_activate(true)
            .css_classes(["apps-grid"])
            .build();
        view.update_property(&[gtk::accessible::Property::Label(&gettext("Apps"))]);
        let entries: Shown = Rc::default();
        let shown = Rc::clone(&entries);
        view.connect_activate(move |_, at| {
            let id = {
                let (stock, entries) = &*shown.borrow();
                let entry = usize::try_from(at).ok().and_then(|at| entries.get(at).copied());
                stock.as_ref().zip(entry).map(|(stock, entry)| stock.library.id(entry).to_owned())
            };
            if let Some(id) = id {
                opened(id);
            }
        });
        let clamp = relm4::adw::ClampScrollable::builder().maximum_size(640).child(&view).build();
        let widget = gtk::ScrolledWindow::builder()
            .hscrollbar_policy(gtk::PolicyType::Never)
            .vexpand(true)
            .child(&clamp)
            .build();
        Self { widget, store, entries }
    }

    /// Shows these, from the top if they are others than before.
    pub fn show(&mut self, stock: &Arc<Stock>, entries: Vec<Entry>) {
        let same = {
            let (known, before) = &*self.entries.borrow();
            *before == entries && known.as_ref().is_some_and(|k| shows_the_same(k, stock))
        };
        if same {
            return;
        }
        let others = self.entries.borrow().1 != entries;
        let item = |entry: &Entry| Item { entry: *entry, stock: Arc::clone(stock) };
        let items: Vec<_> = entries.iter().map(|e| glib::BoxedAnyObject::new(item(e))).collect();
        // One change, so that tiles which are there show the new apps.
        self.store.splice(0, self.store.n_items(), &items);
        self.entries.replace((Some(Arc::clone(stock)), entries));
        if others {
            self.widget.vadjustment().set_value(0.0);
        }
    }
}
