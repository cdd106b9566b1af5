//! What the menu and the keyboard reach.

use crate::pages::Asked;
use crate::window::{Dialog, Input, Window};
use gettextrs::gettext;
use relm4::gtk::gio;
use relm4::prelude::*;

/// An action of the window, its keys, and what it is called in the list of shortcuts.
pub struct Shortcut {
    pub action: &'static str,
    pub keys: &'static [&'static str],
    pub title: fn() -> String,
    input: fn() -> Input,
}

impl std::fmt::Debug for Shortcut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.action)
    }
}

pub const ALL: [Shortcut; 11] = [
    Shortcut {
        action: "check",
        keys: &["<Control>r", "F5"],
        title: || gettext("Look for updates"),
        input: || Input::CheckAsked,
    },
    Shortcut {
        action: "page-1",
        keys: &["<Alt>1"],
        title: || gettext("Updates"),
        input: || Input::PageAsked(0),
    },
    Shortcut {
        action: "page-2",
        keys: &["<Alt>2"],
        title: || gettext("Versions"),
        input: || Input::PageAsked(1),
    },
    Shortcut {
        action: "page-3",
        keys: &["<Alt>3"],
        title: || gettext("Apps"),
        input: || Input::PageAsked(2),
    },
    Shortcut {
        action: "page-4",
        keys: &["<Alt>4"],
        title: || gettext("The fourth page"),
        input: || Input::PageAsked(3),
    },
    Shortcut {
        action: "page-5",
        keys: &["<Alt>5"],
        title: || gettext("The fifth page"),
        input: || Input::PageAsked(4),
    },
    Shortcut {
        action: "search",
        keys: &["<Control>f"],
        title: || gettext("Search apps"),
        input: || Input::Asked(Asked::SearchApps),
    },
    Shortcut {
        action: "preferences",
        keys: &["<Control>comma"],
        title: || gettext("Preferences"),
        input: || Input::DialogAsked(Dialog::Preferences),
    },
    Shortcut {
        action: "shortcuts",
        keys: &["<Control>question"],
        title: || gettext("Keyboard Shortcuts"),
        input: || Input::DialogAsked(Dialog::Shortcuts),
    },
    Shortcut {
        action: "about",
        keys: &[],
        title: || gettext("About Cairn"),
        input: || Input::DialogAsked(Dialog::About),
    },
    Shortcut {
        action: "close",
        keys: &["<Control>w", "<Control>q"],
        title: || gettext("Close"),
        input: || Input::CloseAsked,
    },
];

/// Puts the actions on the window and their keys on the application.
pub fn install(window: &adw::ApplicationWindow, sender: &ComponentSender<Window>) {
    use relm4::gtk::prelude::*;
    let app = relm4::main_application();
    for shortcut in &ALL {
        let action = gio::SimpleAction::new(shortcut.action, None);
        let (sender, input) = (sender.clone(), shortcut.input);
        action.connect_activate(move |_, _| sender.input(input()));
        window.add_action(&action);
        app.set_accels_for_action(&format!("win.{}", shortcut.action), shortcut.keys);
    }
}

/// The main menu.
pub fn menu() -> gio::Menu {
    let menu = gio::Menu::new();
    for action in ["check", "preferences", "shortcuts", "about"] {
        if let Some(shortcut) = ALL.iter().find(|s| s.action == action) {
            menu.append(Some(&(shortcut.title)()), Some(&format!("win.{action}")));
        }
    }
    menu
}
