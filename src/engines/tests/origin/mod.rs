//! A small HTTP origin that can damage what it serves, or hold it back in the middle.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Clone, Default)]
pub struct Origin {
    port: u16,
    folder: Arc<Mutex<PathBuf>>,
    damage: Arc<AtomicBool>,
    hold: Arc<AtomicBool>,
    /// How many answers wait in the middle.
    waiting: Arc<AtomicU32>,
}

impl Origin {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let own = origin.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                // Whoever asked may be gone.
                std::thread::spawn(move || own.answer(stream).ok());
            }
        });
        origin
    }

    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// Serves that folder, with the sums of what lies in it.
    pub fn serve(&self, folder: &Path) {
        let files: Vec<_> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name()).collect();
        let sums = Command::new("sha256sum").current_dir(folder).args(files).output().unwrap();
        std::fs::write(folder.join("SHA256SUMS"), sums.stdout).unwrap();
        *self.folder.lock().unwrap() = folder.into();
    }

    pub fn damage(&self, damage: bool) {
        self.damage.store(damage, Ordering::SeqCst);
    }

    /// From now on, whether the second half of large files waits.
    pub fn hold(&self, hold: bool) {
        self.waiting.store(0, Ordering::SeqCst);
        self.hold.store(hold, Ordering::SeqCst);
    }

    /// Until an answer waits in the middle.
    pub async fn held(&self) {
        while self.waiting.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        let mut lines = BufReader::new(stream.try_clone()?).lines();
        let request = lines.next().transpose()?.unwrap_or_default();
        while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
        let name = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
        let folder = self.folder.lock().unwrap().clone();
        let Ok(mut bytes) = std::fs::read(folder.join(&name)) else {
            return stream.write_all(b"HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        };
        let large = bytes.len() > 100_000;
        if large && self.damage.load(Ordering::SeqCst) {
            bytes[50_000] ^= 1;
        }
        write!(stream, "HTTP/1.0 200 OK\r\nContent-Length: {}\r\n\r\n", bytes.len())?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        stream.write_all(first)?;
        if large && self.hold.load(Ordering::SeqCst) {
            self.waiting.fetch_add(1, Ordering::SeqCst);
            while self.hold.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        stream.write_all(second)
    }
}
