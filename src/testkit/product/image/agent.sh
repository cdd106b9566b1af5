#!/bin/bash
# The command channel of the tests: scripts come in over a virtio port, each ended by a NUL; what they write goes
# out, followed by a line "@@status NUMBER". "@@ready BOOT" says that the machine is up.
for port in /sys/class/virtio-ports/*; do
  [ "$(<"$port/name")" != channel ] || device=/dev/${port##*/}
done
exec 3<>"$device" || exit
for nic in /sys/class/net/e*; do
  ip link set "${nic##*/}" up
  ip addr add 10.0.2.15/24 dev "${nic##*/}"
done 2>/dev/null
echo "@@ready $(</proc/sys/kernel/random/boot_id)" >&3
while IFS= read -r -d '' script <&3; do
  bash -ec "$script" </dev/null >&3 2>&1 3>&-
  printf '\n@@status %s\n' $? >&3
done
