//! A file server that can misbehave.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// Connections are refused.
    Gone,
    /// At most so many bytes a second for each connection.
    Slow(u64),
    /// Files of apps have wrong bytes.
    Corrupt,
    /// Signatures of commits are not there.
    Unsigned,
}

pub struct Server {
    port: u16,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<Vec<String>>>,
    root: PathBuf,
}

impl Server {
    pub fn start(root: PathBuf) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, mood: Arc::new(Mutex::new(Mood::Well)), asked: Arc::default(), root };
        server.listen(listener);
        server
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Paths that were asked for so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    pub fn be(&self, mood: Mood) {
        let before = std::mem::replace(&mut *self.mood.lock().unwrap(), mood);
        if mood == Mood::Gone {
            // Wakes the listener, which then ends.
            let _ = TcpStream::connect(("127.0.0.1", self.port));
            while TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                std::thread::yield_now();
            }
        } else if before == Mood::Gone {
            let listener = loop {
                if let Ok(listener) = TcpListener::bind(("127.0.0.1", self.port)) {
                    break listener;
                }
                std::thread::yield_now();
            };
            self.listen(listener);
        }
    }

    fn listen(&self, listener: TcpListener) {
        let (mood, asked, root) = (self.mood.clone(), self.asked.clone(), self.root.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if *mood.lock().unwrap() == Mood::Gone {
                    return;
                }
                let (mood, asked, root) = (mood.clone(), asked.clone(), root.clone());
                std::thread::spawn(move || answer(&stream, &mood, &asked, &root));
            }
        });
    }
}

fn answer(stream: &TcpStream, mood: &Mutex<Mood>, asked: &Mutex<Vec<String>>, root: &std::path::Path) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    let _ = reader.read_line(&mut first);
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|n| n > 2) {
        line.clear();
    }
    let path = first.split_whitespace().nth(1).unwrap_or("/").split('?').next().unwrap().to_owned();
    asked.lock().unwrap().push(path.clone());
    let now = *mood.lock().unwrap();
    let signature = path.ends_with(".commitmeta") || path.ends_with(".sig");
    let body = std::fs::read(root.join(path.trim_start_matches('/'))).ok();
    let body = body.filter(|_| now != Mood::Gone && !(now == Mood::Unsigned && signature));
    let mut stream = stream;
    let Some(mut body) = body else {
        let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    };
    if now == Mood::Corrupt && path.ends_with(".filez") && body.len() > 1000 {
        let middle = body.len() / 2;
        body[middle] ^= 0xff;
    }
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes());
    for piece in body.chunks(8192) {
        if let Mood::Slow(rate) = *mood.lock().unwrap()
            && path.contains("/objects/")
        {
            std::thread::sleep(Duration::from_secs_f64(piece.len() as f64 / rate as f64));
        }
        if stream.write_all(piece).is_err() {
            return;
        }
    }
}
