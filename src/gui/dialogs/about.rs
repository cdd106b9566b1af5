//! What this program is.

use gettextrs::gettext;
use relm4::adw;
use relm4::adw::prelude::*;
use relm4::gtk;

pub fn present(parent: &impl IsA<gtk::Widget>) {
    let dialog = adw::AboutDialog::builder()
        .application_name("Cairn")
        .application_icon(crate::ID)
        .version(option_env!("CAIRN_VERSION").unwrap_or(env!("CARGO_PKG_VERSION")))
        .developer_name(gettext("The Cairn developers"))
        .license_type(gtk::License::Gpl30)
        .comments(gettext("See the versions of your system, update it, and go back with one click."))
        .website("https://github.com/cairndesktop/cairn")
        .issue_url("https://github.com/cairndesktop/cairn/issues")
        // TRANSLATORS: Your names, one a line.
        .translator_credits(translators())
        .build();
    dialog.present(Some(parent));
}

/// Empty while nobody has translated the credits themselves.
fn translators() -> String {
    let credits = gettext("translator-credits");
    if credits == "translator-credits" { String::new() } else { credits }
}
