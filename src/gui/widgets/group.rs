//! A titled list of rows that is rebuilt only when what it shows has changed.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

/// Rows made from `T`s.
#[derive(Debug)]
pub struct Group<T> {
    pub widget: adw::PreferencesGroup,
    rows: Vec<gtk::Widget>,
    shown: Option<Vec<T>>,
}

impl<T: PartialEq> Group<T> {
    pub fn new(title: &str) -> Self {
        let widget = adw::PreferencesGroup::builder().title(title).visible(false).build();
        Self { widget, rows: Vec::new(), shown: None }
    }

    /// Shows the items; an empty group hides itself.
    pub fn show(&mut self, items: Vec<T>, row: impl Fn(&T) -> gtk::Widget) {
        if self.shown.as_ref() == Some(&items) {
            return;
        }
        for old in self.rows.drain(..) {
            self.widget.remove(&old);
        }
        for item in &items {
            let new = row(item);
            self.widget.add(&new);
            self.rows.push(new);
        }
        self.widget.set_visible(!items.is_empty());
        self.shown = Some(items);
    }
}
