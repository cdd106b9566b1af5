//! The socket to a bus, which lets through no message that is larger than anything that an engine asks for. The answer to
//! a call that would be is an error of the bus itself; the connection goes on, and nothing of it was kept in memory.
//!
//! D-Bus specification, "Message Format": sixteen bytes (endianness at 0, length of the body at 4, length of the header's
//! fields at 12), the fields, padding to eight bytes, the body.

use async_trait::async_trait;
use std::io;
use std::os::fd::OwnedFd;
use tokio::net::UnixStream;
use zbus::connection::socket::{BoxedSplit, ReadHalf, Split, WriteHalf};
use zbus::fdo::ConnectionCredentials;
use zbus::message::Type;
use zbus::{Address, Message};

/// Twice of what a program may answer, since names of types come with everything.
const MOST: usize = 8 << 20;
/// Of the header's fields, which are names.
const MOST_FIELDS: usize = 64 << 10;
const FIXED: usize = 16;
const TOO_LARGE: &str = "org.freedesktop.DBus.Error.InconsistentMessage";

/// The socket of that address, if it is one of a file, as each system bus has it.
pub(crate) async fn socket(address: &Address) -> Option<io::Result<BoxedSplit>> {
    use zbus::address::transport::{Transport, UnixSocket};
    let Transport::Unix(unix) = address.transport() else { return None };
    let UnixSocket::File(path) = unix.path() else { return None };
    Some(UnixStream::connect(path).await.map(|stream| {
        let (read, write) = BoxedSplit::from(stream).take();
        Split::new(Box::new(Bounded(read)) as Box<dyn ReadHalf>, write as Box<dyn WriteHalf>)
    }))
}

#[derive(Debug)]
struct Bounded(Box<dyn ReadHalf>);

impl Bounded {
    /// Goes on until that many bytes are there.
    async fn fill(
        &mut self,
        bytes: &mut Vec<u8>,
        length: usize,
        descriptors: &mut Vec<OwnedFd>,
    ) -> io::Result<()> {
        while bytes.len() < length {
            let mut part = vec![0; (length - bytes.len()).min(MOST_FIELDS)];
            let (count, more) = self.0.recvmsg(&mut part).await?;
            if count == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            bytes.extend(part.iter().take(count));
            descriptors.extend(more);
        }
        Ok(())
    }

    /// Reads the rest of a message that is too large, and gives what is told instead.
    async fn skip(&mut self, sequence: u64, bytes: &mut Vec<u8>, lengths: Lengths) -> zbus::Result<Message> {
        if lengths.fields > MOST_FIELDS {
            return Err(zbus::Error::ExcessData);
        }
        let mut descriptors = Vec::new();
        self.fill(bytes, lengths.header(), &mut descriptors).await?;
        let mut header: Vec<u8> = bytes.drain(..lengths.header()).collect();
        let mut left = lengths.body;
        while left > 0 {
            let part = left.min(MOST_FIELDS);
            self.fill(bytes, part, &mut descriptors).await?;
            bytes.drain(..part);
            left -= part;
        }
        // The same message with nothing in it.
        header.iter_mut().skip(4).take(4).for_each(|byte| *byte = 0);
        let empty = self.0.receive_message(sequence, &mut header, &mut Vec::new()).await?;
        match empty.message_type() {
            Type::MethodReturn | Type::Error => {
                let of = empty.header();
                let error = Message::error(&of, TOO_LARGE)?.reply_serial(of.reply_serial());
                error.build(&"the answer is too large")
            }
            Type::MethodCall | Type::Signal => Ok(empty),
        }
    }
}

struct Lengths {
    fields: usize,
    body: usize,
}

impl Lengths {
    fn of(fixed: &[u8]) -> Option<Self> {
        let number = |at: usize| {
            let four: [u8; 4] = fixed.get(at..at + 4)?.try_into().ok()?;
            let number = if fixed.first() == Some(&b'B') {
                u32::from_be_bytes(four)
            } else {
                u32::from_le_bytes(four)
            };
            usize::try_from(number).ok()
        };
        Some(Self { fields: number(12)?, body: number(4)? })
    }

    fn header(&self) -> usize {
        (FIXED + self.fields).next_multiple_of(8)
    }
}

#[async_trait]
impl ReadHalf for Bounded {
    async fn receive_message(
        &mut self,
        sequence: u64,
        bytes: &mut Vec<u8>,
        descriptors: &mut Vec<OwnedFd>,
    ) -> zbus::Result<Message> {
        self.fill(bytes, FIXED, descriptors).await?;
        let lengths = Lengths::of(bytes).ok_or(zbus::Error::InvalidField)?;
        if lengths.header() + lengths.body > MOST {
            return self.skip(sequence, bytes, lengths).await;
        }
        self.0.receive_message(sequence, bytes, descriptors).await
    }

    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        self.0.recvmsg(buffer).await
    }

    fn can_pass_unix_fd(&self) -> bool {
        self.0.can_pass_unix_fd()
    }

    async fn peer_credentials(&mut self) -> io::Result<ConnectionCredentials> {
        self.0.peer_credentials().await
    }
}
