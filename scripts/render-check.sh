#!/usr/bin/env bash
# Renders maps with Blender and holds the light in its pictures to the maps' own,
# after the measures themselves have been held to maps of known light.
# Arguments are maps, folders of them, and flags of scripts/render/check.py.
set -euo pipefail
cd "$(dirname "$0")/.."
arguments=(--validate)
for argument in "$@"; do
	if [ -d "$argument" ]; then
		mapfile -d '' -t maps < <(find "$argument" -maxdepth 1 \( -name '[!.]*.hdr' -o -name '[!.]*.exr' \) -print0 | sort -z)
		arguments+=("${maps[@]}")
	else
		arguments+=("$argument")
	fi
done
python=$(scripts/python.sh render)
# Blender tells of each picture on standard output.
"$python" scripts/render/check.py "${arguments[@]}" | grep -vE '^(Fra:|Saved: |Time: | Time: |$)'
