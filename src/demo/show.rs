//! `./dev demo`: the window in the world, wherever there is a place to show it.

use crate::systems::{self, System};
use crate::{Config, Error, Polkit, Result, build, supervisor};
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::process::{Child, Command};

/// What was asked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub bin: PathBuf,
    pub data: PathBuf,
    pub tour: bool,
    pub command: Vec<OsString>,
    /// Another family's system, played.
    pub system: Option<&'static System>,
}

/// The name of the played system, for what is played beside it.
pub const SYSTEM: &str = "CAIRN_DEMO_SYSTEM";

/// Slow enough that progress can be seen, fast enough that nobody waits: the update takes about ten seconds.
const RATE: u64 = 4_000_000;

/// Shows it and returns the exit status.
///
/// # Errors
/// When the world cannot be made.
pub async fn run(wanted: Wanted, say: &mut dyn FnMut(&str)) -> Result<i32> {
    let own = own_program()?;
    if !wanted.command.is_empty() {
        return beside(&wanted, wanted.command.clone(), Vec::new(), None, say).await;
    }
    if wanted.tour || !(has_display() || std::io::stdout().is_terminal()) {
        let folder = std::env::temp_dir().join("cairn-tour");
        let words = [
            own.as_os_str(),
            "play".as_ref(),
            "tour".as_ref(),
            "--data".as_ref(),
            wanted.data.as_os_str(),
            folder.as_os_str(),
        ];
        return beside(&wanted, words.map(OsString::from).to_vec(), Vec::new(), Some(RATE), say).await;
    }
    let (mut environment, _browser) = if has_display() { (Vec::new(), None) } else { browser(say).await? };
    environment.push(("GSETTINGS_SCHEMA_DIR".into(), schemas(&wanted.data)?));
    say("Close the window to end the demo.");
    let mut window: Vec<OsString> = vec!["env".into()];
    window.extend(environment.iter().map(|(name, value)| OsString::from(format!("{name}={value}"))));
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        window.extend(["dbus-run-session".into(), "--".into()]);
    }
    window.push("cairn".into());
    beside(&wanted, Vec::new(), window, Some(RATE), say).await
}

/// Takes all pictures.
///
/// # Errors
/// When the world cannot be made.
pub async fn shots(wanted: &Wanted, folder: &Path, say: &mut dyn FnMut(&str)) -> Result<i32> {
    for system in systems::all() {
        let system_only = Wanted { system: Some(system), ..wanted.clone() };
        let status = pictures(&system_only, folder, "system-pictures", say).await?;
        if status != 0 {
            return Ok(status);
        }
    }
    pictures(wanted, folder, "shots", say).await
}

async fn pictures(wanted: &Wanted, folder: &Path, piece: &str, say: &mut dyn FnMut(&str)) -> Result<i32> {
    let own = own_program()?;
    let words = [
        own.as_os_str(),
        "play".as_ref(),
        piece.as_ref(),
        "--data".as_ref(),
        wanted.data.as_os_str(),
        folder.as_os_str(),
    ];
    beside(wanted, words.map(OsString::from).to_vec(), Vec::new(), Some(400_000), say).await
}

async fn beside(
    wanted: &Wanted,
    command: Vec<OsString>,
    window: Vec<OsString>,
    rate: Option<u64>,
    say: &mut dyn FnMut(&str),
) -> Result<i32> {
    let options = supervisor::Options {
        cache: build::default_folder(),
        work: None,
        config: Config {
            binaries: Some(wanted.bin.clone()),
            data: Some(wanted.data.clone()),
            polkit: Polkit::Friendly,
            environment: Vec::new(),
            system: wanted.system,
        },
        rate,
        command,
        window,
    };
    supervisor::run(options, say).await
}

fn own_program() -> Result<PathBuf> {
    std::env::current_exe().map_err(|source| Error::Start { program: "cairn-demo".into(), source })
}

fn has_display() -> bool {
    ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

/// Serves the window to a browser on this machine.
async fn browser(say: &mut dyn FnMut(&str)) -> Result<(Vec<(String, String)>, Option<Child>)> {
    let port = free_port()?;
    let failed = |source| Error::Start { program: "gtk4-broadwayd".into(), source };
    let child = Command::new("gtk4-broadwayd")
        .args(["--address", "127.0.0.1", "--port", &port.to_string(), ":42"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    tokio::time::sleep(Duration::from_millis(300)).await;
    say(&format!("Open http://127.0.0.1:{port} in a browser to see the window."));
    let environment = [("GDK_BACKEND", "broadway"), ("BROADWAY_DISPLAY", ":42"), ("GSK_RENDERER", "cairo")];
    Ok((environment.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(), Some(child)))
}

fn free_port() -> Result<u16> {
    let refused = |e: std::io::Error| Error::Refused(e.to_string());
    let socket = std::net::TcpListener::bind("127.0.0.1:0").map_err(refused)?;
    socket.local_addr().map(|a| a.port()).map_err(refused)
}

/// The window's settings work only with their compiled schema.
fn schemas(data: &Path) -> Result<String> {
    let folder = build::default_folder().join("schemas");
    let refused = |e: std::io::Error| Error::Refused(e.to_string());
    std::fs::create_dir_all(&folder).map_err(refused)?;
    let name = "io.github.cairndesktop.Cairn.gschema.xml";
    std::fs::copy(data.join(name), folder.join(name)).map_err(refused)?;
    let text = folder.display().to_string();
    crate::tool::call("glib-compile-schemas", &[&text])?;
    Ok(text)
}
