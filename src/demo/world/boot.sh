# Plays initramfs and systemd: makes the deployment the root of this mount namespace, as ostree-prepare-root would, or
# what another family of system makes of it,
# starts the bus and polkit, then holds the namespace until the standard input closes, so that nothing outlives
# a supervisor that was killed.
set -eu
work=$1 deployment=$2 sysroot=$3 var=$4 inside=$5 binaries=$6 played=$7
boot=$work/boot root=$work/boot/root

mkdir -p "$var/lib/cairn"; chmod 700 "$var/lib/cairn"
own=$work/played
case $played in
  "") mount --bind "$deployment" "$root" ;;
  overlay)
    mkdir -p "$own/upper" "$own/work"
    mount -t overlay -o "lowerdir=$deployment,upperdir=$own/upper,workdir=$own/work" overlay "$root" ;;
  btrfs)
    mkdir -p "$own/top"
    wanted=$(cat "$var/lib/stand-in/subvolume" 2>/dev/null || echo @/.snapshots/1/snapshot)
    last=$(cat "$own/mounted" 2>/dev/null || true)
    [ -e "$own/disk" ] || { truncate -s 2G "$own/disk"; mkfs.btrfs -q "$own/disk"; }
    mount -o loop "$own/disk" "$own/top"
    if [ ! -e "$own/top/$wanted" ]; then
      [ -e "$own/top/@" ] || btrfs -q subvolume create "$own/top/@"
      mkdir -p "$(dirname "$own/top/$wanted")"
      if [ -n "$last" ]; then btrfs -q subvolume snapshot "$own/top/$last" "$own/top/$wanted"; else
        btrfs -q subvolume create "$own/top/$wanted"
        cp -a "$deployment/." "$own/top/$wanted/"
      fi
    fi
    umount "$own/top"
    mount -o "loop,subvol=$wanted" "$own/disk" "$root"
    echo "$wanted" >"$own/mounted" ;;
esac
cd "$root"
mount --bind "$var" var
# /ostree is a link to there.
[ -z "$played" ] || mkdir -p sysroot/ostree
if [ -z "$played" ]; then
  mount --bind "$sysroot" sysroot
  mount --bind "$sysroot/boot" boot
  mount --bind etc etc
  mount --bind usr usr
  mount -o remount,bind,ro usr
  mount -o remount,bind,ro "$root"
fi
# Without systemd nothing can be started; libostree only wants ostree-finalize-staged.service to be.
# A played system may play it.
[ -n "$played" ] || mount --bind "$boot/systemctl" usr/bin/systemctl
mount --bind "$boot/actions" usr/share/polkit-1/actions
mount --bind "$boot/rules" etc/polkit-1/rules.d
if [ -n "$binaries" ]; then
  [ -z "$played" ] || mkdir -p ".$inside"
  mount --bind "$binaries" ".$inside"
  mount -o remount,bind,ro ".$inside"
fi
mount -t proc proc proc
mount --bind "$boot/cmdline" proc/cmdline
mount --bind "$boot/boot_id" proc/sys/kernel/random/boot_id
mount --rbind /dev dev
mount --rbind /sys sys
# What a played system keeps there is set right by its own restart.
[ -n "$played" ] || mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mkdir -p run/dbus run/cairn-demo
mount --bind "$work/run/dbus" run/dbus
mount --bind "$boot" run/cairn-demo
[ -n "$played" ] || : >run/ostree-booted
pivot_root . .
umount -l .
cd /

exec 3>&1 1>&2
rm -f /run/dbus/system_bus_socket
dbus-daemon --config-file=/run/cairn-demo/bus.conf --nofork --nopidfile </dev/null 3>&- &
until [ -S /run/dbus/system_bus_socket ]; do
  kill -0 $! || exit 1
  sleep 0.01
done
setpriv --reuid polkitd --regid polkitd --init-groups \
  /usr/lib/polkit-1/polkitd --no-debug --log-level=notice </dev/null 3>&- &
echo ready >&3
exec 3>&-

read -r _ || true
own=$(readlink /proc/self/ns/mnt)
for process in /proc/[0-9]*; do
  pid=${process#/proc/}
  [ "$pid" = $$ ] || [ "$(readlink "$process/ns/mnt")" != "$own" ] || kill -9 "$pid"
done
