//! What stands between a played service and the bus: it sees every message as it goes over the wire.
//!
//! - What the service answers with "unknown" nobody has taught it: that is noted, whatever the service is.
//! - Moods that are about bytes are played here, for each answer alike (see [`Mood`]). A D-Bus message carries no invalid
//!   UTF-8 and no half of itself (the bus throws out who sends such), so a truncated answer is one without what belongs into
//!   it, and a garbled one has other facts than it should: dictionaries without entries, words that are none.
//! - A service that is killed is cut off at the next call, before it sees that; its name is gone with it.

use super::{Mood, Stage};
use async_trait::async_trait;
use std::collections::{HashMap, HashSet};
use std::io;
use std::net::Shutdown;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use zbus::Message;
use zbus::connection::socket::{BoxedSplit, ReadHalf, Split, WriteHalf};
use zbus::message::Type;
use zbus::zvariant::{Array, Dict, Structure, StructureBuilder, Value};

const TEN_MEGABYTES: usize = 10 << 20;
const NONSENSE: &str = "\u{1b}[31m\u{202e}../-\n";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
/// What an object server answers to what it does not have (D-Bus specification; `org.freedesktop.DBus.Error`).
const UNKNOWN: [&str; 4] = ["UnknownMethod", "UnknownInterface", "UnknownProperty", "UnknownObject"];

/// Which object was called, and what a person knows the call by.
#[derive(Debug)]
struct Call {
    path: String,
    words: String,
}

/// Both ends of one service's socket.
#[derive(Clone, Debug)]
pub struct Front {
    stage: Stage,
    /// What its mood goes by: the name that it claims on the bus.
    name: Arc<Mutex<String>>,
    /// Calls that have no answer yet.
    calls: Arc<Mutex<HashMap<u32, Call>>>,
    /// Objects that it has told of; one that went away since is no unknown one.
    told: Arc<Mutex<HashSet<String>>>,
    socket: Arc<UnixStream>,
    killed: watch::Sender<bool>,
}

impl Front {
    /// Stands before `socket`; `name` is empty for a service that will claim one.
    ///
    /// # Errors
    /// What the socket says.
    pub fn before(socket: UnixStream, stage: &Stage, name: &str) -> io::Result<(Self, BoxedSplit)> {
        socket.set_nonblocking(true)?;
        let own = socket.try_clone()?;
        let split = BoxedSplit::from(tokio::net::UnixStream::from_std(socket)?);
        let front = Self {
            stage: stage.clone(),
            name: Arc::new(Mutex::new(name.to_owned())),
            calls: Arc::default(),
            told: Arc::default(),
            socket: Arc::new(own),
            killed: watch::Sender::new(false),
        };
        let (read, write) = split.take();
        let read: Box<dyn ReadHalf> = Box::new(Reading { front: front.clone(), half: read });
        let write: Box<dyn WriteHalf> = Box::new(Writing { front: front.clone(), half: write });
        Ok((front, Split::new(read, write)))
    }

    /// Waits until its mood has killed it.
    pub async fn killed(&self) {
        let _ = self.killed.subscribe().wait_for(|killed| *killed).await;
    }

    /// Leaves the bus at once.
    pub fn cut(&self) {
        // Who is cut off twice is gone as well.
        let _ = self.socket.shutdown(Shutdown::Both);
    }

    pub fn name(&self) -> String {
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn mood(&self) -> Mood {
        self.stage.mood(&self.name())
    }

    /// False where it was killed instead.
    fn hear(&self, message: &Message) -> bool {
        if message.message_type() != Type::MethodCall {
            return true;
        }
        if self.mood() == Mood::Killed {
            self.cut();
            self.killed.send_replace(true);
            return false;
        }
        let serial = message.primary_header().serial_num().get();
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).insert(serial, Call::of(message));
        true
    }

    /// What goes out instead, if something else does.
    fn say(&self, message: &Message) -> Option<Message> {
        let header = message.header();
        match message.message_type() {
            Type::MethodCall if header.member().is_some_and(|member| member == "RequestName") => {
                if let Ok((name, _)) = message.body().deserialize::<(String, u32)>() {
                    *self.name.lock().unwrap_or_else(PoisonError::into_inner) = name;
                }
                None
            }
            Type::Error => {
                self.note(message);
                None
            }
            Type::MethodReturn => {
                let known = header.reply_serial().map(std::num::NonZeroU32::get);
                self.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(&known.unwrap_or_default());
                self.tell(message);
                spoiled(message, &self.mood())
            }
            _ => None,
        }
    }

    fn note(&self, message: &Message) {
        let header = message.header();
        let serial = header.reply_serial().map(std::num::NonZeroU32::get).unwrap_or_default();
        let call = self.calls.lock().unwrap_or_else(PoisonError::into_inner).remove(&serial);
        let error = header.error_name().and_then(|name| name.strip_prefix("org.freedesktop.DBus.Error."));
        let (Some(call), Some(error)) = (call, error) else { return };
        let went = error == "UnknownObject"
            && self.told.lock().unwrap_or_else(PoisonError::into_inner).contains(&call.path);
        if UNKNOWN.contains(&error) && !went {
            self.stage.unknown(&call.words);
        }
    }

    fn tell(&self, answer: &Message) {
        let body = answer.body();
        let Ok(fields) = body.deserialize::<Structure<'_>>() else { return };
        let paths = fields.fields().iter().filter_map(|field| match field {
            Value::ObjectPath(path) => Some(path.to_string()),
            _ => None,
        });
        self.told.lock().unwrap_or_else(PoisonError::into_inner).extend(paths);
    }
}

