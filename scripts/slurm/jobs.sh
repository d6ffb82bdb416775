#!/usr/bin/env bash
# What a user does on the cluster of cluster.sh: submits deploy/slurm/ with small
# experiments, has tasks killed and jobs started again, and holds what is left to what
# processes without Slurm leave.
set -euo pipefail
cd /srv/check
toolkit=/srv/toolkit/bin/toolkit
scripts=/srv/toolkit/deploy/slurm
export TOOLKIT=$toolkit TOOLKIT_CACHE=$PWD/cache DEVICE=cpu CUDA_VISIBLE_DEVICES=-1

say() { echo "slurm-check: $*" >&2; }
fail() { say "$*"; tail -n 20 ./*.log >&2; exit 1; }

cat >vae.yaml <<-'YAML'
	model: {height: 16, latent: 8, channels: [4, 6], bottleneck: 2, linear: 2}
	data: {real_share: .5, synthetic: 12, synthetic_held_out: 4}
	pca_samples: 64
	train: {steps: 1000, batch: 8, evaluate_every: 100, save_every: 20, warmup: 2}
YAML
cat >clip.yaml <<-'YAML'
	model:
	  embed: 16
	  image: {height: 16, width: 32, channels: [8], blocks: [1], hidden: 16}
	  text: {vocabulary: 560, transformer: {dim: 16, layers: 1, heads: 2, hidden: 16}}
	data: {real_share: 0, synthetic: 24, synthetic_held_out: 12}
	train: {steps: 20, batch: 8, evaluate_every: 5, save_every: 5, warmup: 2}
YAML

# state JOB: as Slurm has it, RUNNING or COMPLETED; after the end Slurm forgets in minutes.
state() { scontrol show job "$1" 2>/dev/null | sed -n 's/.*JobState=\([A-Z_]*\).*/\1/p' | sort -u | paste -s -d ' '; }
# ended JOB STATE: waits for the job's end, and wants that state of it, and of all its tasks.
ended() {
	local i is
	for i in {1..600}; do
		is=$(state "$1")
		[[ $is =~ PENDING|RUNNING|COMPLETING|CONFIGURING ]] || break
		sleep .5
	done
	[ "$is" = "$2" ] || fail "job $1 is $is after $((i / 2)) s, want $2"
}
# until_there FILE JOB: waits for a file, as long as the job lives.
until_there() {
	until [ -e "$1" ]; do
		[[ $(state "$2") =~ PENDING|RUNNING|CONFIGURING|COMPLETING ]] || fail "job $2 is $(state "$2") and has left no $1"
		sleep .1
	done
}
# at DIR: the step that a run's figures have come to.
at() { tail -n 1 "$1/metrics.jsonl" 2>/dev/null | sed -n 's/^{"step":\([0-9]*\).*/\1/p'; }
# until_at DIR STEP JOB
until_at() {
	until_there "$1/metrics.jsonl" "$3"
	until [ "$(at "$1" || true)" -ge "$2" ] 2>/dev/null; do
		[[ $(state "$3") =~ PENDING|RUNNING|CONFIGURING|COMPLETING ]] || fail "job $3 is $(state "$3") at step $(at "$1"), want it to come to $2"
		sleep .1
	done
}

say "sbatch --test-only, as the scripts stand"
for script in "$scripts"/*.sbatch; do sbatch --test-only "$script"; done

# On machines of these processors, not of those that Slurm is told of.
few=(--nodes=2 --ntasks-per-node=1 --cpus-per-task=1 --mem=1G --gpus-per-node=2)

say "an array of shards: a task killed, started again, and all of them joined"
export DATA=$PWD/drawn COUNT=80 SIZE=128x64
array=(--parsable --array=0-3 --cpus-per-task=1 --mem=1G)
job=$(sbatch "${array[@]}" "$scripts/synth.sbatch")
until_there "$DATA/shards-of-0004/0001/synth-1-000020.hdr" "$job"
kill -9 "$(pgrep -f -- '--shard 1/4')"
ended "$job" "COMPLETED FAILED"
if "$toolkit" dataset merge "$DATA" 2>merge.txt; then fail "merged without a shard"; fi
grep -q -- '--shard 1/4' merge.txt || fail "merge said $(cat merge.txt), want that shard 1/4 is missing"
job=$(SHARDS=4 sbatch "${array[@]}" --array=1 "$scripts/synth.sbatch")
merge=$(sbatch --parsable --dependency="afterok:$job" --output=merge-%j.log --wrap "$TOOLKIT dataset merge $DATA")
ended "$merge" COMPLETED
"$toolkit" dataset synth --output whole --count "$COUNT" --size "$SIZE" >/dev/null 2>&1
diff -r whole "$DATA" || fail "the shards, joined, differ from what one process draws"

say "srun on two machines: stopped, started again, and killed"
OMP_NUM_THREADS=1 WORLD_SIZE=1 RANK=0 "$toolkit" train-vae -c vae.yaml --real "$DATA" -o one --device cpu >/dev/null 2>one.log
export CONFIG=$PWD/vae.yaml
train() { RUN=$PWD/$1 sbatch --parsable "${few[@]}" "${@:2}" "$scripts/train.sbatch"; }
job=$(train whole-vae)
ended "$job" COMPLETED
job=$(train parts)
until_at parts 40 "$job"
scancel --signal=TERM "$job.0" # as --signal=TERM@120 does before the time is over
ended "$job" FAILED
grep -q 'interrupted after .* of 1000 steps; the same job with --resume' toolkit-vae-"$job".log || fail "job $job did not say how to go on"
stopped=$(at parts)
job=$(train parts)
until_at parts $((stopped + 40)) "$job"
scontrol requeue "$job"
say "requeued at step $(at parts)"
again=$(at parts)
until scontrol show job "$job" | grep -q 'Restarts=1'; do sleep .1; done
until_at parts $((again + 80)) "$job"
kill -9 "$(pgrep -n -u "$(id -u)" toolkit)"
ended "$job" FAILED
grep -h 'is gone' toolkit-vae-"$job".log | head -n 1 >&2
job=$(train parts)
ended "$job" COMPLETED
for file in checkpoint.safetensors best.safetensors metrics.jsonl; do
	cmp "parts/$file" "whole-vae/$file" || fail "$file of the run that was stopped differs"
done

say "torchrun on two machines"
export CONFIG=$PWD/clip.yaml RUN=$PWD/clip
job=$(sbatch --parsable "${few[@]}" "$scripts/torchrun.sbatch")
ended "$job" COMPLETED
grep -q '"processes": *4' clip/recipe.json || fail "the recipe has no 4 processes: $(grep -o '"processes[^,]*' clip/recipe.json)"

say "ok"
