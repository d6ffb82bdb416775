#!/usr/bin/env bash
# Makes ViT-B/32s with random weights in every layout that CLIPs are published in, in the
# folder given, and holds what the toolkit computes with them to transformers and
# open_clip, and its ids to Hugging Face's tokenizer. Source env.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p "$1"
folder=$(cd "$1" && pwd)
python=$(scripts/python.sh parity)
export PYTHONDONTWRITEBYTECODE=1
[ -f "$folder/open_clip/want.safetensors" ] || "$python" scripts/parity/clip.py "$folder"
[ -f "$folder/tokens/ids.json.gz" ] || "$python" scripts/parity/tokenizer.py "$folder/tokens"
TOOLKIT_PARITY=$folder TOOLKIT_PARITY_TOKENS=$folder/tokens \
	go test -count=1 -v -timeout 60m -run '^(TestPublishedSizesAgree|TestIDsWithTheWholeVocabulary)$' ./pkg/clip ./pkg/clip/bpe | grep -v '^=== '
