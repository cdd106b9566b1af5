system:
let
  inherit (system) config;
  parts = name: builtins.filter builtins.isString (builtins.split "\\." name);
  has =
    set: path:
    path == [ ]
    || (
      builtins.isAttrs set
      && set ? ${builtins.head path}
      && has set.${builtins.head path} (builtins.tail path)
    );
  packages = config.cairn.packages or null;
  missing = builtins.filter (name: !has system.pkgs (parts name)) (if packages == null then [ ] else packages);
in
if missing != [ ] then
  { inherit missing; }
else
  {
    inherit packages;
    inherit (config.system.nixos) label version;
    drv = config.system.build.toplevel.drvPath;
    out = config.system.build.toplevel.outPath;
  }
