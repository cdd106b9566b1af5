#!/bin/sh
# The first process of the machine: finds the disk, lets libostree choose the deployment, hands over to systemd.
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs -o mode=755 run /run
modprobe -a virtio_blk virtio_net
read -r cmdline </proc/cmdline
for word in $cmdline; do
  case $word in root=*) mount -o rw "${word#root=}" /sysroot ;; esac
done
/usr/lib/ostree/ostree-prepare-root /sysroot
for name in proc sys dev run; do mount --move "/$name" "/sysroot/$name"; done
exec switch_root /sysroot /sbin/init
