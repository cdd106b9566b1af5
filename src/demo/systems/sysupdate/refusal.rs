//! Errors of the service, by the names that upstream gives them.

use zbus::message::{Header, Message};
use zbus::names::ErrorName;

#[derive(Debug)]
pub struct Refusal {
    name: &'static str,
    words: String,
}

impl Refusal {
    pub fn no_candidate() -> Self {
        Self::new("org.freedesktop.sysupdate1.NoCandidate", "Job exited successfully with no work to do")
    }

    pub fn busy() -> Self {
        Self::new("System.Error.EBUSY", "Failed to start job: Device or resource busy")
    }

    pub fn invalid(words: &str) -> Self {
        Self::new("org.freedesktop.DBus.Error.InvalidArgs", words)
    }

    pub fn failed(words: &str) -> Self {
        Self::new("org.freedesktop.DBus.Error.Failed", words)
    }

    fn new(name: &'static str, words: &str) -> Self {
        Self { name, words: words.into() }
    }
}

impl From<zbus::fdo::Error> for Refusal {
    /// What a mood answers.
    fn from(error: zbus::fdo::Error) -> Self {
        let gone = matches!(error, zbus::fdo::Error::NoReply(_));
        let name = if gone { "org.freedesktop.DBus.Error.NoReply" } else { "org.freedesktop.DBus.Error.Failed" };
        Self::new(name, &error.to_string())
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        Self::failed(&error.to_string())
    }
}

impl From<zbus::Error> for Refusal {
    fn from(error: zbus::Error) -> Self {
        Self::failed(&error.to_string())
    }
}

impl zbus::DBusError for Refusal {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        Message::error(call, self.name())?.build(&self.words.as_str())
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_static_str_unchecked(self.name)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.words)
    }
}
