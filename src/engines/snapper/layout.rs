//! Which subvolume the system runs from, as kernel and boot loader see it.

use cairn_host::Host;

/// sdbootutil keeps the boot entries, each of which names a snapshot, in step with the default subvolume.
const SDBOOTUTIL: &str = "/usr/bin/sdbootutil";

/// Whether the default subvolume decides what starts next, so that going back is possible: the root has to be one of
/// snapper's snapshots, and the boot loader must not name a subvolume by itself.
pub(crate) fn can_go_back(host: &Host) -> bool {
    let mounts = host.read("/proc/self/mountinfo").ok().flatten().unwrap_or_default();
    let command = host.read("/proc/cmdline").ok().flatten().unwrap_or_default();
    snapshot_of(&mounts).is_some() && (!names_subvolume(&command) || host.exists(SDBOOTUTIL))
}

/// The number of the snapshot that is mounted at `/` (proc_pid_mountinfo(5)), where it is one.
pub fn snapshot_of(mounts: &str) -> Option<u32> {
    let root = mounts.lines().rfind(|line| line.split(' ').nth(4) == Some("/"))?;
    let (before, after) = root.split_once(" - ")?;
    let options = after.split(' ').nth(2)?;
    // The option of btrfs, or what part of the file system is mounted.
    let subvolume = options.split(',').find_map(|option| option.strip_prefix("subvol="));
    number_in(subvolume.or_else(|| before.split(' ').nth(3))?)
}

/// `…/.snapshots/12/snapshot` → 12.
fn number_in(subvolume: &str) -> Option<u32> {
    let (_, rest) = subvolume.rsplit_once(".snapshots/")?;
    rest.strip_suffix("/snapshot")?.parse().ok()
}

/// Whether the kernel was told a subvolume of the root.
pub fn names_subvolume(command: &str) -> bool {
    let flags = command.split_ascii_whitespace().filter_map(|word| word.strip_prefix("rootflags="));
    flags.flat_map(|flags| flags.split(',')).any(|flag| flag.starts_with("subvol"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_roots_that_are_snapshots_are_numbered() {
        let line = |subvolume: &str| {
            format!("22 1 0:19 {subvolume} / rw,relatime shared:1 - btrfs /dev/vda2 rw,subvol={subvolume}\n")
        };
        assert_eq!(snapshot_of(&line("/@/.snapshots/12/snapshot")), Some(12));
        assert_eq!(snapshot_of(&line("/.snapshots/1/snapshot")), Some(1));
        for other in ["/@", "/@rootfs", "/@/.snapshots/x/snapshot", "/@/.snapshots/99999999999/snapshot", ""]
        {
            assert_eq!(snapshot_of(&line(other)), None, "{other}");
        }
        assert_eq!(snapshot_of("junk"), None);
    }

    #[test]
    fn the_boot_loader_may_name_a_subvolume() {
        assert!(names_subvolume("root=UUID=1 ro rootflags=subvol=@ quiet"));
        assert!(names_subvolume("rootflags=noatime,subvolid=256"));
        assert!(!names_subvolume("root=UUID=1 rootflags=noatime quiet"));
    }
}
