//! What is told to the kernel when the system starts (kernel: Documentation/admin-guide/kernel-parameters.rst).

use crate::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// One argument, `name` or `name=value`, that a person may add or take away.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct KernelArgument(String);

/// Without these, or with others, the system does not find or does not trust what it starts from, starts another program
/// first, or opens a shell to whoever sits before it. Names, with `-` for `_`, which are one to the kernel and to systemd.
const ESSENTIAL: &[&str] = &[
    // Where the system is, and how it is opened (kernel; systemd: man/systemd-fstab-generator.xml,
    // man/systemd-cryptsetup-generator.xml, man/systemd-veritysetup-generator.xml).
    "ro",
    "rw",
    "usrhash",
    "usrhashsig",
    "usrflags",
    "boot",
    "bootdev",
    "bootfs",
    "netroot",
    "netboot",
    "ip",
    "nfsroot",
    "nfsrootdebug",
    "nfsaddrs",
    "nfsopts",
    "fstab",
    "luks",
    "cryptdevice",
    "cryptkey",
    "crypto",
    "cryptopts",
    "integritytab",
    "md",
    "raid",
    "zfs",
    "resume",
    "resume-offset",
    // What is started (kernel: Documentation/admin-guide/kernel-parameters.rst).
    "init",
    "rdinit",
    "initrd",
    "initrdmem",
    "noinitrd",
    "load-ramdisk",
    "ramdisk-start",
    // Without a driver that is needed the system is not found; `modprobe.blacklist` only leaves one unasked for.
    "blacklist",
    "disablehooks",
    "initcall-blacklist",
    "module-blacklist",
    "module.sig-enforce",
    "fips",
    "udev.blockdev-read-only",
    // A shell, or less than the whole system (systemd: man/kernel-command-line.xml; initramfs-tools: initramfs-tools(7)).
    "1",
    "2",
    "3",
    "4",
    "5",
    "S",
    "s",
    "b",
    "single",
    "rescue",
    "emergency",
    "recovery",
    "break",
    "rdbreak",
    "rdshell",
    "rdinitdebug",
    "stage1panic",
    // What may be done and by whom (kernel: Documentation/admin-guide/LSM/).
    "security",
    "lsm",
    "selinux",
    "enforcing",
    "apparmor",
    "smack",
    "lockdown",
    "landlock",
    "no-file-caps",
    // What a machine is told of when it starts for the first time, keys and passwords among it.
    "ds",
    "cloud-init",
    "cloud-config-url",
    "network-config",
    // Which of its roots a system starts, and from what.
    "prepare-root",
    "toram",
    "union",
    "vbmeta",
];

/// The same of everything whose name begins so.
const ESSENTIAL_BEGINS: &[&str] = &[
    "root",
    "mount.",
    "nfs.",
    // The early system (dracut: dracut.cmdline(7)), also as it was spelled before.
    "rd.",
    "rd-",
    "luks.",
    "dm-",
    "dm.",
    "lvm",
    "ostree",
    "composefs",
    "overlayroot",
    "bootc.",
    "abroot.",
    "rauc.",
    "steamos.",
    "steamenv",
    "androidboot.",
    "aboot",
    "akshara",
    "verity",
    // NixOS' early system, which opens a shell where it is told to; what a live system is told.
    "boot.",
    "debug1",
    "live.",
    "live-",
    "casper",
    "persistent",
    "ignition.",
    "coreos.",
    "combustion",
    // Passwords and programs among much else: what of it is harmless stands below.
    "systemd.",
    // What the kernel calls as root, and what it lets others do. Room and network are not among that.
    "sysctl.kernel.",
    "sysctl.fs.",
    // A debugger at the keyboard.
    "kgdb",
    "ekgdb",
    "kdb",
    "evm",
    "ima-",
    "ima.",
];

/// What of systemd's own is only about how much is told, and where (systemd: man/systemd.xml, man/kernel-command-line.xml).
const HARMLESS: &[&str] = &[
    "systemd.log-level",
    "systemd.log-target",
    "systemd.log-color",
    "systemd.log-location",
    "systemd.log-time",
    "systemd.log-tid",
    "systemd.log-ratelimit-kmsg",
    "systemd.show-status",
    "systemd.status-unit-format",
    "systemd.journald.forward-to-console",
    "systemd.journald.forward-to-kmsg",
    "systemd.journald.max-level-console",
    "systemd.restore-state",
    "systemd.battery-check",
    "systemd.zram",
];

impl KernelArgument {
    /// Longest argument that is accepted, in bytes.
    pub const MAX: usize = 256;

