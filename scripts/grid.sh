#!/usr/bin/env bash
# Edits the outdoor maps that no model was trained on by ten sentences, and
# judges the edits by the model's judge and by a third that shares nothing with
# it. Arguments are the folder of the maps (those that docs/models.md trains
# on, as NAME.hdr or NAME_512.hdr), one for the pictures, the table and the
# judgments, and flags of `toolkit evaluate` such as --models DIR; a run that
# was broken off goes on.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -ge 1 ] || { echo "grid: name the folder of the maps, and one for the output (out/grid)" >&2; exit 2; }
folder=$1 output=${2:-out/grid}

prompts=(
	"golden hour"
	"overcast"
	"foggy morning"
	"clear noon"
	"blue hour"
	"moonlit night"
	"winter snow"
	"A sunset in a forest, cloudy, with trees"
	"A sunny day at the beach, clear sky, sand terrain"
	"dark environment, at night time"
)

# file prints the file of a map.
file() {
	local path
	for path in "$folder/$1".hdr "$folder/$1"_512.hdr; do
		[ -e "$path" ] && echo "$path" && return
	done
	echo "grid: $folder has no map $1" >&2
	return 1
}

arguments=()
while read -r name; do
	grep -q "\"name\": \"$name\",.*\"outdoor\"" configs/mini/polyhaven/captions.jsonl || continue
	path=$(file "$name")
	arguments+=(--map "$path")
done <configs/mini/polyhaven/held_out.txt
for prompt in "${prompts[@]}"; do
	arguments+=(--prompt "$prompt")
done
[ -e "$output/recipe.json" ] && arguments+=(--resume)
bin/toolkit evaluate --config configs/mini/edit.yaml "${arguments[@]}" --keep-maps --output "$output" "${@:3}"

# The third judge learns from maps that were drawn, too: real ones in fog and snow are few.
drawn=$output-drawn
bin/toolkit dataset synth --output "$drawn" --count 240 --seed 77 --size 256x128 >/dev/null
"$(scripts/python.sh judge)" scripts/judge/judge.py --real "$folder" --drawn "$drawn" --grid "$output" --cache "$output-features"
