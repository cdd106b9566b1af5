//! What is asked for from outside: `cairn --app ID`, an `appstream:` address, a file. A second call reaches the window that
//! is open already.

use crate::pages;
use crate::window::{Input, Opening, Window};
use crate::{ID, RESOURCES};
use gettextrs::gettext;
use relm4::adw;
use relm4::gtk::prelude::*;
use relm4::gtk::{gio, glib};
use relm4::prelude::*;

/// Actions of the application, which other programs reach over the bus as well.
const SHOW_PAGE: &str = "show-page";
const SHOW_APP: &str = "show-app";
const OPEN_FILE: &str = "open-file";

/// relm4 waits for one more event when the application has ended. There is none where another process has the window, or
/// where everything is quiet, so one is made.
fn ends_by_itself(app: &adw::Application) {
    let waker = glib::timeout_add_local(WAKE, || glib::ControlFlow::Continue);
    let waker = std::cell::Cell::new(Some(waker));
    app.connect_startup(move |_| {
        if let Some(waker) = waker.take() {
            waker.remove();
        }
    });
    app.connect_shutdown(|_| {
        glib::idle_add_local_once(|| {});
    });
}

const WAKE: std::time::Duration = std::time::Duration::from_millis(100);

pub fn application() -> adw::Application {
    let app = adw::Application::builder()
        .application_id(ID)
        .resource_base_path(RESOURCES)
        .flags(gio::ApplicationFlags::HANDLES_COMMAND_LINE)
        .build();
    app.add_main_option(
        "app",
        glib::Char::from(0),
        glib::OptionFlags::NONE,
        glib::OptionArg::String,
        &gettext("Show the page of an app"),
        Some("ID"),
    );
    app.add_main_option(
        "page",
        glib::Char::from(0),
        glib::OptionFlags::NONE,
        glib::OptionArg::String,
        &gettext("Show a page: updates, versions, apps or history"),
        Some("PAGE"),
    );
    app.add_main_option(
        "version",
        glib::Char::from(0),
        glib::OptionFlags::NONE,
        glib::OptionArg::None,
        &gettext("Show the version of Cairn"),
        None,
    );
    ends_by_itself(&app);
    app.connect_command_line(|app, line| {
        let named = |option| line.options_dict().lookup::<String>(option).ok().flatten();
        let mut openings: Vec<Opening> = named("page").into_iter().map(Opening::Page).collect();
        openings.extend(named("app").map(Opening::App));
        for argument in line.arguments().iter().skip(1) {
            let words = argument.to_string_lossy();
            openings.extend(address(&words).or_else(|| {
                let path = line.create_file_for_arg(argument).path()?;
                Some(Opening::File(path))
            }));
        }
        app.activate();
        // It may go on unseen after it was closed.
        if let Some(window) = app.windows().first() {
            window.present();
        }
        for opening in openings {
            let (action, value) = match opening {
                Opening::Page(id) => (SHOW_PAGE, id),
                Opening::App(id) => (SHOW_APP, id),
                Opening::File(path) => (OPEN_FILE, path.display().to_string()),
            };
            app.activate_action(action, Some(&value.to_variant()));
        }
        glib::ExitCode::SUCCESS
    });
    app
}

/// Only the version is wanted: nothing has to be started for it.
pub fn asks_version(arguments: &[String]) -> bool {
    arguments.iter().skip(1).take_while(|a| *a != "--").any(|a| a == "--version")
}

/// The page that the command line asks for, so that it is the first that is drawn.
pub fn first_page(arguments: &[String]) -> Option<usize> {
    let asked = |option: &str| {
        let at = arguments.iter().position(|a| a == option);
        let joined = arguments.iter().find_map(|a| a.strip_prefix(option)?.strip_prefix('='));
        joined.or_else(|| arguments.get(at? + 1).map(String::as_str))
    };
    asked("--app").map(|_| pages::position("apps")).or_else(|| asked("--page").map(pages::position))
}

/// `appstream://ID` or `appstream:ID`, as web pages write it.
fn address(words: &str) -> Option<Opening> {
    let id = words.strip_prefix("appstream:")?.trim_start_matches('/');
    let id = id.split(['?', '#', '/']).next().unwrap_or_default();
    (!id.is_empty()).then(|| Opening::App(id.to_owned()))
}

/// Lets the actions reach the window.
pub fn connect(sender: &ComponentSender<Window>) {
    let app = relm4::main_application();
    for name in [SHOW_PAGE, SHOW_APP, OPEN_FILE] {
        let action = gio::SimpleAction::new(name, Some(glib::VariantTy::STRING));
        let sender = sender.clone();
        action.connect_activate(move |_, value| {
            let Some(value) = value.and_then(glib::Variant::get::<String>) else { return };
            let opening = match name {
                SHOW_PAGE => Opening::Page(value),
                SHOW_APP => Opening::App(value),
                _ => Opening::File(value.into()),
            };
            sender.input(Input::Opened(opening));
        });
        app.add_action(&action);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_web_pages_name_an_app() {
        for words in
            ["appstream://org.gnome.Maps", "appstream:org.gnome.Maps", "appstream://org.gnome.Maps?x=1"]
        {
            assert_eq!(address(words), Some(Opening::App("org.gnome.Maps".into())), "{words}");
        }
        let line = |words: &str| words.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(first_page(&line("cairn --page apps")), Some(pages::position("apps")));
        assert_eq!(first_page(&line("cairn --page=versions")), Some(1));
        assert_eq!(first_page(&line("cairn --app org.a.B")), Some(pages::position("apps")));
        assert_eq!(first_page(&line("cairn --page")), None);
        assert_eq!(address("appstream://"), None);
        assert_eq!(address("https://example.org"), None);
    }
}
