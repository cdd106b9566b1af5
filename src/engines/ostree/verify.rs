//! Who signed a commit, as the remote's configuration asks for it.

use super::Ostree;
use cairn_model::{Verification, text};
use ostree::gio::Cancellable;
use ostree::glib::Bytes;
use ostree::{ObjectType, Repo, RepoVerifyFlags};
use std::sync::PoisonError;

/// What the signature of a commit is worth; remembered, since a good answer costs a run of gpg.
pub(super) fn commit(engine: &Ostree, repo: &Repo, remote: Option<&str>, checksum: &str) -> Verification {
    let Some(remote) = remote else { return Verification::Unknown };
    let gpg = repo.remote_get_gpg_verify(remote).unwrap_or(false);
    let sign = repo.remote_option(remote, "sign-verify", None).ok().flatten();
    let sign = sign.is_some_and(|v| !matches!(v.as_str(), "false" | "0"));
    if !gpg && !sign {
        return Verification::NotRequired;
    }
    let key = format!("{remote} {gpg} {sign} {checksum}");
    let known = engine.verified.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(known) = known {
        return known;
    }
    let found = if sign { by_key(repo, remote, checksum) } else { by_gpg(repo, remote, checksum) };
    engine.verified.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
    found
}

fn by_gpg(repo: &Repo, remote: &str, checksum: &str) -> Verification {
    let failed = |detail: &str| Verification::Failed { detail: text::line(detail) };
    match repo.verify_commit_for_remote(checksum, remote, Cancellable::NONE) {
        Err(e) => failed(e.message()),
        Ok(result) => {
            for index in 0..result.count_all() {
                // OstreeGpgSignatureAttr: 0 valid, 5 fingerprint, 10 name and 11 e-mail of the owner of the key.
                let all = result.all(index);
                let string = |at| all.child_value(at).str().map(text::line).unwrap_or_default();
                if all.child_value(0).get::<bool>() == Some(true) {
                    let (name, mail) = (string(10), string(11));
                    let signer = if mail.is_empty() { name } else { format!("{name} <{mail}>") };
                    return Verification::Signed { key: string(5), signer: text::line(&signer) };
                }
            }
            failed(
                &result.require_valid_signature().err().map(|e| e.message().to_owned()).unwrap_or_default(),
            )
        }
    }
}

fn by_key(repo: &Repo, remote: &str, checksum: &str) -> Verification {
    let failed = |e: ostree::glib::Error| Verification::Failed { detail: text::line(e.message()) };
    let commit = match repo.load_variant(ObjectType::Commit, checksum) {
        Ok(commit) => commit.data_as_bytes(),
        Err(e) => return failed(e),
    };
    let metadata = match repo.read_commit_detached_metadata(checksum, Cancellable::NONE) {
        Ok(metadata) => metadata.map_or_else(|| Bytes::from_static(&[]), |m| m.data_as_bytes()),
        Err(e) => return failed(e),
    };
    match repo.signature_verify_commit_data(remote, &commit, &metadata, RepoVerifyFlags::NO_GPG) {
        Ok(words) => Verification::Signed { key: text::line(words.as_str()), signer: String::new() },
        Err(e) => failed(e),
    }
}
