//! Room on a file system.

use std::io;
use std::path::Path;

/// In bytes; `free` is what root can still write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub free: u64,
    pub total: u64,
    /// Tells whether two paths lie on the same file system.
    pub device: u64,
}

/// The room where `path` lies.
///
/// # Errors
/// What the system says.
pub fn room(path: &Path) -> io::Result<Room> {
    let fs = rustix::fs::statvfs(path)?;
    let stat = rustix::fs::stat(path)?;
    Ok(Room { free: fs.f_bfree * fs.f_frsize, total: fs.f_blocks * fs.f_frsize, device: stat.st_dev })
}

/// Whether nothing can be written there, whoever asks.
///
/// # Errors
/// What the system says.
pub fn read_only(path: &Path) -> io::Result<bool> {
    Ok(rustix::fs::statvfs(path)?.f_flag.contains(rustix::fs::StatVfsMountFlags::RDONLY))
}

/// Bytes that the files of a directory take, without following links; 0 where there is none.
pub fn size_of(directory: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(directory) else { return 0 };
    entries
        .flatten()
        .map(|entry| match entry.metadata() {
            Ok(m) if m.is_dir() => size_of(&entry.path()),
            Ok(m) => m.len(),
            Err(_) => 0,
        })
        .sum()
}
