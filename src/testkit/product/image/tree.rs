//! Turns the Debian root and the installed Cairn into the tree of an OSTree system.

use super::base;
use crate::product::error::At;
use crate::product::{Result, tool};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

const AGENT: &str = include_str!("agent.sh");
const AGENT_UNIT: &str = "[Unit]\nDescription=Runs the commands of the tests\nConditionVirtualization=!container\n\
    After=dbus.service systemd-logind.service\n\
    [Service]\nType=exec\nExecStart=/usr/lib/cairn-test/agent\n";
const TMPFILES: &str = "d /var/roothome 0700 root root -\nd /var/home 0755 root root -\nd /var/mnt 0755 root root -\n\
    d /var/opt 0755 root root -\nd /var/srv 0755 root root -\nd /var/usrlocal 0755 root root -\n";

const REPLACED: [&str; 17] = [
    "boot",
    "dev",
    "home",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "srv",
    "sys",
    "tmp",
    "usr/local",
    "var",
    "etc/resolv.conf",
    "vmlinuz",
    "initrd.img",
];
const LINKS: [(&str, &str); 8] = [
    ("var/home", "home"),
    ("var/mnt", "mnt"),
    ("var/opt", "opt"),
    ("var/srv", "srv"),
    ("var/roothome", "root"),
    ("run/media", "media"),
    ("../var/usrlocal", "usr/local"),
    ("sysroot/ostree", "ostree"),
];

/// Costs seconds each under emulation, and no test needs it. udev too: the initramfs loads the drivers and the kernel
/// makes the nodes. logind stays: it restarts the machine.
const MASKED: &str = "apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    e2scrub_reap.service fstrim.timer getty-static.service getty@tty1.service console-getty.service \
    serial-getty@ttyS0.service ldconfig.service dracut-shutdown.service systemd-binfmt.service \
    proc-sys-fs-binfmt_misc.automount systemd-firstboot.service systemd-hwdb-update.service \
    systemd-journal-catalog-update.service systemd-pstore.service dev-hugepages.mount dev-mqueue.mount \
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
    kmod-static-nodes.service modprobe@.service systemd-modules-load.service systemd-random-seed.service \
    systemd-creds.socket systemd-hostnamed.socket systemd-sysext.socket systemd-initctl.socket \
    systemd-hibernate-clear.service systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
    systemd-udev-trigger.service systemd-udev-load-credentials.service systemd-tmpfiles-setup-dev.service \
    systemd-tmpfiles-setup-dev-early.service";

/// Makes `tree` of what lies in `folder`.
pub(super) fn make(folder: &Path, tree: &Path) -> Result<()> {
    tool::remove(tree)?;
    tool::run(Command::new("cp").args(["-a", "--reflink=auto"]).arg(folder.join("root")).arg(tree))?;
    tool::run(Command::new("cp").arg("-a").arg(folder.join("install/.")).arg(tree))?;
    kernel(folder, tree)?;
    for path in REPLACED {
        delete(&tree.join(path))?;
    }
    for name in ["boot", "dev", "proc", "run", "sys", "sysroot", "tmp", "var"] {
        fs::create_dir(tree.join(name)).at(tree.join(name))?;
    }
    mode(&tree.join("tmp"), 0o1777)?;
    for (target, link) in LINKS {
        symlink(target, tree.join(link)).at(tree.join(link))?;
    }
    units(tree)?;
    for (path, text) in [
        ("usr/lib/tmpfiles.d/cairn-test.conf", TMPFILES),
        ("usr/lib/cairn-test/agent", AGENT),
        // systemd fills it in on the first start.
        ("etc/machine-id", ""),
        ("etc/hostname", "cairn-test\n"),
        // Without a journal on disk nothing would be known of the last shutdown.
        ("etc/systemd/journald.conf.d/cairn-test.conf", "[Journal]\nStorage=persistent\n"),
    ] {
        tool::write(&tree.join(path), text)?;
    }
    mode(&tree.join("usr/lib/cairn-test/agent"), 0o755)?;
    for (path, line) in [
        ("etc/passwd", "someone:x:1000:1000:Someone:/var/home/someone:/bin/sh\n"),
        ("etc/group", "someone:x:1000:\n"),
        ("etc/shadow", "someone:!:20000:0:99999:7:::\n"),
    ] {
        let path = tree.join(path);
        fs::write(&path, fs::read_to_string(&path).at(&path)? + line).at(&path)?;
    }
    fs::rename(tree.join("etc"), tree.join("usr/etc")).at(tree.join("etc"))
}

fn kernel(folder: &Path, tree: &Path) -> Result<()> {
    let version = base::kernel(tree)?;
    let target = tree.join("usr/lib/modules").join(&version);
    let kernel = tree.join(format!("boot/vmlinuz-{version}"));
    fs::copy(&kernel, target.join("vmlinuz")).at(&kernel)?;
    let initramfs = folder.join("initramfs.img");
    fs::copy(&initramfs, target.join("initramfs.img")).at(&initramfs).map(|_| ())
}

fn units(tree: &Path) -> Result<()> {
    let units = tree.join("etc/systemd/system");
    for name in MASKED.split_whitespace() {
        delete(&units.join(name))?;
        symlink("/dev/null", units.join(name)).at(&units)?;
    }
    delete(&units.join("getty.target.wants"))?;
    delete(&units.join("default.target"))?;
    symlink("/usr/lib/systemd/system/multi-user.target", units.join("default.target")).at(&units)?;
    tool::write(&units.join("cairn-test-agent.service"), AGENT_UNIT)?;
    let wants = units.join("multi-user.target.wants");
    fs::create_dir_all(&wants).at(&wants)?;
    symlink("../cairn-test-agent.service", wants.join("cairn-test-agent.service")).at(&wants)
}

fn delete(path: &Path) -> Result<()> {
    match path.symlink_metadata() {
        Ok(facts) if facts.is_dir() => fs::remove_dir_all(path).at(path),
        Ok(_) => fs::remove_file(path).at(path),
        Err(_) => Ok(()),
    }
}

fn mode(path: &Path, mode: u32) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).at(path)
}
