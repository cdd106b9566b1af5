#!/bin/sh
# Runs the generator ($1) on roots of several kinds: what it links is what that kind needs.
set -eu
generator=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
system=$work/system
answers() {
  rm -rf "$work/made"; mkdir "$work/made"
  sh "$generator" "$work/made" "$system"
  for link in "$work"/made/cairnd.service.d/*; do
    if [ -L "$link" ]; then basename "$link" .conf; else echo nothing; fi
  done | tr '\n' ' '
}
expect() {
  found=$(answers)
  [ "$found" = "$1 " ] || { echo "$2: expected $1, found $found" >&2; exit 1; }
}
# A new root with these files, each empty.
root() {
  rm -rf "$system"; mkdir -p "$system/usr/bin"
  for path; do add "$path" ""; done
}
add() {
  mkdir -p "$system/$(dirname "$1")"
  printf '%s\n' "$2" >"$system/$1"
}
mounts() {
  add proc/self/mountinfo "22 1 0:19 /a / rw,relatime shared:1 - ext4 /dev/vda1 rw
23 1 0:20 /@/.snapshots/1/snapshot / rw,relatime shared:1 - $1 /dev/vda2 rw,subvol=/@/.snapshots/1/snapshot
24 23 0:21 / /home rw - btrfs /dev/vda2 rw"
}
bus=usr/share/dbus-1/system-services

root
expect nothing "a system without such programs"
root usr/bin/bootc
expect 50-programs "a system of bootc"
root usr/bin/bootc usr/bin/rpm-ostree run/ostree-booted
expect 50-rpm-ostree "one where rpm-ostree comes first"
root usr/bin/bootc usr/bin/rpm-ostree
expect 50-programs "an image of bootc that ostree did not start, with rpm-ostree in it"
root usr/bin/rpm-ostree
expect nothing "a tool that makes images elsewhere"
root run/ostree-booted "$bus/org.projectatomic.rpmostree1.service"
expect 50-rpm-ostree "a system that has only the service of rpm-ostree"
root run/ostree-booted usr/lib/systemd/systemd-sysupdate
add usr/lib/sysupdate.d/a.transfer Type=partition
expect nothing "a system of libostree"
root usr/sbin/transactional-update usr/bin/rauc
mounts btrfs
expect 50-programs "a system of transactional-update"
mounts ext4
expect nothing "its program without its file system"
root; mkdir -p "$system/run/current-system/sw/bin"
ln -s /nix/store/x/bin/nix "$system/run/current-system/sw/bin/nix"
expect 50-programs "NixOS, where everything is a link"

root usr/bin/steamos-update usr/bin/rauc usr/lib/rauc/system.conf
add etc/os-release ID=steamos
expect 50-steamos "SteamOS"
add etc/os-release 'ID="steamos"'
expect 50-steamos "SteamOS with quotes"
add etc/os-release 'ID=notsteamos'
expect nothing "something like SteamOS"
rm "$system/etc/os-release" "$system/usr/bin/steamos-update"; add usr/lib/os-release ID=steamos
expect nothing "SteamOS without what updates it"
add "$bus/com.steampowered.Atomupd1.service" ""
expect 50-steamos "SteamOS with the service"

root usr/lib/systemd/systemd-sysupdate
add usr/lib/sysupdate.d/a.transfer Type=regular-file
expect nothing "extensions that sysupdate keeps up to date"
add etc/sysupdate.d/b.transfer Type=partition
expect "50-sysupdate-program 50-sysupdate" "a system of sysupdate without its service"
add "$bus/org.freedesktop.sysupdate1.service" ""
expect 50-sysupdate "a system of sysupdate with its service"

root "$bus/org.opensuse.Snapper.service"
mounts btrfs
expect nothing "snapper without a configuration"
add etc/snapper/configs/home 'SUBVOLUME="/home"'
expect nothing "snapper for another place"
add etc/snapper/configs/root 'SUBVOLUME="/"'
expect 50-snapper "a system of snapper"
mounts ext4
expect nothing "snapper on another file system"
mounts btrfs; add usr/bin/rauc ""; add etc/rauc/system.conf ""
expect nothing "RAUC above snapper"
