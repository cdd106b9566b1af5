//! A device for the real RAUC, below a folder that goes with it.

use super::{BUNDLES, INTERFACE, SERVICE};
use cairn_host::Host;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// What `custom` boot loaders have to answer (rauc: docs/integration.rst, "Custom Bootloader Backend").
const LOADER: &str = r#"#!/bin/sh
folder=$(dirname "$0")
case "$1" in
get-primary) cat "$folder/primary" ;;
set-primary) echo "$2" >"$folder/primary"; echo good >"$folder/state-$2" ;;
get-state) cat "$folder/state-$2" ;;
set-state) echo "$3" >"$folder/state-$2" ;;
*) exit 1 ;;
esac
"#;

/// What keeps the real one from being tried here.
pub(super) fn lacking() -> Option<&'static str> {
    let program =
        |name: &str| ["/usr/bin", "/usr/sbin"].iter().any(|folder| Path::new(folder).join(name).exists());
    if !["rauc", "openssl", "mksquashfs", "dbus-daemon"].iter().all(|name| program(name)) {
        return Some("needs rauc, openssl, mksquashfs and dbus-daemon");
    }
    if std::fs::File::options().read(true).write(true).open("/dev/loop-control").is_err() {
        return Some("needs loop devices, which only root has");
    }
    let file_systems = std::fs::read_to_string("/proc/filesystems").unwrap_or_default();
    (!file_systems.contains("squashfs")).then_some("the kernel has no squashfs")
}

/// A bundle to be made.
pub(super) struct Bundle<'a> {
    pub(super) version: &'a str,
    pub(super) compatible: &'a str,
    /// Who signs it.
    pub(super) key: &'a str,
}

impl<'a> Bundle<'a> {
    pub(super) const SIZE: usize = 300_000;

    pub(super) fn of(version: &'a str) -> Self {
        Self { version, compatible: "acme-panel-x2", key: "release" }
    }
}

pub(super) struct Device {
    root: PathBuf,
    address: String,
    daemon: Child,
    service: Option<Child>,
    _folder: tempfile::TempDir,
}

