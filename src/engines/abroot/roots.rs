//! What lies on the root that does not run. Nothing mounts it; so the newest of two traces counts: what Cairn noted when
//! that root ran or was built, and the label on the image that ABRoot built it from, which stays in its storage.

use super::answer::{self, Built};
use super::memory::{self, Content, Known};
use super::{Abroot, moment::Moment};
use cairn_host::Host;
use cairn_model::deployment::is_identity;

const IMAGES: &str = "/var/lib/abroot/storage/overlay-images";

/// What is known of a root that does not run.
pub(super) fn content(engine: &Abroot, root: &str, moment: Moment) -> Content {
    if moment.cut_off() && !engine.is_working() {
        return Content::Unfinished;
    }
    let mut noted = memory::read(engine).roots.remove(root);
    noted = noted.filter(|noted| match &noted.content {
        Content::Image { digest, .. } => is_identity(digest),
        Content::Unfinished | Content::Unknown => true,
    });
    let stored = built(&engine.host).filter(|built| built.root == root);
    match (noted, stored) {
        (Some(noted), Some(stored)) if noted.seen >= stored.made => noted.content,
        // While it is being built the image is there, and the root is not.
        (noted, Some(_)) if moment.locked && !moment.finished => {
            noted.map_or(Content::Unknown, |noted| noted.content)
        }
        (_, Some(Built { digest, made, .. })) => {
            Content::Image { digest, image: String::new(), made: Some(made).filter(|made| *made > 0) }
        }
        (Some(noted), None) => noted.content,
        (None, None) => Content::Unknown,
    }
}

/// The newest image that ABRoot built, which is the one of the root that was built last.
pub(super) fn built(host: &Host) -> Option<Built> {
    let list = host.read(&format!("{IMAGES}/images.json")).ok().flatten()?;
    let images = answer::images(list.as_bytes()).ok()?;
    images.iter().find_map(|(id, made)| {
        let folder = format!("{IMAGES}/{id}");
        // containers/storage: a name that is no plain file name is kept in base64 behind an equals sign.
        let files = host.list(&folder).into_iter().filter(|name| name.starts_with('='));
        files
            .filter_map(|name| host.read(&format!("{folder}/{name}")).ok().flatten())
            .find_map(|text| answer::built(text.as_bytes(), *made).ok().flatten())
    })
}

/// Notes what was seen where that is news.
pub(super) fn remember(engine: &Abroot, root: &str, content: &Content) {
    let known = memory::read(engine).roots.remove(root);
    if known.is_some_and(|Known { content: old, .. }| old == *content) {
        return;
    }
    // Where nothing can be noted, the root is not known once it no longer runs, and that is then said.
    if let Err(error) = memory::saw(engine, root, content.clone()) {
        tracing::warn!("{}", memory::words(&error));
    }
}
