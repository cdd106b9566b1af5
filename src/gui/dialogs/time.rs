//! Pick a time for the restart.

use cairn_model::Seconds;
use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk::{self, glib};

pub fn present(parent: &impl IsA<gtk::Widget>, picked: impl Fn(Seconds) + 'static) {
    let dialog = adw::AlertDialog::builder()
        .heading(gettext("When should it restart?"))
        .body(gettext("If the computer sleeps at that time, it does not restart; you are asked again."))
        .close_response("cancel")
        .default_response("set")
        .build();
    let now = glib::DateTime::now_local().ok();
    let day = adw::ComboRow::builder()
        .title(gettext("Day"))
        .model(&gtk::StringList::new(&[&gettext("Today"), &gettext("Tomorrow")]))
        .build();
    let hour = spin(&gettext("Hour"), 23.0, now.as_ref().map_or(0.0, |n| f64::from((n.hour() + 1) % 24)));
    let minute = spin(&gettext("Minute"), 59.0, 0.0);
    if now.is_some_and(|n| n.hour() == 23) {
        day.set_selected(1);
    }
    let list =
        gtk::ListBox::builder().selection_mode(gtk::SelectionMode::None).css_classes(["boxed-list"]).build();
    for row in [day.upcast_ref::<gtk::Widget>(), hour.upcast_ref(), minute.upcast_ref()] {
        list.append(row);
    }
    dialog.set_extra_child(Some(&list));
    dialog.add_responses(&[("cancel", &gettext("Cancel")), ("set", &gettext("Restart Then"))]);
    dialog.set_response_appearance("set", adw::ResponseAppearance::Suggested);
    dialog.connect_response(Some("set"), move |_, _| {
        if let Some(time) = at(day.selected(), hour.value(), minute.value()) {
            picked(time);
        }
    });
    dialog.present(Some(parent));
}

#[allow(clippy::cast_possible_truncation)]
fn at(days: u32, hour: f64, minute: f64) -> Option<Seconds> {
    let day = glib::DateTime::now_local().ok()?.add_days(i32::try_from(days).ok()?).ok()?;
    let (year, month, number) = day.ymd();
    let time = glib::DateTime::from_local(year, month, number, hour as i32, minute as i32, 0.0).ok()?;
    Some(time.to_unix())
}

fn spin(title: &str, max: f64, value: f64) -> adw::SpinRow {
    let row = adw::SpinRow::with_range(0.0, max, 1.0);
    row.set_title(title);
    row.set_value(value);
    row.set_wrap(true);
    row
}
