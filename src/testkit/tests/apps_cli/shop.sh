# Publishes small apps in a signed repository. Needs `shop`, a folder; `url`, where it is served.
set -eu
export GNUPGHOME="$shop/gpg" HOME="$shop/home"
repo="$shop/repo"

key() { gpg --batch --with-colons --list-keys 2>/dev/null | sed -n 's/^fpr:::::::::\([0-9A-F]*\):.*/\1/p' | head -n 1; }

# runtime — an empty one: nothing here is ever started.
runtime() {
  tree="$shop/runtime"; mkdir -p "$tree/files/bin" "$tree/usr"
  printf '[Runtime]\nname=org.cairntest.Platform\nruntime=org.cairntest.Platform/%s/1\nsdk=org.cairntest.Platform/%s/1\n' \
    "$arch" "$arch" >"$tree/metadata"
  head -c 300000 /dev/urandom >"$tree/usr/shared"
  flatpak build-export --runtime --files=usr --gpg-sign="$(key)" "$repo" "$tree" 1 >/dev/null
}

# app NAME VERSION CONTEXT BYTES — one commit of org.cairntest.NAME on the branch stable.
app() {
  id="org.cairntest.$1"; tree="$shop/$1"; rm -rf "$tree"; mkdir -p "$tree/files/share/app-info/xmls" "$tree/export"
  printf '[Application]\nname=%s\nruntime=org.cairntest.Platform/%s/1\nsdk=org.cairntest.Platform/%s/1\n\n[Context]\n%s\n' \
    "$id" "$arch" "$arch" "$3" >"$tree/metadata"
  head -c "$4" /dev/urandom >"$tree/files/noise"
  cat >"$tree/files/share/app-info/xmls/$id.xml" <<XML
<components version="0.14" origin="flatpak"><component type="desktop-application"><id>$id</id><name>$1</name>
<summary>A small app called $1</summary><description><p>It is made for trying.</p></description>
<project_license>GPL-3.0-or-later</project_license><categories><category>Graphics</category></categories>
<bundle type="flatpak" runtime="org.cairntest.Platform/$arch/1">app/$id/$arch/stable</bundle>
<releases><release version="$2" timestamp="1790000000"/></releases></component></components>
XML
  gzip -nf "$tree/files/share/app-info/xmls/$id.xml"
  flatpak build-export --gpg-sign="$(key)" --subject="Version $2" "$repo" "$tree" stable >/dev/null
}

# index — what clients read first: summary and catalogue.
index() { flatpak build-update-repo --gpg-sign="$(key)" "$repo" >/dev/null; }

arch=$(flatpak --default-arch)
if [ ! -d "$repo" ]; then
  mkdir -p -m 700 "$GNUPGHOME"; mkdir -p "$HOME"
  gpg --batch --quiet --passphrase '' --quick-gen-key shop@example.org ed25519 sign never 2>/dev/null
  ostree init --mode=archive --repo="$repo"
  printf '[Flatpak Repo]\nTitle=Shop\nUrl=%s/repo\nGPGKey=%s\n' "$url" "$(gpg --export "$(key)" | base64 -w0)" \
    >"$shop/shop.flatpakrepo"
  runtime
fi
