//! Masks: patterns of refs in an installation's configuration that `flatpak update` and other stores leave alone
//! (flatpak-mask(1)).

use super::problem;
use cairn_model::Problem;
use cairn_model::app::Ref;
use libflatpak::Installation;
use libflatpak::gio::Cancellable;
use libflatpak::prelude::*;

const KEY: &str = "masked";

/// The patterns as they stand; none where the key is not set.
pub(crate) fn read(installation: &Installation, cancellable: &Cancellable) -> Vec<String> {
    let value = installation.config(KEY, Some(cancellable)).map(String::from).unwrap_or_default();
    value.split(';').filter(|p| !p.is_empty()).map(String::from).collect()
}

/// Masks exactly this ref. A mask that is there already stays as it is.
pub(crate) fn add(i: &Installation, reference: &Ref, cancellable: &Cancellable) -> Result<(), Problem> {
    let mut patterns = read(i, cancellable);
    let own = reference.to_string();
    if patterns.contains(&own) {
        return Ok(());
    }
    patterns.push(own);
    write(i, &patterns, reference, cancellable)
}

/// Takes away the mask that is exactly this ref, and no other.
pub(crate) fn remove(i: &Installation, reference: &Ref, cancellable: &Cancellable) -> Result<(), Problem> {
    let mut patterns = read(i, cancellable);
    let own = reference.to_string();
    if !patterns.contains(&own) {
        return Ok(());
    }
    patterns.retain(|p| *p != own);
    write(i, &patterns, reference, cancellable)
}

/// Takes all masks away; for installations that are only looked at.
pub(super) fn clear(i: &Installation, c: &Cancellable) -> Result<(), Problem> {
    i.set_config_sync(KEY, "", Some(c)).map_err(|e| problem(&e, ""))
}

fn write(i: &Installation, patterns: &[String], about: &Ref, c: &Cancellable) -> Result<(), Problem> {
    i.set_config_sync(KEY, &patterns.join(";"), Some(c)).map_err(|e| problem(&e, about.id.as_str()))
}

/// Whether a pattern is about a ref: parts that are missing at its end match anything, `*` matches within a part,
/// and without a leading `app/` or `runtime/` it is about both (`flatpak_filter_glob_to_regexp`).
pub(crate) fn matches(pattern: &str, reference: &Ref) -> bool {
    let full = reference.to_string();
    let parts: Vec<&str> = full.split('/').collect();
    let mut wanted: Vec<&str> = pattern.split('/').collect();
    if !matches!(wanted.first(), Some(&("app" | "runtime"))) {
        wanted.insert(0, "*");
    }
    wanted.len() <= parts.len()
        && wanted.iter().zip(&parts).all(|(w, p)| w.is_empty() || glob(w.as_bytes(), p.as_bytes()))
}

fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some((b'*', rest)), _) => (0..=text.len()).any(|at| glob(rest, &text[at..])),
        (Some((p, rest)), Some((t, tail))) => p == t && glob(rest, tail),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn patterns_as_flatpak_reads_them() {
        let app: Ref = "app/org.a.App/x86_64/stable".parse().unwrap();
        for yes in [
            "org.a.App",
            "app/org.a.App",
            "org.a.*",
            "org.a.App/x86_64",
            "org.a.App//stable",
            "app/*/*/stable",
        ] {
            assert!(matches(yes, &app), "{yes}");
        }
        for no in
            ["org.a.Ap", "runtime/org.a.App", "org.a.App/arm", "org.a.App//beta", "org.a.App/x86_64/stable/x"]
        {
            assert!(!matches(no, &app), "{no}");
        }
    }
}
