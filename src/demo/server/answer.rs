//! One connection: requests in, files out.

use super::{Failure, Shared};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

const PIECE: usize = 16 << 10;
const TRIFLE: u64 = 1 << 10;
/// More than any client of ours sends.
const MAX_HEAD: u64 = 64 << 10;

struct Request {
    head_only: bool,
    path: String,
    close: bool,
}

pub(super) async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let mut stream = BufReader::new(stream);
    // A client that goes away is no error of ours.
    while let Ok(Some(request)) = read(&mut stream).await {
        shared.requests.fetch_add(1, Ordering::Relaxed);
        if answer(&mut stream, &shared, &request).await.is_err() || request.close {
            return;
        }
    }
}

async fn read(stream: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut head = stream.take(MAX_HEAD);
    let mut line = String::new();
    if head.read_line(&mut line).await? == 0 {
        return Ok(None);
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if !matches!(method, "GET" | "HEAD") {
        return Ok(None);
    }
    let path = decode(target.split(['?', '#']).next().unwrap_or_default());
    let mut request = Request { head_only: method == "HEAD", path, close: line.contains("HTTP/1.0") };
    loop {
        line.clear();
        if head.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        let header = line.trim().to_ascii_lowercase();
        if header.is_empty() {
            return Ok(Some(request));
        }
        request.close |= header.starts_with("connection:") && header.ends_with("close");
    }
}

fn decode(target: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = target.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        let code = digits.and_then(|d| u8::from_str_radix(d, 16).ok()).filter(|_| *first == b'%');
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { tail.get(2..).unwrap_or_default() } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

async fn answer(stream: &mut BufReader<TcpStream>, shared: &Shared, request: &Request) -> io::Result<()> {
    let failure = *shared.failure.borrow();
    let signature = |path: &str| path.ends_with(".commitmeta") || path.ends_with(".sig");
    let lacking = shared.lacking.lock().unwrap_or_else(PoisonError::into_inner).contains(&request.path);
    let missing = lacking
        || match failure {
            Failure::Missing => request.path.contains("/objects/"),
            Failure::Unsigned => signature(&request.path),
            _ => false,
        };
    let file = if missing { None } else { find(shared, &request.path).await };
    let Some((mut file, size)) = file else {
        return stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").await;
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await?;
    if request.head_only {
        return Ok(());
    }
    let mut corrupt = failure == Failure::Corrupt && is_victim(shared, &request.path, size);
    let mut piece = vec![0; PIECE];
    loop {
        let count = file.read(&mut piece).await?;
        let Some(part) = piece.get_mut(..count).filter(|p| !p.is_empty()) else { return Ok(()) };
        // In the middle: the last byte of a compressed stream may be padding that means nothing.
        let middle = part.len() / 2;
        if let Some(byte) = part.get_mut(middle).filter(|_| std::mem::take(&mut corrupt)) {
            *byte ^= 0x55;
        }
        shared.pace.wait(count).await;
        stream.write_all(part).await?;
        shared.bytes.fetch_add(count as u64, Ordering::Relaxed);
    }
}

/// The one object that is corrupted: the first that was asked for and is no trifle, which clients may do without.
fn is_victim(shared: &Shared, path: &str, size: u64) -> bool {
    if size < TRIFLE {
        return false;
    }
    let mut victim = shared.victim.lock().unwrap_or_else(PoisonError::into_inner);
    path.ends_with(".filez") && victim.get_or_insert_with(|| path.to_owned()) == path
}

async fn find(shared: &Shared, path: &str) -> Option<(tokio::fs::File, u64)> {
    let path: PathBuf = Path::new(path.trim_start_matches('/')).to_owned();
    if !path.components().all(|c| matches!(c, Component::Normal(_))) {
        return None;
    }
    for layer in shared.layers() {
        if let Ok(file) = tokio::fs::File::open(layer.join(&path)).await
            && let Ok(facts) = file.metadata().await
            && facts.is_file()
        {
            return Some((file, facts.len()));
        }
    }
    None
}
