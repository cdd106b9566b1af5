//! The window.
//!
//! - [`window`]: navigation, toasts and wishes; knows no page's inside
//! - [`pages`]: one folder a page, one row each in their table
//! - [`dialogs`]: what asks or explains
//! - [`widgets`]: small pieces that several pages use
//! - [`stock`]: what the window knows of apps; [`pictures`]: screenshots
//! - [`settings`]: what the window remembers
//! - [`frame`]: when a frame was drawn; [`memory`]: how memory is taken
//! - `opening`: what is asked for from outside: a page, a file, an address
//! - [`actions`]: what the menu and the keyboard reach

pub mod actions;
pub mod dialogs;
pub mod frame;
pub mod memory;
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
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::prelude::*;

/// The app id; development builds carry their own, so that both can run side by side.
pub const ID: &str = match option_env!("CAIRN_APP_ID") {
    Some(id) => id,
    None => "io.github.cairndesktop.Cairn",
};

/// Where style and icons lie in the binary, whatever the app id.
pub const RESOURCES: &str = "/io/github/cairndesktop/Cairn";

/// Writes what happens to standard error; `CAIRN_LOG=debug` for more of it.
pub fn start_log() {
    let debug = std::env::var_os("CAIRN_LOG").is_some_and(|v| v == "debug");
    let level = if debug { LevelFilter::DEBUG } else { LevelFilter::INFO };
    // relm4 would write every message out as text, the catalogue and all, whether or not anybody reads it.
    let filter = Targets::new().with_default(level).with_target("relm4", LevelFilter::WARN);
    let writer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry().with(filter).with(writer).init();
}

/// Makes style and icons known to the toolkit.
///
/// # Errors
/// The resources of the binary are damaged.
pub fn register_resources() -> Result<(), glib::Error> {
    gio::resources_register_include!("cairn.gresource")
}

/// The page that was looked at when the window was closed.
fn last_page() -> Option<usize> {
    let id = settings::Settings::open().word("last-page")?;
    pages::ALL.iter().position(|page| page.id == id)
}

/// Runs the window until it is closed.
pub fn run() -> glib::ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if opening::asks_version(&arguments) {
        println!("Cairn {}", env!("CARGO_PKG_VERSION"));
        return glib::ExitCode::SUCCESS;
    }
    let page = opening::first_page(&arguments).or_else(last_page).unwrap_or(0);
    let curtain = frame::Curtain::default();
    // Asking the service begins before the toolkit starts: the answer is there when the first frame is drawn. Where apps
    // are looked at first, the catalogue of the last time is, and the service can wait until they are seen.
    let (sender, receiver) = watch::channel(Watched::<Snapshot>::Loading);
    let behind = (page == pages::position("apps")).then(|| curtain.clone());
    relm4::spawn(async move {
        if let Some(behind) = behind {
            // A thread that died waited for nothing.
            let _ = relm4::spawn_blocking(move || behind.wait()).await;
        }
        cairn_client::watch::run(sender).await;
    });
    let last = window::open_last();
    let behind = curtain.clone();
    let apps = Apps::start_after(Places::session(), move || behind.wait());
    glib::set_application_name("Cairn");
    if let Err(error) = register_resources() {
        tracing::error!("resources are damaged: {error}");
        return glib::ExitCode::FAILURE;
    }
    let app = opening::application();
    // A thread that died leaves a window that learns everything anew.
    let last = last.join().unwrap_or_default();
    if page == pages::position("apps") {
        widgets::icon::prepare(pages::apps::first_icons(&last.1));
    }
    let start = window::Start { system: receiver, apps, last, page, curtain };
    RelmApp::from_app(app).with_args(arguments).run::<window::Window>(start);
    glib::ExitCode::SUCCESS
}
