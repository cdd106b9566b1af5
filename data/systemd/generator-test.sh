#!/bin/sh
# Runs the generator ($1) on roots with and without such programs.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
answers() {
  rm -rf "$work/to"; mkdir "$work/to"
  sh "$1" "$work/to" "$work/root"
  [ -L "$work/to/cairnd.service.d/50-programs.conf" ] && echo yes || echo no
}
expect() {
  [ "$(answers "$generator")" = "$1" ] || { echo "$2: expected $1" >&2; exit 1; }
}
generator=$1
mkdir -p "$work/root/usr/bin"
expect no "a system without such programs"
: >"$work/root/usr/bin/bootc"
expect yes "a system of bootc"
: >"$work/root/usr/bin/rpm-ostree"
expect no "one where rpm-ostree comes first"
