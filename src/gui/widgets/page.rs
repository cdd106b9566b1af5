//! A page's scrolled, clamped column.

use relm4::adw;
use relm4::gtk;

/// Puts a column of at most 600 pixels into the page and returns it.
pub fn column_in(page: &gtk::ScrolledWindow) -> gtk::Box {
    column_as_wide_in(page, 600)
}

/// The same for a column of another width, margins included.
pub fn column_as_wide_in(page: &gtk::ScrolledWindow, width: i32) -> gtk::Box {
    let column = gtk::Box::builder()
        .orientation(gtk::Orientation::Vertical)
        .spacing(24)
        .margin_top(24)
        .margin_bottom(24)
        .margin_start(12)
        .margin_end(12)
        .build();
    let clamp = adw::Clamp::builder().maximum_size(width).child(&column).build();
    page.set_child(Some(&clamp));
    column
}
