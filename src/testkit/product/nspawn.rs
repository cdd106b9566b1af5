//! The system in a container: systemd as the first process, the deployment as the root, everything of libostree as it
//! is after a real start. Kernel, initramfs and boot loader are not there; the network is the host's.

mod entry;

use super::error::At;
use super::image::REMOTE;
use super::{Answer, Error, Image, Result, Site, tool};
use entry::Entry;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// What systemd-nspawn ends with when the system inside restarts and it was told to leave that to others.
const RESTART: i32 = 133;
const START_LIMIT: Duration = Duration::from_secs(60);
static START: AtomicU32 = AtomicU32::new(0);
const TICK: Duration = Duration::from_millis(50);
const ENVIRONMENT: [&str; 3] = ["PATH=/usr/sbin:/usr/bin", "HOME=/root", "LANG=C.UTF-8"];
/// Does what the initramfs would, then becomes systemd.
const FIRST_PROCESS: &str = "mount --bind /run/cmdline /proc/cmdline; : >/run/ostree-booted
    exec /sbin/init systemd.unit=multi-user.target \"$@\"";

/// How a system went down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Restart,
    PowerOff,
}

/// One machine. It is killed and its disk removed when it is dropped.
#[derive(Debug)]
pub struct Container {
    place: tempfile::TempDir,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    nspawn: Child,
    /// The first process of the container.
    init: u32,
}

/// Why no container can be run here; `None` where one can.
pub fn missing() -> Option<String> {
    let tools = ["systemd-nspawn", "nsenter", "ostree", "mmdebstrap", "meson", "gpg", "cpio", "unshare"];
    if let Some(reason) = tool::missing(&tools) {
        return Some(reason);
    }
    // A user who is root only in a namespace of his own has no cgroups to give.
    let whole = fs::read_to_string("/proc/self/uid_map").is_ok_and(|map| map.contains("4294967295"));
    if !whole {
        return Some("needs the real root, not one in a user namespace".into());
    }
    let cgroups = fs::read_to_string("/proc/self/mounts").is_ok_and(|m| m.contains(" /sys/fs/cgroup"));
    (!cgroups).then(|| "needs cgroups".into())
}

impl Container {
    /// Makes a machine with a disk of its own that takes its updates from the site.
    ///
    /// # Errors
    /// When the disk cannot be copied.
    pub fn create(image: &Image, site: &Site) -> Result<Self> {
        let place = image.place()?;
        let sysroot = place.path().join("sysroot");
        tool::run(Command::new("cp").args(["-a", "--reflink=auto"]).arg(image.sysroot()).arg(&sysroot))?;
        let repo = format!("--repo={}", sysroot.join("ostree/repo").display());
        let group = format!("--group=remote \"{REMOTE}\"");
        tool::run(&mut tool::ostree([&repo, "config", "set", &group, "url", &site.url()]))?;
        Ok(Self { place, running: None })
    }

    /// The disk, seen from outside.
    pub fn sysroot(&self) -> PathBuf {
        self.place.path().join("sysroot")
    }

    /// Starts what the boot loader would start; systemd has finished starting when this returns.
    ///
    /// # Errors
    /// When it does not come up within a minute.
    pub fn boot(&mut self) -> Result<()> {
        self.kill();
        let entry = Entry::default_of(&self.sysroot())?;
        let mut nspawn = self.enter(&entry)?;
        let deadline = Instant::now() + START_LIMIT;
        let init = loop {
            std::thread::sleep(TICK);
            if let Ok(Some(status)) = nspawn.try_wait() {
                return Err(Error::Ended { what: status.to_string(), log: self.console() });
            }
            if Instant::now() > deadline {
                let _ = nspawn.kill();
                let _ = nspawn.wait();
                return Err(Error::Late { what: "systemd".into(), log: self.console() });
            }
            if let Some(init) = first_process(nspawn.id())
                && inside(init, "test")
                    .args(["-S", "/run/systemd/private"])
                    .output()
                    .is_ok_and(|o| o.status.success())
            {
                break init;
            }
        };
        self.running = Some(Running { nspawn, init });
        // A unit that a container cannot have may have failed; what matters is that the start is over.
        self.run("systemctl is-system-running --wait || true").map(|_| ())
    }

