//! `steamos-bootconf`: which image runs, which one the loader would take, and asking for one.

use super::super::{Call, Reply, Stage};
use super::state::{self, SteamOs};
use std::io;

/// A file of the loader's configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    pub(super) requested_at: u64,
    pub(super) boots: u64,
    pub(super) invalid: bool,
}

fn file(image: &str) -> String {
    format!("/esp/SteamOS/conf/{image}.conf")
}

pub(super) fn write(stage: &Stage, image: &str, config: &Config) -> io::Result<()> {
    let words = format!(
        "title: {image}\nboot-requested-at: {}\nboot-other: 0\nboot-attempts: 0\nboot-count: {}\nboot-time: 0\n\
         image-invalid: {}\nupdate: 0\nloader: \n",
        config.requested_at,
        config.boots,
        u8::from(config.invalid)
    );
    stage.write(&file(image), &words)
}

pub(super) fn read(stage: &Stage, image: &str) -> io::Result<Config> {
    let words = stage.read(&file(image))?;
    let number = |key: &str| {
        let value = words.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
        value.and_then(|value| value.parse::<u64>().ok()).unwrap_or_default()
    };
    Ok(Config {
        requested_at: number("boot-requested-at"),
        boots: number("boot-count"),
        invalid: number("image-invalid") > 0,
    })
}

/// The image that the loader takes: of those that are not damaged the one that was asked for last.
pub(super) fn selected(stage: &Stage) -> io::Result<String> {
    let mut images = Vec::new();
    for entry in std::fs::read_dir(stage.path("/esp/SteamOS/conf"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if let Some(image) = name.strip_suffix(".conf") {
            let config = read(stage, image)?;
            images.push((!config.invalid, config.requested_at, image.to_owned()));
        }
    }
    images.into_iter().max().map(|(.., image)| image).ok_or_else(|| io::Error::other("no image"))
}

/// Asks the loader for an image.
pub(super) fn request(stage: &Stage, image: &str) -> io::Result<()> {
    let config = read(stage, image)?;
    let highest = ["A", "B"].iter().filter_map(|image| read(stage, image).ok()).map(|c| c.requested_at).max();
    write(stage, image, &Config { requested_at: highest.unwrap_or_default() + 1, ..config })
}

pub(super) fn run(stage: &Stage, call: &Call) -> Reply {
    let reply = match call.words().as_slice() {
        ["this-image"] => stage.state::<SteamOs>(state::NAME).map(|state| format!("{}\n", state.running)),
        ["selected-image"] => selected(stage).map(|image| format!("{image}\n")),
        ["--image", image, "set-mode", "reboot"] => request(stage, image).map(|()| String::new()),
        _ => return Reply::unknown(stage, call),
    };
    reply.map_or_else(|error| Reply::failed(22, error.to_string()), Reply::answer)
}
