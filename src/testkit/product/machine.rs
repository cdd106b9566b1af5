//! The system in a virtual machine, emulated in software: BIOS, GRUB, kernel, initramfs, and a power switch.
//!
//! A guest that restarts ends its QEMU, and the next start is a new one on the same disk: after a reset, emulation is
//! several times slower. What the guest flushed to the disk outlives a kill; what it did not may be lost.

mod channel;

use super::{Answer, Error, Image, Result, tool};
use channel::Channel;
use std::fs;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const QEMU: &str = "qemu-system-x86_64";
/// Ten seconds on a quiet machine.
const PATIENCE: Duration = Duration::from_secs(120);
const TICK: Duration = Duration::from_millis(20);

/// One machine. It is killed and its disk removed when it is dropped.
#[derive(Debug)]
pub struct Machine {
    place: tempfile::TempDir,
    /// Short, for the path of a socket may not be long.
    sockets: tempfile::TempDir,
    running: Option<Running>,
    boot: String,
}

#[derive(Debug)]
struct Running {
    qemu: Child,
    channel: Channel,
}

/// Why no machine can be run here; `None` where one can.
pub fn missing() -> Option<String> {
    let tools = [
        QEMU,
        "qemu-img",
        "grub-mkimage",
        "mkfs.ext4",
        "ostree",
        "mmdebstrap",
        "meson",
        "gpg",
        "cpio",
        "unshare",
    ];
    tool::missing(&tools)
}

impl Machine {
    /// Makes a machine with a disk of its own, switched off.
    ///
    /// # Errors
    /// When the disk cannot be made.
    pub fn create(image: &Image) -> Result<Self> {
        let place = image.place()?;
        let sockets = tempfile::Builder::new().prefix("cairn-vm-").tempdir();
        let sockets = sockets.map_err(Error::Channel)?;
        let mut command = Command::new("qemu-img");
        command.args(["create", "-q", "-f", "qcow2", "-F", "raw", "-b"]).arg(image.disk()?);
        tool::run(command.arg(place.path().join("disk.qcow2")))?;
        Ok(Self { place, sockets, running: None, boot: String::new() })
    }

    /// Switches it on and returns once it takes commands.
    ///
    /// One of about thirty starts ended before that for no reason that was found, so the first such end is said on
    /// standard output and the machine switched on again; a disk that does not start fails twice.
    ///
    /// # Errors
    /// When it does not within two minutes; the error has the end of its console.
    pub fn start(&mut self) -> Result<Duration> {
        match self.switch_on() {
            Err(Error::Ended { what, log }) => {
                println!("the machine ended while it started ({what}); once more\n{log}");
                self.switch_on()
            }
            other => other,
        }
    }

    fn switch_on(&mut self) -> Result<Duration> {
        self.kill();
        let start = Instant::now();
        let socket = self.sockets.path().join("channel");
        let _ = fs::remove_file(&socket);
        let child = self.command(&socket).spawn();
        let mut qemu = child.map_err(|source| Error::Start { program: QEMU.into(), source })?;
        let stream = loop {
            if let Ok(stream) = UnixStream::connect(&socket) {
                break stream;
            }
            if let Ok(Some(status)) = qemu.try_wait() {
                return Err(Error::Ended { what: status.to_string(), log: self.console() });
            }
            if start.elapsed() > PATIENCE {
                let _ = qemu.kill();
                let _ = qemu.wait();
                return Err(Error::Late { what: QEMU.into(), log: self.console() });
            }
            std::thread::sleep(TICK);
        };
        let running = self.running.insert(Running { qemu, channel: Channel::new(stream) });
        loop {
            match running.channel.line(start + PATIENCE) {
                // A restart of the agent within one boot is not a start.
                Ok(line) => match line.strip_prefix("@@ready ") {
                    Some(boot) if boot != self.boot => {
                        boot.clone_into(&mut self.boot);
                        return Ok(start.elapsed());
                    }
                    _ => {}
                },
                Err(error) => return Err(self.explain(error)),
            }
        }
    }

    fn command(&self, socket: &std::path::Path) -> Command {
        let mut command = Command::new(QEMU);
        command.args(["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]);
        command.args([
            "-machine",
            "q35",
            "-accel",
            "tcg,thread=multi",
            "-cpu",
            "max",
            "-smp",
            "2",
            "-m",
            "1024",
        ]);
        let disk = self.place.path().join("disk.qcow2");
        let disk = format!("file={},format=qcow2,if=none,id=disk,cache=writeback", disk.display());
        command.args(["-drive", &disk, "-device", "virtio-blk-pci,drive=disk"]);
        command.args(["-netdev", "user,id=net,ipv6=off", "-device", "virtio-net-pci,netdev=net"]);
        let channel = format!("socket,id=channel,path={},server=on,wait=off", socket.display());
        command.args(["-device", "virtio-serial-pci", "-chardev", &channel]);
        command.args(["-device", "virtserialport,chardev=channel,name=channel"]);
        let console = format!("file,id=console,path={},append=on", self.console_file().display());
        command.args(["-chardev", &console, "-serial", "chardev:console"]);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a shell script in it, as root.
    ///
    /// # Errors
    /// When the machine is not running, goes down meanwhile, or the script takes longer than two minutes.
    pub fn run(&mut self, script: &str) -> Result<Answer> {
        let running = self.running.as_mut().ok_or(Error::NotRunning)?;
        running.channel.run(script, Instant::now() + PATIENCE).map_err(|error| self.explain(error))
    }

    /// Starts a shell script and returns with the first line that fits, while the script goes on.
    ///
    /// # Errors
    /// When the script ends or the time is up before such a line came.
    pub fn run_until(&mut self, script: &str, fits: impl Fn(&str) -> bool) -> Result<String> {
        let running = self.running.as_mut().ok_or(Error::NotRunning)?;
        let found = running.channel.run_until(script, Instant::now() + PATIENCE, fits);
        found.map_err(|error| self.explain(error))
    }

    /// Runs a script after which the machine restarts, waits until it is down, and starts it again.
    ///
    /// # Errors
    /// When the script says that it failed, the machine does not go down, or it does not come up.
    pub fn restart_by(&mut self, script: &str) -> Result<Duration> {
        let start = Instant::now();
        match self.run(script) {
            Ok(answer) => drop(answer.good()?),
            // It may go down before the answer is out.
            Err(Error::Ended { .. }) => {}
            Err(error) => return Err(error),
        }
        if let Some(running) = &mut self.running {
            while running.qemu.try_wait().map_err(Error::Channel)?.is_none() {
                if start.elapsed() > PATIENCE {
                    return Err(Error::Late { what: "the machine to go down".into(), log: self.console() });
                }
                std::thread::sleep(TICK);
            }
        }
        self.start()?;
        Ok(start.elapsed())
    }

    /// The power goes away.
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.qemu.kill();
            let _ = running.qemu.wait();
        }
    }

    /// The end of what the machine wrote to its serial line.
    pub fn console(&self) -> String {
        let text = fs::read(self.console_file()).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines.get(lines.len().saturating_sub(40)..).unwrap_or_default().join("\n")
    }

    fn console_file(&self) -> PathBuf {
        self.place.path().join("console.log")
    }

    /// Adds the console to what went wrong.
    fn explain(&mut self, error: std::io::Error) -> Error {
        let (what, log) = (error.to_string(), self.console());
        match error.kind() {
            std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::ConnectionReset => {
                Error::Ended { what, log }
            }
            std::io::ErrorKind::TimedOut => Error::Late { what, log },
            _ => Error::Channel(error),
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        self.kill();
    }
}
