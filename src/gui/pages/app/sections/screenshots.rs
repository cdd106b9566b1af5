//! Pictures of the app in a row, fetched when they come into sight; a press enlarges one.

use crate::dialogs::picture;
use crate::pictures::Pictures;
use cairn_model::app::Details;
use cairn_model::app::details::Screenshot;
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::gtk::{self, gdk};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Pixels of a picture in the row, in the proportions of most screens.
const SIZE: (i32, i32) = (304, 190);
const SPACING: i32 = 12;

#[derive(Debug)]
pub struct Screenshots {
    pub widget: gtk::Overlay,
    row: gtk::Box,
    scrolled: gtk::ScrolledWindow,
    pictures: Pictures,
    shown: Option<Vec<Screenshot>>,
    views: Rc<RefCell<Vec<View>>>,
}

/// One picture and whether it was asked for.
#[derive(Debug)]
struct View {
    screenshot: Screenshot,
    button: gtk::Button,
    stack: gtk::Stack,
    picture: gtk::Picture,
    asked: Cell<bool>,
}

impl Screenshots {
    pub fn new(pictures: Pictures) -> Self {
        let row = gtk::Box::builder().spacing(SPACING).margin_bottom(3).build();
        let scrolled =
            gtk::ScrolledWindow::builder().vscrollbar_policy(gtk::PolicyType::Never).child(&row).build();
        let widget = gtk::Overlay::builder()
            .child(&scrolled)
            .visible(false)
            .accessible_role(gtk::AccessibleRole::Group)
            .build();
        widget.update_property(&[gtk::accessible::Property::Label(&gettext("Screenshots"))]);
        let views: Rc<RefCell<Vec<View>>> = Rc::default();
        let position = scrolled.hadjustment();
        let (back, forward) = (turn(&position, -1), turn(&position, 1));
        widget.add_overlay(&back);
        widget.add_overlay(&forward);
        let (seen, loads) = (Rc::clone(&views), pictures.clone());
        let moved = move |position: &gtk::Adjustment| {
            back.set_visible(position.value() > 1.0);
            forward.set_visible(position.value() + position.page_size() < position.upper() - 1.0);
            load(&seen.borrow(), position, &loads);
        };
        position.connect_changed(moved.clone());
        position.connect_value_changed(moved);
        Self { widget, row, scrolled, pictures, shown: None, views }
    }

    pub fn show(&mut self, details: Option<&Details>) {
        let screenshots = details.map(|d| d.screenshots.clone()).unwrap_or_default();
        if self.shown.as_ref() == Some(&screenshots) {
            return;
        }
        while let Some(child) = self.row.first_child() {
            self.row.remove(&child);
        }
        let views: Vec<View> = screenshots.iter().map(|s| view(s, &self.pictures)).collect();
        for view in &views {
            self.row.append(&view.button);
        }
        self.widget.set_visible(!views.is_empty());
        self.views.replace(views);
        load(&self.views.borrow(), &self.scrolled.hadjustment(), &self.pictures);
        self.shown = Some(screenshots);
    }
}

/// A button that turns the row by one picture.
fn turn(position: &gtk::Adjustment, by: i32) -> gtk::Button {
    let (icon, label, side) = if by < 0 {
        ("cairn-back-symbolic", gettext("Previous Screenshot"), gtk::Align::Start)
    } else {
        ("cairn-forward-symbolic", gettext("Next Screenshot"), gtk::Align::End)
    };
    let button = gtk::Button::builder()
        .icon_name(icon)
        .tooltip_text(&label)
        .valign(gtk::Align::Center)
        .halign(side)
        .margin_start(6)
        .margin_end(6)
        .css_classes(["circular", "osd"])
        .visible(false)
        .build();
    // The row's position knows the button, so the button must not hold it.
    let position = position.downgrade();
    button.connect_clicked(move |_| {
        let Some(position) = position.upgrade() else { return };
        let step = f64::from(by * (SIZE.0 + SPACING));
        position.set_value(position.value() + step);
    });
    button
}

fn view(screenshot: &Screenshot, pictures: &Pictures) -> View {
    let picture = gtk::Picture::builder().content_fit(gtk::ContentFit::Cover).can_shrink(true).build();
    let missing = gtk::Image::builder().icon_name("cairn-offline-symbolic").pixel_size(32).build();
    missing.set_tooltip_text(Some(&gettext("The picture cannot be had right now")));
    let stack = gtk::Stack::new();
    stack.add_named(&gtk::Box::builder().build(), Some("waiting"));
    stack.add_named(&picture, Some("picture"));
    stack.add_named(&missing, Some("missing"));
    let button = gtk::Button::builder()
        .child(&stack)
        .width_request(SIZE.0)
        .height_request(SIZE.1)
        .overflow(gtk::Overflow::Hidden)
        .css_classes(["card", "screenshot"])
        .build();
    let caption =
        if screenshot.caption.is_empty() { gettext("Screenshot") } else { screenshot.caption.clone() };
    button.set_tooltip_text(Some(&caption));
    button.update_property(&[gtk::accessible::Property::Label(&caption)]);
    let (screenshot_of, loads) = (screenshot.clone(), pictures.clone());
    button.connect_clicked(move |button| picture::present(button, &screenshot_of, &loads));
    View { screenshot: screenshot.clone(), button, stack, picture, asked: Cell::new(false) }
}

/// Fetches what is in sight, and the neighbours. Before the row has a size, the first ones are.
fn load(views: &[View], position: &gtk::Adjustment, pictures: &Pictures) {
    let step = f64::from(SIZE.0 + SPACING);
    let (from, to) = (position.value() - step, position.value() + position.page_size().max(step) + step);
    for (at, view) in views.iter().enumerate() {
        #[allow(clippy::cast_precision_loss)]
        let place = at as f64 * step;
        if place < from || place > to || view.asked.replace(true) {
            continue;
        }
        let (stack, picture) = (view.stack.clone(), view.picture.clone());
        pictures.get(&view.screenshot, SIZE.0, move |texture: Option<gdk::Texture>| {
            picture.set_paintable(texture.as_ref());
            stack.set_visible_child_name(if texture.is_some() { "picture" } else { "missing" });
        });
    }
}