    /// Accepts letters, digits and `._-` for the name, and for the value also `:/,+@%#^!=~`: what arguments are made of that
    /// need no quoting in any boot loader's file.
    ///
    /// # Errors
    /// [`Problem::InvalidArgument`] for anything else, and for an argument that the start itself depends on.
    pub fn new(text: impl Into<String>) -> Result<Self, Problem> {
        let text = text.into();
        let legal = |c: char| c.is_ascii_alphanumeric() || "._-:/,+@%#^!=~".contains(c);
        let of_name = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let name = name(&text);
        let begins = name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !begins || text.len() > Self::MAX || !name.chars().all(of_name) || !text.chars().all(legal) {
            return Err(Problem::InvalidArgument { what: "argument".into() });
        }
        if is_essential(&text) {
            return Err(Problem::EssentialArgument { argument: text });
        }
        Ok(Self(text))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn name(text: &str) -> &str {
    text.split_once('=').map_or(text, |(name, _)| name)
}

/// Whether the start of the system depends on it, or who may do what once it has started, so that nobody may touch it here.
/// What is only about the machine's parts is not: with it a start may fail as well, but the version before is still there.
pub fn is_essential(text: &str) -> bool {
    let plain = name(text);
    let name = plain.replace('_', "-");
    let begins = || ESSENTIAL_BEGINS.iter().any(|begin| name.starts_with(begin));
    !HARMLESS.contains(&name.as_str())
        && (ESSENTIAL.contains(&name.as_str()) || begins() || is_environment(plain))
}

/// What the kernel knows nothing of it gives to the first program as its environment, where words in capitals are heard by
/// the linker, by systemd and by the shells that it opens (kernel: init/main.c, `unknown_bootoption`).
fn is_environment(name: &str) -> bool {
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') && name.chars().all(capital)
}

impl TryFrom<String> for KernelArgument {
    type Error = Problem;
    fn try_from(text: String) -> Result<Self, Problem> {
        Self::new(text)
    }
}

impl From<KernelArgument> for String {
    fn from(argument: KernelArgument) -> Self {
        argument.0
    }
}

impl fmt::Display for KernelArgument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an argument is in effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ArgumentState {
    /// The running system was started with it and the next will be.
    #[default]
    Running,
    /// From the next start on.
    Next,
    /// No longer from the next start on.
    Going,
}

/// One argument that there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BootArgument {
    /// As the boot loader's file has it.
    pub text: String,
    pub state: ArgumentState,
    /// It may be taken away: a [`KernelArgument`].
    pub changeable: bool,
}

/// What there is, from the arguments of the running start and those of the next.
pub fn compare(running: &[String], next: &[String]) -> Vec<BootArgument> {
    let one = |text: &String, state| BootArgument {
        text: crate::text::line(text),
        state,
        changeable: state != ArgumentState::Going && KernelArgument::new(text.as_str()).is_ok(),
    };
    let there = next.iter().map(|text| {
        one(text, if running.contains(text) { ArgumentState::Running } else { ArgumentState::Next })
    });
    let going =
        running.iter().filter(|text| !next.contains(text)).map(|text| one(text, ArgumentState::Going));
    there.chain(going).collect()
}

/// What is to become of arguments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArgumentDelta {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub add: Vec<KernelArgument>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<KernelArgument>,
}

impl ArgumentDelta {
    /// More at once than a person asks for.
    pub const MAX: usize = 20;

