//! What a family leaves on a disk. Nothing is started and nobody is asked, so that looking changes nothing.

use cairn_host::Host;
use cairn_model::engine::{Trace, TraceKind};

/// More deployments or transfer files than any system has.
const MOST: usize = 100;

/// ostree: src/libotcore/otcore.h; it is there where ostree started the system.
pub(crate) const BOOTED: Sign = Sign::File("/run/ostree-booted");
/// A deployment that came from a container image.
pub(crate) const FROM_IMAGE: Sign = Sign::Content {
    folder: "/ostree/deploy/*/deploy",
    ending: ".origin",
    words: "container-image-reference",
};
/// A system of bootc that stands on composefs alone, without ostree.
pub(crate) const COMPOSEFS: Sign = Sign::Content { folder: "/proc", ending: "cmdline", words: "composefs=" };

/// libsystemd: src/sysupdate/sysupdate.c, where transfer files lie. One that fills a partition is about the system itself;
/// others may be about extensions only.
pub(crate) const fn transfer(folder: &'static str) -> Sign {
    Sign::Content { folder, ending: ".transfer", words: "Type=partition" }
}

/// Something to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sign {
    File(&'static str),
    /// D-Bus specification, "Message Bus Starting Services": a file of that name makes a service activatable.
    Service(&'static str),
    /// os-release(5), `ID`.
    System(&'static str),
    /// Files of a folder that end so, one of which has these words.
    Content {
        folder: &'static str,
        ending: &'static str,
        words: &'static str,
    },
    /// proc_pid_mountinfo(5): the file system at `/`.
    Root(&'static str),
    /// One of these is enough.
    Any(&'static [Self]),
}

impl Sign {
    /// Whether it is there; what was looked at is added to the traces.
    pub(crate) fn look(&self, host: &Host, traces: &mut Vec<Trace>) -> bool {
        let (kind, what, found) = match *self {
            Self::Any(signs) => {
                // All are looked at: who asks why wants to read of each.
                let seen: Vec<bool> = signs.iter().map(|sign| sign.look(host, traces)).collect();
                return seen.contains(&true);
            }
            Self::File(path) => (TraceKind::File, path.to_owned(), host.exists(path)),
            Self::Service(name) => (TraceKind::Service, name.to_owned(), is_service(host, name)),
            Self::System(id) => {
                (TraceKind::System, id.to_owned(), host.os_release("ID").is_some_and(|i| i == id))
            }
            Self::Content { folder, ending, words } => {
                let found = has_words(host, folder, ending, words);
                (TraceKind::Content, format!("{folder}/*{ending}: {words}"), found)
            }
            Self::Root(kind) => (TraceKind::RootFileSystem, kind.to_owned(), root_is(host, kind)),
        };
        traces.push(Trace { what, kind, found });
        found
    }
}

fn is_service(host: &Host, name: &str) -> bool {
    let folders = ["/usr/share", "/usr/local/share", "/run/current-system/sw/share"];
    folders.iter().any(|folder| host.exists(&format!("{folder}/dbus-1/system-services/{name}.service")))
}

/// `*` in the folder stands for each folder at that place.
fn has_words(host: &Host, folder: &str, ending: &str, words: &str) -> bool {
    let folders = match folder.split_once("/*") {
        Some((above, below)) => {
            host.list(above).into_iter().map(|name| format!("{above}/{name}{below}")).collect()
        }
        None => vec![folder.to_owned()],
    };
    let files = folders.iter().flat_map(|folder| {
        let names = host.list(folder).into_iter().filter(|name| name.ends_with(ending));
        names.map(move |name| format!("{folder}/{name}"))
    });
    // What cannot be read says nothing.
    files.take(MOST).any(|file| host.read(&file).ok().flatten().is_some_and(|text| text.contains(words)))
}

fn root_is(host: &Host, kind: &str) -> bool {
    let mounts = host.read("/proc/self/mountinfo").ok().flatten().unwrap_or_default();
    // The last one that was mounted there is the one that is seen.
    let root = mounts.lines().rfind(|line| line.split(' ').nth(4) == Some("/"));
    root.and_then(|line| line.split_once(" - ")).is_some_and(|(_, rest)| rest.split(' ').next() == Some(kind))
}
