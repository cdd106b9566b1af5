//! Finds and ends the processes of a world or below a process, whoever their parents are by now.

use rustix::process::{Pid, Signal, kill_process};
use std::collections::{HashMap, HashSet};
use std::fs;
use std::time::{Duration, Instant};

struct Process {
    parent: i32,
    zombie: bool,
    namespace: Option<String>,
}

fn table() -> HashMap<i32, Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return HashMap::new() };
    let pids = entries.flatten().filter_map(|e| e.file_name().to_str()?.parse::<i32>().ok());
    pids.filter_map(|pid| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may hold anything, so read from its end.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
        let zombie = matches!(fields.next()?, "Z" | "X");
        let parent = fields.next()?.parse().ok()?;
        Some((pid, Process { parent, zombie, namespace: namespace(pid) }))
    })
    .collect()
}

/// The mount namespace of a process, if it lives.
fn namespace(pid: i32) -> Option<String> {
    fs::read_link(format!("/proc/{pid}/ns/mnt")).ok().map(|l| l.to_string_lossy().into_owned())
}

/// Opens the mount namespace of a process, so that it stays.
fn pin(pid: i32) -> Option<(String, fs::File)> {
    let file = fs::File::open(format!("/proc/{pid}/ns/mnt")).ok()?;
    let number = std::os::unix::fs::MetadataExt::ino(&file.metadata().ok()?);
    Some((format!("mnt:[{number}]"), file))
}

/// The processes that belong to a world: those in its mount namespace, and what they started.
#[derive(Debug)]
pub(crate) struct Crowd {
    /// Kept open: the kernel gives the number of a namespace that is gone to the next one, which may be another world's.
    namespaces: HashMap<String, fs::File>,
    /// Kept when the others are ended.
    keep: i32,
}

impl Crowd {
    pub(crate) fn new(holder: i32) -> Self {
        Self { namespaces: pin(holder).into_iter().collect(), keep: holder }
    }

    /// The living members. A member's own namespace, made by `unshare`, belongs to the world from then on.
    pub(crate) fn members(&mut self) -> Vec<i32> {
        let own = namespace(std::process::id() as i32);
        let table = table();
        let mut members = HashSet::new();
        loop {
            let before = (members.len(), self.namespaces.len());
            for (pid, process) in table.iter().filter(|(_, p)| !p.zombie) {
                let inside = process.namespace.as_ref().is_some_and(|n| self.namespaces.contains_key(n));
                if inside || members.contains(&process.parent) {
                    members.insert(*pid);
                    let known = |n: &String| own.as_ref() == Some(n) || self.namespaces.contains_key(n);
                    if process.namespace.as_ref().is_some_and(|n| !known(n)) {
                        self.namespaces.extend(pin(*pid).filter(|(n, _)| own.as_ref() != Some(n)));
                    }
                }
            }
            if before == (members.len(), self.namespaces.len()) {
                return members.into_iter().collect();
            }
        }
    }

    fn others(&mut self) -> Vec<i32> {
        let keep = self.keep;
        self.members().into_iter().filter(|p| *p != keep).collect()
    }

    /// Ends all but the holder: asked first, after `patience` killed. The bus goes last, since services take leave of it.
    pub(crate) async fn end_others(&mut self, patience: Duration) {
        let is_bus = |pid: &i32| {
            fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|c| c.trim() == "dbus-daemon")
        };
        end(|| self.others().into_iter().filter(|p| !is_bus(p)).collect(), patience).await;
        end(|| self.others(), patience).await;
    }

    /// Kills all, the holder too.
    pub(crate) async fn kill_all(&mut self) {
        end(|| self.members(), Duration::ZERO).await;
    }
}

/// Ends everything below a process, but not itself.
pub(crate) async fn end_descendants(of: i32, patience: Duration) {
    end(|| descendants(of), patience).await;
}

/// Everything below a process, children first.
pub(crate) fn descendants(of: i32) -> Vec<i32> {
    let table = table();
    let mut found: Vec<i32> = vec![of];
    let mut index = 0;
    while let Some(parent) = found.get(index).copied() {
        let children = table.iter().filter(|(_, p)| p.parent == parent).map(|(pid, _)| *pid);
        found.extend(children.collect::<Vec<_>>());
        index += 1;
    }
    found.retain(|p| *p != of && table.get(p).is_some_and(|p| !p.zombie));
    found
}

/// Ends these processes.
pub(crate) async fn end_these(pids: Vec<i32>, patience: Duration) {
    end(
        || table().into_iter().filter(|(p, s)| !s.zombie && pids.contains(p)).map(|(p, _)| p).collect(),
        patience,
    )
    .await;
}

async fn end(mut who: impl FnMut() -> Vec<i32>, patience: Duration) {
    let start = Instant::now();
    let mut asked = HashSet::new();
    loop {
        let members = who();
        if members.is_empty() || start.elapsed() > Duration::from_secs(20) {
            break;
        }
        for pid in members {
            if start.elapsed() >= patience {
                signal(pid, Signal::KILL);
            } else if asked.insert(pid) {
                signal(pid, Signal::TERM);
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

pub(crate) fn signal(pid: i32, signal: Signal) {
    if let Some(pid) = Pid::from_raw(pid) {
        // It may have ended by itself.
        let _ = kill_process(pid, signal);
    }
}
