//! The disk of the virtual machine: an MBR, GRUB in the gap behind it, one ext4 file system with the sysroot.
//!
//! GRUB reads the file that libostree's syslinux backend writes and starts its default entry, so libostree alone
//! decides what boots. Nothing needs a loop device.

use crate::product::error::At;
use crate::product::{Error, Result, tool};
use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::Command;

const SECTOR: u64 = 512;
const PARTITION_START: u64 = 2048;
const SECTORS: u64 = 2 << 21;
const GRUB: &str = "/usr/lib/grub/i386-pc/boot.img";
/// Without a serial terminal its complaints would be invisible.
const GRUB_CONFIG: &str = "serial --unit=0 --speed=115200\nterminal_output serial\nsyslinux_source -s /boot/loader/syslinux.cfg\nboot\n";
const GRUB_MODULES: [&str; 10] =
    ["biosdisk", "part_msdos", "ext2", "normal", "syslinuxcfg", "linux", "linux16", "test", "echo", "serial"];
/// The part of GRUB's first sector before the partition table.
const BOOT_CODE: usize = 440;

/// Writes the raw image of a sysroot.
pub(super) fn make(sysroot: &Path, disk: &Path) -> Result<()> {
    let part = disk.with_extension("part");
    let core = disk.with_extension("core");
    tool::write(&sysroot.join("boot/grub/grub.cfg"), GRUB_CONFIG)?;
    let file = File::create(&part).at(&part)?;
    file.set_len(SECTORS * SECTOR).at(&part)?;
    let mut filesystem = Command::new("mkfs.ext4");
    // GRUB 2.06 cannot read file systems with these two features.
    filesystem.args(["-q", "-m", "0", "-O", "^metadata_csum_seed,^orphan_file", "-d"]).arg(sysroot);
    filesystem.arg("-E").arg(format!("offset={},root_owner=0:0", PARTITION_START * SECTOR));
    tool::run(filesystem.arg(&part).arg(format!("{}k", (SECTORS - PARTITION_START) * SECTOR / 1024)))?;
    let mut grub = Command::new("grub-mkimage");
    grub.args(["-O", "i386-pc", "-p", "(hd0,msdos1)/boot/grub", "-o"]).arg(&core).args(GRUB_MODULES);
    tool::run(grub.arg("terminal"))?;
    let boot = fs::read(GRUB).at(GRUB)?;
    let code = boot.get(..BOOT_CODE).ok_or_else(|| short(GRUB))?;
    let core_bytes = fs::read(&core).at(&core)?;
    if core_bytes.len() as u64 > (PARTITION_START - 1) * SECTOR {
        return Err(Error::File {
            path: core,
            source: io::Error::other("does not fit before the partition"),
        });
    }
    write(file, code, &core_bytes).at(&part)?;
    fs::remove_file(&core).at(&core)?;
    fs::rename(&part, disk).at(disk)
}

fn write(mut file: File, code: &[u8], core: &[u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(0))?;
    file.write_all(code)?;
    file.seek(SeekFrom::Start(446))?;
    // One active Linux partition, without cylinders and heads.
    file.write_all(&[0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff])?;
    for number in [PARTITION_START, SECTORS - PARTITION_START] {
        file.write_all(&u32::try_from(number).map_err(io::Error::other)?.to_le_bytes())?;
    }
    file.seek(SeekFrom::Start(510))?;
    file.write_all(&[0x55, 0xaa])?;
    file.write_all(core)
}

fn short(path: &str) -> Error {
    Error::File { path: path.into(), source: io::Error::from(io::ErrorKind::UnexpectedEof) }
}
