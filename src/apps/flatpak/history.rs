//! Older commits of a ref. libflatpak cannot tell them; they are fetched, commits only, into a repository that is
//! thrown away.

use super::scratch::Folder;
use cairn_model::app::Ref;
use cairn_model::app::installed::PastVersion;
use cairn_model::{Problem, Seconds, text};
use libflatpak::gio::Cancellable;
use libflatpak::gio::prelude::*;
use libflatpak::prelude::*;
use libflatpak::{Installation, Remote};
use ostree::glib::{Error, MainContext, Variant, VariantDict};
use ostree::{Repo, RepoMode, RepoPullFlags, gio};
use std::fs;
use std::path::Path;

/// How far back is looked.
const DEPTH: i32 = 20;
/// Most bytes that a commit may have. Summaries hold the number in network order; this one is the same in both.
const LARGEST: u64 = 0x0000_0001_0100_0000;

/// The newest first. Names of versions are not in commits; they stay empty.
pub(crate) fn fetch(
    installation: &Installation,
    remote: &Remote,
    reference: &Ref,
    below: &Path,
    cancellable: &Cancellable,
) -> Result<Vec<PastVersion>, Problem> {
    let url = remote.url().map(String::from).unwrap_or_default();
    let name = remote.name().map(String::from).unwrap_or_default();
    if url.starts_with("oci+") || url.is_empty() {
        return Err(Problem::NotSupported { what: text::line(&url) });
    }
    let newest = newest(installation, &name, reference, cancellable)?;
    let folder = Folder::make(below)?;
    let key = super::folder(installation).join("repo").join(format!("{name}.trustedkeys.gpg"));
    if remote.is_gpg_verify() {
        // Without a key the fetching fails, as it must.
        let _ = fs::copy(key, folder.0.join("past.trustedkeys.gpg"));
    }
    let stop = gio::Cancellable::new();
    let other = stop.clone();
    let link = cancellable.connect_cancelled(move |_| gio::prelude::CancellableExt::cancel(&other));
    // libostree works on the thread's own context; without one it would wait for that of a window, for ever.
    let context = MainContext::new();
    let name = reference.to_string();
    let wanted = Wanted { url: &url, verify: remote.is_gpg_verify(), name: &name, newest: &newest };
    let result = context
        .with_thread_default(|| chain(&folder.0, &wanted, &stop))
        .map_err(|e| Problem::EngineFailed { detail: e.to_string() })?;
    if let Some(link) = link {
        cancellable.disconnect_cancelled(link);
    }
    result.map_err(|error| if cancellable.is_cancelled() { Problem::Cancelled } else { problem(&error) })
}

/// What the remote has now, as flatpak's own cached index of it says.
fn newest(i: &Installation, remote: &str, reference: &Ref, c: &Cancellable) -> Result<String, Problem> {
    let (kind, id) = (super::kind(reference), reference.id.as_str());
    let (arch, branch) = (Some(reference.arch.as_str()), Some(reference.branch.as_str()));
    let found = i.fetch_remote_ref_sync(remote, kind, id, arch, branch, Some(c));
    found.map(|r| super::installed::commit(&r)).map_err(|e| super::problem(&e, id))
}

/// A chain of commits to fetch.
struct Wanted<'a> {
    url: &'a str,
    verify: bool,
    name: &'a str,
    newest: &'a str,
}

impl Wanted<'_> {
    /// A summary of this one ref (`OSTREE_SUMMARY_GVARIANT_FORMAT`), which OSTree would otherwise fetch whole: Flathub's
    /// has many megabytes.
    fn summary(&self) -> Variant {
        let byte =
            |at: usize| u8::from_str_radix(self.newest.get(at * 2..at * 2 + 2).unwrap_or_default(), 16);
        let checksum: Vec<u8> = (0..32).map(|at| byte(at).unwrap_or(0)).collect();
        let nothing = || VariantDict::new(None).end();
        let commit = [Variant::from(LARGEST), Variant::array_from_fixed_array(&checksum), nothing()];
        let entry = [Variant::from(self.name), Variant::tuple_from_iter(commit)];
        let entry = Variant::tuple_from_iter(entry);
        let entries = Variant::array_from_iter_with_type(entry.type_(), [&entry]);
        let summary = Variant::tuple_from_iter([entries, nothing()]);
        Variant::array_from_fixed_array(summary.data())
    }
}

fn chain(folder: &Path, wanted: &Wanted<'_>, stop: &gio::Cancellable) -> Result<Vec<PastVersion>, Error> {
    let name = wanted.name;
    let repo = Repo::new_for_path(folder);
    repo.create(RepoMode::BareUserOnly, Some(stop))?;
    let options = VariantDict::new(None);
    options.insert("gpg-verify", wanted.verify);
    options.insert("gpg-verify-summary", false);
    repo.remote_add("past", Some(wanted.url), Some(&options.end()), Some(stop))?;
    let options = VariantDict::new(None);
    options.insert("refs", [name].as_slice());
    options.insert("depth", DEPTH);
    options.insert("flags", RepoPullFlags::COMMIT_ONLY.bits() as i32);
    options.insert_value("summary-bytes", &wanted.summary());
    // One comes with the other. The commits are what is signed and looked at.
    options.insert_value("summary-sig-bytes", &Variant::array_from_fixed_array::<u8>(&[]));
    repo.pull_with_options("past", &options.end(), None, Some(stop))?;
    let mut next = repo.resolve_rev(&format!("past:{name}"), true)?.map(String::from);
    let mut found = Vec::new();
    while let Some(commit) = next.take() {
        let Ok((variant, _)) = repo.load_commit(&commit) else { break };
        next = ostree::commit_get_parent(&variant).map(String::from);
        found.push(version(commit, &variant));
    }
    Ok(found)
}

fn version(commit: String, variant: &Variant) -> PastVersion {
    // (a{sv} metadata, ay parent, a(say) related, s subject, s body, t time, ay root, ay root's metadata)
    let subject = variant.try_child_value(3).and_then(|s| s.str().map(text::line)).unwrap_or_default();
    let date = Seconds::try_from(ostree::commit_get_timestamp(variant)).ok();
    PastVersion { commit, version: String::new(), date, subject, was_here: false, current: false }
}

/// The same error, of the other binding.
fn problem(error: &Error) -> Problem {
    use ostree::gio::IOErrorEnum as E;
    let detail = text::line(error.message());
    match error.kind::<E>() {
        Some(E::Cancelled) => Problem::Cancelled,
        Some(E::NotFound) => Problem::NotFound { what: detail },
        Some(E::HostNotFound | E::HostUnreachable | E::TimedOut | E::ConnectionRefused | E::BrokenPipe) => {
            Problem::Network { detail }
        }
        Some(E::NoSpace) => Problem::NoSpace { mount: String::new(), needed: 0, free: 0, missing: 0 },
        _ if error.domain().as_str() == "OstreeGpgError" => Problem::BadSignature { detail },
        _ if detail.contains("While fetching ") => Problem::Network { detail },
        _ => Problem::EngineFailed { detail },
    }
}
