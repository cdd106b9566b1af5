//! What the kernel tells of mounts (proc_pid_mountinfo(5)).

use super::machine::Machine;
use crate::systems::Stage;
use std::io;

const TABLE: &str = "/proc/1/mountinfo";
const ROOT: &str = "28 1 0:26 / / ro,relatime shared:1 - overlay composefs ro,seclabel,lowerdir=/run/ostree/.private/cfsroot-lower\n";
const USR: &str = "91 28 0:47 / /usr rw,relatime shared:53 - overlay overlay rw,seclabel,lowerdir=usr,upperdir=/proc/self/fd/9/upper,workdir=/proc/self/fd/9/work\n";
const NEXT: &str = "97 25 0:52 / /run/nextroot ro,relatime shared:61 - overlay composefs ro,seclabel\n";

pub(super) fn write(stage: &Stage, machine: &Machine) -> io::Result<()> {
    let lines = [(true, ROOT), (machine.open, USR), (machine.next_root, NEXT)];
    let there: Vec<&str> = lines.into_iter().filter(|(there, _)| *there).map(|(_, line)| line).collect();
    stage.write(TABLE, &there.concat())
}
