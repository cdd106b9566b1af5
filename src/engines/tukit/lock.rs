//! Whether transactional-update is at work.
//!
//! Facts: transactional-update, sbin/transactional-update.in `bashlock`: the file holds a process id.

use cairn_host::Host;

const LOCKS: [&str; 2] = ["/run/transactional-update.pid", "/var/run/transactional-update.pid"];

/// True while the process that made the lock is there; one that was killed leaves it behind.
pub(super) fn is_held(host: &Host) -> bool {
    LOCKS.iter().filter_map(|path| host.read(path).ok().flatten()).any(|text| {
        let owner = text.lines().next().unwrap_or_default().trim();
        let is_number = !owner.is_empty() && owner.bytes().all(|b| b.is_ascii_digit());
        is_number && host.exists(&format!("/proc/{owner}"))
    })
}
