#!/usr/bin/env bash
# Makes ViT-B/32s with random weights in every layout that CLIPs are published in, in the
# folder given, and holds what the toolkit computes with them to transformers and
# open_clip, and its ids to Hugging Face's tokenizer; and what it fine-tuned to what they make of
# it. Source env.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
folder=$(cd "$1" && pwd)
python=$(scripts/python.sh parity)
export PYTHONDONTWRITEBYTECODE=1
[ -f "$folder/open_clip/want.safetensors" ] || "$python" scripts/parity/clip.py "$folder"
[ -f "$folder/tokens/ids.json.gz" ] || "$python" scripts/parity/tokenizer.py "$folder/tokens"
# And there and back: one that was fine-tuned here goes to both libraries.
from=pkg/clip/testdata/openclip
tuned=$(mktemp -d -p "$folder")
trap 'rm -rf "$tuned"' EXIT
cat >"$tuned/tuned.yaml" <<YAML
from: $from
data: {real_share: 0, synthetic: 24, synthetic_held_out: 16}
train: {steps: 3, batch: 8, warmup: 1, learning_rate: 0.01}
YAML
bin/toolkit finetune-clip -c "$tuned/tuned.yaml" -o "$tuned/run" --threads 1 >/dev/null
"$python" scripts/parity/export.py "$tuned/run/last.safetensors" $from "$tuned"
TOOLKIT_PARITY_TUNED=$tuned TOOLKIT_PARITY=$folder TOOLKIT_PARITY_TOKENS=$folder/tokens \
	go test -count=1 -v -timeout 60m -run '^(TestTunedThereAndBack|TestPublishedSizesAgree|TestIDsWithTheWholeVocabulary)$' ./pkg/clip ./pkg/clip/bpe | grep -v '^=== '
