//! What is mounted for the whole system: the table of its first process (proc_pid_mountinfo(5)), since a service may see
//! mounts of its own.

use cairn_host::Host;

const TABLE: &str = "/proc/1/mountinfo";
/// namespaces(7)
const SPACES: [&str; 2] = ["/proc/self/ns/mnt", "/proc/1/ns/mnt"];
/// Where an overlay keeps its changes that the next start still has (ostree: src/libostree/ostree-sysroot.c, hotfix).
const LASTING: &str = "upperdir=.usr-ovl-upper";

/// What is mounted at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mount {
    pub overlay: bool,
    pub writable: bool,
    /// Its changes outlast the next start.
    pub lasting: bool,
}

/// What lies on top at that place. `Err` where nobody can tell.
pub(super) fn at(host: &Host, place: &str) -> Result<Option<Mount>, ()> {
    let table = host.read(TABLE).ok().flatten().ok_or(())?;
    Ok(table.lines().filter_map(|line| mount(line, place)).next_back())
}

/// Whether what a program mounts that is started here is mounted for the whole system.
pub(super) fn are_shared(host: &Host) -> bool {
    let [own, first] = SPACES.map(|space| host.read_link(space).ok());
    own == first
}

/// What a line of the table says of that place. Before the dash stand ids, what part, where, options; after it kind, source,
/// options of the file system.
pub fn mount(line: &str, place: &str) -> Option<Mount> {
    let (before, after) = line.split_once(" - ")?;
    let mut before = before.split(' ').skip(4);
    let options = (before.next()? == place).then(|| before.next())??;
    let mut after = after.split(' ');
    let (kind, whole) = (after.next()?, after.nth(1)?);
    let has = |options: &str, word: &str| options.split(',').any(|option| option == word);
    Some(Mount {
        overlay: kind == "overlay",
        writable: has(options, "rw") && has(whole, "rw"),
        lasting: has(whole, LASTING),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "91 28 0:47 / /usr rw,relatime shared:53 - overlay overlay rw,seclabel,lowerdir=usr,upperdir=/proc/self/fd/9/upper";

    #[test]
    fn lines_are_taken_apart() {
        let open = Mount { overlay: true, writable: true, lasting: false };
        assert_eq!(mount(LINE, "/usr"), Some(open));
        assert_eq!(mount(LINE, "/"), None);
        assert_eq!(mount(&LINE.replace("/usr rw", "/usr ro"), "/usr").map(|m| m.writable), Some(false));
        assert_eq!(mount(&LINE.replace("/proc/self/fd/9/upper", ".usr-ovl-upper"), "/usr").map(|m| m.lasting), Some(true));
        for broken in ["", "a - b", "1 2 3 4 /usr", "1 2 3 4 /usr rw - overlay", &LINE[..40]] {
            assert_eq!(mount(broken, "/usr"), None, "{broken}");
        }
    }

    #[test]
    fn the_last_one_lies_on_top_and_no_table_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let host = Host::at(folder.path());
        assert_eq!(at(&host, "/usr"), Err(()));
        assert!(are_shared(&host));
        let table = format!("30 28 8:1 /usr /usr ro,relatime - xfs /dev/sda1 rw\n{LINE}\n");
        host.write(TABLE, &table).unwrap();
        assert_eq!(at(&host, "/usr").unwrap().map(|m| m.overlay), Some(true));
        assert_eq!(at(&host, "/run/nextroot"), Ok(None));
        host.link(SPACES[0], "mnt:[1]").unwrap();
        host.link(SPACES[1], "mnt:[2]").unwrap();
        assert!(!are_shared(&host));
    }
}
