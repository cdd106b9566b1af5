//! Run a program of the system: absolute path, clean environment, no shell, a time limit, output cut.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::process::Command;

/// More than anybody reads of a failed program's words.
const MAX_OUTPUT: u64 = 16 * 1024;

/// How a program ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// `None` if a signal or the time limit ended it.
    pub status: Option<i32>,
    /// What it wrote, both streams, cut at 16 KiB.
    pub output: String,
}

impl Ended {
    pub fn success(&self) -> bool {
        self.status == Some(0)
    }
}

/// Runs `program` with `arguments` and waits for it at most `limit`; then it is killed.
///
/// # Errors
/// What the system says when it cannot be started.
pub async fn run(program: &Path, arguments: &[&str], limit: Duration) -> io::Result<Ended> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin")
        .env("LC_ALL", "C.UTF-8")
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let wait = async {
        let (out, err) = tokio::join!(read(out), read(err));
        (child.wait().await, out + &err)
    };
    match tokio::time::timeout(limit, wait).await {
        Ok((status, output)) => Ok(Ended { status: status?.code(), output }),
        Err(_) => Ok(Ended { status: None, output: "timed out".into() }),
    }
}

async fn read(stream: Option<impl tokio::io::AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(stream) = stream {
        let mut limited = stream.take(MAX_OUTPUT);
        // A stream that breaks gives what came before.
        let _ = limited.read_to_end(&mut bytes).await;
        // What is beyond the limit is read and dropped, so that the program is not stopped by a full pipe.
        let _ = tokio::io::copy(&mut limited.into_inner(), &mut tokio::io::sink()).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn output_status_and_limit_are_kept() {
        let limit = Duration::from_secs(20);
        let ended = run(Path::new("/bin/sh"), &["-c", "echo no; exit 3"], limit).await.unwrap();
        assert_eq!(ended, Ended { status: Some(3), output: "no\n".into() });
        let ended = run(Path::new("/bin/sleep"), &["100"], Duration::from_millis(50)).await.unwrap();
        assert_eq!(ended.status, None);
        assert!(run(Path::new("/none"), &[], limit).await.is_err());
    }
}
