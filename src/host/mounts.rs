//! Where this process may write at all, by its own table of mounts (proc_pid_mountinfo(5)): the limits of a service are
//! mounts of its own.

use crate::Host;

const TABLE: &str = "/proc/self/mountinfo";

impl Host {
    /// Whether an absolute path lies on what is mounted read-only for this process. Where there is no table nothing is
    /// known, and that is no.
    pub fn is_read_only(&self, path: &str) -> bool {
        let table = self.read(TABLE).ok().flatten().unwrap_or_default();
        // Of those at one place the last one is seen.
        let above = table.lines().filter_map(|line| mount(line, path)).max_by_key(|(length, _)| *length);
        above.is_some_and(|(_, read_only)| read_only)
    }
}

/// How long the place of a mount is that `path` lies on, and whether it is read-only: by itself or as a file system.
fn mount(line: &str, path: &str) -> Option<(usize, bool)> {
    let (before, after) = line.split_once(" - ")?;
    let mut before = before.split(' ').skip(4);
    let (place, options) = (before.next()?, before.next()?);
    let below = path.strip_prefix(place.trim_end_matches('/'))?;
    let whole = after.split(' ').nth(2)?;
    let has = |options: &str| options.split(',').any(|option| option == "ro");
    (below.is_empty() || below.starts_with('/')).then(|| (place.len(), has(options) || has(whole)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_decides() {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::at(folder.path());
        assert!(!host.is_read_only("/esp"), "nothing is known");
        let table = "22 1 0:19 / / ro,relatime shared:1 - ext4 /dev/vda1 rw\n\
                     23 22 0:20 / /esp rw,relatime - vfat /dev/vda2 rw,fmask=0022\n\
                     24 22 0:21 / /efi rw,relatime - vfat /dev/vda2 ro\n\
                     25 22 0:22 / /run rw - tmpfs tmpfs rw\n\
                     26 25 0:22 / /run ro - tmpfs tmpfs rw\njunk\n1 2 3 4 /x rw - ext4\n";
        host.write(TABLE, table).unwrap();
        for (path, expected) in [
            ("/", true),
            ("/esp", false),
            ("/esp/SteamOS/conf", false),
            ("/especially", true),
            ("/efi/loader", true),
            ("/run/x", true),
            ("/x", true),
        ] {
            assert_eq!(host.is_read_only(path), expected, "{path}");
        }
    }
}
