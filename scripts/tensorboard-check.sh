#!/usr/bin/env bash
# Trains a tiny CLIP that is stopped and goes on, and holds what TensorBoard itself
# serves of its event file to metrics.jsonl.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/tiny.yaml" <<'YAML'
data: {real_share: 0, synthetic: 64, synthetic_held_out: 24}
train: {steps: 60, batch: 8, evaluate_every: 20, save_every: 20, warmup: 5, tensorboard: true}
YAML
train() { bin/toolkit finetune-clip -c "$folder/tiny.yaml" -o "$folder/run" --threads 1 "$@"; }

train --set train.max_time=1ns >/dev/null
train --resume >/dev/null
# What a kill left of an event is cut off, and so is what no event begins with.
events=$folder/run/events.out.tfevents.toolkit
half=$(mktemp -p "$folder")
head -c 30 "$events" >"$half"
cat "$half" >>"$events"
train --resume --set train.steps=100 >/dev/null
head -c 24 /dev/zero >>"$events"
train --resume --set train.steps=120 >/dev/null

python=$(scripts/python.sh tensorboard)
"$python" scripts/tensorboard/check.py "$folder/run"