impl Call {
    fn of(message: &Message) -> Self {
        let header = message.header();
        let interface = header.interface().map(ToString::to_string).unwrap_or_default();
        let member = header.member().map(ToString::to_string).unwrap_or_default();
        let path = header.path().map(ToString::to_string).unwrap_or_default();
        let body = message.body();
        // Which property it was.
        let of = body.deserialize::<Structure<'_>>().ok().filter(|_| interface == PROPERTIES);
        let names = of.iter().flat_map(Structure::fields).filter_map(|field| match field {
            Value::Str(name) => Some(format!(" {name}")),
            _ => None,
        });
        Self { words: format!("{path} {interface}.{member}{}", names.collect::<String>()), path }
    }
}

/// An answer as that mood gives it, if it has something to say about it.
fn spoiled(answer: &Message, mood: &Mood) -> Option<Message> {
    let body = answer.body();
    let fields = body.deserialize::<Structure<'_>>().ok()?;
    let header = answer.header();
    let mut builder = Message::method_return(&header).ok()?.reply_serial(header.reply_serial());
    builder = builder.serial(answer.primary_header().serial_num());
    if let Some(destination) = header.destination() {
        builder = builder.destination(destination.to_owned()).ok()?;
    }
    match mood {
        Mood::Truncated => return builder.build(&()).ok(),
        Mood::Huge | Mood::Garbled => {}
        _ => return None,
    }
    let (mut grown, mut changed) = (false, StructureBuilder::new());
    for field in fields.into_fields() {
        let field = match mood {
            Mood::Huge => huge(field, &mut grown),
            _ => garbled(field),
        };
        changed.push_value(field.ok()?);
    }
    builder.build(&changed.build().ok()?).ok()
}

/// The first words in it become ten megabytes long.
fn huge<'a>(value: Value<'a>, grown: &mut bool) -> zbus::zvariant::Result<Value<'a>> {
    Ok(match value {
        Value::Str(_) if !std::mem::replace(grown, true) => Value::from(" ".repeat(TEN_MEGABYTES)),
        other => each(other, &mut |inner| huge(inner, grown))?,
    })
}

/// Words are none, and dictionaries of facts have none.
fn garbled(value: Value<'_>) -> zbus::zvariant::Result<Value<'_>> {
    Ok(match value {
        Value::Str(_) => Value::from(NONSENSE),
        Value::Dict(dict) => match dict.signature() {
            zbus::zvariant::Signature::Dict { key, value } => Value::Dict(Dict::new(key, value)),
            _ => Value::Dict(dict),
        },
        other => each(other, &mut garbled)?,
    })
}

type Change<'c, 'a> = &'c mut dyn FnMut(Value<'a>) -> zbus::zvariant::Result<Value<'a>>;

/// The same with everything in it changed.
fn each<'a>(value: Value<'a>, change: Change<'_, 'a>) -> zbus::zvariant::Result<Value<'a>> {
    Ok(match value {
        Value::Value(inner) => Value::Value(Box::new(change(*inner)?)),
        Value::Structure(inner) => {
            let mut fresh = StructureBuilder::new();
            for field in inner.into_fields() {
                fresh.push_value(change(field)?);
            }
            Value::Structure(fresh.build()?)
        }
        Value::Array(inner) => {
            let mut fresh = Array::new(inner.element_signature());
            for element in inner.inner() {
                fresh.append(change(element.try_clone()?)?)?;
            }
            Value::Array(fresh)
        }
        Value::Dict(inner) => {
            let zbus::zvariant::Signature::Dict { key, value } = inner.signature() else {
                return Ok(Value::Dict(inner));
            };
            let mut fresh = Dict::new(key, value);
            for (key, value) in inner.iter() {
                fresh.append(key.try_clone()?, change(value.try_clone()?)?)?;
            }
            Value::Dict(fresh)
        }
        other => other,
    })
}

#[derive(Debug)]
struct Reading {
    front: Front,
    half: Box<dyn ReadHalf>,
}

#[async_trait]
impl ReadHalf for Reading {
    async fn receive_message(
        &mut self,
        sequence: u64,
        bytes: &mut Vec<u8>,
        descriptors: &mut Vec<OwnedFd>,
    ) -> zbus::Result<Message> {
        let message = self.half.receive_message(sequence, bytes, descriptors).await?;
        if self.front.hear(&message) {
            return Ok(message);
        }
        Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())
    }

    async fn recvmsg(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Vec<OwnedFd>)> {
        self.half.recvmsg(buffer).await
    }

    fn can_pass_unix_fd(&self) -> bool {
        self.half.can_pass_unix_fd()
    }

    async fn peer_credentials(&mut self) -> io::Result<zbus::fdo::ConnectionCredentials> {
        self.half.peer_credentials().await
    }
}

#[derive(Debug)]
struct Writing {
    front: Front,
    half: Box<dyn WriteHalf>,
}

#[async_trait]
impl WriteHalf for Writing {
    async fn send_message(&mut self, message: &Message) -> zbus::Result<()> {
        let instead = self.front.say(message);
        self.half.send_message(instead.as_ref().unwrap_or(message)).await
    }

    async fn sendmsg(&mut self, buffer: &[u8], descriptors: &[BorrowedFd<'_>]) -> io::Result<usize> {
        self.half.sendmsg(buffer, descriptors).await
    }

    async fn close(&mut self) -> io::Result<()> {
        self.half.close().await
    }

    fn can_pass_unix_fd(&self) -> bool {
        self.half.can_pass_unix_fd()
    }

    async fn peer_credentials(&mut self) -> io::Result<zbus::fdo::ConnectionCredentials> {
        self.half.peer_credentials().await
    }
}
