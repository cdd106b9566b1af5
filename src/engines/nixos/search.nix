# Of the packages at the top of nixpkgs, as this machine's configuration has them, those with all words in their names. Only
# these are evaluated, and one that does not evaluate here is none.
{ words }:
system:
let
  inherit (system) pkgs;
  upper = [ "A" "B" "C" "D" "E" "F" "G" "H" "I" "J" "K" "L" "M" "N" "O" "P" "Q" "R" "S" "T" "U" "V" "W" "X" "Y" "Z" ];
  lower = [ "a" "b" "c" "d" "e" "f" "g" "h" "i" "j" "k" "l" "m" "n" "o" "p" "q" "r" "s" "t" "u" "v" "w" "x" "y" "z" ];
  low = builtins.replaceStrings upper lower;
  has = name: word: builtins.replaceStrings [ word ] [ "" ] name != name;
  wanted = builtins.fromJSON words;
  names = builtins.filter (name: builtins.all (has (low name)) wanted) (builtins.attrNames pkgs);
  shortest = builtins.sort (a: b: builtins.stringLength a < builtins.stringLength b) names;
  # A word of one letter is in most names.
  some = builtins.genList (builtins.elemAt shortest) (
    if builtins.length shortest < 300 then builtins.length shortest else 300
  );
  tell =
    name:
    let
      package = pkgs.${name};
      told = {
        inherit name;
        version = package.version or (builtins.parseDrvName package.name).version;
        summary = package.meta.description or "";
      };
      whole = if builtins.isAttrs package && (package.type or "") == "derivation" then told else null;
      tried = builtins.tryEval (builtins.deepSeq whole whole);
    in
    if tried.success then tried.value else null;
in
builtins.filter (told: told != null) (map tell some)
