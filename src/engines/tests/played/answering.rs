//! A service that answers what a test wants, also what no service should.

use cairn_engines::dict::Dictionary;
use futures_util::StreamExt;
use std::collections::HashMap;
use zbus::message::Type;
use zbus::zvariant::Value;
use zbus::{Connection, MessageStream};

/// What it answers to a member.
#[derive(Debug)]
pub enum Answer {
    Dictionary(Dictionary),
    Text(String),
    Nothing,
    Error(&'static str),
}

/// Answers on that name until it is dropped; what it has no answer for is an unknown method.
pub struct Answering(Connection);

impl Answering {
    pub async fn new(connection: Connection, name: &str, answers: HashMap<&'static str, Answer>) -> Self {
        let mut calls = MessageStream::from(&connection);
        connection.request_name(name.to_owned()).await.unwrap();
        let own = connection.clone();
        tokio::spawn(async move {
            while let Some(Ok(call)) = calls.next().await {
                let header = call.header();
                if header.message_type() != Type::MethodCall {
                    continue;
                }
                let answer = answers.get(header.member().unwrap().as_str());
                let done = match answer {
                    Some(Answer::Dictionary(entries)) => own.reply(&header, entries).await,
                    Some(Answer::Text(words)) => own.reply(&header, words).await,
                    Some(Answer::Nothing) => own.reply(&header, &()).await,
                    Some(Answer::Error(name)) => own.reply_error(&header, *name, &"words").await,
                    None => {
                        own.reply_error(&header, "org.freedesktop.DBus.Error.UnknownMethod", &"none").await
                    }
                };
                done.unwrap();
            }
        });
        Self(connection)
    }

    pub async fn end(self) {
        self.0.close().await.unwrap();
    }
}

/// A dictionary of those entries.
pub fn dictionary<const N: usize>(entries: [(&str, Value<'static>); N]) -> Dictionary {
    entries.into_iter().map(|(key, value)| (key.to_owned(), value.try_to_owned().unwrap())).collect()
}
