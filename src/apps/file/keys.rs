//! Reader of key files (Desktop Entry Specification, "Basic format of the file"), for files from anywhere: bytes in,
//! groups with keys and values out, everything else an error.

use cairn_model::Problem;
use std::collections::BTreeMap;

/// Keys of one file, by group and key. Locale variants (`Title[de]`) are keys of their own.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    groups: BTreeMap<String, BTreeMap<String, String>>,
}

impl Keys {
    /// # Errors
    /// [`Problem::InvalidArgument`] for what is too large, no UTF-8, or no key file. A repeated key counts once, the
    /// last one, as GLib has it.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        if bytes.len() > super::LIMIT {
            return Err(invalid("too large"));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| invalid("not UTF-8"))?;
        let mut keys = Self::default();
        let mut group = None;
        for line in text.lines().map(start).filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some(name) = group_name(line) {
                group = Some(keys.groups.entry(name.to_owned()).or_default());
            } else {
                let (key, value) = line.split_once('=').ok_or_else(|| invalid(line))?;
                let group = group.as_mut().ok_or_else(|| invalid("no group"))?;
                group.insert(
                    key.trim_end_matches(is_blank).to_owned(),
                    unescape(value.trim_matches(is_blank)),
                );
            }
        }
        Ok(keys)
    }

    pub(crate) fn has(&self, group: &str) -> bool {
        self.groups.contains_key(group)
    }

    pub(crate) fn get(&self, group: &str, key: &str) -> Option<&str> {
        self.groups.get(group)?.get(key).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// Keys of a group with their values, by name.
    pub(crate) fn group(&self, group: &str) -> impl Iterator<Item = (&str, &str)> {
        self.groups.get(group).into_iter().flatten().map(|(k, v)| (k.as_str(), v.as_str()))
    }

    pub(crate) fn groups(&self) -> impl Iterator<Item = &str> {
        self.groups.keys().map(String::as_str)
    }
}

/// White space as GLib has it: no other character is blank, or one reader would see a group where the other does not.
fn is_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\u{b}'
}

fn start(line: &str) -> &str {
    line.trim_start_matches(is_blank)
}

/// glib: `g_key_file_line_is_group`: up to the first bracket, and nothing but blanks behind it.
fn group_name(line: &str) -> Option<&str> {
    let (name, rest) = line.strip_prefix('[')?.split_once(']')?;
    rest.chars().all(is_blank).then_some(name)
}

fn unescape(value: &str) -> String {
    if !value.contains('\\') {
        return value.to_owned();
    }
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('s')) => out.push(' '),
            ('\\', Some('n')) => out.push('\n'),
            ('\\', Some('t')) => out.push('\t'),
            ('\\', Some('r')) => out.push('\r'),
            ('\\', Some(other)) => out.push(other),
            _ => out.push(c),
        }
    }
    out
}

pub(crate) fn invalid(what: &str) -> Problem {
    Problem::InvalidArgument { what: cairn_model::text::line(what) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn groups_keys_and_escapes() {
        let keys = Keys::parse(b"# c\n\n[A]\nx = 1\ny=a\\sb\\n\nx=2\n[B b]\nT[de]=\xc3\xa4\n").unwrap();
        assert_eq!(keys.get("A", "x"), Some("2"));
        assert_eq!(keys.get("A", "y"), Some("a b\n"));
        assert_eq!(keys.get("B b", "T[de]"), Some("ä"));
        assert_eq!(keys.get("A", "z"), None);
    }

    #[test]
    fn what_is_no_key_file_is_refused() {
        for bad in [&b"x=1"[..], b"[A]\nnothing", b"\xff\xfe[A]", b"[A\nx"] {
            assert!(Keys::parse(bad).is_err(), "{bad:?}");
        }
        assert!(Keys::parse(&vec![b'#'; crate::file::LIMIT + 1]).is_err());
    }
}
