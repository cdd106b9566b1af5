//! Told when a directory changes.

use futures_util::{Stream, StreamExt};
use inotify::{Inotify, WatchMask};
use std::io;
use std::path::Path;

/// Wakes at each change of an entry (made, removed, moved, attributes, written) in one of the directories.
///
/// A directory that does not exist is left out. The stream says only that something changed; who listens
/// reads the truth again.
///
/// # Errors
/// What the system says, for example when the limit of watches is reached.
pub fn directories(paths: &[&Path]) -> io::Result<impl Stream<Item = ()> + Send + use<>> {
    let inotify = Inotify::init()?;
    let mask = WatchMask::CREATE
        | WatchMask::DELETE
        | WatchMask::MOVED_FROM
        | WatchMask::MOVED_TO
        | WatchMask::CLOSE_WRITE
        | WatchMask::ATTRIB;
    for path in paths {
        match inotify.watches().add(path, mask) {
            Ok(_) => {}
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    let events = inotify.into_event_stream(vec![0; 4096])?;
    Ok(events.filter_map(|event| std::future::ready(event.ok().map(|_| ()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_entry_wakes() {
        let dir = tempfile::tempdir().unwrap();
        let mut stream = Box::pin(directories(&[dir.path(), Path::new("/none")]).unwrap());
        std::fs::write(dir.path().join("x"), "").unwrap();
        assert_eq!(stream.next().await, Some(()));
    }
}
