//! What eos-updater tells of itself (eos-updater: eos-updater/com.endlessm.Updater.xml).

use cairn_model::{Problem, text};
use std::collections::HashMap;
use zbus::zvariant::{OwnedValue, Value};

pub(super) const SERVICE: &str = "com.endlessm.Updater";
/// What is read of its properties.
pub const PROPERTIES: [&str; 9] = [
    "State",
    "CurrentID",
    "UpdateID",
    "Version",
    "DownloadSize",
    "UnpackedSize",
    "DownloadedBytes",
    "ErrorName",
    "ErrorMessage",
];

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    None,
    Ready,
    Error,
    Polling,
    UpdateAvailable,
    Fetching,
    UpdateReady,
    ApplyingUpdate,
    UpdateApplied,
}

impl State {
    const ALL: [Self; 9] = [
        Self::None,
        Self::Ready,
        Self::Error,
        Self::Polling,
        Self::UpdateAvailable,
        Self::Fetching,
        Self::UpdateReady,
        Self::ApplyingUpdate,
        Self::UpdateApplied,
    ];

    /// It is changing something right now.
    pub fn is_changing(self) -> bool {
        matches!(self, Self::Fetching | Self::ApplyingUpdate)
    }

    /// It is not done with what it does.
    pub fn is_moving(self) -> bool {
        self.is_changing() || matches!(self, Self::None | Self::Polling)
    }
}

/// The state of that number.
///
/// # Errors
/// [`Problem::BadAnswer`] for a number of a newer updater: what it may do then is not known.
pub fn state(number: u32) -> Result<State, Problem> {
    let known = usize::try_from(number).ok().and_then(|number| State::ALL.get(number).copied());
    known.ok_or_else(|| bad(&format!("state {number}")))
}

/// Everything that it told at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub state: State,
    /// The commit that runs; empty where the updater does not know it.
    pub current: String,
    /// The commit that is on offer, fetched or applied; empty for none.
    pub update: String,
    /// Its version; empty where its maker says none.
    pub version: String,
    /// In bytes, `None` where nobody knows.
    pub download: Option<u64>,
    pub unpacked: Option<u64>,
    pub downloaded: u64,
    /// The D-Bus name of the error that it stopped with.
    pub error: String,
    /// Its words, for people.
    pub words: String,
}

/// Reads the properties of the updater. Only its state has to be there.
///
/// # Errors
/// [`Problem::BadAnswer`] for another type than upstream's, an unknown state, or a commit that is none.
pub fn told(properties: &HashMap<String, OwnedValue>) -> Result<Told, Problem> {
    let number = match properties.get("State").map(|value| &**value) {
        Some(Value::U32(number)) => *number,
        _ => return Err(bad("State is missing or no number")),
    };
    let size = |key: &str| -> Result<Option<u64>, Problem> {
        Ok(integer(properties, key)?.and_then(|bytes| u64::try_from(bytes).ok()))
    };
    Ok(Told {
        state: state(number)?,
        current: commit(properties, "CurrentID")?,
        update: commit(properties, "UpdateID")?,
        version: text::clean(&string(properties, "Version")?, 100),
        download: size("DownloadSize")?,
        unpacked: size("UnpackedSize")?,
        downloaded: size("DownloadedBytes")?.unwrap_or_default(),
        error: string(properties, "ErrorName")?,
        words: text::line(&string(properties, "ErrorMessage")?),
    })
}

fn string(properties: &HashMap<String, OwnedValue>, key: &str) -> Result<String, Problem> {
    match properties.get(key).map(|value| &**value) {
        None => Ok(String::new()),
        Some(Value::Str(words)) => Ok(words.as_str().to_owned()),
        Some(_) => Err(bad(&format!("{key} is no string"))),
    }
}

fn integer(properties: &HashMap<String, OwnedValue>, key: &str) -> Result<Option<i64>, Problem> {
    match properties.get(key).map(|value| &**value) {
        None => Ok(None),
        Some(Value::I64(number)) => Ok(Some(*number)),
        Some(_) => Err(bad(&format!("{key} is no number"))),
    }
}

/// A commit's checksum, 64 hexadecimal digits, or nothing.
fn commit(properties: &HashMap<String, OwnedValue>, key: &str) -> Result<String, Problem> {
    let word = string(properties, key)?;
    let digits = word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if word.is_empty() || (word.len() == 64 && digits) { Ok(word) } else { Err(bad(&format!("{key}: {word}"))) }
}

pub(super) fn bad(detail: &str) -> Problem {
    Problem::BadAnswer { tool: SERVICE.into(), detail: text::clean(detail, 200) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(all: &[(&str, Value<'static>)]) -> HashMap<String, OwnedValue> {
        let owned = |value: &Value<'static>| value.try_to_owned().unwrap();
        all.iter().map(|(key, value)| ((*key).to_owned(), owned(value))).collect()
    }

    #[test]
    fn only_the_state_has_to_be_there() {
        let found = told(&properties(&[("State", 1u32.into())])).unwrap();
        assert_eq!((found.state, found.download, found.current.as_str()), (State::Ready, None, ""));
        assert_eq!(told(&properties(&[])).unwrap_err().code(), "bad-answer");
    }

    #[test]
    fn other_types_are_no_answer() {
        let wrong: [(&str, Value<'static>); 8] = [
            ("State", 1i32.into()),
            ("State", "1".into()),
            ("State", 9u32.into()),
            ("UpdateID", 1u32.into()),
            ("UpdateID", "abc".into()),
            ("CurrentID", "../../etc".into()),
            ("DownloadSize", 1u64.into()),
            ("Version", true.into()),
        ];
        for (key, value) in wrong {
            let mut all = properties(&[("State", 1u32.into())]);
            all.extend(properties(&[(key, value.clone())]));
            assert_eq!(told(&all).unwrap_err().code(), "bad-answer", "{key} {value:?}");
        }
    }

    #[test]
    fn unknown_sizes_are_none_and_words_are_cleaned() {
        let all = [
            ("State", 4u32.into()),
            ("DownloadSize", (-1i64).into()),
            ("UnpackedSize", 5i64.into()),
            ("Version", "6.1\u{1b}[2J\n\u{202e}".into()),
        ];
        let found = told(&properties(&all)).unwrap();
        assert_eq!((found.download, found.unpacked, found.version.as_str()), (None, Some(5), "6.1[2J"));
    }
}
