//! This program, called by the name of another: `/usr/bin/bootc` on a played system is a link to it.

use super::{Mood, Stage, System, all};
use crate::error::At;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// What a caller sees as the end of a program that was killed.
const KILLED: i32 = 137;
/// What an unknown call ends with.
const UNKNOWN: i32 = 97;
const TEN_MEGABYTES: usize = 10 << 20;

/// How it was called.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    pub arguments: Vec<String>,
}

impl Call {
    /// The arguments, for a `match`.
    pub fn words(&self) -> Vec<&str> {
        self.arguments.iter().map(String::as_str).collect()
    }

    /// The pipe whose number follows `option`, as in bootc's `--progress-fd 7`. What is written there is seen at once.
    pub fn pipe(&self, option: &str) -> Option<fs::File> {
        let at = self.arguments.iter().position(|word| word == option)?;
        let number: u32 = self.arguments.get(at + 1)?.parse().ok()?;
        fs::OpenOptions::new().write(true).open(format!("/proc/self/fd/{number}")).ok()
    }
}

/// What it says at its end.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub status: i32,
    pub answer: String,
    pub words: String,
}

impl Reply {
    pub fn answer(answer: impl Into<String>) -> Self {
        Self { answer: answer.into(), ..Self::default() }
    }

    pub fn failed(status: i32, words: impl Into<String>) -> Self {
        Self { status, words: words.into(), ..Self::default() }
    }

    /// A call that upstream has not, or that nobody needed until now.
    pub fn unknown(stage: &Stage, call: &Call) -> Self {
        let call = format!("{} {}", call.name, call.arguments.join(" "));
        stage.unknown(&call);
        Self::failed(UNKNOWN, format!("the stand-in does not know: {call}"))
    }
}

/// Plays what this process was called as, if that is the program of a played system.
pub fn play() -> Option<ExitCode> {
    let mut arguments = std::env::args();
    let own = arguments.next()?;
    let name = Path::new(&own).file_name()?.to_str()?.to_owned();
    let (_, program) = all().iter().flat_map(|system| system.programs).find(|(word, _)| *word == name)?;
    let root = std::env::var_os("CAIRN_ROOT").unwrap_or_else(|| "/".into());
    let stage = Stage::at(root);
    let call = Call { name, arguments: arguments.collect() };
    let status = act(&stage, &call, *program);
    Some(ExitCode::from(u8::try_from(status).unwrap_or(1)))
}

fn act(stage: &Stage, call: &Call, program: super::Program) -> i32 {
    let mood = stage.mood(&call.name);
    match &mood {
        Mood::Slow { millis } => std::thread::sleep(Duration::from_millis(*millis)),
        Mood::Stuck => loop {
            std::thread::park();
        },
        Mood::Failing { status, words, .. } => return say(&Reply::failed(*status, words.clone()), &mood),
        Mood::Killed => {
            let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
            return KILLED;
        }
        Mood::Saying { answer } => return say(&Reply::answer(answer.clone()), &mood),
        _ => {}
    }
    say(&program(stage, call), &mood)
}

fn say(reply: &Reply, mood: &Mood) -> i32 {
    let mut bytes = reply.answer.clone().into_bytes();
    match mood {
        Mood::Truncated => bytes.truncate(bytes.len() / 2),
        Mood::Huge => bytes.resize(TEN_MEGABYTES, b' '),
        Mood::Garbled => bytes.extend_from_slice(&[0xff, 0xfe]),
        _ => {}
    }
    // Whoever listened may be gone.
    let _ = io::stdout().write_all(&bytes);
    let _ = io::stderr().write_all(reply.words.as_bytes());
    reply.status
}

/// Puts links to `program` (this one, as the played system sees it) where the system's programs belong, and lays out
/// its files.
///
/// # Errors
/// What the file system says.
pub fn lay_out(system: &System, stage: &Stage, program: &Path) -> crate::Result<()> {
    let folder = stage.path("/usr/bin");
    fs::create_dir_all(&folder).at(&folder)?;
    for (name, _) in system.programs {
        let link = folder.join(name);
        let _ = fs::remove_file(&link);
        symlink(program, &link).at(&link)?;
    }
    (system.lay_out)(stage).at(stage.root())
}
