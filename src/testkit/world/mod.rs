//! A demo world as a test needs it: the programs that were just built, callers of several kinds, the truth from
//! libostree itself.

use cairn_api::names;
use cairn_client::Client;
use cairn_demo::systems::System;
use cairn_demo::{Config, Polkit, World, build};
use cairn_model::{Deployment, SystemStatus};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// Root may do all, user 1000 may do all, everybody else is refused.
const RULES: &str = r#"
polkit.addRule(function(action, subject) {
    if (action.id.indexOf("io.github.cairndesktop.cairn.") != 0) { return undefined; }
    return subject.user == "demo" ? polkit.Result.YES : polkit.Result.NO;
});
"#;

/// The user that the rules allow everything, and one that they do not.
pub const ALLOWED: u32 = 1000;
pub const DENIED: u32 = 65534;

/// A world and its folder.
#[derive(Debug)]
pub struct Test {
    pub world: World,
    folder: tempfile::TempDir,
}

/// Whatever keeps a test from being prepared.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Why no world can be made here, if so.
pub fn missing() -> Option<&'static str> {
    let tools = ["/usr/bin/ostree", "/usr/bin/mmdebstrap", "/usr/lib/polkit-1/polkitd"];
    let tools_there = tools.iter().all(|t| Path::new(t).exists());
    (!tools_there).then_some("needs root and the tools of ./dev")
}

/// The folder with the programs: the parent of the test's own.
pub fn binaries() -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors().nth(2).unwrap_or(Path::new("/")).to_path_buf()
}

/// The project's data folder.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data")
}

impl Test {
    /// Makes a world in a folder that callers of every user can reach, and boots it.
    pub async fn start() -> Result<Self> {
        Self::start_in(&PathBuf::from("/var/tmp")).await
    }

    /// The same with another family's system, played.
    pub async fn start_system(system: &'static System) -> Result<Self> {
        Self::make(&PathBuf::from("/var/tmp"), Some(system)).await
    }

    /// The same on another file system.
    pub async fn start_in(place: &Path) -> Result<Self> {
        Self::make(place, None).await
    }

    async fn make(place: &Path, system: Option<&'static System>) -> Result<Self> {
        static PARTS: OnceLock<std::result::Result<build::Parts, String>> = OnceLock::new();
        let made = PARTS.get_or_init(|| {
            build::build(&build::default_folder(), &mut |what| println!("{what}")).map_err(|e| e.to_string())
        });
        let parts = made.as_ref().map_err(Clone::clone)?;
        let folder = tempfile::Builder::new().prefix("cairn-test-").tempdir_in(place)?;
        open_to_all(folder.path())?;
        let rules = folder.path().join("rules");
        std::fs::write(&rules, RULES)?;
        let config = Config {
            binaries: Some(binaries()),
            data: Some(data()),
            polkit: Polkit::Rules(rules),
            environment: Vec::new(),
            system,
        };
        let mut world = World::create(parts, &folder.path().join("world"), config).await?;
        world.boot().await?;
        Ok(Self { world, folder })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A client of root.
    pub async fn client(&self) -> Result<Client> {
        Ok(Client::at(&self.world.bus_address()).await?)
    }

    pub async fn status(&self) -> Result<SystemStatus> {
        Ok(self.client().await?.status().await?)
    }

    /// `cairnctl` as that user, outside of the world, as a program of the session.
    pub fn cairnctl(&self, uid: u32, arguments: &[&str]) -> Result<Output> {
        let user = uid.to_string();
        let output = Command::new("setpriv")
            .args(["--reuid", &user, "--regid", &user, "--clear-groups", "--"])
            .arg(binaries().join("cairnctl"))
            .args(arguments)
            .env("DBUS_SYSTEM_BUS_ADDRESS", self.world.bus_address())
            .env("LC_ALL", "C.UTF-8")
            .output()?;
        Ok(output)
    }

    /// What `ostree admin status` and the boot entries say; equal texts mean that nothing changed.
    pub async fn truth(&self) -> Result<String> {
        let status = self.world.run("ostree", &["admin", "status"]).await?;
        let entries =
            self.world.run("sh", &["-c", "readlink /boot/loader; cat /boot/loader/entries/*.conf"]).await?;
        Ok(format!("{status}\n{entries}"))
    }

    /// The version that libostree marks as booted.
    pub async fn booted(&self) -> Result<String> {
        let status = self.world.run("ostree", &["admin", "status"]).await?;
        let mut lines = status.lines().skip_while(|l| !l.starts_with("* "));
        Ok(lines.find_map(|l| l.trim().strip_prefix("Version: ")).unwrap_or_default().to_owned())
    }

    /// The id of the process of that name inside.
    pub fn process(&self, name: &str) -> Result<i32> {
        let own = self.world.pid().unwrap_or_default();
        let namespace = std::fs::read_link(format!("/proc/{own}/ns/mnt"))?;
        for entry in std::fs::read_dir("/proc")?.flatten() {
            let path = entry.path();
            let comm = std::fs::read_to_string(path.join("comm")).unwrap_or_default();
            let same = std::fs::read_link(path.join("ns/mnt")).is_ok_and(|n| n == namespace);
            if same && comm.trim() == name {
                return Ok(entry.file_name().to_string_lossy().parse()?);
            }
        }
        Err(format!("{name} does not run").into())
    }

    /// Kills the service inside and waits until the bus has noticed, so that no call reaches it any more.
    pub async fn kill_service(&self) -> Result<()> {
        let bus = zbus::connection::Builder::address(self.world.bus_address().as_str())?.build().await?;
        let bus = zbus::fdo::DBusProxy::new(&bus).await?;
        // One that is only starting has no name yet, and no call is on its way to it.
        let owner = bus.get_name_owner(names::BUS.try_into()?).await.ok();
        self.signal("cairnd", "KILL")?;
        if let Some(owner) = owner {
            while bus.name_has_owner(owner.as_ref().into()).await? {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }

    /// Sends a signal to the process of that name inside.
    pub fn signal(&self, name: &str, signal: &str) -> Result<()> {
        let pid = self.process(name)?.to_string();
        let done = Command::new("kill").args(["-s", signal, &pid]).status()?;
        if done.success() { Ok(()) } else { Err(format!("cannot signal {name}").into()) }
    }
}

/// The deployment of that version.
pub fn version<'a>(status: &'a SystemStatus, version: &str) -> Result<&'a Deployment> {
    let found = status.deployments.iter().find(|d| d.version == version);
    found.ok_or_else(|| format!("{version} is not among {:?}", status.deployments).into())
}

fn open_to_all(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755))
}