impl Device {
    /// Laid out, with keys, its bus, and the service started from slot A.
    pub(super) async fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("cairn-rauc-").tempdir_in("/var/tmp").unwrap();
        let root = folder.path().canonicalize().unwrap();
        let address = format!("unix:path={}", root.join("bus").display());
        let daemon = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--nopidfile", "--address", &address])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut device = Self { root, address, daemon, service: None, _folder: folder };
        device.lay_out();
        device.start("A").await;
        device
    }

    fn lay_out(&self) {
        for folder in ["etc/rauc", "usr/bin", "mnt", "data", BUNDLES.trim_start_matches('/')] {
            std::fs::create_dir_all(self.root.join(folder)).unwrap();
        }
        for (file, words) in [
            ("usr/bin/rauc", ""),
            ("etc/os-release", "ID=acme\nPRETTY_NAME=\"Acme Panel OS\"\nIMAGE_VERSION=2026.10.1\n"),
            ("loader", LOADER),
            ("primary", "A\n"),
            ("state-A", "good\n"),
            ("state-B", "good\n"),
            ("slot-a", ""),
            ("slot-b", ""),
        ] {
            std::fs::write(self.root.join(file), words).unwrap();
        }
        std::fs::set_permissions(self.root.join("loader"), std::fs::Permissions::from_mode(0o755)).unwrap();
        for slot in ["slot-a", "slot-b"] {
            std::fs::File::options()
                .write(true)
                .open(self.root.join(slot))
                .unwrap()
                .set_len(4 << 20)
                .unwrap();
        }
        let root = self.root.display();
        let configuration = format!(
            "[system]\ncompatible=acme-panel-x2\nbootloader=custom\nmountprefix={root}/mnt\n\
             statusfile={root}/data/status\n[handlers]\nbootloader-custom-backend={root}/loader\n\
             [keyring]\npath={root}/release.pem\n[slot.rootfs.0]\ndevice={root}/slot-a\ntype=raw\nbootname=A\n\
             [slot.rootfs.1]\ndevice={root}/slot-b\ntype=raw\nbootname=B\n"
        );
        std::fs::write(self.root.join("etc/rauc/system.conf"), configuration).unwrap();
        for key in ["release", "foreign"] {
            let (name, pem, secret) =
                (format!("/O=Acme/CN={key}"), format!("{key}.pem"), format!("{key}.key"));
            let arguments = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"];
            self.run(
                Command::new("openssl")
                    .args(arguments)
                    .args(["-subj", &name, "-keyout", &secret, "-out", &pem]),
            );
        }
    }

    fn run(&self, command: &mut Command) {
        let ended = command.current_dir(&self.root).stdin(Stdio::null()).output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }

    /// The service as it is after the boot loader took that slot.
    pub(super) async fn start(&mut self, slot: &str) {
        self.end();
        let configuration = format!("--conf={}", self.root.join("etc/rauc/system.conf").display());
        let service = Command::new("rauc")
            .args([&configuration, &format!("--override-boot-slot={slot}"), "service"])
            .env("DBUS_SYSTEM_BUS_ADDRESS", &self.address)
            .env_remove("DBUS_STARTER_BUS_TYPE")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.service = Some(service);
        while !self.is_up().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn is_up(&self) -> bool {
        let Ok(builder) = zbus::connection::Builder::address(self.address.as_str()) else { return false };
        let Ok(bus) = builder.build().await else { return false };
        let peer = Some("org.freedesktop.DBus.Peer");
        bus.call_method(Some(SERVICE), "/", peer, "Ping", &()).await.is_ok()
    }

    fn end(&mut self) {
        if let Some(mut service) = self.service.take() {
            let _ = service.kill();
            let _ = service.wait();
        }
    }

    pub(super) async fn bus(&self) -> zbus::Connection {
        zbus::connection::Builder::address(self.address.as_str()).unwrap().build().await.unwrap()
    }

    pub(super) fn host(&self) -> Host {
        Host::at(&self.root).with_bus(self.address.clone())
    }

    pub(super) async fn mark(&self, state: &str, slot: &str) {
        let bus = self.bus().await;
        bus.call_method(Some(SERVICE), "/", Some(INTERFACE), "Mark", &(state, slot)).await.unwrap();
    }

    /// What the boot loader takes next.
    pub(super) fn primary(&self) -> String {
        std::fs::read_to_string(self.root.join("primary")).unwrap().trim().to_owned()
    }

    /// Makes a bundle with a content that no other has and puts it where bundles are looked for. Its format is the one that
    /// needs no device mapper.
    pub(super) fn put(&self, bundle: &Bundle<'_>) {
        let Bundle { version, compatible, key } = bundle;
        let content = self.root.join("content");
        let _ = std::fs::remove_dir_all(&content);
        std::fs::create_dir(&content).unwrap();
        let mut random = vec![0; Bundle::SIZE];
        std::io::Read::read_exact(&mut std::fs::File::open("/dev/urandom").unwrap(), &mut random).unwrap();
        std::fs::write(content.join("rootfs.img"), random).unwrap();
        let manifest = format!(
            "[update]\ncompatible={compatible}\nversion={version}\nbuild=20261116\n[bundle]\nformat=plain\n\
             [image.rootfs]\nfilename=rootfs.img\n"
        );
        std::fs::write(content.join("manifest.raucm"), manifest).unwrap();
        let place =
            self.root.join(format!("{}/{compatible}-{version}.raucb", BUNDLES.trim_start_matches('/')));
        let _ = std::fs::remove_file(&place);
        let (pem, secret) = (format!("--cert={key}.pem"), format!("--key={key}.key"));
        self.run(Command::new("rauc").args(["bundle", &pem, &secret, "content"]).arg(&place));
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.end();
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
