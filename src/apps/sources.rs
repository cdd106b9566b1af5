//! Remotes: more of them, fewer, on and off.

use crate::engine::Engine;
use crate::file::refs::remote_name;
use crate::file::{RepoFile, parse_flatpakrepo};
use crate::flatpak::remotes;
use crate::{flatpak, reader};
use cairn_model::Problem;
use cairn_model::app::Scope;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;

/// Where most apps for Linux desktops are, with the key that signs them (fingerprint
/// 6E5C 05D9 79C7 6DAF 93C0 8135 4184 DD4D 907A 7CAE), as <https://dl.flathub.org/repo/flathub.flatpakrepo> has it.
const FLATHUB: &[u8] = include_bytes!("flathub.flatpakrepo");

/// Makes Flathub known. One of its address that is there but switched off is switched on, if what comes from it is
/// verified. Another remote that has taken its name is left alone and does not stand for it.
pub(crate) fn add_flathub(engine: &Engine, scope: Scope, c: &Cancellable) -> Result<(), Problem> {
    let flathub = parse_flatpakrepo(FLATHUB)?;
    let known = remotes::list(&flatpak::open(scope, c)?, c)?;
    if let Some(there) = known.iter().find(|r| is_of(r, &flathub.url)) {
        let name = there.name().map(String::from).unwrap_or_default();
        if !there.is_gpg_verify() {
            return Err(Problem::RemoteExists { name });
        }
        return enable(engine, scope, &name, true, c);
    }
    let taken = |name: &str| known.iter().any(|r| r.name().is_some_and(|n| n == name));
    let name = ["flathub", "flathub-org", "flathub-official"].into_iter().find(|name| !taken(name));
    add(engine, scope, FLATHUB, name, c).map(|_| ())
}

/// A remote for everything at this address, not one of a single app.
fn is_of(remote: &libflatpak::Remote, url: &str) -> bool {
    let same = |u: &str| u.trim_end_matches('/') == url.trim_end_matches('/');
    remote.url().is_some_and(|u| same(&u)) && !remote.is_noenumerate()
}

/// Makes the remote of a `.flatpakrepo` known and returns its name.
pub(crate) fn add(
    engine: &Engine,
    scope: Scope,
    bytes: &[u8],
    name: Option<&str>,
    c: &Cancellable,
) -> Result<String, Problem> {
    let file = parse_flatpakrepo(bytes)?;
    let installation = flatpak::open(scope, c)?;
    let known = remotes::list(&installation, c)?;
    if let Some(there) = known.iter().find(|r| is_of(r, &file.url)) {
        return Err(Problem::RemoteExists { name: there.name().map(String::from).unwrap_or_default() });
    }
    let name = match name {
        Some(name) => remote_name(name)?,
        None => own_name(&file)?,
    };
    if known.iter().any(|r| r.name().is_some_and(|n| n == name)) {
        return Err(Problem::RemoteExists { name });
    }
    remotes::add(&installation, &name, bytes, c)?;
    reader::read(engine);
    Ok(name)
}

/// A name out of the title, for `.flatpakrepo` files have none. Nobody becomes Flathub by calling itself so.
fn own_name(file: &RepoFile) -> Result<String, Problem> {
    let words = |source: &str| {
        let words = source.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
        words.collect::<Vec<_>>().join("-").to_lowercase()
    };
    let titled = words(&file.title);
    remote_name(&if titled.is_empty() || titled.starts_with("flathub") { words(&file.url) } else { titled })
}

pub(crate) fn remove(engine: &Engine, scope: Scope, name: &str, c: &Cancellable) -> Result<(), Problem> {
    remotes::remove(&flatpak::open(scope, c)?, &remote_name(name)?, c)?;
    reader::read(engine);
    Ok(())
}

pub(crate) fn enable(
    engine: &Engine,
    scope: Scope,
    name: &str,
    enabled: bool,
    c: &Cancellable,
) -> Result<(), Problem> {
    remotes::enable(&flatpak::open(scope, c)?, &remote_name(name)?, enabled, c)?;
    reader::read(engine);
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn flathub_is_flathub() {
        let file = parse_flatpakrepo(FLATHUB).unwrap();
        assert_eq!((file.title.as_str(), file.url.as_str()), ("Flathub", "https://dl.flathub.org/repo/"));
        // The size of the key that flatpak's own documentation gives to everybody.
        assert_eq!(file.key.unwrap().len(), 2844);
    }

    #[test]
    fn names_come_from_titles() {
        let named = |title: &str| {
            let text = format!("[Flatpak Repo]\nTitle={title}\nUrl=https://apps.a.org/repo/\n");
            own_name(&parse_flatpakrepo(text.as_bytes()).unwrap())
        };
        assert_eq!(named("GNOME Nightly (x)").unwrap(), "gnome-nightly-x");
        assert_eq!(named("").unwrap(), "https-apps-a-org-repo");
        assert_eq!(named("Flathub").unwrap(), "https-apps-a-org-repo");
        assert_eq!(named("…").unwrap(), "https-apps-a-org-repo");
    }
}
