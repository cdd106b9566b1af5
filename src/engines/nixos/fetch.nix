{ url }:
builtins.fetchurl {
  inherit url;
  name = "nixexprs.tar.xz";
}
