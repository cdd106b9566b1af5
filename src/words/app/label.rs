//! Short names of kinds.

use cairn_model::app::details::LinkKind;
use cairn_model::app::installed::Hold;
use cairn_model::app::{Category, Scope};
use gettextrs::gettext;

/// For whom an app is installed.
pub fn scope(scope: Scope) -> String {
    match scope {
        Scope::User => gettext("Only for you"),
        Scope::System => gettext("For everyone on this computer"),
    }
}

/// The name of a shelf.
pub fn category(category: Category) -> String {
    match category {
        Category::Create => gettext("Create"),
        Category::Work => gettext("Work"),
        Category::Play => gettext("Play"),
        Category::Learn => gettext("Learn"),
        Category::Enjoy => gettext("Enjoy"),
        Category::Connect => gettext("Connect"),
        Category::Tools => gettext("Tools"),
        Category::Build => gettext("Build"),
    }
}

/// Where an address leads.
pub fn link(kind: LinkKind) -> String {
    match kind {
        LinkKind::Homepage => gettext("Website"),
        LinkKind::Help => gettext("Help"),
        LinkKind::Bugs => gettext("Report a Problem"),
        LinkKind::Donate => gettext("Donate"),
        LinkKind::Translate => gettext("Translate"),
        LinkKind::Source => gettext("Source Code"),
        LinkKind::Contact => gettext("Contact"),
    }
}

/// The mark of an app that no source here has to install.
pub fn only_described() -> String {
    gettext("Only to look at")
}

/// The mark of an app of which its source says that nobody cares for it any more.
pub fn abandoned() -> String {
    gettext("No longer looked after")
}

/// Why an app is not updated.
pub fn hold(hold: &Hold) -> String {
    match hold {
        Hold::Released => gettext("Not updated until you allow it again"),
        Hold::NewerThan { .. } => gettext("Not updated until a newer version than the one you left comes"),
        Hold::Masked => gettext("Its updates were switched off outside Cairn"),
    }
}
