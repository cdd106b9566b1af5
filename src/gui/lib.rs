//! The window.
//!
//! - [`window`]: navigation, toasts and wishes; knows no page's inside
//! - [`pages`]: one folder a page, one row each in their table
//! - [`dialogs`]: what asks or explains
//! - [`widgets`]: small pieces that several pages use
//! - [`stock`]: what the window knows of apps; [`pictures`]: screenshots
//! - [`settings`]: what the window remembers
//! - [`frame`]: when a frame was drawn
//! - `opening`: what is asked for from outside: a page, a file, an address
//! - [`actions`]: what the menu and the keyboard reach

pub mod actions;
pub mod dialogs;
pub mod frame;
mod opening;
pub mod pages;
pub mod pictures;
pub mod settings;
pub mod stock;
pub mod widgets;
pub mod window;

use cairn_apps::{Apps, Places};
use cairn_client::{Snapshot, Watched};
use relm4::RelmApp;
use relm4::gtk::{gio, glib};
use tokio::sync::watch;

/// The app id; development builds carry their own, so that both can run side by side.
pub const ID: &str = match option_env!("CAIRN_APP_ID") {
    Some(id) => id,
    None => "io.github.cairndesktop.Cairn",
};

/// Where style and icons lie in the binary, whatever the app id.
const RESOURCES: &str = "/io/github/cairndesktop/Cairn";

/// Writes what happens to standard error; `CAIRN_LOG=debug` for more of it.
pub fn start_log() {
    let debug = std::env::var_os("CAIRN_LOG").is_some_and(|v| v == "debug");
    let level = if debug { tracing::Level::DEBUG } else { tracing::Level::INFO };
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(level).init();
}

/// Runs the window until it is closed.
pub fn run() -> glib::ExitCode {
    // Asking the service begins before the toolkit starts: the answer is there when the first frame is drawn.
    let (sender, receiver) = watch::channel(Watched::<Snapshot>::Loading);
    relm4::spawn(cairn_client::watch::run(sender));
    let apps = Apps::start(Places::session());
    glib::set_application_name("Cairn");
    if let Err(error) = gio::resources_register_include!("cairn.gresource") {
        tracing::error!("resources are damaged: {error}");
        return glib::ExitCode::FAILURE;
    }
    let app = opening::application();
    let arguments: Vec<String> = std::env::args().collect();
    let page = opening::first_page(&arguments);
    RelmApp::from_app(app).with_args(arguments).run::<window::Window>((receiver, apps, page));
    glib::ExitCode::SUCCESS
}
