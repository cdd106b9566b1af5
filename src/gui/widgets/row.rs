//! Rows of lists. Titles come from outside and are never read as markup.

use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

/// A row of plain text. Markup goes off before any text comes, or the text would be read as markup once.
pub fn unmarked(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder().use_markup(false).title_lines(0).subtitle_lines(0).build();
    row.set_title(title);
    row.set_subtitle(subtitle);
    row
}

/// A row with an icon, a title and a line below it.
pub fn plain(icon: &str, title: &str, subtitle: &str) -> adw::ActionRow {
    let row = unmarked(title, subtitle);
    let image =
        gtk::Image::builder().icon_name(icon).accessible_role(gtk::AccessibleRole::Presentation).build();
    row.add_prefix(&image);
    row
}

/// A row that opens something.
pub fn opening(icon: &str, title: &str, subtitle: &str, opened: impl Fn() + 'static) -> adw::ActionRow {
    let row = plain(icon, title, subtitle);
    opens(&row, opened);
    row
}

/// Lets a row open something; the arrow that says so comes after all that stands in it.
pub fn opens(row: &adw::ActionRow, opened: impl Fn() + 'static) {
    row.set_activatable(true);
    let arrow = gtk::Image::builder()
        .icon_name("cairn-forward-symbolic")
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    row.add_suffix(&arrow);
    row.connect_activated(move |_| opened());
}

/// A row with a button at its end.
pub fn with_button(
    icon: &str,
    title: &str,
    subtitle: &str,
    button: &str,
    pressed: impl Fn() + 'static,
) -> adw::ActionRow {
    let row = plain(icon, title, subtitle);
    let button =
        gtk::Button::builder().label(button).valign(gtk::Align::Center).css_classes(["flat"]).build();
    // Several rows may have the same word on their buttons; what it is about is spoken with it.
    button.update_property(&[gtk::accessible::Property::Description(title)]);
    button.connect_clicked(move |_| pressed());
    row.add_suffix(&button);
    row
}
