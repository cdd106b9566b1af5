//! What a system could follow instead.
//!
//! Nobody is asked: the branches of Fedora are spelled in one way for all its desktops, and images of one name come under
//! known tags. Whether a branch is still there, its place tells when it is fetched.

use super::answer::Entry;
use crate::distro::{self, Channel};
use cairn_model::{Problem, Target, TargetId, text};

/// What the running version follows first, then the others.
pub(super) fn all(running: &Entry) -> Vec<Target> {
    let Some(origin) = running.origin.as_deref() else { return Vec::new() };
    let others = if running.container { tags(origin) } else { branches(origin) };
    let own = others.iter().find(|(id, _)| id == origin).map_or(origin, |(_, name)| name.as_str());
    let mut targets: Vec<Target> = target(origin, own, true).into_iter().collect();
    targets.extend(others.iter().filter(|(id, _)| id != origin).filter_map(|(id, name)| target(id, name, false)));
    targets
}

/// The target of that id, if it is another than the one that is followed.
///
/// # Errors
/// [`Problem::TargetUnknown`] for what is no target, [`Problem::InvalidArgument`] for what is followed already.
pub(super) fn wanted(running: &Entry, id: &TargetId) -> Result<Target, Problem> {
    let found = all(running).into_iter().find(|target| target.id == *id);
    match found {
        None => Err(Problem::TargetUnknown { target: id.to_string() }),
        Some(target) if target.current => Err(Problem::InvalidArgument { what: "target".into() }),
        Some(target) => Ok(target),
    }
}

fn target(id: &str, name: &str, current: bool) -> Option<Target> {
    Some(Target { id: TargetId::new(id).ok()?, name: text::line(name), current })
}

/// `remote:fedora/VERSION/ARCHITECTURE/[CHANNEL/]DESKTOP`: the same desktop of the versions around this one, then the others
/// of this version.
fn branches(origin: &str) -> Vec<(String, String)> {
    let Some((remote, branch)) = origin.split_once(':') else { return Vec::new() };
    let parts: Vec<&str> = branch.split('/').collect();
    let (version, arch, channel, desktop) = match parts.as_slice() {
        ["fedora", version, arch, desktop] => (*version, *arch, None, *desktop),
        ["fedora", version, arch, channel, desktop] => (*version, *arch, Some(*channel), *desktop),
        _ => return Vec::new(),
    };
    let spell = |version: &str, channel: Option<&str>, desktop: &str| {
        let channel = channel.map(|channel| format!("{channel}/")).unwrap_or_default();
        format!("{remote}:fedora/{version}/{arch}/{channel}{desktop}")
    };
    let name = |version: &str, desktop: &str| {
        let known = desktops().find(|known| known.id == desktop).and_then(|known| known.name.as_deref());
        let version = if version == "rawhide" { "Rawhide" } else { version };
        format!("{} {version}", known.unwrap_or(desktop))
    };
    let own = (spell(version, channel, desktop), name(version, desktop));
    let mut all = vec![own];
    if let Ok(number) = version.parse::<u32>() {
        for version in [number.saturating_add(1), number.saturating_sub(1)] {
            let version = version.to_string();
            all.push((spell(&version, None, desktop), name(&version, desktop)));
        }
        all.push((spell("rawhide", None, desktop), name("rawhide", desktop)));
    }
    for other in desktops().map(|known| known.id.as_str()).filter(|other| *other != desktop) {
        all.push((spell(version, None, other), name(version, other)));
    }
    all
}

/// The last parts of branches of Fedora.
fn desktops() -> impl Iterator<Item = &'static Channel> {
    distro::origin("fedora").into_iter().flat_map(|origin| &origin.channels)
}

/// The same image under other tags.
fn tags(origin: &str) -> Vec<(String, String)> {
    let (image, tag) = match origin.rsplit_once(':') {
        Some((image, tag)) if !tag.contains('/') => (image, tag),
        _ => (origin, ""),
    };
    // `ostree-image-signed:docker://registry/name`
    let repository = image.split_once("://").map_or(image, |(_, repository)| repository);
    let Some(known) = distro::origin(repository) else { return Vec::new() };
    let spell = |tag: &str| (format!("{image}:{tag}"), format!("{} {tag}", known.name));
    let tags = || known.channels.iter().map(|channel| channel.id.as_str());
    let own = Some(tag).filter(|tag| !tag.is_empty() && !tags().any(|known| known == *tag));
    own.into_iter().chain(tags()).map(spell).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_of_fedora_are_derived() {
        let ids: Vec<String> =
            branches("fedora:fedora/43/x86_64/silverblue").into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids[1], "fedora:fedora/44/x86_64/silverblue");
        assert_eq!(ids[2], "fedora:fedora/42/x86_64/silverblue");
        assert!(ids.contains(&"fedora:fedora/rawhide/x86_64/silverblue".to_owned()));
        assert!(ids.contains(&"fedora:fedora/43/x86_64/kinoite".to_owned()));
        assert!(branches("local").is_empty() && branches("x:y/z").is_empty());
    }

    #[test]
    fn tags_of_an_image_are_derived() {
        let image = "ostree-image-signed:docker://ghcr.io/ublue-os/bluefin:stable";
        let ids: Vec<String> = tags(image).into_iter().map(|(id, _)| id).collect();
        assert_eq!(ids[0], image);
        assert!(ids.contains(&"ostree-image-signed:docker://ghcr.io/ublue-os/bluefin:gts".to_owned()));
        assert!(tags("ostree-unverified-registry:localhost:5000/os").is_empty());
    }
}