    /// # Errors
    /// [`Problem::InvalidArgument`] if it is empty, too long, or names an argument twice.
    pub fn validate(&self) -> Result<(), Problem> {
        let mut all: Vec<_> = self.add.iter().chain(&self.remove).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        if count == 0 || count > Self::MAX || all.len() != count {
            return Err(Problem::InvalidArgument { what: "arguments".into() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_an_allow_list() {
        for good in [
            "quiet",
            "mitigations=off",
            "i915.enable_psr=0",
            "console=ttyS0,115200n8",
            "mem_sleep_default=deep",
        ] {
            assert!(KernelArgument::new(good).is_ok(), "{good}");
        }
        for bad in
            ["", "-x", "a b", "a\"b", "a=\"b c\"", "a\nb", "a=$(x)", "=x", "ü=1", "a/b=1", &"x".repeat(257)]
        {
            assert_eq!(KernelArgument::new(bad).unwrap_err().code(), "invalid-argument", "{bad:?}");
        }
    }

    /// Whether it is refused is the same for adding and for taking away: both take a [`KernelArgument`].
    #[test]
    fn what_the_start_depends_on_is_left_alone() {
        let no = "root=UUID=1 rootflags=subvol=x rootfstype=xfs rootwait roothash=0 roothashsig=x usrhash=0 usrhashsig=x \
            ro rw boot=UUID=1 ostree=x ostree.prepare-root.composefs=0 ostree.anything composefs=0 prepare-root=x \
            rd.break rd.luks.uuid=1 rd.luks=0 rd.shell rd_NO_LUKS rdbreak luks=no luks.uuid=1 luks.key=x luks.crypttab=no \
            dm-mod.create=x dm_verity.require_signatures=0 cryptdevice=UUID=1:x cryptkey=x resume=UUID=1 mount.usr=x \
            mount.usrflags=rw fstab=no nfsroot=1.2.3.4:x nfsrootdebug ip=dhcp \
            init=x rdinit=x initrd=x noinitrd initcall_blacklist=x module_blacklist=ext4 blacklist=ext4 fips=1 \
            single s S 1 2 3 4 5 b rescue emergency recovery break=top boot.shell_on_fail boot.trace \
            live.nixos.passwd=x ignition.firstboot=1 ds=nocloud cloud-config-url=x \
            systemd.unit=rescue.target systemd.run=x systemd.debug-shell=1 systemd.debug_shell systemd.wants=x \
            systemd.mask=x systemd.setenv=X=y systemd.crash_shell systemd.set_credential=x:y systemd.volatile=yes \
            systemd.gpt_auto=0 systemd.default_timeout_start_sec=1 systemd.confirm_spawn systemd.verity=no \
            SYSTEMD_SULOGIN_FORCE=1 LD_PRELOAD=x _X=y PATH=x \
            security=x lsm=x selinux=0 enforcing=0 apparmor=0 lockdown=none ima_policy=x evm=fix module.sig_enforce=0 \
            kgdboc=kbd kgdbwait kgdboc.kgdboc=kbd sysctl.kernel.modprobe=x sysctl.fs.suid_dumpable=2 \
            overlayroot=tmpfs bootc.x=1 abroot.x=1 rauc.slot=A steamos.x=1 steamenv_boot=1 verity=0 udev.blockdev_read_only";
        for no in no.split_ascii_whitespace() {
            let refused = KernelArgument::new(no).map(drop).unwrap_err();
            assert_eq!(refused.code(), "essential-argument", "{no}");
        }
        assert_eq!(KernelArgument::new("-b").unwrap_err().code(), "invalid-argument");
    }

    #[test]
    fn ordinary_ones_are_the_person_s() {
        let ordinary = "quiet splash rhgb nomodeset mitigations=off amdgpu.ppfeaturemask=0xffffffff i915.enable_psr=0 \
            pci=noaer pcie_aspm=off acpi=off acpi_osi=Linux acpi_backlight=native mem_sleep_default=deep video=1920x1080 \
            usbcore.autosuspend=-1 nvidia-drm.modeset=1 nvidia_drm.fbdev=1 modprobe.blacklist=nouveau iommu=pt \
            amd_iommu=on intel_iommu=on intel_pstate=passive amd_pstate=active preempt=full threadirqs nosmt isolcpus=2,3 \
            console=ttyS0,115200n8 loglevel=3 log_buf_len=1M debug panic=10 crashkernel=256M zswap.enabled=1 \
            transparent_hugepage=madvise init_on_alloc=0 initcall_debug rdt=cmt net.ifnames=0 vt.global_cursor_default=0 \
            plymouth.enable=0 fsck.mode=force systemd.log_level=debug systemd.log-target=kmsg systemd.show_status=1 \
            systemd.zram=0 sysctl.vm.swappiness=10 udev.log_level=3 noresume audit=0 autorelabel=1 \
            bluetooth.disable_ertm=1 psi=1 rcu_nocbs=all split_lock_detect=off vfio-pci.ids=10de:1b80 8250.nr_uarts=4";
        for good in ordinary.split_ascii_whitespace() {
            assert!(KernelArgument::new(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn running_and_next_are_told_apart() {
        let list = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let found = compare(&list(&["root=x", "quiet", "old"]), &list(&["root=x", "quiet", "new"]));
        let short: Vec<_> = found.iter().map(|a| (a.text.as_str(), a.state, a.changeable)).collect();
        use ArgumentState::{Going, Next, Running};
        assert_eq!(
            short,
            [
                ("root=x", Running, false),
                ("quiet", Running, true),
                ("new", Next, true),
                ("old", Going, false)
            ]
        );
    }

    #[test]
    fn a_delta_says_one_thing_of_each() {
        let quiet = || vec![KernelArgument::new("quiet").unwrap()];
        assert!(ArgumentDelta::default().validate().is_err());
        assert!(ArgumentDelta { add: quiet(), remove: Vec::new() }.validate().is_ok());
        assert!(ArgumentDelta { add: quiet(), remove: quiet() }.validate().is_err());
    }
}
