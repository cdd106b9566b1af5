//! The ready-made pair of installations that every world gets a copy of: remotes, catalogues, and apps as
//! [`super::shop::Installed`] says.

use super::shop::App;
use super::{APPS, BRANCH, DEBIAN, DEBIAN_TITLE, RUNTIME, TITLE};
use crate::build::payload::noise;
use crate::build::remove;
use crate::error::At;
use crate::{Result, tool};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

pub(super) struct Installations {
    folder: PathBuf,
    home: tempfile::TempDir,
}

impl Installations {
    /// Makes both, empty, with remotes that point at the folders below `site`.
    pub(super) fn make(folder: &Path, site: &Path) -> Result<Self> {
        for name in ["flatpak", "home"] {
            remove(&folder.join(name))?;
        }
        let own = Self { folder: folder.to_owned(), home: tempfile::tempdir()? };
        let key = format!("--gpg-import={}", folder.join("key.gpg").display());
        let remotes =
            [("--system", APPS, TITLE), ("--system", DEBIAN, DEBIAN_TITLE), ("--user", APPS, TITLE)];
        for (scope, name, title) in remotes {
            let url = format!("file://{}", site.join(super::folder_of(name)).display());
            own.flatpak(&["remote-add", scope, &key, &format!("--title={title}"), name, &url])?;
        }
        for scope in ["system", "user"] {
            let repository =
                format!("--repo={}", own.folder.join("flatpak").join(scope).join("repo").display());
            tool::run(tool::ostree([&repository]).args(["config", "set", "core.fsync", "false"]))?;
        }
        Ok(own)
    }

    /// Installs the apps that are to be older than the newest, or those that are not.
    pub(super) fn install(&self, apps: &[App], older: bool) -> Result<()> {
        for user in [false, true] {
            let mut words = vec!["install".to_owned(), "--noninteractive".to_owned(), scope(user).to_owned()];
            words.push(APPS.to_owned());
            let before = words.len();
            for app in apps {
                let Some(i) = app.installed.as_ref().filter(|i| i.user == user && i.older == older) else {
                    continue;
                };
                words.push(format!("app/{}/x86_64/{BRANCH}", app.id));
                let add_ons = i.add_ons.iter();
                words.extend(add_ons.map(|part| format!("runtime/{}.Plugin.{part}/x86_64/{BRANCH}", app.id)));
            }
            if words.len() > before {
                self.flatpak(&words.iter().map(String::as_str).collect::<Vec<_>>())?;
            }
            // What is installed by name is kept until somebody says otherwise; here it shall go with its app.
            for add_on in words.iter().filter(|w| w.starts_with("runtime/")) {
                self.flatpak(&["pin", scope(user), "--remove", add_on])?;
            }
        }
        Ok(())
    }

    /// A runtime that nothing needs, the catalogues, and the data of apps.
    pub(super) fn finish(&self, apps: &[App]) -> Result<()> {
        let unused = format!("runtime/{RUNTIME}/x86_64/0");
        self.flatpak(&["install", "--noninteractive", "--system", APPS, &unused])?;
        self.flatpak(&["pin", "--system", "--remove", &unused])?;
        for scope in ["--system", "--user"] {
            self.flatpak(&["update", "--appstream", "--noninteractive", scope])?;
        }
        for app in apps {
            let Some(kilobytes) = app.installed.as_ref().map(|i| i.data).filter(|d| *d > 0) else { continue };
            let folder = self.folder.join("home/.var/app").join(&app.id).join("data");
            fs::create_dir_all(&folder).at(&folder)?;
            let file = folder.join("library.db");
            fs::write(&file, noise(&app.id, 0, kilobytes << 10)).at(&file)?;
        }
        Ok(())
    }

    fn flatpak(&self, words: &[&str]) -> Result<()> {
        let mut command = Command::new("flatpak");
        command.args(words).envs(environment(&self.folder.join("flatpak")));
        command.env("HOME", self.home.path()).env("XDG_DATA_HOME", self.home.path().join("data"));
        command.env("XDG_CACHE_HOME", self.home.path().join("cache")).env("LC_ALL", "C.UTF-8");
        tool::run(&mut command).map(|_| ())
    }
}

/// What makes flatpak look at the installations in this folder and at none of the computer's own.
pub(crate) fn environment(folder: &Path) -> [(&'static str, PathBuf); 3] {
    [
        ("FLATPAK_SYSTEM_DIR", folder.join("system")),
        ("FLATPAK_USER_DIR", folder.join("user")),
        ("FLATPAK_CONFIG_DIR", folder.join("etc")),
    ]
}

fn scope(user: bool) -> &'static str {
    if user { "--user" } else { "--system" }
}
