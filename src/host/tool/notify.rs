//! Notifications of a running program, as sd_notify(3) describes them.

use crate::random;
use std::convert::Infallible;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram as Blocking};
use std::time::Duration;
use tokio::net::UnixDatagram;

/// Longer than what a program has to say at once.
const LONGEST: usize = 4096;
/// Between two looks where the socket cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// Where a program sends to. It is in the abstract namespace, so nothing of it is left on a disk.
#[derive(Debug)]
pub(super) struct Socket {
    /// The value of `NOTIFY_SOCKET`.
    pub(super) address: String,
    socket: UnixDatagram,
}

impl Socket {
    pub(super) fn new() -> io::Result<Self> {
        let mut bytes = [0; 16];
        random::fill(&mut bytes)?;
        let name = format!("cairn-{:032x}", u128::from_ne_bytes(bytes));
        let socket = Blocking::bind_addr(&SocketAddr::from_abstract_name(&name)?)?;
        socket.set_nonblocking(true)?;
        Ok(Self { address: format!("@{name}"), socket: UnixDatagram::from_std(socket)? })
    }

    /// Gives each assignment that comes. What is no text is passed over: it is about progress only.
    pub(super) async fn hear(&self, mut heard: impl FnMut(&str, &str)) -> Infallible {
        let mut bytes = [0; LONGEST];
        loop {
            let Ok(count) = self.socket.recv(&mut bytes).await else {
                tokio::time::sleep(PAUSE).await;
                continue;
            };
            let text = String::from_utf8_lossy(bytes.get(..count).unwrap_or_default());
            text.lines().filter_map(|line| line.split_once('=')).for_each(|(name, value)| heard(name, value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn assignments_are_heard_and_the_rest_is_passed_over() {
        let socket = Socket::new().unwrap();
        let name = socket.address.strip_prefix('@').unwrap().to_owned();
        let sender = Blocking::unbound().unwrap();
        let to = SocketAddr::from_abstract_name(&name).unwrap();
        for words in [&b"READY=1\nSTATUS=a=b"[..], b"nothing", b"\xff=\xfe", b"LAST=1"] {
            sender.send_to_addr(words, &to).unwrap();
        }
        let mut heard = Vec::new();
        let (ended, wait) = tokio::sync::oneshot::channel();
        let mut ended = Some(ended);
        let hear = socket.hear(|name, value| {
            heard.push(format!("{name} {value}"));
            if name == "LAST" {
                ended.take().map(|e| e.send(()));
            }
        });
        tokio::select! {
            done = tokio::time::timeout(Duration::from_secs(60), wait) => done.unwrap().unwrap(),
            never = hear => match never {},
        }
        assert_eq!(heard, ["READY 1", "STATUS a=b", "\u{fffd} \u{fffd}", "LAST 1"]);
    }
}
