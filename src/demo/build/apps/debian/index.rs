//! Fetches DEP-11 data through apt's own index targets (apt-transport's `Acquire::IndexTargets`), with a configuration
//! of its own, so that the mirror is this system's and signatures are checked as for packages.

use crate::error::At;
use crate::{Error, Result, tool};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What apt brought.
#[derive(Debug)]
pub(super) struct Index {
    /// `Components-amd64.yml.gz`
    pub(super) components: PathBuf,
    /// A tar of 64-pixel PNGs.
    pub(super) icons: PathBuf,
}

const SUITE: &str = "trixie";

/// Fetches the newest data of Debian 13's section main to `folder`.
pub(super) fn fetch(folder: &Path) -> Result<Index> {
    for name in ["state/lists/partial", "cache/archives/partial", "parts"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).at(&path)?;
    }
    let source = format!(
        "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {} {SUITE} main\n",
        mirror().unwrap_or_else(|| "http://deb.debian.org/debian".into())
    );
    for (name, text) in
        [("sources.list", source), ("state/status", String::new()), ("apt.conf", configuration(folder))]
    {
        fs::write(folder.join(name), text).at(folder.join(name))?;
    }
    tool::run(
        Command::new("apt-get").args(["--quiet", "update"]).env("APT_CONFIG", folder.join("apt.conf")),
    )?;
    let lists = folder.join("state/lists");
    let found = |part: &str| -> Result<PathBuf> {
        let mut files = fs::read_dir(&lists).at(&lists)?.flatten().map(|e| e.path());
        let missing = || Error::Refused(format!("the mirror has no {part}"));
        files.find(|p| p.to_string_lossy().contains(part)).ok_or_else(missing)
    };
    Ok(Index { components: found("dep11_Components-amd64")?, icons: found("dep11_icons-64x64.tar")? })
}

/// The mirror of this system, from the one-line or the deb822 form of its sources.
fn mirror() -> Option<String> {
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    files.extend(fs::read_dir("/etc/apt/sources.list.d").into_iter().flatten().flatten().map(|e| e.path()));
    let texts: Vec<String> = files.iter().filter_map(|f| fs::read_to_string(f).ok()).collect();
    let lines = texts.iter().flat_map(|t| t.lines());
    let one_line = |line: &str| {
        let mut words = line.strip_prefix("deb ")?.split_whitespace().filter(|w| !w.starts_with('['));
        let url = words.next()?.to_owned();
        (words.next() == Some(SUITE)).then_some(url)
    };
    let deb822 = |line: &str| {
        let url = line.strip_prefix("URIs:")?.split_whitespace().next()?;
        url.trim_end_matches('/').ends_with("/debian").then(|| url.to_owned())
    };
    lines.clone().find_map(one_line).or_else(|| lines.clone().find_map(deb822))
}

/// `parts` is an empty folder: nothing of this system's configuration takes part, and no hook of it runs.
fn configuration(folder: &Path) -> String {
    let at = folder.display();
    let target = |name: &str, key: &str| {
        format!(
            "Acquire::IndexTargets::deb::{name} {{ MetaKey \"$(COMPONENT)/dep11/{key}\"; ShortDescription \"{name}\"; \
             Description \"{name}\"; KeepCompressed \"true\"; KeepCompressedAs \"gz\"; DefaultEnabled \"true\"; }};\n"
        )
    };
    let mut text = format!(
        "Dir::Etc::main \"/dev/null\"; Dir::Etc::parts \"{at}/parts\"; Dir::Etc::sourcelist \"{at}/sources.list\";\n\
         Dir::Etc::sourceparts \"{at}/parts\"; Dir::State \"{at}/state\"; Dir::State::status \"{at}/state/status\";\n\
         Dir::Cache \"{at}/cache\"; Acquire::Languages \"none\"; APT::Sandbox::User \"root\";\n\
         APT::Architecture \"amd64\"; APT::Architectures {{ \"amd64\"; }};\n\
         Acquire::IndexTargets::deb::Packages::DefaultEnabled \"false\";\n\
         Acquire::IndexTargets::deb-src::Sources::DefaultEnabled \"false\";\n"
    );
    text += &target("DEP-11", "Components-$(NATIVE_ARCHITECTURE).yml");
    text += &target("DEP-11-icons-small", "icons-64x64.tar");
    text
}
