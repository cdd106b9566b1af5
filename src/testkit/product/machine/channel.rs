//! Commands over a virtio port; the other end is `image/agent.sh`.

use crate::product::Answer;
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Instant;

const STATUS: &str = "@@status ";

/// The host's end.
#[derive(Debug)]
pub(super) struct Channel {
    stream: UnixStream,
    read: Vec<u8>,
}

impl Channel {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream, read: Vec::new() }
    }

    /// The next line that comes.
    pub(super) fn line(&mut self, deadline: Instant) -> io::Result<String> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut.into());
            }
            self.stream.set_read_timeout(Some(left))?;
            let mut piece = [0; 4096];
            match self.stream.read(&mut piece) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(count) => self.read.extend_from_slice(piece.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Err(ErrorKind::TimedOut.into()),
                Err(error) => return Err(error),
            }
        }
    }

    /// Runs a script to its end.
    pub(super) fn run(&mut self, script: &str, deadline: Instant) -> io::Result<Answer> {
        self.send(script)?;
        let mut lines = Vec::new();
        loop {
            let line = self.line(deadline)?;
            if let Some(status) = line.strip_prefix(STATUS) {
                let status = status.parse().map_err(io::Error::other)?;
                return Ok(Answer { status, output: lines.join("\n").trim().to_owned() });
            }
            lines.push(line);
        }
    }

    /// Starts a script and waits for a line of it.
    pub(super) fn run_until(
        &mut self,
        script: &str,
        deadline: Instant,
        fits: impl Fn(&str) -> bool,
    ) -> io::Result<String> {
        self.send(script)?;
        let mut last = String::new();
        loop {
            let line = self.line(deadline)?;
            if line.starts_with(STATUS) {
                return Err(io::Error::other(format!("the script ended too early: {last}")));
            }
            if fits(&line) {
                return Ok(line);
            }
            last = line;
        }
    }

    fn send(&mut self, script: &str) -> io::Result<()> {
        self.stream.write_all(script.as_bytes())?;
        self.stream.write_all(&[0])
    }
}
