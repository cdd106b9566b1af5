//! What else an image's makers publish, by tag. Nobody can be asked for it without the network, so it stands in
//! `data/distros`.

use super::answer::{Machine, Reference};
use crate::distro;
use cairn_model::{Target, TargetId};

/// Something to follow, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) target: Target,
    pub(super) reference: Reference,
}

/// Other tags of the same image, and what the running version follows. Empty where that has no legal name.
pub(super) fn choices(machine: &Machine) -> Vec<Choice> {
    let Some(current) = machine.follows() else { return Vec::new() };
    let (repository, tag) = parts(&current.image);
    let known = distro::origin(repository).filter(|_| current.is_in_registry());
    let mut found = Vec::new();
    for tag in known.iter().flat_map(|origin| &origin.channels).map(|channel| &channel.id) {
        let image = format!("{repository}:{tag}");
        let name = known.map_or_else(|| image.clone(), |origin| format!("{} {tag}", origin.name));
        found.extend(choice(current.with_image(image.clone()), name, image == current.image));
    }
    if !found.iter().any(|choice| choice.target.current) {
        let name = match (known, tag) {
            (Some(origin), Some(tag)) => format!("{} {tag}", origin.name),
            _ => current.name(),
        };
        match choice(current.clone(), name, true) {
            Some(choice) => found.push(choice),
            None => found.clear(),
        }
    }
    found
}

fn choice(reference: Reference, name: String, current: bool) -> Option<Choice> {
    let id = TargetId::new(reference.name()).ok()?;
    Some(Choice { target: Target { id, name, current }, reference })
}

/// An image's name without what tells its versions apart, and its tag.
fn parts(image: &str) -> (&str, Option<&str>) {
    let (named, digest) =
        image.split_once('@').map_or((image, None), |(named, digest)| (named, Some(digest)));
    match named.rsplit_once(':') {
        // A colon before a slash is a port's.
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag).filter(|_| digest.is_none())),
        _ => (named, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_taken_apart() {
        assert_eq!(parts("ghcr.io/ublue-os/bluefin:stable"), ("ghcr.io/ublue-os/bluefin", Some("stable")));
        assert_eq!(parts("host.example:5000/os"), ("host.example:5000/os", None));
        assert_eq!(parts("host.example:5000/os:1@sha256:aa"), ("host.example:5000/os", None));
        assert_eq!(parts(""), ("", None));
    }
}
