//! Playing the window by its buttons: [`tour`] shows the main job, [`faults`] provokes what can go wrong, [`buttons`]
//! presses the rest, [`shots`] pictures every page and state, [`system`] plays whichever family's system it is.
//!
//! A player is a command beside a world (see [`crate::supervisor`]): it opens the window on a [`Screen`] and steers the
//! world as a person at the machine would.

mod abilities;
mod app_shots;
pub mod apps;
pub mod buttons;
pub mod faults;
pub mod flatpak;
pub mod shots;
pub mod system;
pub mod tour;

use crate::control::{self, Request};
use crate::screen::{Screen, Tree};
use crate::{Error, Result, tool};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use tokio::process::Child;

/// Longer than anything in the demo takes; a wait ends as soon as what it waits for is there.
const PATIENCE: Duration = Duration::from_secs(30);
const PROGRAM: &str = "cairn";

/// The window on its screen, and the pictures taken of it.
#[derive(Debug)]
pub struct Player {
    pub screen: Screen,
    window: Option<Child>,
    folder: PathBuf,
    /// What the window finds in its environment each time, beside what its screen needs.
    always: Vec<(String, String)>,
}

impl Player {
    /// # Errors
    /// When the screen does not come up or the folder cannot be made.
    pub async fn new(data: &Path, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|e| Error::Refused(format!("{}: {e}", folder.display())))?;
        let screen = Screen::start(data).await?;
        Ok(Self { screen, window: None, folder: folder.to_path_buf(), always: Vec::new() })
    }

    /// From now on the window sees a computer without apps, so that nothing but the system has a say.
    pub fn without_apps(&mut self) {
        let nowhere = self.screen.folder().join("no-apps").display().to_string();
        self.always = ["FLATPAK_USER_DIR", "FLATPAK_SYSTEM_DIR", "FLATPAK_CONFIG_DIR", "XDG_DATA_HOME"]
            .map(|name| (name.to_owned(), nowhere.clone()))
            .to_vec();
    }

    /// From now on the window sees the apps of its world again.
    pub fn with_apps(&mut self) {
        self.always.clear();
    }

    /// Opens the window, with more in its environment.
    ///
    /// # Errors
    /// When it does not show up.
    pub async fn open(&mut self, more: &[(&str, &str)]) -> Result<()> {
        self.open_at(&[], more).await
    }

    /// The same with words on its command line, such as the page to show.
    ///
    /// # Errors
    /// When it does not show up.
    pub async fn open_at(&mut self, words: &[&str], more: &[(&str, &str)]) -> Result<()> {
        self.close().await;
        let mut command = self.screen.program(PROGRAM);
        command.args(words).envs(self.always.iter().cloned()).envs(more.iter().copied());
        let child = command.spawn().map_err(|source| Error::Start { program: PROGRAM.into(), source })?;
        self.window = Some(child);
        self.until(PROGRAM, |tree| !tree.nodes.is_empty()).await
    }

    /// Ends the window, as the end of a session does.
    pub async fn close(&mut self) {
        if let Some(mut window) = self.window.take() {
            // It may have ended by itself.
            let _ = window.kill().await;
        }
    }

    /// Waits until the window says this.
    ///
    /// # Errors
    /// With all that it says instead, when time is up.
    pub async fn sees(&self, words: &str) -> Result<()> {
        self.until(words, |tree| tree.says(words)).await
    }

    /// Clicks on a row.
    ///
    /// # Errors
    /// When there is none that says this.
    pub async fn row(&self, words: &str) -> Result<()> {
        let middle = match self.screen.tree(PROGRAM).await? {
            Some(tree) => tree.middle_of_row(words).await.ok().flatten(),
            None => None,
        };
        let (x, y) = middle.ok_or_else(|| Error::Refused(format!("no row “{words}”")))?;
        self.screen.click(x, y).await
    }

    /// Opens a menu by its button. A menu that lost the focus to a dialog that just closed is opened again, as a person
    /// would do it.
    ///
    /// # Errors
    /// When it does not open with so many entries.
    pub async fn menu(&self, button: &str, entries: usize) -> Result<()> {
        for _ in 0..5 {
            self.press(button).await?;
            for _ in 0..15 {
                tokio::time::sleep(Duration::from_millis(100)).await;
                let tree = self.screen.tree(PROGRAM).await.ok().flatten();
                let shown = |t: &Tree| t.nodes.iter().filter(|n| n.showing && n.role == "menu item").count();
                if tree.as_ref().map(shown) == Some(entries) {
                    return Ok(());
                }
            }
        }
        Err(Error::Refused(format!("“{button}” opens no menu with {entries} entries")))
    }

    async fn until(&self, what: &str, there: impl Fn(&Tree) -> bool) -> Result<()> {
        let start = Instant::now();
        loop {
            // A window that is being rebuilt may answer with an error; the next look tells.
            let tree = self.screen.tree(PROGRAM).await.ok().flatten();
            if tree.as_ref().is_some_and(&there) {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                // A picture tells more than the words that are left.
                let _ = self.picture("failed").await;
                let words = tree.map(|t| t.words().join(" | ")).unwrap_or_default();
                return Err(Error::Refused(format!("“{what}” was not shown, but: {words}")));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Presses the button of that name as soon as it is there.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn press(&self, name: &str) -> Result<()> {
        let start = Instant::now();
        loop {
            if let Ok(Some(tree)) = self.screen.tree(PROGRAM).await
                && tree.press(name).await.unwrap_or(false)
            {
                return Ok(());
            }
            if start.elapsed() > PATIENCE {
                let tree = self.screen.tree(PROGRAM).await.ok().flatten();
                let words = tree.map(|t| t.words().join(" | ")).unwrap_or_default();
                return Err(Error::Refused(format!("there is no button “{name}”, but: {words}")));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Takes a picture.
    ///
    /// # Errors
    /// When there is no window.
    pub async fn picture(&self, name: &str) -> Result<()> {
        // The last frame is on the screen a moment after the words are in the tree.
        tokio::time::sleep(Duration::from_millis(350)).await;
        self.screen.picture(&self.folder.join(format!("{name}.png"))).await
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// Steers the world; the socket blocks, so it is asked from a thread of its own.
///
/// # Errors
/// What the supervisor says.
pub async fn ask(request: Request) -> Result<control::Status> {
    let answer = tokio::task::spawn_blocking(move || control::ask(&request)).await;
    answer.map_err(|e| Error::Refused(e.to_string()))?
}

/// Waits until the world runs that version.
///
/// # Errors
/// When it does not come up with it.
pub async fn runs(version: &str) -> Result<()> {
    let start = Instant::now();
    loop {
        let title = ask(Request::Status).await.map(|s| s.title).unwrap_or_default();
        if title.contains(&format!(" {version} ")) {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            return Err(Error::Refused(format!("{version} does not run, but {title}")));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// What libostree itself says, inside: one line a version, the running one with a star.
///
/// # Errors
/// When it cannot be asked.
pub async fn libostree() -> Result<Vec<String>> {
    let said = tokio::task::spawn_blocking(|| -> Result<String> {
        let pid = control::ask(&Request::Status)?.pid;
        let words = ["ostree", "admin", "status"].map(std::ffi::OsString::from);
        tool::run(&mut crate::world::enter(pid, &words)?)
    });
    let said = said.await.map_err(|e| Error::Refused(e.to_string()))??;
    Ok(versions(&said))
}

/// Version, mark and state of each deployment in `ostree admin status`, for people to compare with the window.
fn versions(said: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in said.lines() {
        if let Some(version) = line.trim().strip_prefix("Version: ") {
            if let Some(last) = found.last_mut() {
                last.insert_str(2, &format!("{version} "));
            }
        } else if line.starts_with("* ")
            || (line.starts_with("  ") && line.contains('.') && !line.starts_with("    "))
        {
            let state = line.split_once('(').map(|(_, s)| format!("({s}")).unwrap_or_default();
            found.push(format!("{}{state}", &line[..2]));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_version_is_one_line() {
        let said = "  os aaa.0 (staged)\n    Version: 44.2\n    origin refspec: o:b\n* os bbb.0\n    Version: 44.1\n  os ccc.0 (rollback)\n    Version: 43.4\n";
        assert_eq!(super::versions(said), ["  44.2 (staged)", "* 44.1 ", "  43.4 (rollback)"]);
    }
}
