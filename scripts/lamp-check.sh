#!/usr/bin/env bash
# Holds the lamps that `toolkit light` writes to their maps, in Blender and in
# three.js. Arguments are a folder for the files, and maps to be held too.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cache.sh
folder=${1:-out/lamps}
rm -rf "$folder"
mkdir -p "$folder"

python=$(scripts/python.sh render)
# Blender tells of each picture and import on standard output.
"$python" scripts/render/lamps.py bin/toolkit "$folder" "${@:2}" | grep --line-buffered -vE '^(Fra:|Saved: |Time: | Time: |USD import of |$)| \| INFO: '

command -v npm >/dev/null || { echo "lamp-check: npm is missing, which three.js comes by: install Node.js 20 or later" >&2; exit 1; }
three=$cache/three
wanted=$(sha256sum scripts/three/package-lock.json | cut -c1-16)
if [ "$(cat "$three/.ready" 2>/dev/null)" != "$wanted" ]; then
	rm -rf "$three"
	mkdir -p "$three"
	cp scripts/three/package.json scripts/three/package-lock.json "$three"
	npm ci --prefix "$three" --ignore-scripts --no-audit --no-fund --silent
	echo "$wanted" >"$three/.ready"
fi
# Modules are looked for beside the script that imports them.
cp scripts/three/check.mjs "$three"
node "$three/check.mjs" "$folder"
