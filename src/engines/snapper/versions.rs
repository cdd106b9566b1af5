//! Which snapshots are versions of the system, in boot order.

use super::answer::{Kind, Snapshot};
use super::service::Disk;
use std::ops::Range;

/// More than anybody looks through; timelines of years have thousands.
const MOST: usize = 256;

/// What starts next, what runs, then what a person can go back to, the newest first. Where what runs was chosen instead of
/// something newer, that is what ran until then; whether it was refused, the service remembers. What else was left by that
/// choice comes last, since going back does not mean that.
///
/// Of a change that made two snapshots the one after it is shown. Where nothing came after the newest change, the
/// snapshot after it is what runs anyway, so the one before it is shown: that is what "Go back" means. One whose
/// change never ended is shown as well.
pub(super) fn of(disk: &Disk) -> Vec<&Snapshot> {
    let newest = disk
        .snapshots
        .iter()
        .rfind(|s| !is_special(disk, s) && matches!(s.kind, Kind::Single | Kind::Post(_)));
    let present = newest.filter(|s| !s.kept() && disk.other_half(s).is_some());
    let fits = |s: &&Snapshot| match s.kind {
        Kind::Single => true,
        Kind::Post(_) => present.is_none_or(|present| present.number != s.number),
        Kind::Pre => match disk.other_half(s) {
            Some(post) => present.is_some_and(|present| present.number == post.number),
            None => true,
        },
        Kind::Unknown => false,
    };
    let special = [Some(disk.next()), Some(disk.active).filter(|active| *active != disk.next())];
    let first = special.into_iter().flatten().filter_map(|number| disk.find(number));
    let rest = disk.snapshots.iter().rev().filter(|s| !is_special(disk, s)).filter(fits);
    let (left, before) = (left(disk), ran_before(disk).map(|before| before.number));
    let is_last =
        |s: &&Snapshot| before != Some(s.number) && (left.contains(&s.number) || is_copy_of_running(disk, s));
    let (last, line): (Vec<&Snapshot>, Vec<&Snapshot>) = rest.partition(is_last);
    first.chain(line).chain(last).take(MOST).collect()
}

/// What runs or starts next, whatever kind it is, and what is no snapshot.
fn is_special(disk: &Disk, snapshot: &Snapshot) -> bool {
    [0, disk.active, disk.next()].contains(&snapshot.number)
}

/// The numbers from the snapshot that the running system is a copy of to that copy.
fn left(disk: &Disk) -> Range<u32> {
    let original = disk.find(disk.active).and_then(|running| {
        let content = running.content();
        disk.snapshots.iter().find(|s| s.number < running.number && s.content() == content)
    });
    original.map_or(0..0, |original| original.number..disk.active)
}

/// The backup of what ran until the running copy was made: the newest thing left whose content is noted and another.
fn ran_before(disk: &Disk) -> Option<&Snapshot> {
    let (left, running) = (left(disk), disk.find(disk.active)?);
    let is_backup =
        |s: &&Snapshot| left.contains(&s.number) && s.is_copy() && s.content() != running.content();
    disk.snapshots.iter().rfind(is_backup)
}

/// Going to a copy of what runs would change nothing.
fn is_copy_of_running(disk: &Disk, snapshot: &Snapshot) -> bool {
    snapshot.is_copy() && disk.find(disk.active).is_some_and(|running| running.content() == snapshot.content())
}
