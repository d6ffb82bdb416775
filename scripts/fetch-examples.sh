#!/usr/bin/env bash
# Fetches the example maps, all CC0 OpenEXR files:
#   examples/hdri   eighteen, 512x256, which the npm package @pmndrs/assets
#                   carries as base64 in modules
#   examples/world  eight, 1024x512, with whole suns, of Debian's blender-data
# Each archive is held against its hash, each map against the folder's
# SHA256SUMS. Needs curl, tar, base64, sha256sum; for the second dpkg-deb and
# apt-get.
set -euo pipefail
cd "$(dirname "$0")/.."

whole() { (cd "$1" 2>/dev/null && sha256sum --check --status SHA256SUMS 2>/dev/null); }

fetch_world() {
	local out=examples/world version=3.4.1+dfsg-2 folder=./usr/share/blender/datafiles/studiolights/world
	local sha256=5ceaf56a49ba3ded95c751d739aeec3d19e7fad76fba5cb70666986af9303b0e
	if whole "$out"; then
		echo "$out: every map is there" >&2
		return
	fi
	local tmp
	tmp=$(mktemp -d)
	# shellcheck disable=SC2064 # the folder as it is now
	trap "rm -rf '$tmp'" RETURN
	(cd "$tmp" && apt-get download "blender-data=$version")
	mv "$tmp"/*.deb "$tmp/blender-data.deb"
	echo "$sha256  $tmp/blender-data.deb" | sha256sum --check --quiet
	dpkg-deb --fsys-tarfile "$tmp/blender-data.deb" | tar -x -C "$tmp" "$folder"
	mkdir -p "$out"
	cp "$out/SHA256SUMS" "$tmp/$folder/"
	(cd "$tmp/$folder" && sha256sum --check --quiet SHA256SUMS)
	mv "$tmp/$folder"/*.exr "$out/"
	cp "$tmp/$folder/license.txt" "$out/LICENSE"
	echo "$out: $(find "$out" -name '*.exr' | wc -l) maps" >&2
}
fetch_world

url=https://registry.npmjs.org/@pmndrs/assets/-/assets-1.7.0.tgz
sha512=zHmKNS+3Jvu9K3zJBQfYQKT9Pn9IQt8s0q/eJC3CXKpWpyg6IBa+ivN9NgDn+fDT2AVjUh2YRZ//GXUueuAdCg==
out=examples/hdri

if whole "$out"; then
	echo "$out: every map is there" >&2
	exit 0
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
curl --fail --silent --show-error --location --retry 3 --output "$tmp/assets.tgz" "$url"
got=$(openssl dgst -sha512 -binary "$tmp/assets.tgz" | base64 --wrap=0)
if [ "$got" != "$sha512" ]; then
	echo "fetch-examples: $url: sha512 is $got, want $sha512" >&2
	exit 1
fi
tar -xzf "$tmp/assets.tgz" -C "$tmp" package/hdri package/LICENSE

mkdir -p "$out"
for module in "$tmp"/package/hdri/*.exr.js; do
	name=$(basename "$module" .js)
	sed -n 's/.*base64,\([A-Za-z0-9+/=]*\).*/\1/p' "$module" | base64 --decode >"$tmp/$name"
done
cp "$out/SHA256SUMS" "$tmp/"
(cd "$tmp" && sha256sum --check --quiet SHA256SUMS)
mv "$tmp"/*.exr "$out/"
cp "$tmp/package/LICENSE" "$out/LICENSE"
echo "$out: $(ls "$out"/*.exr | wc -l) maps" >&2
