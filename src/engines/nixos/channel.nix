{
  name,
  channelName,
  src,
}:
derivation {
  inherit name channelName src;
  system = "builtin";
  builder = "builtin:unpack-channel";
  preferLocalBuild = true;
}
