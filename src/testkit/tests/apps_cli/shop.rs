//! A remote with small apps, and a home that has nothing yet.

use cairn_demo::Server;
use cairn_testkit::world::binaries;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// What `shop.sh` needs, and `flatpak` to compare with.
const TOOLS: [&str; 4] = ["flatpak", "ostree", "gpg", "gzip"];

pub struct Shop {
    folder: TempDir,
    pub server: Server,
}

/// What a program answered.
#[derive(Debug)]
pub struct Said {
    pub status: Option<i32>,
    /// Standard output, then standard error.
    pub text: String,
    /// The last object of standard output, null if there is none.
    pub json: Value,
}

impl Shop {
    /// Why no shop can be opened here, if so.
    pub fn missing() -> Option<&'static str> {
        let there = |tool: &str| Path::new("/usr/bin").join(tool).exists();
        if !TOOLS.into_iter().all(there) {
            return Some("needs flatpak, ostree, gpg and gzip");
        }
        (!binaries().join("cairnctl").exists()).then_some("cairnctl was not built")
    }

    /// Publishes what a script of `app` and `index` says, and makes the remote known.
    pub async fn open(script: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("cairn-shop-").tempdir_in("/var/tmp").unwrap();
        let server = Server::start(vec![folder.path().to_path_buf()]).await.unwrap();
        let shop = Self { folder, server };
        std::fs::create_dir_all(shop.folder.path().join("me")).unwrap();
        shop.publish(script);
        let file = shop.folder.path().join("shop.flatpakrepo");
        let added = shop.cairnctl(&["apps", "remotes", "add", file.to_str().unwrap(), "--name", "shop"]);
        assert_eq!(added.status, Some(0), "{added:?}");
        shop
    }

    pub fn publish(&self, script: &str) {
        let whole = format!("{}\n{script}\n", include_str!("shop.sh"));
        let output = Command::new("sh")
            .args(["-c", &whole])
            .env("shop", self.folder.path())
            .env("url", self.server.url())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
    }

    /// A program of the session whose home this is.
    pub fn program(&self, program: &str, arguments: &[&str]) -> Command {
        let path = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env("HOME", path("me"))
            .env("XDG_DATA_HOME", path("me/.local/share"))
            .env("XDG_CACHE_HOME", path("me/.cache"))
            .env("FLATPAK_USER_DIR", path("me/.local/share/flatpak"))
            .env("FLATPAK_SYSTEM_DIR", path("system"))
            .env("LC_ALL", "C.UTF-8")
            .env_remove("LANGUAGE")
            .stdin(Stdio::null());
        command
    }

    /// `cairnctl` with its JSON.
    pub fn cairnctl(&self, arguments: &[&str]) -> Said {
        let mut command = self.program(binaries().join("cairnctl").to_str().unwrap(), arguments);
        said(&command.arg("--json").output().unwrap())
    }

    /// `cairnctl` for people.
    pub fn told(&self, arguments: &[&str]) -> Said {
        said(&self.program(binaries().join("cairnctl").to_str().unwrap(), arguments).output().unwrap())
    }

    /// What flatpak says is installed: `ID COMMIT`, in the order of ids, apps alone.
    pub fn truth(&self) -> Vec<String> {
        let list = ["list", "--user", "--app", "--columns=application,active"];
        let output = self.program("flatpak", &list).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let mut lines: Vec<String> = text.lines().map(|l| l.replace('\t', " ")).collect();
        lines.sort();
        lines
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let home = self.folder.path().join("gpg");
        let _ = Command::new("gpgconf").args(["--kill", "all"]).env("GNUPGHOME", home).status();
    }
}

pub fn said(output: &Output) -> Said {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let json = text.lines().last().and_then(|l| serde_json::from_str(l).ok()).unwrap_or_default();
    Said { status: output.status.code(), text: text + &String::from_utf8_lossy(&output.stderr), json }
}
