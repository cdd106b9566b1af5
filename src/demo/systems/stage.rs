//! Where one system is played.

use rustix::fs::{FlockOperation, flock};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Where stand-ins keep what they know, below the root.
const STATE: &str = "var/lib/stand-in";
/// The Btrfs subvolume that the boot loader would mount as the root, below [`STATE`]; read by the world's boot script.
pub const SUBVOLUME: &str = "subvolume";
/// What was asked for and nobody knows, a line each.
const UNKNOWN: &str = "unknown-calls";

/// The root of a played system. Several processes play on one stage; each change is made under a lock.
#[derive(Clone, Debug)]
pub struct Stage {
    root: PathBuf,
}

/// How a stand-in behaves, until it is told otherwise. By file name for programs, by bus name for services.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mood", rename_all = "kebab-case")]
pub enum Mood {
    #[default]
    Well,
    /// Takes that long before it answers, and as long for each part of something long.
    Slow { millis: u64 },
    /// Never answers.
    Stuck,
    /// Fails with that status (programs) or error (services) and those words.
    Failing { status: i32, error: String, words: String },
    /// Ends in the middle of its answer; a service leaves out what belongs into it.
    Truncated,
    /// Is killed before it has changed anything; a service leaves the bus and is started anew.
    Killed,
    /// Answers ten megabytes; a service in one word.
    Huge,
    /// Answers bytes that are no UTF-8; a service, which cannot, facts that are none.
    Garbled,
    /// Answers exactly that; programs only.
    Saying { answer: String },
}

impl Stage {
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where an absolute path of the system lies.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root.join(path.trim_start_matches('/'))
    }

    /// Writes a file and the folders above it. What the kernel tells is written only where no kernel tells it: in the
    /// demo world a real one does, but for what it was started with, which is a file of the world's own.
    pub fn write(&self, path: &str, text: &str) -> io::Result<()> {
        let of_kernel = path.starts_with("/proc/") && path != "/proc/cmdline";
        if of_kernel && self.path("/proc/self").is_symlink() {
            return Ok(());
        }
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap_or(&self.root))?;
        fs::write(file, text)
    }

    /// The subvolume that is the root after the next start.
    pub fn mount_next(&self, subvolume: &str) -> io::Result<()> {
        self.write(&format!("/{STATE}/{SUBVOLUME}"), subvolume)
    }

    pub fn read(&self, path: &str) -> io::Result<String> {
        fs::read_to_string(self.path(path))
    }

    pub fn remove(&self, path: &str) -> io::Result<()> {
        match fs::remove_file(self.path(path)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// What the stand-in of that name knows; the default of the type before it was told anything.
    pub fn state<T: DeserializeOwned + Default>(&self, name: &str) -> io::Result<T> {
        match fs::read(self.file(name)) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(T::default()),
            Err(e) => Err(e),
        }
    }

    /// Reads, changes and writes what a stand-in knows, as one change: a process that is killed leaves the old or the new.
    pub fn change<T, R>(&self, name: &str, change: impl FnOnce(&mut T) -> R) -> io::Result<R>
    where
        T: Serialize + DeserializeOwned + Default,
    {
        let folder = self.root.join(STATE);
        fs::create_dir_all(&folder)?;
        let lock = fs::File::create(folder.join(format!("{name}.lock")))?;
        flock(&lock, FlockOperation::LockExclusive)?;
        let mut state: T = self.state(name)?;
        let result = change(&mut state);
        let fresh = folder.join(format!("{name}.json.new"));
        fs::write(&fresh, serde_json::to_vec_pretty(&state)?)?;
        fs::rename(fresh, self.file(name))?;
        Ok(result)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.root.join(STATE).join(format!("{name}.json"))
    }

    /// The mood that `name` is in.
    pub fn mood(&self, name: &str) -> Mood {
        self.state(&mood_of(name)).unwrap_or_default()
    }

    pub fn set_mood(&self, name: &str, mood: Mood) -> io::Result<()> {
        self.change(&mood_of(name), |old| *old = mood)
    }

    /// Notes that a stand-in was asked for something that it does not know.
    pub fn unknown(&self, call: &str) {
        let file = self.root.join(STATE).join(UNKNOWN);
        let note = fs::create_dir_all(self.root.join(STATE))
            .and_then(|()| fs::OpenOptions::new().create(true).append(true).open(file))
            .and_then(|mut file| writeln!(file, "{call}"));
        if let Err(error) = note {
            eprintln!("unknown call {call}: {error}");
        }
    }

    /// What was asked for and no stand-in knew; a test wants none.
    pub fn unknown_calls(&self) -> Vec<String> {
        let text = fs::read_to_string(self.root.join(STATE).join(UNKNOWN)).unwrap_or_default();
        text.lines().map(ToOwned::to_owned).collect()
    }

    /// For a service: waits or fails as its mood says, before a call is answered. The moods that are about the answer's bytes,
    /// and being killed, are its front's ([`super::front`]).
    ///
    /// # Errors
    /// The error that it was told to answer.
    pub async fn enter(&self, service: &str) -> zbus::fdo::Result<()> {
        match self.mood(service) {
            Mood::Slow { millis } => tokio::time::sleep(std::time::Duration::from_millis(millis)).await,
            Mood::Stuck => std::future::pending().await,
            Mood::Failing { words, .. } => return Err(zbus::fdo::Error::Failed(words)),
            _ => {}
        }
        Ok(())
    }
}

fn mood_of(name: &str) -> String {
    format!("mood-{name}")
}
