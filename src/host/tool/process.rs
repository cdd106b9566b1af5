//! One run of a program: its process group, its pipes and its end.

use cairn_model::Problem;
use rustix::io::{FdFlags, fcntl_setfd, ioctl_fionread};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::future::pending;
use std::io::{self, PipeWriter};
use std::os::fd::AsRawFd;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};

/// How much of a program's last words on standard error is kept, in bytes.
pub(super) const WORDS: usize = 4 * 1024;
const CHUNK: usize = 16 * 1024;
/// How often a program that is asked to end is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Where bytes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Answer,
    Progress,
    Errors,
}

/// A program that was started. If it is dropped, its whole group ends.
#[derive(Debug)]
pub(super) struct Running {
    child: Child,
    /// The leader's process id. It means this group for sure until the leader's status is taken.
    group: Pid,
    answer: Pipe,
    progress: Pipe,
    errors: Pipe,
    words: Vec<u8>,
}

impl Running {
    pub(super) fn start(mut command: Command, progress: Option<&str>) -> io::Result<Self> {
        let (answer, stdout) = pipe()?;
        let (errors, stderr) = pipe()?;
        command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).process_group(0).kill_on_drop(true);
        let mut told = Pipe::closed();
        let mut writer = None;
        if let Some(option) = progress {
            let (reader, own) = pipe()?;
            command.arg(option).arg(own.as_raw_fd().to_string());
            // A program that another thread starts right now inherits this end, too. That is harmless, since no run
            // waits for the end of a pipe.
            fcntl_setfd(&own, FdFlags::empty())?;
            told = reader;
            writer = Some(own);
        }
        let child = command.spawn()?;
        // Our copies of the writing ends, without which the pipes end with the program.
        drop((command, writer));
        let group =
            child.id().and_then(|id| Pid::from_raw(id.cast_signed())).ok_or(io::ErrorKind::NotFound)?;
        Ok(Self { child, group, answer, progress: told, errors, words: Vec::new() })
    }

    /// Gives what the program writes until it ends or `heard` has a problem with it.
    pub(super) async fn hear(
        &mut self,
        heard: &mut impl FnMut(Stream, &[u8]) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        loop {
            tokio::select! {
                bytes = self.answer.some() => heard(Stream::Answer, bytes)?,
                bytes = self.progress.some() => heard(Stream::Progress, bytes)?,
                bytes = self.errors.some() => {
                    keep_last(&mut self.words, bytes);
                    heard(Stream::Errors, bytes)?;
                }
                // Its status is kept until it is asked for.
                _ = self.child.wait() => break,
            }
        }
        heard(Stream::Answer, &self.answer.rest())?;
        heard(Stream::Progress, &self.progress.rest())?;
        let last = self.errors.rest();
        keep_last(&mut self.words, &last);
        heard(Stream::Errors, &last)
    }

    /// How it ended, after [`Running::hear`].
    pub(super) async fn status(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Its last words on standard error.
    pub(super) fn words(&self) -> String {
        String::from_utf8_lossy(&self.words).into_owned()
    }

    /// Asks the whole group to end and ends what is left after `grace`. Where the program has ended by itself there
    /// is nothing to do.
    pub(super) async fn end(mut self, grace: Duration) {
        if self.child.id().is_none() {
            return;
        }
        self.signal(Signal::TERM);
        // Pipes that end say that the others in the group are gone as well; they are read on, so that nobody who
        // tidies up waits for room in one.
        let gone = async {
            let ended = ended(self.group);
            tokio::join!(ended, self.answer.drain(), self.progress.drain(), self.errors.drain());
        };
        let _ = tokio::time::timeout(grace, gone).await;
        self.signal(Signal::KILL);
        // A process that hangs inside the kernel survives even this; the runtime takes its status when it comes.
        let _ = tokio::time::timeout(grace, self.child.wait()).await;
    }

    fn signal(&self, signal: Signal) {
        // Once the status was taken the number may mean another group.
        if self.child.id().is_some() {
            // A group that is gone needs no signal.
            let _ = kill_process_group(self.group, signal);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// Waits until a child has ended without taking its status, which keeps its number from having another meaning.
async fn ended(child: Pid) {
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
    while let Ok(None) = waitid(WaitId::Pid(child), look) {
        tokio::time::sleep(LOOK).await;
    }
}

/// The reading end of a pipe.
#[derive(Debug)]
struct Pipe {
    end: Option<Receiver>,
    buffer: Vec<u8>,
}

fn pipe() -> io::Result<(Pipe, PipeWriter)> {
    let (reader, writer) = io::pipe()?;
    let end = Receiver::from_owned_fd(reader.into())?;
    Ok((Pipe { end: Some(end), buffer: vec![0; CHUNK] }, writer))
}

impl Pipe {
    fn closed() -> Self {
        Self { end: None, buffer: Vec::new() }
    }

    /// The next bytes; waits for ever once there can be no more.
    async fn some(&mut self) -> &[u8] {
        let Some(count) = self.next().await else { return pending().await };
        &self.buffer[..count]
    }

    /// Reads and forgets until there can be no more.
    async fn drain(&mut self) {
        while self.next().await.is_some() {}
    }

    /// How many bytes came, `None` once there can be no more.
    async fn next(&mut self) -> Option<usize> {
        let count = self.end.as_mut()?.read(&mut self.buffer).await.unwrap_or(0);
        if count == 0 {
            self.end = None;
        }
        (count > 0).then_some(count)
    }

    /// What lies in the pipe, without waiting. The runtime may not have noticed it yet, so the system is asked.
    fn rest(&self) -> Vec<u8> {
        let Some(end) = &self.end else { return Vec::new() };
        let waiting = ioctl_fionread(end).ok().and_then(|count| usize::try_from(count).ok());
        let mut bytes = vec![0; waiting.unwrap_or_default()];
        let count = rustix::io::read(end, &mut bytes).unwrap_or(0);
        bytes.truncate(count);
        bytes
    }
}

fn keep_last(words: &mut Vec<u8>, bytes: &[u8]) {
    words.extend_from_slice(bytes);
    words.drain(..words.len().saturating_sub(WORDS));
}
