//! The played store: what is in it, what needs what, and the files that others look at.

use super::edition::{self, EDITIONS};
use crate::systems::Stage;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

/// What the stand-ins know together.
pub(super) const STATE: &str = "nixos";
pub(super) const PROFILES: &str = "/nix/var/nix/profiles";
const DIGITS: &[u8; 32] = b"0123456789abcdfghijklmnpqrsvwxyz";
const HOST: &str = "workshop";

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Store {
    pub(super) paths: BTreeMap<String, Entry>,
    /// Derivation → what it will be.
    pub(super) derivations: BTreeMap<String, Recipe>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) size: u64,
    pub(super) references: Vec<String>,
}

/// What a system is made of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Recipe {
    pub(super) version: String,
    /// `None` where the configuration does not import the list.
    pub(super) packages: Option<Vec<String>>,
}

impl Recipe {
    /// The path of the system.
    pub(super) fn system(&self) -> String {
        let seed = format!("{self:?}");
        path(&seed, &format!("nixos-system-{HOST}-{}", self.version))
    }

    pub(super) fn derivation(&self) -> String {
        path(&format!("{self:?} drv"), &format!("nixos-system-{HOST}-{}.drv", self.version))
    }

    fn added(&self) -> &[String] {
        self.packages.as_deref().unwrap_or_default()
    }

    /// The packages, as paths with their bytes.
    pub(super) fn closure(&self) -> Vec<(String, u64)> {
        let packages = edition::packages(&self.version, self.added());
        packages.into_iter().map(|(name, size)| (path(&name, &name), size)).collect()
    }
}

/// The path that something has in the store; the same seed gives the same.
pub(super) fn path(seed: &str, name: &str) -> String {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in seed.bytes() {
        state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let digit = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(DIGITS[(state >> 59) as usize])
    };
    let hash: String = (0..32).map(digit).collect();
    format!("/nix/store/{hash}-{name}")
}

/// Builds a system: its paths and its files.
pub(super) fn build(stage: &Stage, store: &mut Store, recipe: &Recipe) -> io::Result<String> {
    let system = recipe.system();
    let (etc, environment) =
        (path(&format!("{system} etc"), "etc"), path(&format!("{system} sw"), "system-path"));
    let closure = recipe.closure();
    for (package, size) in &closure {
        store.paths.entry(package.clone()).or_insert(Entry { size: *size, references: Vec::new() });
        stage.write(&format!("{package}/share/doc"), "")?;
    }
    let references: Vec<String> = closure.into_iter().map(|(package, _)| package).collect();
    store.paths.insert(environment.clone(), Entry { size: 4 << 20, references });
    store.paths.insert(etc.clone(), Entry { size: 900_000, references: Vec::new() });
    let references = vec![etc.clone(), environment.clone()];
    store.paths.insert(system.clone(), Entry { size: 120_000, references });
    lay_out(stage, recipe, &system, &etc, &environment)?;
    Ok(system)
}

fn lay_out(stage: &Stage, recipe: &Recipe, system: &str, etc: &str, environment: &str) -> io::Result<()> {
    let (version, kernel) = (&recipe.version, edition::kernel(&recipe.version));
    stage.write(&format!("{etc}/etc/os-release"), &os_release(version))?;
    if let Some(packages) = &recipe.packages {
        stage.write(&format!("{etc}/etc/cairn-packages.json"), &serde_json::to_string(packages)?)?;
    }
    std::fs::create_dir_all(stage.path(environment))?;
    stage.write(&format!("{system}/nixos-version"), version)?;
    stage.write(&format!("{system}/init"), "")?;
    let boot = serde_json::json!({
        "org.nixos.bootspec.v1": {
            "label": format!("NixOS {} {version} (Linux {kernel})", code_name(version)),
            "init": format!("{system}/init"),
            "kernel": format!("{system}/kernel"),
            "kernelParams": ["loglevel=4"],
            "system": "x86_64-linux",
            "toplevel": system,
        },
        "org.nixos.specialisation.v1": {},
    });
    stage.write(&format!("{system}/boot.json"), &boot.to_string())?;
    link(stage, &format!("{system}/etc"), &format!("{etc}/etc"))?;
    link(stage, &format!("{system}/sw"), environment)?;
    let own = std::fs::read_link(stage.path("/usr/bin/nix"))?;
    let switch = format!("{system}/bin/switch-to-configuration");
    link(stage, &switch, &own.to_string_lossy())
}

