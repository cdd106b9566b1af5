#!/bin/sh
# Runs the generator ($1) on roots with and without such programs.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
answers() {
  rm -rf "$work/made"; mkdir "$work/made"
  sh "$1" "$work/made" "$work/system"
  [ -L "$work/made/cairnd.service.d/50-programs.conf" ] && echo yes || echo no
}
expect() {
  [ "$(answers "$generator")" = "$1" ] || { echo "$2: expected $1" >&2; exit 1; }
}
generator=$1
mkdir -p "$work/system/usr/bin"
expect no "a system without such programs"
: >"$work/system/usr/bin/bootc"
expect yes "a system of bootc"
: >"$work/system/usr/bin/rpm-ostree"
expect no "one where rpm-ostree comes first"
