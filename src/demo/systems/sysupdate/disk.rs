//! What lies on their disks, and what a restart changes there.

use super::state::{Feature, Image, State};
use super::{SERVICE, bootctl};
use crate::systems::Stage;
use std::io;

/// The name under which the stand-in keeps its state.
pub const STATE: &str = "sysupdate";
pub const ENTRIES: &str = "/efi/EFI/Linux";
/// How often the boot loader tries a new version.
const TRIES: u32 = 3;

/// One system at the first start.
#[derive(Debug)]
pub struct Disk {
    id: &'static str,
    name: &'static str,
    /// Of os-release; the version that runs comes after it.
    title: &'static str,
    origin: &'static str,
    service: bool,
    /// The newest first: on offer, running, the one before.
    versions: [&'static str; 3],
}

pub const GNOME_OS: Disk = Disk {
    id: "gnomeos",
    name: "GNOME OS",
    title: "GNOME OS 50",
    origin: "https://os.example.org/gnome/50/",
    service: true,
    versions: ["50.6", "50.5", "50.4"],
};

pub const NIGHTLY: Disk = Disk {
    id: "gnomeos",
    name: "GNOME OS",
    title: "GNOME OS Nightly",
    origin: "https://os.example.org/gnome/nightly/",
    service: true,
    versions: ["20261123.0", "20261121.0", "20261118.0"],
};

pub const PARTICLE_OS: Disk = Disk {
    id: "particleos",
    name: "ParticleOS",
    title: "ParticleOS",
    origin: "https://os.example.org/particleos/",
    service: false,
    versions: ["20261120093011", "20261112141502", "20261104080127"],
};

impl Disk {
    pub fn lay_out(&self, stage: &Stage) -> io::Result<()> {
        let [new, running, old] = self.versions;
        stage.change(STATE, |state: &mut State| *state = first(new, running, old))?;
        stage.write("/usr/lib/systemd/systemd-sysupdate", "")?;
        if self.service {
            let file = format!("/usr/share/dbus-1/system-services/{SERVICE}.service");
            stage.write(&file, &format!("[D-BUS Service]\nName={SERVICE}\nUser=root\n"))?;
        }
        for (file, words) in [("50-usr", self.usr()), ("70-uki", self.uki())] {
            stage.write(&format!("/usr/lib/sysupdate.d/{file}.transfer"), &words)?;
        }
        stage.write("/etc/os-release", &self.os_release(running))?;
        stage.write("/var/lib/extensions/debug-tools.raw", "")?;
        bootctl::started(stage, &format!("{}_{running}.efi", self.id))?;
        entry(stage, self.id, running, None)?;
        entry(stage, self.id, old, None)
    }

    fn os_release(&self, running: &str) -> String {
        let Self { id, name, title, .. } = self;
        format!(
            "NAME=\"{name}\"\nID={id}\nPRETTY_NAME=\"{title}\"\nIMAGE_ID={id}\nIMAGE_VERSION={running}\n"
        )
    }

    fn usr(&self) -> String {
        let Self { id, origin, .. } = self;
        format!(
            "[Transfer]\nProtectVersion=%A\n\n[Source]\nType=url-file\nPath={origin}\nMatchPattern={id}_@v.usr.xz\n\n\
             [Target]\nType=partition\nPath=auto\nMatchPattern={id}_@v\nMatchPartitionType=usr\nInstancesMax=3\n"
        )
    }

    fn uki(&self) -> String {
        let Self { id, origin, .. } = self;
        format!(
            "[Transfer]\nProtectVersion=%A\n\n[Source]\nType=url-file\nPath={origin}\nMatchPattern={id}_@v.efi.xz\n\n\
             [Target]\nType=regular-file\nPath=/EFI/Linux\nPathRelativeTo=boot\n\
             MatchPattern={id}_@v+@l-@d.efi {id}_@v+@l.efi {id}_@v.efi\nTriesLeft={TRIES}\nTriesDone=0\nInstancesMax=3\n"
        )
    }
}

fn first(new: &str, running: &str, old: &str) -> State {
    let image = |version: &str| Image { version: version.into(), available: true, ..Image::default() };
    State {
        images: vec![
            image(new),
            Image { installed: true, protected: true, ..image(running) },
            Image { installed: true, available: false, ..image(old) },
        ],
        features: [
            ("devel", "Headers and tools for those who build GNOME OS itself"),
            ("nvidia", "Drivers of NVIDIA's graphics hardware"),
        ]
        .map(|(name, words)| (name.to_owned(), Feature::new(words)))
        .into(),
        ..State::default()
    }
}

fn entry(stage: &Stage, id: &str, version: &str, tries: Option<u32>) -> io::Result<()> {
    let counter = tries.map(|left| format!("+{left}")).unwrap_or_default();
    stage.write(&format!("{ENTRIES}/{id}_{version}{counter}.efi"), "")
}

/// Makes the entries fit what is here: a new version gets one with all of its tries left.
pub fn sync(stage: &Stage, state: &State) -> io::Result<()> {
    let id = field(stage, "ID")?;
    let mut names = Vec::new();
    for file in std::fs::read_dir(stage.path(ENTRIES))? {
        names.push(file?.file_name().to_string_lossy().into_owned());
    }
    let of = |version: &str| {
        let (whole, counted) = (format!("{id}_{version}.efi"), format!("{id}_{version}+"));
        names.iter().filter(move |name| **name == whole || name.starts_with(&counted)).cloned().collect::<Vec<_>>()
    };
    let here: Vec<&Image> = state.images.iter().filter(|image| image.installed).collect();
    for name in &names {
        if !here.iter().any(|image| of(&image.version).contains(name)) {
            stage.remove(&format!("{ENTRIES}/{name}"))?;
        }
    }
    for image in here.iter().filter(|image| of(&image.version).is_empty()) {
        entry(stage, &id, &image.version, Some(TRIES))?;
    }
    Ok(())
}

/// The boot loader starts what is chosen, or else the newest; it comes up, so that its tries are no longer counted.
pub fn restart(stage: &Stage) -> io::Result<()> {
    let (id, was) = (field(stage, "ID")?, field(stage, "IMAGE_VERSION")?);
    let chosen = bootctl::starts(stage)?.map(|(version, _)| version);
    let next = stage.change(STATE, |state: &mut State| {
        let here = |version: &String| state.find(version).is_some_and(|image| image.installed);
        let next = chosen.filter(here).or_else(|| Some(state.current()?.version.clone()));
        if let Some(next) = &next {
            for image in &mut state.images {
                // ProtectVersion=%A is what runs.
                image.protected = image.version == *next;
            }
        }
        next
    })?;
    let Some(next) = next else { return Ok(()) };
    let release = stage.read("/etc/os-release")?;
    let release = release.replace(&format!("IMAGE_VERSION={was}\n"), &format!("IMAGE_VERSION={next}\n"));
    stage.write("/etc/os-release", &release)?;
    stage.remove(&format!("{ENTRIES}/{id}_{next}+{TRIES}.efi"))?;
    bootctl::started(stage, &format!("{id}_{next}.efi"))?;
    entry(stage, &id, &next, None)
}

fn field(stage: &Stage, key: &str) -> io::Result<String> {
    let release = stage.read("/etc/os-release")?;
    let value = release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
    Ok(value.unwrap_or_default().to_owned())
}
