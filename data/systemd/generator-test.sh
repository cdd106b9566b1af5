#!/bin/sh
# Runs the generator ($1) on roots of several kinds: what it links is what that kind needs.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
answers() {
  rm -rf "$work/made"; mkdir "$work/made"
  sh "$1" "$work/made" "$work/system"
  for link in "$work"/made/cairnd.service.d/*; do
    if [ -L "$link" ]; then basename "$link"; else echo nothing; fi
  done
}
expect() {
  [ "$(answers "$generator")" = "$1" ] || { echo "$2: expected $1" >&2; exit 1; }
}
generator=$1
mkdir -p "$work/system/usr/bin"
expect nothing "a system without such programs"
: >"$work/system/usr/bin/bootc"
expect 50-programs.conf "a system of bootc"
: >"$work/system/usr/bin/rpm-ostree"
expect 50-rpm-ostree.conf "one where rpm-ostree comes first"
