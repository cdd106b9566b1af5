//! What flatpak has in a world: a copy of the ready-made installations, the person's data, and the server of the remotes.

use super::disk;
use super::pictures::Pictures;
use crate::build::apps::{self, APPS, App, Apps, DEBIAN, PICTURES};
use crate::error::At;
use crate::{Error, Failure, Result, Server, tool};
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Flatpak's part of a world.
#[derive(Debug)]
pub struct AppsWorld {
    built: Apps,
    work: PathBuf,
    server: Server,
    pictures: Pictures,
    /// The apps with what was published here; empty until something was.
    shop: Vec<App>,
}

impl AppsWorld {
    /// Copies what is ready-made.
    pub(super) fn copy(built: &Apps, work: &Path) -> Result<()> {
        disk::copy(&built.folder.join("flatpak"), &work.join("flatpak"))?;
        disk::copy(&built.folder.join("home"), &work.join("home"))?;
        for name in ["home/.local/share", "home/.cache", "home/.config", "run/user"] {
            fs::create_dir_all(work.join(name)).at(work.join(name))?;
        }
        let runtime = work.join("run/user");
        fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).at(&runtime)?;
        Ok(())
    }

    /// Starts the server and lets the copy know its address.
    pub(super) async fn create(built: &Apps, work: &Path) -> Result<Self> {
        let server = Server::start(vec![work.join("site"), built.site()]).await?;
        for (scope, remote) in [("system", APPS), ("system", DEBIAN), ("user", APPS)] {
            let url = format!("{}/{}", server.url(), apps::folder_of(remote));
            disk::set_url(&work.join("flatpak").join(scope).join("repo"), remote, &url)?;
        }
        let address = PICTURES.parse().map_err(|_| Error::Refused(format!("{PICTURES} is no address")))?;
        let pictures = Pictures::start(address, built.site())?;
        let own = Self { built: built.clone(), work: work.to_owned(), server, pictures, shop: Vec::new() };
        own.lack(true);
        Ok(own)
    }

    /// The server of the remotes. It fails and is slow apart from that of the system's updates.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Lets the remotes fail; without them there are no screenshots either.
    pub fn fail(&self, failure: Failure) {
        self.server.fail(failure);
        self.pictures.fail(if failure == Failure::Gone { failure } else { Failure::None });
    }

    /// Whether the server lacks a part of the release that is meant to be broken.
    pub fn lack(&self, on: bool) {
        let paths = self.built.broken.iter().filter(|_| on);
        self.server.lack(paths.map(|path| format!("/{}/{path}", apps::folder_of(APPS))));
    }

    /// Publishes another release of an app and says its version.
    ///
    /// # Errors
    /// When there is no such app or flatpak fails.
    pub async fn publish(&mut self, id: &str, widen: bool) -> Result<String> {
        let (built, site, id) = (self.built.clone(), self.work.join("site"), id.to_owned());
        let mut shop = std::mem::take(&mut self.shop);
        // Elsewhere: the servers go on meanwhile.
        let work = tokio::task::spawn_blocking(move || {
            let done = publish(&built, &site, &mut shop, &id, widen);
            (shop, done)
        });
        let (shop, done) = work.await.map_err(|e| Error::Refused(e.to_string()))?;
        self.shop = shop;
        done
    }

    /// What programs beside the world need to see its apps and nothing of this computer's: the installations, a home, and
    /// a folder for sockets where this computer has none.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let home = self.work.join("home");
        let mut all: Vec<(&str, OsString)> = apps::environment(&self.work.join("flatpak"))
            .into_iter()
            .map(|(name, path)| (name, path.into_os_string()))
            .collect();
        for (name, below) in [
            ("XDG_DATA_HOME", ".local/share"),
            ("XDG_CACHE_HOME", ".cache"),
            ("XDG_CONFIG_HOME", ".config"),
            ("XDG_STATE_HOME", ".local/state"),
        ] {
            all.push((name, home.join(below).into_os_string()));
        }
        all.push(("HOME", home.into_os_string()));
        all.push(("XDG_DATA_DIRS", self.data_folders()));
        if is_unset("XDG_RUNTIME_DIR") {
            all.push(("XDG_RUNTIME_DIR", self.work.join("run/user").into_os_string()));
        }
        // The parts stay where they are although the cache's folder is the world's.
        if is_unset("CAIRN_DEV_CACHE")
            && let Some(cache) = crate::build::default_folder().parent()
        {
            all.push(("CAIRN_DEV_CACHE", cache.as_os_str().to_owned()));
        }
        all
    }

    /// With what apps export, as a login would set it.
    fn data_folders(&self) -> OsString {
        let own = ["user", "system"].map(|s| self.work.join("flatpak").join(s).join("exports/share"));
        let set = std::env::var_os("XDG_DATA_DIRS").filter(|v| !v.is_empty());
        let others = set.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
        let all = own.into_iter().chain(std::env::split_paths(&others));
        std::env::join_paths(all).unwrap_or_else(|_| others.clone())
    }

    /// Runs flatpak beside the world and returns what it says.
    ///
    /// # Errors
    /// When it fails.
    pub async fn flatpak(&self, words: &[&str]) -> Result<String> {
        let mut command = tokio::process::Command::from(Command::new("flatpak"));
        command.args(words).envs(self.environment()).env("LC_ALL", "C.UTF-8");
        tool::run_async(&mut command).await
    }
}

fn publish(built: &Apps, site: &Path, shop: &mut Vec<App>, id: &str, widen: bool) -> Result<String> {
    if shop.is_empty() {
        *shop = apps::all()?;
    }
    let repository = site.join("apps");
    if !repository.exists() {
        // From here on this world has a remote of its own.
        fs::create_dir_all(site).at(site)?;
        disk::copy(&built.site().join("apps"), &repository)?;
    }
    apps::publish(built, &repository, shop, id, widen)
}

fn is_unset(name: &str) -> bool {
    std::env::var_os(name).is_none_or(|value| value.is_empty())
}
