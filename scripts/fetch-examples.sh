#!/usr/bin/env bash
# Fetches the eighteen example maps into examples/hdri: CC0 OpenEXR files,
# 512x256, which the npm package @pmndrs/assets carries as base64 in modules.
# The archive is held against its SHA-512 from the registry, each map against
# examples/hdri/SHA256SUMS. Needs curl, tar, base64 and sha256sum.
set -euo pipefail
cd "$(dirname "$0")/.."

url=https://registry.npmjs.org/@pmndrs/assets/-/assets-1.7.0.tgz
sha512=zHmKNS+3Jvu9K3zJBQfYQKT9Pn9IQt8s0q/eJC3CXKpWpyg6IBa+ivN9NgDn+fDT2AVjUh2YRZ//GXUueuAdCg==
out=examples/hdri

if (cd "$out" 2>/dev/null && sha256sum --check --status SHA256SUMS 2>/dev/null); then
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
