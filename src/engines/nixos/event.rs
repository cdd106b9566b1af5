//! What Nix tells while it works, with `--log-format internal-json`: a line each on standard error, `@nix ` and JSON.
//! Pure; whatever cannot be read is left out, since nothing depends on it.
//!
//! nix: src/libutil/logging.cc and src/libutil/include/nix/util/logging.hh.

use serde::Deserialize;
use std::collections::HashMap;

/// Activities.
const FILE_TRANSFER: u64 = 101;
const COPY_PATHS: u64 = 103;
const BUILDS: u64 = 104;
/// Results.
const PROGRESS: u64 = 105;
const SET_EXPECTED: u64 = 106;
/// More activities at once than any build has.
const MOST: usize = 100_000;

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "lowercase")]
enum Event {
    Start {
        id: u64,
        r#type: u64,
    },
    Result {
        id: u64,
        r#type: u64,
        #[serde(default)]
        fields: Vec<serde_json::Value>,
    },
    #[serde(other)]
    Other,
}

#[derive(Clone, Copy, Debug, Default)]
struct Activity {
    kind: u64,
    done: u64,
    expected: u64,
    running: u64,
    /// Of file transfers below it.
    announced: u64,
}

/// How far it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    pub bytes: u64,
    /// At least what came.
    pub bytes_expected: u64,
    pub paths: u64,
    pub paths_expected: u64,
    pub builds: u64,
    pub builds_expected: u64,
    pub builds_running: u64,
}

/// Adds up what is told.
#[derive(Debug, Default)]
pub struct Meter {
    activities: HashMap<u64, Activity>,
}

impl Meter {
    /// Whether the line changed anything.
    pub fn hear(&mut self, line: &str) -> bool {
        let Some(json) = line.strip_prefix("@nix ") else { return false };
        match serde_json::from_str(json) {
            Ok(Event::Start { id, r#type }) => {
                let room = self.activities.len() < MOST;
                if room {
                    self.activities.insert(id, Activity { kind: r#type, ..Activity::default() });
                }
                false
            }
            Ok(Event::Result { id, r#type, fields }) => self.result(id, r#type, &fields),
            Ok(Event::Other) | Err(_) => false,
        }
    }

    fn result(&mut self, id: u64, kind: u64, fields: &[serde_json::Value]) -> bool {
        let number = |at: usize| fields.get(at).and_then(serde_json::Value::as_u64);
        let (Some(activity), Some(first), Some(second)) =
            (self.activities.get_mut(&id), number(0), number(1))
        else {
            return false;
        };
        match kind {
            PROGRESS => {
                (activity.done, activity.expected) = (first, second);
                activity.running = number(2).unwrap_or_default();
            }
            SET_EXPECTED if first == FILE_TRANSFER => activity.announced = second,
            _ => return false,
        }
        true
    }

    pub fn work(&self) -> Work {
        let mut work = Work::default();
        let (mut announced, mut expected) = (0_u64, 0_u64);
        for activity in self.activities.values() {
            announced = announced.saturating_add(activity.announced);
            let add = |to: &mut u64, what: u64| *to = to.saturating_add(what);
            match activity.kind {
                FILE_TRANSFER => {
                    add(&mut work.bytes, activity.done);
                    add(&mut expected, activity.expected);
                }
                COPY_PATHS => {
                    add(&mut work.paths, activity.done);
                    add(&mut work.paths_expected, activity.expected);
                }
                BUILDS => {
                    add(&mut work.builds, activity.done);
                    add(&mut work.builds_expected, activity.expected);
                    add(&mut work.builds_running, activity.running);
                }
                _ => {}
            }
        }
        work.bytes_expected = announced.max(expected).max(work.bytes);
        work
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn work(lines: &[&str]) -> Work {
        let mut meter = Meter::default();
        for line in lines {
            meter.hear(line);
        }
        meter.work()
    }

    #[test]
    fn downloads_and_builds_are_added_up() {
        let lines = [
            r#"@nix {"action":"start","id":1,"level":0,"parent":0,"text":"","type":102}"#,
            r#"@nix {"action":"start","id":2,"level":0,"parent":0,"text":"","type":104}"#,
            r#"@nix {"action":"start","id":3,"level":0,"parent":0,"text":"","type":103}"#,
            r#"@nix {"action":"result","fields":[101,1000],"id":1,"type":106}"#,
            r#"@nix {"action":"result","fields":[100,5000],"id":1,"type":106}"#,
            r#"@nix {"action":"start","id":4,"level":4,"parent":3,"text":"downloading","type":101,"fields":["https://c.example/x"]}"#,
            r#"@nix {"action":"result","fields":[300,400,0,0],"id":4,"type":105}"#,
            r#"@nix {"action":"result","fields":[0,2,1,0],"id":2,"type":105}"#,
            r#"@nix {"action":"result","fields":[1,3,1,0],"id":3,"type":105}"#,
            r#"@nix {"action":"stop","id":4}"#,
        ];
        let expected = Work {
            bytes: 300,
            bytes_expected: 1000,
            paths: 1,
            paths_expected: 3,
            builds_expected: 2,
            builds_running: 1,
            ..Work::default()
        };
        assert_eq!(work(&lines), expected);
    }

    #[test]
    fn nonsense_is_left_out() {
        let lines = [
            "warning: something for people",
            "@nix ",
            "@nix {}",
            "@nix [1]",
            r#"@nix {"action":"result","id":9,"type":105,"fields":[1,2]}"#,
            r#"@nix {"action":"start","id":1,"type":101}"#,
            r#"@nix {"action":"result","id":1,"type":105,"fields":["x",-1]}"#,
            r#"@nix {"action":"result","id":1,"type":105,"fields":[18446744073709551615,1]}"#,
            r#"@nix {"action":"start","id":2,"type":101}"#,
            r#"@nix {"action":"result","id":2,"type":105,"fields":[18446744073709551615,1]}"#,
        ];
        assert_eq!(work(&lines).bytes, u64::MAX);
    }
}
