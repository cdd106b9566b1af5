# Builds a system of a few files.
set -e
case $version in *broken*) exit 1 ;; esac
sleep "$seconds"
mkdir -p $out/bin $out/etc
printf %s "$version" >$out/nixos-version
printf 'ID=nixos\nBUILD_ID="%s"\n' "$version" >$out/etc/os-release
[ -z "$list" ] || printf %s "$list" >$out/etc/cairn-packages.json
ln -s $environment $out/sw
# Writes the boot menu of the machine that it is called on.
cat >$out/bin/switch-to-configuration <<'END'
#!/bin/sh -e
[ "$1" = boot ]
cd "$CAIRN_ROOT"
profiles=nix/var/nix/profiles
rm -rf boot/loader/entries
mkdir -p boot/loader/entries
for link in $profiles/system-*-link; do
  number=${link##*/system-}
  echo "title NixOS" >boot/loader/entries/nixos-generation-${number%-link}.conf
done
now=$(readlink $profiles/system)
number=${now#system-}
echo "default nixos-generation-${number%-link}.conf" >boot/loader/loader.conf
END
chmod +x $out/bin/switch-to-configuration
