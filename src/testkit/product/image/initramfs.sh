# Makes /run/work/initramfs.img for the kernel $1 out of this system: a shell, the two drivers that the cloud kernel
# does not have built in, and ostree-prepare-root.
folder=$(mktemp -d)
cd "$folder"
modules=usr/lib/modules/$1
mkdir -p dev proc sys run sysroot usr/bin usr/lib usr/lib64
for name in bin lib lib64 sbin; do ln -s "usr/$name" "$name"; done
ln -s bin usr/sbin
install -m 755 /run/work/init init
take() { /usr/lib/dracut/dracut-install -D "$folder" --kerneldir "/$modules" "$@"; }
take -a -l /usr/bin/sh /usr/bin/mount /usr/sbin/switch_root /usr/sbin/modprobe /usr/lib/ostree/ostree-prepare-root
take -m virtio_blk virtio_net
cp "/$modules"/modules.builtin* "/$modules/modules.order" "$modules"
depmod -b "$folder" "$1"
find . | cpio -o -H newc --quiet | zstd -q -3 -f -o /run/work/initramfs.img
