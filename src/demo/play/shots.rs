//! Every page and state as pictures: light, dark, narrow, high contrast, and with words as long as German ones.

use super::tour::restart;
use super::{Player, app_shots, ask};
use crate::control::Request;
use crate::{Error, Result, tool};
use std::path::Path;

/// How a picture is taken: its name, the size, and what the toolkit is told.
#[derive(Debug)]
pub(super) struct Look {
    pub name: &'static str,
    pub size: (u32, u32),
    pub environment: &'static [(&'static str, &'static str)],
}

const DARK: (&str, &str) = ("ADW_DEBUG_COLOR_SCHEME", "prefer-dark");
const LIGHT: (&str, &str) = ("ADW_DEBUG_COLOR_SCHEME", "prefer-light");
const WIDE: (u32, u32) = (980, 720);
/// 360 pixels of content: without a compositor the toolkit draws a frame of five pixels around it.
pub(super) const NARROW: (u32, u32) = (370, 720);

pub(super) const LOOKS: [Look; 5] = [
    Look { name: "980-light", size: WIDE, environment: &[LIGHT] },
    Look { name: "980-dark", size: WIDE, environment: &[DARK] },
    Look { name: "360-light", size: NARROW, environment: &[LIGHT] },
    Look { name: "360-dark", size: NARROW, environment: &[DARK] },
    Look { name: "980-contrast", size: WIDE, environment: &[LIGHT, ("ADW_DEBUG_HIGH_CONTRAST", "1")] },
];

const UPDATES: &str = "alt+1";
const VERSIONS: &str = "alt+2";
const HISTORY: &str = "alt+4";

/// Goes through the states and takes all pictures.
///
/// # Errors
/// The first state that did not come.
pub async fn take(data: &Path, folder: &Path) -> Result<()> {
    let mut player = Player::new(data, folder).await?;
    let long = long_words(&player, data)?;
    player.without_apps();
    let mut camera = Camera { player: &mut player, long };

    ask(Request::Network { up: false }).await?;
    camera.state("failed", UPDATES, "The update server cannot be reached").await?;
    ask(Request::Network { up: true }).await?;
    camera.player.press("Try Again").await?;
    camera.player.sees("An update is available").await?;
    camera.state("available", UPDATES, "An update is available").await?;
    camera.dialogs().await?;
    camera.state("versions", VERSIONS, "Versions of your system").await?;
    camera.one("unreachable", &[("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/none")], "cannot be reached").await?;

    camera.player.with_apps();
    app_shots::take(camera.player, &camera.long).await?;
    camera.player.without_apps();

    camera.player.open(&[LIGHT]).await?;
    camera.player.press("Update").await?;
    camera.player.sees("Downloading the update").await?;
    camera.state("downloading", UPDATES, "Downloading the update").await?;
    camera.player.press("Cancel").await?;
    camera.player.sees("An update is available").await?;
    ask(Request::Rate { bytes: None }).await?;
    camera.player.press("Update").await?;
    camera.player.sees("Ready. Restart to finish").await?;
    camera.state("ready", UPDATES, "Ready. Restart to finish").await?;
    camera.state("versions-ready", VERSIONS, "Next start").await?;

    restart(camera.player, "44.2").await?;
    camera.state("trial", UPDATES, "Everything working?").await?;
    camera.player.press("Yes, Keep It").await?;
    camera.player.sees("Version 44.2 is known to work").await?;
    camera.state("up-to-date", UPDATES, "Your system is up to date").await?;

    ask(Request::Publish { version: "44.3".into() }).await?;
    camera.player.press("Look for Updates").await?;
    camera.player.press("Update").await?;
    camera.player.sees("Ready. Restart to finish").await?;
    restart(camera.player, "44.3").await?;
    camera.state("not-working", UPDATES, "Something is not working").await?;
    camera.player.press("Go Back").await?;
    camera.player.sees("Ready to go back").await?;
    camera.state("going-back", UPDATES, "Ready to go back").await?;
    restart(camera.player, "44.2").await?;
    camera.state("went-back", UPDATES, "You went back to 44.2").await?;
    camera.state("versions-skipped", VERSIONS, "Did not work").await?;
    camera.state("history", HISTORY, "What was done").await?;
    println!("Pictures are in {}", camera.player.folder().display());
    Ok(())
}

struct Camera<'a> {
    player: &'a mut Player,
    /// The environment that makes all words long.
    long: Vec<(String, String)>,
}

