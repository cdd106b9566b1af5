//! What an index is the index of.

use super::bytes::{Cursor, put_text};
use super::checksum;
use super::format::VERSION;
use cairn_model::app::Scope;

/// The commit changes exactly when the catalogue does; the locale decides which translations are in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key<'a> {
    pub commit: &'a str,
    pub locale: &'a str,
}

impl<'a> Key<'a> {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        put_text(&mut out, self.commit);
        put_text(&mut out, self.locale);
        out
    }

    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut cursor = Cursor::new(bytes);
        Some(Self { commit: cursor.text()?, locale: cursor.text()? })
    }

    /// The file's name. Nothing of a remote's name or a commit gets into it, whatever they hold.
    pub(crate) fn file(&self, scope: Scope, remote: &str) -> String {
        let scope = if scope == Scope::User { "user" } else { "system" };
        let mut text = Vec::new();
        [scope, remote, self.commit, self.locale].iter().for_each(|part| put_text(&mut text, part));
        let sum = checksum::add(u64::from(VERSION), &text);
        format!("{scope}-{sum:016x}.{ENDING}")
    }
}

/// What the names of all indexes end with.
pub(crate) const ENDING: &str = "catalog";
