{ version, number }:
let
  make =
    name: script: more:
    derivation (
      {
        inherit name;
        system = builtins.currentSystem;
        builder = "/bin/sh";
        PATH = "/bin:/usr/bin";
        args = [
          "-ec"
          script
        ];
      }
      // more
    );
  common = make "common-1.0" "mkdir $out; head -c 500000 /dev/zero >$out/data" { };
  payload = make "payload-${number}.0" "mkdir $out; head -c 2000000 /dev/zero >$out/data" { };
  # A source that is needed afterwards, too; the recipe refers to it as well.
  note = builtins.toFile "note" "a note of ${number}";
in
make "nixos-system-workshop-${version}"
  ''
    mkdir -p $out/bin
    printf %s "$version" >$out/nixos-version
    ln -s $common $payload $note $out
    printf '%s\n' '#!/bin/sh' 'exit 0' >$out/bin/switch-to-configuration
    chmod +x $out/bin/switch-to-configuration
  ''
  {
    inherit
      version
      common
      payload
      note
      ;
  }
