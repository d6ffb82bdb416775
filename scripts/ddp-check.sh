#!/usr/bin/env bash
# Trains by two processes as people start them, and holds what comes out to one
# process's: under a real torchrun, one of whose processes is killed on the way,
# by plain variables and by Slurm's. Minutes; the first time it brings PyTorch.
set -euo pipefail
cd "$(dirname "$0")/.."
python=$(scripts/python.sh)
torchrun=$(dirname "$python")/torchrun
toolkit=$PWD/bin/toolkit
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export OMP_NUM_THREADS=1 TOOLKIT_CACHE=$work/cache GLOO_SOCKET_IFNAME=lo CUDA_VISIBLE_DEVICES=-1

cat >"$work/vae.yaml" <<-'YAML'
	model: {height: 16, latent: 8, channels: [4, 6], bottleneck: 2, linear: 2}
	data: {real_share: 0, synthetic: 12, synthetic_held_out: 4}
	pca_samples: 64
	train: {steps: 30, batch: 8, evaluate_every: 10, save_every: 5, warmup: 2}
YAML
cat >"$work/clip.yaml" <<-'YAML'
	model:
	  embed: 16
	  image: {height: 16, width: 32, channels: [8], blocks: [1], hidden: 16}
	  text: {vocabulary: 560, transformer: {dim: 16, layers: 1, heads: 2, hidden: 16}}
	data: {real_share: 0, synthetic: 24, synthetic_held_out: 12}
	train: {steps: 10, batch: 8, evaluate_every: 5, save_every: 2, warmup: 2}
YAML

free_port() { "$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# alike A B: the weights of two checkpoints are equal to 1e-6 of their norm.
alike() {
	"$python" - "$1/checkpoint.safetensors" "$2/checkpoint.safetensors" <<-'PY'
		import sys
		from safetensors.numpy import load_file
		a, b = (load_file(path) for path in sys.argv[1:])
		assert a.keys() == b.keys(), a.keys() ^ b.keys()
		names = [name[len("optimiser.v."):] for name in a if name.startswith("optimiser.v.")]
		off = norm = 0
		for name in names:
		    # The bias of attention's keys has no gradient but rounding's.
		    moved = b["optimiser.v." + name] > 1e-16
		    x, y = (f["model." + name].astype("f8")[moved] for f in (a, b))
		    off, norm = off + ((x - y) ** 2).sum(), norm + (y ** 2).sum()
		off, norm = float(off) ** .5, float(norm) ** .5
		print(f"ddp-check: weights are {off / norm:.2g} of their norm apart", file=sys.stderr)
		assert off <= 1e-6 * norm
	PY
}

# quietly COMMAND...: what it says is shown where it fails.
quietly() { "$@" 2>"$work/said.log" || { cat "$work/said.log" >&2; return 1; }; }

say() { echo "ddp-check: $*" >&2; }

for verb in train-vae finetune-clip; do
	config=$work/vae.yaml
	if [ $verb = finetune-clip ]; then config=$work/clip.yaml; fi
	say "$verb: one process, then two under torchrun"
	quietly "$toolkit" $verb -c "$config" -o "$work/one-$verb" >"$work/one.txt"
	quietly "$torchrun" --no-python --nproc-per-node 2 --master-port "$(free_port)" \
		"$toolkit" $verb -c "$config" -o "$work/two-$verb" >"$work/two.txt"
	alike "$work/two-$verb" "$work/one-$verb"
	# Rank 0 alone prints.
	[ "$(wc -l <"$work/one.txt")" = "$(wc -l <"$work/two.txt")" ] || { say "$verb: got $(cat "$work/two.txt"), want one process's lines"; exit 1; }
done

# The launcher starts the processes again after one was killed.
say "torchrun --max-restarts 1, and rank 1 killed once there is a checkpoint"
cat >"$work/victim.sh" <<-'SH'
	#!/bin/bash
	# The launcher waits for its own children alone: the others are these.
	[ "$RANK$TORCHELASTIC_RESTART_COUNT" = 10 ] || exec "$@"
	"$@" &
	until [ -e "$RUN/checkpoint.safetensors" ]; do sleep .001; done
	kill -9 $!
	wait $!
SH
chmod +x "$work/victim.sh"
RUN=$work/killed quietly "$torchrun" --no-python --nproc-per-node 2 --max-restarts 1 --monitor-interval .2 --master-port "$(free_port)" \
	"$work/victim.sh" "$toolkit" train-vae -c "$work/vae.yaml" --set train.steps=60 -o "$work/killed" --resume-if-begun \
	>/dev/null
# It was killed, and it was resumed.
grep 'is gone' "$work/said.log" | head -n 1 >&2
grep -q '"step": *60' <(tr , '\n' <"$work/killed/metrics.jsonl")
quietly "$torchrun" --no-python --nproc-per-node 2 --master-port "$(free_port)" \
	"$toolkit" train-vae -c "$work/vae.yaml" --set train.steps=60 -o "$work/whole" >/dev/null
cmp "$work/killed/checkpoint.safetensors" "$work/whole/checkpoint.safetensors"

# both NAME=VALUE... : two processes by variables, where R stands for the rank.
both() {
	local out=$1 rank pids=() failed=0
	shift
	for rank in 0 1; do
		env "${@//=R/=$rank}" "$toolkit" train-vae -c "$work/vae.yaml" -o "$out" >/dev/null 2>"$work/$rank.log" &
		pids+=($!)
	done
	for rank in 0 1; do wait "${pids[$rank]}" || { cat "$work/$rank.log" >&2; failed=1; }; done
	return $failed
}
say "plain variables"
both "$work/plain" RANK=R WORLD_SIZE=2 LOCAL_RANK=R MASTER_ADDR=127.0.0.1 "MASTER_PORT=$(free_port)"
alike "$work/plain" "$work/one-train-vae"
say "Slurm's variables, as srun sets them"
both "$work/slurm" SLURM_PROCID=R SLURM_LOCALID=R SLURM_NTASKS=2 SLURM_STEP_ID=0 SLURM_JOB_ID=$((RANDOM + 1)) \
	SLURM_NODEID=0 'SLURM_STEP_TASKS_PER_NODE=2' SLURM_JOB_NODELIST=localhost
alike "$work/slurm" "$work/one-train-vae"
say "a resumed run of two goes on as one"
"$toolkit" train-vae -c "$work/vae.yaml" --steps 40 -o "$work/two-train-vae" --resume >/dev/null 2>"$work/fewer.log"
grep 'processes was 2' "$work/fewer.log" >&2
say "ok"
