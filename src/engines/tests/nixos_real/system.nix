{ system }:
configuration:
let
  version = "@version@";
  make =
    name: script: more:
    derivation (
      {
        inherit name system;
        builder = "/bin/sh";
        PATH = "/bin:/usr/bin";
        args = [
          "-ec"
          script
        ];
      }
      // more
    );
  package = name: make name "mkdir $out; echo ${name} >$out/name" { };
  pkgs = {
    htop = package "htop-3.4.1";
    tools.ripgrep = package "ripgrep-15.1.0";
  };
  # As much of the module system as one module needs.
  lib = {
    mkOption = option: option;
    types.listOf = type: type;
    types.str = { };
  };
  read = module: (if builtins.isFunction module then module else import module) { inherit lib pkgs; };
  top = if builtins.isFunction configuration then configuration { } else configuration;
  modules = map read top.imports;
  one = if modules == [ ] then null else (builtins.head modules).config;
  added = if one == null then [ ] else one.environment.systemPackages;
  list = if one == null then "" else one.environment.etc."cairn-packages.json".text;
in
{
  inherit pkgs;
  config = {
    system.nixos = {
      inherit version;
      label = version;
    };
    system.build.toplevel = make "nixos-system-workshop-${version}" "/bin/sh ${./build.sh}" {
      inherit version list;
      seconds = "@seconds@";
      environment = make "system-path" "mkdir $out; for p in $added; do ln -s $p $out; done" { inherit added; };
    };
  }
  // (if one == null then { } else { inherit (one) cairn; });
}
