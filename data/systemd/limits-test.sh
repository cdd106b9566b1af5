#!/bin/sh
# Asks systemd-analyze ($1) what is left of the unit's ($2) limits with each drop-in ($3 is their folder): an assignment
# that lifts nothing looks like one that does.
set -eu
analyze=$1 unit=$2 folder=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
limits() {
  rm -rf "$work/unit"; mkdir -p "$work/unit/cairnd.service.d"
  cp "$unit" "$work/unit/cairnd.service"
  for name; do cp "$folder/cairnd-$name.conf" "$work/unit/cairnd.service.d/50-$name.conf"; done
  "$analyze" security --offline=true --no-pager --json=short "$work/unit/cairnd.service" |
    sed 's/},{/\n/g' >"$work/limits"
}
# The names of limits that are in force (1) or not (0).
expect() {
  what=$1 force=$2
  shift 2
  for name; do
    if [ "$force" = 1 ]; then sign=true; else sign=false; fi
    grep -F "\"json_field\":\"$name\"" "$work/limits" | grep -qF "\"set\":$sign" || {
      echo "$what: $name: expected $sign" >&2
      grep -F "\"json_field\":\"$name\"" "$work/limits" >&2 || true
      exit 1
    }
  done
}
strict="PrivateTmp ProtectHome ProtectControlGroups ProtectKernelModules ProtectKernelLogs ProtectClock ProtectHostname
  ProtectKernelTunables NoNewPrivileges MemoryDenyWriteExecute LockPersonality RestrictNamespaces_user ProtectProc
  RestrictAddressFamilies_OTHER RestrictAddressFamilies_AF_PACKET SystemCallFilter_module
  CapabilityBoundingSet_CAP_SYS_PTRACE CapabilityBoundingSet_CAP_SYS_TIME KeyringMode PrivateMounts"

limits
# shellcheck disable=SC2086 # They are words.
expect "the unit" 1 $strict ProtectSystem
limits programs
# shellcheck disable=SC2086
expect programs 0 $strict ProtectSystem SystemCallArchitectures RestrictAddressFamilies_AF_NETLINK
grep -qF "Service has no device ACL" "$work/limits" || { echo "programs: not every device" >&2; exit 1; }
for one in rpm-ostree steamos sysupdate; do
  limits "$one"
  # shellcheck disable=SC2086
  expect "$one" 1 $strict ProtectSystem
done
for some in snapper "sysupdate sysupdate-program"; do
  # shellcheck disable=SC2086
  limits $some
  # shellcheck disable=SC2086
  expect "$some" 1 $strict
done
expect "sysupdate's program" 0 ProtectSystem