impl Camera<'_> {
    /// One state of one page in every look.
    async fn state(&mut self, name: &str, page: &str, words: &str) -> Result<()> {
        for look in &LOOKS {
            self.player.open(look.environment).await?;
            self.player.screen.resize(look.size.0, look.size.1).await?;
            self.player.screen.keys(&[page]).await?;
            self.player.sees(words).await?;
            self.player.picture(&format!("{name}-{}", look.name)).await?;
        }
        let long: Vec<(&str, &str)> = self.long.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        self.player.open(&long).await?;
        self.player.screen.resize(NARROW.0, NARROW.1).await?;
        self.player.screen.keys(&[page]).await?;
        // Its words are other ones; the button that closes the window is there when all is.
        self.player.sees("en").await?;
        tokio::time::sleep(std::time::Duration::from_millis(600)).await;
        self.player.picture(&format!("{name}-360-long")).await?;
        // The next buttons are named in English.
        self.player.open(&[LIGHT]).await?;
        println!("pictured: {name}");
        Ok(())
    }

    async fn one(&mut self, name: &str, environment: &[(&str, &str)], words: &str) -> Result<()> {
        self.player.open(environment).await?;
        self.player.sees(words).await?;
        self.player.picture(&format!("{name}-980-light")).await?;
        self.player.screen.resize(NARROW.0, NARROW.1).await?;
        self.player.picture(&format!("{name}-360-light")).await?;
        println!("pictured: {name}");
        Ok(())
    }

    /// The dialogs, from the page of versions and the menu.
    async fn dialogs(&mut self) -> Result<()> {
        for look in LOOKS.iter().filter(|l| ["980-light", "360-dark"].contains(&l.name)) {
            let shown: [(&str, &[&str], &str); 6] = [
                ("preferences", &["ctrl+comma"], "Preferences"),
                ("shortcuts", &["ctrl+question"], "Keyboard Shortcuts"),
                ("sidebar-menu", &[UPDATES], ""),
                ("changes", &[UPDATES], ""),
                ("version-menu", &[VERSIONS], ""),
                ("remove", &[VERSIONS], ""),
            ];
            for (name, keys, words) in shown {
                self.player.open(look.environment).await?;
                self.player.screen.resize(look.size.0, look.size.1).await?;
                if name == "sidebar-menu" && look.size == NARROW {
                    continue;
                }
                self.player.screen.keys(keys).await?;
                match name {
                    "changes" => self.changes().await?,
                    "version-menu" => self.menu("More for 43.4", &[], "").await?,
                    "sidebar-menu" => self.player.menu("Main Menu", 4).await?,
                    "remove" => self.menu("More for 43.4", &["Up", "Return"], "Remove version 43.4?").await?,
                    _ => self.player.sees(words).await?,
                }
                self.player.picture(&format!("{name}-{}", look.name)).await?;
            }
        }
        println!("pictured: dialogs");
        self.player.open(&[LIGHT]).await
    }

    async fn changes(&mut self) -> Result<()> {
        self.player.sees("What will change").await?;
        self.player.row("27 parts newer").await?;
        self.player.sees("What changes with 44.2").await
    }

    async fn menu(&mut self, button: &str, keys: &[&str], words: &str) -> Result<()> {
        self.player.menu(button, 5).await?;
        self.player.screen.keys(keys).await?;
        if words.is_empty() { Ok(()) } else { self.player.sees(words).await }
    }
}

/// A translation whose sentences are a third longer, as German ones are, and the environment that chooses it.
fn long_words(player: &Player, data: &Path) -> Result<Vec<(String, String)>> {
    let folder = player.screen.folder();
    let path = |name: &str| folder.join(name).display().to_string();
    let template = data.join("../po/cairn.pot").display().to_string();
    let messages = folder.join("de/LC_MESSAGES");
    std::fs::create_dir_all(&messages).map_err(|e| Error::Refused(e.to_string()))?;
    let (po, long) = (path("long.po"), path("longer.po"));
    let compiled = messages.join("cairn.mo").display().to_string();
    tool::call(
        "msginit",
        &["--no-translator", "--locale=en_US.UTF-8", "--input", &template, "--output-file", &po],
    )?;
    let filter = "s/\\([a-z]\\)\\([ .…]\\|$\\)/\\1en\\2/g";
    tool::call("msgfilter", &["--keep-header", "-i", &po, "-o", &long, "sed", "-e", filter])?;
    tool::call("msgfmt", &["--output-file", &compiled, &long])?;
    let locale = path("locales/en_US.UTF-8");
    std::fs::create_dir_all(folder.join("locales")).map_err(|e| Error::Refused(e.to_string()))?;
    tool::call("localedef", &["-i", "en_US", "-f", "UTF-8", &locale])?;
    Ok([
        ("LOCPATH", path("locales")),
        ("LC_ALL", "en_US.UTF-8".into()),
        ("LANGUAGE", "de".into()),
        ("CAIRN_LOCALEDIR", folder.display().to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec())
}