fn code_name(version: &str) -> &'static str {
    if version.starts_with("26.05") { "Yarara" } else { "Zokor" }
}

/// nixpkgs: nixos/modules/misc/version.nix.
pub(super) fn os_release(version: &str) -> String {
    let (release, name) = (&version[..5], code_name(version));
    format!(
        "ID=nixos\nNAME=NixOS\nVERSION_ID=\"{release}\"\nBUILD_ID=\"{version}\"\nVERSION=\"{release} ({name})\"\n\
         PRETTY_NAME=\"NixOS {release} ({name})\"\n"
    )
}

/// Makes a link or changes it.
pub(super) fn link(stage: &Stage, path: &str, target: &str) -> io::Result<()> {
    let link = stage.path(path);
    std::fs::create_dir_all(link.parent().unwrap_or(Path::new("/")))?;
    let fresh = link.with_extension("fresh");
    let _ = std::fs::remove_file(&fresh);
    symlink(target, &fresh)?;
    std::fs::rename(fresh, link)
}

/// The target of a link, `None` where there is none.
pub(super) fn target(stage: &Stage, path: &str) -> Option<String> {
    Some(std::fs::read_link(stage.path(path)).ok()?.to_string_lossy().into_owned())
}

/// Number and system of each generation of the system's profile, from old to new.
pub(super) fn generations(stage: &Stage, profile: &str) -> Vec<(u64, String)> {
    let (folder, name) = profile.rsplit_once('/').unwrap_or(("", profile));
    let Ok(entries) = std::fs::read_dir(stage.path(folder)) else { return Vec::new() };
    let mut found: Vec<(u64, String)> = entries
        .flatten()
        .filter_map(|entry| {
            let file = entry.file_name().to_string_lossy().into_owned();
            let number = file.strip_prefix(name)?.strip_prefix('-')?.strip_suffix("-link")?.parse().ok()?;
            Some((number, target(stage, &format!("{folder}/{file}"))?))
        })
        .collect();
    found.sort();
    found
}

impl Store {
    /// What no root leads to.
    pub(super) fn dead(&self, stage: &Stage) -> Vec<String> {
        let mut open = roots(stage);
        let mut live = BTreeSet::new();
        while let Some(path) = open.pop() {
            if live.insert(path.clone()) {
                open.extend(self.paths.get(&path).map(|e| e.references.clone()).unwrap_or_default());
            }
        }
        self.paths.keys().filter(|path| !live.contains(*path)).cloned().collect()
    }

    pub(super) fn delete(&mut self, stage: &Stage, path: &str) {
        self.paths.remove(path);
        let place = stage.path(path);
        let _ = std::fs::remove_dir_all(&place).or_else(|_| std::fs::remove_file(&place));
    }

    /// A path and all that it needs.
    pub(super) fn closure(&self, path: &str) -> BTreeSet<String> {
        let (mut open, mut found) = (vec![path.to_owned()], BTreeSet::new());
        while let Some(path) = open.pop() {
            if found.insert(path.clone()) {
                open.extend(self.paths.get(&path).map(|e| e.references.clone()).unwrap_or_default());
            }
        }
        found
    }
}

fn roots(stage: &Stage) -> Vec<String> {
    let folders = [PROFILES, "/nix/var/nix/profiles/per-user/root", "/nix/var/nix/gcroots/cairn", "/run"];
    let names = |folder: &str| {
        let entries = std::fs::read_dir(stage.path(folder)).into_iter().flatten().flatten();
        entries.map(|e| format!("{folder}/{}", e.file_name().to_string_lossy())).collect::<Vec<_>>()
    };
    let links = folders.iter().flat_map(|folder| names(folder));
    links.filter_map(|link| target(stage, &link)).collect()
}

/// The newest edition of a channel. Whatever comes after the release that is played is the same.
pub(super) fn newest(channel: &str) -> Option<&'static edition::Edition> {
    match channel {
        "nixos-26.05" => EDITIONS.get(3),
        later if later.starts_with("nixos-") => EDITIONS.get(4),
        _ => None,
    }
}
