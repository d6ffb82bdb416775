#!/usr/bin/env bash
# Holds the light in maps, and in what the toolkit makes of them, to their words
# and their figures, by Blender's own renders of the files: first the measures
# themselves to maps of known light, then edits of example maps (to
# out/render), then the maps that are named. Arguments are maps, folders of
# them, and flags of scripts/render/check.py.
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
quiet() { grep --line-buffered -vE '^(Fra:|Saved: |Time: | Time: |$)' || true; }
failed=0
"$python" scripts/render/check.py "${arguments[@]}" | quiet || failed=1
"$python" scripts/render/edits.py bin/toolkit out/render/edits | quiet || failed=1
# The pictures of docs/results.md and of README.
sheet() { "$python" scripts/render/sheet.py bin/toolkit out/render/edits "$@" | quiet || failed=1; }
sheet out/render/edits.jpg city,city-sunset,city-noon,city-morning forest,forest-sunset,forest-noon,forest-day
sheet out/render/readme.jpg city,city-sunset,city-day,city-night
exit "$failed"
