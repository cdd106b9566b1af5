//! What the updater knows and what its origin has.

use serde::{Deserialize, Serialize};

/// Its states, by upstream's numbers.
pub const READY: u32 = 1;
pub const ERROR: u32 = 2;
pub const POLLING: u32 = 3;
pub const UPDATE_AVAILABLE: u32 = 4;
pub const FETCHING: u32 = 5;
pub const UPDATE_READY: u32 = 6;
pub const APPLYING: u32 = 7;
pub const UPDATE_APPLIED: u32 = 8;

/// What is left out is as it is at the first start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    pub state: u32,
    /// The commit that runs.
    pub current: String,
    /// The commit that was found last, and its version.
    pub update: String,
    pub version: String,
    /// What the origin has now; the running commit or nothing is no update.
    pub offered: String,
    pub offered_version: String,
    pub refspec: String,
    pub download_size: i64,
    pub unpacked_size: i64,
    pub downloaded: i64,
    pub error: String,
    pub words: String,
    /// The error that the next work ends with.
    pub fails: String,
}

impl Default for State {
    fn default() -> Self {
        Self {
            state: READY,
            current: "3f1f1c8a09d2c7be54a6e0b8d9f7a2415c03e6d8b1729f40a5c6e7d8091b2a3c".into(),
            update: String::new(),
            version: String::new(),
            offered: "8d42b60c7e915fa3d0b8c6714e2f9a5db3c1087f6e5a4d392c1b0f8e7d6c5b4a".into(),
            offered_version: "6.1.1".into(),
            refspec: "eos:os/eos/amd64/latest2".into(),
            download_size: 412_680_192,
            unpacked_size: 1_034_944_512,
            downloaded: 0,
            error: String::new(),
            words: String::new(),
            fails: String::new(),
        }
    }
}

impl State {
    /// Goes to a state, where no error stands any more.
    pub fn go(&mut self, state: u32) {
        (self.error, self.words) = (String::new(), String::new());
        self.state = state;
    }

    pub fn stop(&mut self, error: &str) {
        self.state = ERROR;
        self.error = error.into();
        self.words = format!("stopped: {error}");
    }
}