    fn enter(&self, entry: &Entry) -> Result<Child> {
        let work = self.place.path();
        let cmdline = work.join("cmdline");
        tool::write(&cmdline, format!("{}\n", entry.options))?;
        let console = self.console_file();
        let log = File::create(&console).at(&console)?;
        let errors = log.try_clone().at(&console)?;
        let bind = |from: &Path, to: &str| format!("--bind={}:{to}", from.display());
        let mut command = Command::new("systemd-nspawn");
        command.args([
            "--quiet",
            "--register=no",
            "--keep-unit",
            "--kill-signal=SIGRTMIN+4",
            "--console=pipe",
        ]);
        // Otherwise it writes to the deployment's /etc.
        command.args(["--resolv-conf=off", "--timezone=off", "--link-journal=no"]);
        // The name of a killed container stays taken until the host's next start.
        let unique = START.fetch_add(1, Ordering::Relaxed);
        command.arg(format!("--machine=cairn-test-{}-{unique}", std::process::id()));
        command.arg(format!("--directory={}", entry.deployment.display()));
        command.arg(bind(&self.sysroot(), "/sysroot")).arg(bind(&self.sysroot().join("boot"), "/boot"));
        command.arg(bind(&entry.var, "/var"));
        command.arg(format!("--bind-ro={}:/usr", entry.deployment.join("usr").display()));
        command.arg(format!("--bind-ro={}:/run/cmdline", cmdline.display()));
        command.args(["/bin/sh", "-c", FIRST_PROCESS, "init", &entry.target]);
        command.stdin(Stdio::null()).stdout(log).stderr(errors);
        command.spawn().map_err(|source| Error::Start { program: "systemd-nspawn".into(), source })
    }

    /// Runs a shell script inside, as root.
    ///
    /// # Errors
    /// When the system is not running.
    pub fn run(&self, script: &str) -> Result<Answer> {
        self.run_as(&[], script)
    }

    /// Runs a shell script inside as the ordinary user, who has no session.
    ///
    /// # Errors
    /// When the system is not running.
    pub fn run_as_user(&self, script: &str) -> Result<Answer> {
        self.run_as(&["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"], script)
    }

    fn run_as(&self, prefix: &[&str], script: &str) -> Result<Answer> {
        let init = self.running.as_ref().ok_or(Error::NotRunning)?.init;
        let mut command = inside(init, "env");
        command.arg("-i").args(ENVIRONMENT).args(prefix).args(["sh", "-ec", &format!("exec 2>&1\n{script}")]);
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|source| Error::Start { program: "nsenter".into(), source })?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok(Answer { status: output.status.code().unwrap_or(-1), output: text.trim_end().to_owned() })
    }

    /// Waits until the system has gone down by itself.
    ///
    /// # Errors
    /// When it has not within that time, or went down in no orderly way.
    pub fn wait(&mut self, patience: Duration) -> Result<Ending> {
        let deadline = Instant::now() + patience;
        loop {
            let running = self.running.as_mut().ok_or(Error::NotRunning)?;
            let ended = running.nspawn.try_wait();
            if let Some(status) =
                ended.map_err(|source| Error::Start { program: "systemd-nspawn".into(), source })?
            {
                self.running = None;
                return match status.code() {
                    Some(RESTART) => Ok(Ending::Restart),
                    Some(0) => Ok(Ending::PowerOff),
                    _ => Err(Error::Ended { what: status.to_string(), log: self.console() }),
                };
            }
            if Instant::now() > deadline {
                return Err(Error::Late { what: "the system to go down".into(), log: self.console() });
            }
            std::thread::sleep(TICK);
        }
    }

    /// What the system and its keeper said last.
    pub fn console(&self) -> String {
        fs::read_to_string(self.console_file()).unwrap_or_default()
    }

    fn console_file(&self) -> PathBuf {
        self.place.path().join("console.log")
    }

    fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            // Its children die with it.
            let _ = running.nspawn.kill();
            let _ = running.nspawn.wait();
        }
    }
}

impl Drop for Container {
    fn drop(&mut self) {
        self.kill();
        // What stays goes when the image is opened next.
        let _ = cairn_demo::world::wipe(self.place.path());
    }
}

/// The child of systemd-nspawn that is number 1 inside.
fn first_process(nspawn: u32) -> Option<u32> {
    let children = fs::read_to_string(format!("/proc/{nspawn}/task/{nspawn}/children")).ok()?;
    children.split_whitespace().filter_map(|pid| pid.parse().ok()).find(|pid| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:")).unwrap_or_default();
        let numbers: Vec<&str> = numbers.split_whitespace().collect();
        numbers.len() > 1 && numbers.last() == Some(&"1")
    })
}

fn inside(init: u32, program: &str) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["--all", "--target", &init.to_string(), "--", program]);
    command
}
