//! A NixOS of a few kilobytes: its nixpkgs is a folder that is packed as a channel or named by a flake.

use cairn_engines::nixos::Nixos;
use cairn_engines::{Engine, detect};
use cairn_host::Host;
use cairn_host::clock::SetClock;
use cairn_jobs::Context;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// What the system is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Channel,
    Flake,
}

pub struct World {
    kind: Kind,
    folder: tempfile::TempDir,
}

/// What Nix is told on this machine: nobody else to ask, no users for builds, and a shell inside.
const OPTIONS: [(&str, &str); 3] =
    [("build-users-group", ""), ("substituters", ""), ("sandbox-paths", "/bin /usr /lib /lib64")];
const TOOLS: [&str; 4] = ["nix", "nix-env", "nix-instantiate", "nix-store"];
const MODULE: &str = include_str!("../../nixos/cairn-packages.nix");
const LEFT: &str = "/nix/store/00000000000000000000000000000000-half-1";
const PROFILE: &str = "/nix/var/nix/profiles/system";

impl World {
    /// `None`, and a word about it, where the machine cannot have one.
    pub fn new(kind: Kind) -> Option<Self> {
        if TOOLS.iter().any(|tool| !Path::new("/usr/bin").join(tool).exists()) {
            println!("skipped: needs nix (./dev test)");
            return None;
        }
        let folder = tempfile::Builder::new().prefix("cairn-nix-").tempdir().unwrap();
        let world = Self { kind, folder };
        world.lay_out();
        Some(world)
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// In November 2026: which releases are out depends on the day.
    pub fn host(&self) -> Host {
        let clock = SetClock::default();
        clock.set(1_795_392_000);
        Host { clock: Arc::new(clock), ..Host::at(self.root()) }
    }

    fn published(&self, channel: &str) -> PathBuf {
        self.folder.path().join("channels").join(channel)
    }

    fn lay_out(&self) {
        let host = self.host();
        host.write("/etc/NIXOS", "").unwrap();
        std::fs::create_dir_all(host.path("/nix/var/nix/profiles/per-user/root")).unwrap();
        host.write("/etc/os-release", "ID=nixos\nPRETTY_NAME=\"NixOS 26.05\"\n").unwrap();
        host.write("/etc/hostname", "workshop\n").unwrap();
        host.write("/etc/nixos/cairn-packages.nix", MODULE).unwrap();
        self.configure("{ imports = [ ./cairn-packages.nix ]; }");
        for tool in TOOLS {
            host.link(&format!("/usr/bin/{tool}"), &format!("/usr/bin/{tool}")).unwrap();
        }
        let published = self.published("nixos-26.05");
        match self.kind {
            Kind::Channel => {
                let list = format!("file://{} nixos\n", published.display());
                host.write("/root/.nix-channels", &list).unwrap();
            }
            Kind::Flake => {
                let flake = format!(
                    "{{\n  inputs.nixpkgs.url = \"path:{}\";\n  outputs = {{ nixpkgs, ... }}: {{ \
                     nixosConfigurations.workshop = nixpkgs.make ({{ }}: {{ imports = [ ]; }}); }};\n}}\n",
                    published.join("nixpkgs").display()
                );
                host.write("/etc/nixos/flake.nix", &flake).unwrap();
            }
        }
    }

    pub fn configure(&self, configuration: &str) {
        self.host().write("/etc/nixos/configuration.nix", configuration).unwrap();
    }

    /// The list of packages, where there is one.
    pub fn list(&self) -> Option<String> {
        self.host().read("/etc/nixos/cairn-packages.json").unwrap()
    }

    pub fn publish(&self, version: &str, seconds: u32) {
        self.publish_in("nixos-26.05", version, seconds);
    }

    /// Puts a state of nixpkgs where the channel is, whose systems take that long to build.
    pub fn publish_in(&self, channel: &str, version: &str, seconds: u32) {
        let folder = self.published(channel);
        let nixpkgs = folder.join("nixpkgs");
        std::fs::create_dir_all(nixpkgs.join("nixos")).unwrap();
        let system = include_str!("system.nix")
            .replace("@version@", version)
            .replace("@seconds@", &seconds.to_string());
        std::fs::write(nixpkgs.join("make.nix"), system).unwrap();
        std::fs::write(nixpkgs.join("build.sh"), include_str!("build.sh")).unwrap();
        let channel =
            "{ }: import ../make.nix { system = builtins.currentSystem; } (import <nixos-config>)\n";
        std::fs::write(nixpkgs.join("nixos/default.nix"), channel).unwrap();
        let flake = format!(
            "{{\n  description = \"{version}\";\n  outputs = {{ self }}: {{ make = import ./make.nix {{ system = \
             \"{}-linux\"; }}; }};\n}}\n",
            std::env::consts::ARCH
        );
        std::fs::write(nixpkgs.join("flake.nix"), flake).unwrap();
        let packed = folder.join("nixexprs.tar.xz");
        let fresh = folder.join("nixexprs.new");
        let program =
            Command::new("tar").arg("-C").arg(&folder).arg("-cJf").arg(&fresh).arg("nixpkgs").status();
        assert!(program.unwrap().success());
        std::fs::rename(fresh, packed).unwrap();
    }

    pub fn engine(&self) -> Nixos {
        assert_eq!(detect(&self.host()).unwrap().id(), "nixos");
        OPTIONS.iter().fold(Nixos::new(self.host()), |engine, (name, value)| engine.option(name, value))
    }

    /// A system that runs the last of these versions, each of which was installed by the engine.
    pub async fn installed(&self, versions: &[&str]) -> Nixos {
        self.generation("25.11.1", 1);
        self.boot(1);
        let engine = self.engine();
        for version in versions {
            self.publish(version, 0);
            let update = engine.check(&Context::default()).await.unwrap().unwrap();
            super::fulfil(&engine, cairn_model::Wish::update(), Some(&update)).await;
            self.restart();
        }
        engine
    }

    /// Makes a generation by hand, as another tool would.
    pub fn generation(&self, version: &str, number: u32) {
        let expression = include_str!("made.nix");
        let number = number.to_string();
        let own = ["--expr", expression, "--argstr", "version", version, "--argstr", "number", &number];
        let drv = self.nix("nix-instantiate", &own);
        let path = self.nix("nix-store", &["--realise", drv.trim()]);
        self.env(&["--set", path.trim()]);
    }

    pub fn env(&self, own: &[&str]) {
        let profile = self.host().path(PROFILE).to_string_lossy().into_owned();
        let mut all = vec!["--profile", profile.as_str()];
        all.extend(own);
        self.nix("nix-env", &all);
    }

    fn nix(&self, tool: &str, own: &[&str]) -> String {
        let mut command = Command::new(tool);
        command.arg("--store").arg(self.root());
        for (name, value) in OPTIONS {
            command.args(["--option", name, value]);
        }
        let output = command.args(own).output().unwrap();
        assert!(output.status.success(), "{tool} {own:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts a generation.
    pub fn boot(&self, number: u32) {
        let system = self.host().read_link(&format!("{PROFILE}-{number}-link")).unwrap();
        for link in ["/run/booted-system", "/run/current-system"] {
            self.host().link(link, &system).unwrap();
        }
    }

    /// Starts what the boot menu says.
    pub fn restart(&self) {
        let conf = self.host().read("/boot/loader/loader.conf").unwrap().unwrap();
        let number =
            conf.trim().strip_prefix("default nixos-generation-").unwrap().strip_suffix(".conf").unwrap();
        self.boot(number.parse().unwrap());
    }

    /// What root's next build would be made from.
    pub fn sources(&self) -> String {
        let host = self.host();
        match self.kind {
            Kind::Channel => {
                let folder = host.resolve("/nix/var/nix/profiles/per-user/root/channels/nixos");
                let make = folder.ok().and_then(|f| host.read(&format!("{f}/make.nix")).unwrap());
                make.unwrap_or_default()
            }
            Kind::Flake => {
                let lock = host.read("/etc/nixos/flake.lock").unwrap().unwrap_or_default();
                let made = host.read_link("/nix/var/nix/profiles/system").unwrap();
                let system = host.resolve(&format!("/nix/var/nix/profiles/{made}")).unwrap();
                format!("{lock} {}", host.read(&format!("{system}/nixos-version")).unwrap().unwrap())
            }
        }
    }

    /// A path that Nix knows nothing of.
    pub fn leave_behind(&self) {
        self.host().write(&format!("{LEFT}/data"), "half").unwrap();
    }

    pub fn left_behind(&self) -> Option<String> {
        self.host().read(&format!("{LEFT}/data")).unwrap()
    }

    /// What Nix has in its store, in bytes.
    pub fn bytes(&self) -> u64 {
        let own = ["--extra-experimental-features", "nix-command", "path-info", "--all", "--json"];
        let all: serde_json::Value = serde_json::from_str(&self.nix("nix", &own)).unwrap();
        all.as_object().unwrap().values().map(|info| info["narSize"].as_u64().unwrap()).sum()
    }
}
