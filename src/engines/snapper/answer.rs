//! What snapperd says of snapshots, as data. Pure; no input makes it panic.

use super::proxy::Row;
use cairn_model::deployment::is_identity;
use cairn_model::{DeploymentId, Problem, Seconds, text};
use std::collections::HashMap;

/// The name of what answers, in problems.
pub const SNAPPER: &str = "snapper";
/// Userdata that Cairn writes: the identity that a version was made with, or that of the version it is a copy of.
pub const CONTENT: &str = "cairn-content";
/// Userdata of a snapshot whose description is the name that the person gave it.
pub const NAMED: &str = "cairn-named";
/// Userdata that Cairn writes: the cleanup algorithm that a kept version had.
pub const CLEANUP: &str = "cairn-cleanup";
/// The end of the year 9999, after which nobody can write a date.
const END_OF_DATES: Seconds = 253_402_300_799;
/// The longest description that is shown, in characters.
const TITLE: usize = 120;

/// snapper: snapper/Snapshot.h, `SnapshotType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Single,
    /// Made before a change.
    Pre,
    /// Made after the change whose pre snapshot has that number.
    Post(u32),
    /// Of a newer version of snapper.
    Unknown,
}

/// One snapshot. Its strings are as they came, escaped, so that they go back unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// 0 is the subvolume that snapshots are made of.
    pub number: u32,
    pub kind: Kind,
    /// `None` for number 0 and for what is no date.
    pub date: Option<Seconds>,
    pub description: String,
    /// The algorithm that deletes it at some time; empty where none does.
    pub cleanup: String,
    pub userdata: HashMap<String, String>,
}

impl Snapshot {
    /// What tells its content from any other.
    pub fn content(&self) -> String {
        let noted = self.userdata.get(CONTENT).filter(|word| is_identity(word));
        noted.cloned().unwrap_or_else(|| self.own_identity())
    }

    /// Whether going back made it, of another snapshot.
    pub fn is_copy(&self) -> bool {
        self.content() != self.own_identity()
    }

    /// The number of what its content was first saved as, which is its own where it is no copy.
    pub fn original(&self) -> u32 {
        let content = self.content();
        let number = match content.split_once('-') {
            Some((number, date)) if date.parse::<u64>().is_ok() => number,
            Some(_) => "",
            None => &content,
        };
        number.parse().unwrap_or(self.number)
    }

    /// A number is given anew after the newest snapshot was deleted; the date tells them apart.
    fn own_identity(&self) -> String {
        match self.date {
            Some(date) => format!("{}-{date}", self.number),
            None => self.number.to_string(),
        }
    }

    /// What its maker wrote, fit to be shown; `None` where that is nothing.
    pub fn description(&self) -> Option<String> {
        Some(text::clean(&unescape(&self.description), TITLE)).filter(|words| !words.is_empty())
    }

    /// Whether those words are the name that the person gave it.
    pub fn named(&self) -> bool {
        self.userdata.contains_key(NAMED)
    }

    /// No cleanup deletes it. (`important=yes` is less: it only makes the cleanup wait longer.) Number 0 is no
    /// snapshot.
    pub fn kept(&self) -> bool {
        self.cleanup.is_empty() && self.number != 0
    }

    /// Its number.
    ///
    /// # Errors
    /// None; a number is a legal id.
    pub fn id(&self) -> Result<DeploymentId, Problem> {
        DeploymentId::new(self.number.to_string())
    }
}

/// All snapshots, by rising number.
///
/// # Errors
/// [`Problem::BadAnswer`] if two have one number.
pub fn snapshots(rows: Vec<Row>) -> Result<Vec<Snapshot>, Problem> {
    let mut all: Vec<Snapshot> = rows.into_iter().map(snapshot).collect();
    all.sort_by_key(|s| s.number);
    let twice = all.iter().zip(all.iter().skip(1)).find(|(a, b)| a.number == b.number);
    match twice {
        Some((one, _)) => Err(bad(&format!("two snapshots have the number {}", one.number))),
        None => Ok(all),
    }
}

fn snapshot(row: Row) -> Snapshot {
    let (number, kind, pre, date, _, description, cleanup, userdata) = row;
    let kind = match kind {
        0 => Kind::Single,
        1 => Kind::Pre,
        2 => Kind::Post(pre),
        _ => Kind::Unknown,
    };
    let date = Some(date).filter(|date| (1..=END_OF_DATES).contains(date));
    Snapshot { number, kind, date, description, cleanup, userdata }
}

/// An answer of snapperd that makes no sense, and why.
pub fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: SNAPPER.into(), detail: text::clean(detail, 200) }
}

/// snapper: dbus/DBusMessage.cc. A byte above 127 comes as `\x` and two digits, a backslash as two. What is none of
/// them stays as it is; bytes that are no UTF-8 become replacement marks.
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let (byte, left) = match after {
            [b'\\', left @ ..] if *first == b'\\' => (b'\\', left),
            [b'x', high, low, left @ ..] if *first == b'\\' => match (digit(*high), digit(*low)) {
                (Some(high), Some(low)) => (high << 4 | low, left),
                _ => (*first, after),
            },
            _ => (*first, after),
        };
        bytes.push(byte);
        rest = left;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The reverse, for what snapperd is told.
pub fn escape(text: &str) -> String {
    let mut told = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'\\' => told.push_str("\\\\"),
            byte if byte.is_ascii() => told.push(char::from(byte)),
            byte => told.push_str(&format!("\\x{byte:02x}")),
        }
    }
    told
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_snapperd_are_unescaped() {
        assert_eq!(unescape(r"R\xc3\xbcckkehr \\ x"), "Rückkehr \\ x");
        for odd in [r"\", r"\x", r"\x4", r"\xzz", "\\ü", ""] {
            assert_eq!(unescape(odd), odd);
        }
        assert_eq!(unescape(r"\xff"), "\u{fffd}");
        assert_eq!(escape("Rückkehr \\ x"), r"R\xc3\xbcckkehr \\ x");
        for words in ["Vor der Reise \u{1f3d4}", r"\x41 \\", ""] {
            assert_eq!(unescape(&escape(words)), words);
        }
    }

    #[test]
    fn a_copy_is_told_by_the_number_of_its_original() {
        let copy = |content: &str| {
            let userdata = HashMap::from([(CONTENT.to_owned(), content.to_owned())]);
            let copy = snapshot((7, 0, 0, 1_790_000_000, 0, String::new(), String::new(), userdata));
            (copy.original(), copy.is_copy())
        };
        assert_eq!(copy("3-1780000000"), (3, true));
        assert_eq!(copy("0"), (0, true));
        assert_eq!(copy("7-1790000000"), (7, false));
        for other in ["deadbeef", "3-x", "99999999999-1"] {
            assert_eq!(copy(other), (7, true), "{other}");
        }
        assert_eq!(copy("../etc"), (7, false), "no identity");
    }

    #[test]
    fn dates_that_are_none_are_left_out() {
        let row = |date| (7, 0, 0, date, 0, String::new(), String::new(), HashMap::new());
        for date in [-1, 0, i64::MAX, i64::MIN] {
            assert_eq!(snapshot(row(date)).date, None);
        }
        assert_eq!(snapshot(row(1_790_000_000)).content(), "7-1790000000");
    }
}
