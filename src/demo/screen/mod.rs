//! A screen that nobody looks at: an X server, a session bus, the accessibility tree of what is shown, and pictures.

mod tree;

use crate::error::At;
use crate::{Error, Result, tool};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

pub use tree::{Node, Tree};

/// Larger than any picture.
const SIZE: &str = "1300x1000x24";

/// Ends with its last owner; nothing of it is left over.
#[derive(Debug)]
pub struct Screen {
    _server: Child,
    _session: Child,
    display: String,
    session: String,
    folder: tempfile::TempDir,
}

impl Screen {
    /// Starts the X server and the session bus.
    ///
    /// # Errors
    /// When Xvfb or dbus-daemon is missing or does not come up.
    pub async fn start(data: &Path) -> Result<Self> {
        let folder = tempfile::tempdir().at(Path::new("/tmp"))?;
        let arguments = ["-displayfd", "1", "-screen", "0", SIZE, "-nolisten", "tcp"];
        let (server, number) = spawn("Xvfb", &arguments, folder.path()).await?;
        let session_arguments = ["--session", "--nofork", "--nopidfile", "--print-address=1"];
        let (session_bus, session) = spawn("dbus-daemon", &session_arguments, folder.path()).await?;
        let screen =
            Self { _server: server, _session: session_bus, display: format!(":{number}"), session, folder };
        screen.settle(data)?;
        Ok(screen)
    }

    /// Compiles the settings' schema and chooses a font that the root has, so that pictures are alike everywhere.
    fn settle(&self, data: &Path) -> Result<()> {
        let schema = "io.github.cairndesktop.Cairn.gschema.xml";
        let copy = self.folder.path().join(schema);
        std::fs::copy(data.join(schema), &copy).at(&copy)?;
        let folder = self.folder.path().display().to_string();
        tool::call("glib-compile-schemas", &[&folder])?;
        let settings = self.folder.path().join("gtk-4.0");
        std::fs::create_dir_all(&settings).at(&settings)?;
        let text = "[Settings]\ngtk-font-name=Cantarell 11\ngtk-enable-animations=false\n";
        std::fs::write(settings.join("settings.ini"), text).at(&settings)
    }

    /// What a program needs to be shown here.
    pub fn environment(&self) -> Vec<(String, String)> {
        let folder = self.folder.path().display().to_string();
        [
            ("DISPLAY", self.display.as_str()),
            ("DBUS_SESSION_BUS_ADDRESS", &self.session),
            ("GDK_BACKEND", "x11"),
            ("GSK_RENDERER", "cairo"),
            ("GTK_A11Y", "atspi"),
            ("ADW_DISABLE_PORTAL", "1"),
            ("GSETTINGS_BACKEND", "memory"),
            ("GSETTINGS_SCHEMA_DIR", &folder),
            ("XDG_CONFIG_HOME", &folder),
            ("XDG_RUNTIME_DIR", &folder),
            ("NO_AT_BRIDGE", "0"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec()
    }

    /// A program that will be shown here.
    pub fn program(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment()).kill_on_drop(true);
        command
    }

    /// The accessibility tree of the program of that name.
    ///
    /// # Errors
    /// When the accessibility bus does not answer.
    pub async fn tree(&self, program: &str) -> Result<Option<Tree>> {
        Tree::read(&self.session, program).await.map_err(|e| Error::Refused(format!("accessibility: {e}")))
    }

    /// Types keys into the window, as xdotool names them.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn keys(&self, keys: &[&str]) -> Result<()> {
        let window = self.window().await?;
        self.xdotool(&["windowfocus", "--sync", &window]).await?;
        for key in keys {
            self.xdotool(&["key", "--clearmodifiers", key]).await?;
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        Ok(())
    }

    /// Types words into what has the focus.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn types(&self, words: &str) -> Result<()> {
        let window = self.window().await?;
        self.xdotool(&["windowfocus", "--sync", &window]).await?;
        self.xdotool(&["type", "--delay", "15", words]).await.map(|_| ())
    }

    /// Clicks into the window.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn click(&self, x: i32, y: i32) -> Result<()> {
        let window = self.window().await?;
        self.xdotool(&["mousemove", "--window", &window, &x.to_string(), &y.to_string()]).await?;
        tokio::time::sleep(Duration::from_millis(100)).await;
        self.xdotool(&["click", "1"]).await.map(|_| ())
    }

    /// Gives the window a size.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        let window = self.window().await?;
        self.xdotool(&["windowsize", "--sync", &window, &width.to_string(), &height.to_string()]).await?;
        tokio::time::sleep(Duration::from_millis(400)).await;
        Ok(())
    }

    /// Writes a picture of the window.
    ///
    /// # Errors
    /// When there is no window or the picture cannot be written.
    pub async fn picture(&self, to: &Path) -> Result<()> {
        // Menus are windows of their own, so the part of the screen that the window covers is taken.
        let window = self.window().await?;
        let shape = self.xdotool(&["getwindowgeometry", "--shell", &window]).await?;
        let value =
            |key: &str| shape.lines().find_map(|l| l.strip_prefix(key)?.strip_prefix('=')).unwrap_or("0");
        let part = format!("{}x{}+{}+{}", value("WIDTH"), value("HEIGHT"), value("X"), value("Y"));
        let to = to.display().to_string();
        let mut command = self.program("import");
        command.args(["-window", "root", "-crop", &part, "+repage", &to]);
        let status =
            command.status().await.map_err(|source| Error::Start { program: "import".into(), source })?;
        if status.success() { Ok(()) } else { Err(Error::Refused(format!("no picture {to}"))) }
    }

    async fn window(&self) -> Result<String> {
        let found = self.xdotool(&["search", "--onlyvisible", "--name", "Cairn"]).await?;
        // The first is the window itself; menus come after it.
        let first = found.lines().next().map(str::to_owned);
        first.ok_or_else(|| Error::Refused("no window is shown".into()))
    }

    async fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let output = self.program("xdotool").args(arguments).output().await;
        let output = output.map_err(|source| Error::Start { program: "xdotool".into(), source })?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Presses keys or types into whatever window has the focus, in the words of xdotool.
    ///
    /// # Errors
    /// When xdotool cannot be run.
    pub async fn tool(&self, words: &[&str]) -> Result<()> {
        self.xdotool(words).await.map(|_| ())
    }

    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_path_buf()
    }
}

/// Starts a server that says one line when it is ready.
///
/// The accessibility bus puts its socket below `XDG_RUNTIME_DIR`; each screen has its own, so that they never meet.
async fn spawn(program: &str, arguments: &[&str], runtime: &Path) -> Result<(Child, String)> {
    let failed = |source| Error::Start { program: program.to_owned(), source };
    let mut child = Command::new(program)
        .args(arguments)
        .env("XDG_RUNTIME_DIR", runtime)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(failed)?;
    let Some(out) = child.stdout.take() else {
        return Err(Error::Refused(format!("{program} says nothing")));
    };
    let mut lines = BufReader::new(out).lines();
    let line = lines.next_line().await.map_err(failed)?;
    let line = line.ok_or_else(|| Error::Refused(format!("{program} did not come up")))?;
    // The pipe stays open, or the server would be ended by its next word.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    Ok((child, line))
}
