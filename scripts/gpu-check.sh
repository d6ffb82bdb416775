#!/usr/bin/env bash
# On a machine with a GPU, from a built tree and without network, against a
# torch 2.11.0 with CUDA that the machine has ($LIBTORCH, Python's own, or what
# `make setup CUDA=1` brought): doctor, every test that computes, an edit held
# against the CPU's, memory that must not grow, and the benchmarks beside
# PyTorch's on the same GPU. A table at the end; the benchmarks' figures stay in
# out/gpu-check.
#
# Parity: what differs from PyTorch's CPU numbers by at most 1e-6 on the CPU
# may differ by 1e-4 on CUDA, with TF32 off (torchtest.ToleranceCUDA); an
# edit's similarities by 0.02.
#
# DEVICE=cuda:1 names another GPU; DEVICE=cpu SMALL=1 rehearses all of it on the
# CPU, with small networks and few steps, and DEVICE=pretend SMALL=1 all but the races
# on two GPUs that are none (scripts/pretend.sh). Each part has a budget of seconds, ten
# minutes in all once everything is compiled; SECONDS_TIMES=4 gives each four times as many, for a slower or a
# shared machine. ONLY="verbs races" runs these parts alone. TF32=1 races with
# TF32 on both sides; else it is on neither.
# GPU_CHECK_PYTHON names a Python with PyTorch 2.11.0, numpy and safetensors.
# Exit status: 0 all passed, 1 a check failed, 3 there is no GPU to check.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

say() { echo "gpu-check: $1" >&2; }

# find_cuda prints the folder of the first libtorch that has CUDA's part.
find_cuda() {
	local dir
	for dir in "${LIBTORCH:-}" "$(python_torch)" "$cache/libtorch-$torch_version/torch"; do
		if [ -n "$dir" ] && is_libtorch "$dir" && [ -f "$dir/lib/libtorch_cuda.so" ]; then
			(cd "$dir" && pwd)
			return
		fi
	done
	return 1
}

# find_python prints the path of a Python that can race on the device.
find_python() {
	local python
	for python in "${GPU_CHECK_PYTHON:-}" python3 "$cache/python/bin/python3"; do
		if [ -n "$python" ] && "$python" - "$device" >/dev/null 2>&1 <<-'END'; then
			import sys, numpy, safetensors, torch
			assert torch.__version__.split("+")[0] == "2.11.0"
			torch.ones(1, device=sys.argv[1]).item()
		END
			command -v "$python"
			return
		fi
	done
	return 1
}

# same_seed edits a map twice: the figures are the same. Whether the bytes are, it
# says; on CUDA sums of gradients may be added in any order.
same_seed() {
	local i
	echo 'sky: {generator: vae}' >"$out/through.yaml"
	for i in 1 2; do
		bin/toolkit edit --device "$device" --json --no-preview --config "$out/through.yaml" --steps 10 --seed 4 \
			--input examples/hdri/park.exr --prompt sunset --output "$out/edit-$i.exr" >"$out/edit-$i.json" || return 1
	done
	if cmp -s "$out/edit-1.exr" "$out/edit-2.exr"; then echo "the same bytes"; else echo "other bytes"; fi
	python3 - "$out/edit-1.json" "$out/edit-2.json" <<-'END'
		import json, math, sys
		a, b = (json.load(open(path))["figures"] for path in sys.argv[1:])
		bad = [k for k in a if isinstance(a[k], float) and not math.isclose(a[k], b[k], rel_tol=1e-3, abs_tol=1e-3)]
		print("other figures:", *bad) if bad else print("the same figures")
		sys.exit(bool(bad))
	END
}

# resume trains six steps at once, and three and three: the same figures.
resume() {
	local run=$out/resume
	rm -rf "$run" && mkdir -p "$run"
	printf 'data: {real_share: 0, synthetic: 24, synthetic_held_out: 4}\npca_samples: 0\ntrain: {batch: 4, final_rate: 1, save_every: 3}\n' >"$run/vae.yaml"
	bin/toolkit train-vae -c "$run/vae.yaml" -o "$run/whole" --steps 6 --device "$device" --json >"$run/whole.json" &&
		bin/toolkit train-vae -c "$run/vae.yaml" -o "$run/parts" --steps 3 --device "$device" --json >"$run/first.json" &&
		bin/toolkit train-vae -c "$run/vae.yaml" -o "$run/parts" --steps 6 --device "$device" --json --resume >"$run/parts.json" || return 1
	python3 - "$run/whole.json" "$run/parts.json" <<-'END'
		import json, math, sys
		a, b = (json.load(open(path)) for path in sys.argv[1:])
		bad = [k for k in a if not math.isclose(a[k], b[k], rel_tol=1e-3)]
		print("whole:", a, "\nresumed:", b)
		sys.exit(bool(bad))
	END
}

# processes trains by two processes, as the tests of cmd/toolkit do in small: over
# gloo on the CPU, over NCCL on two GPUs (it takes no GPU twice).
processes() {
	if [ "$device" != cpu ]; then
		[ "$nccl_built" = 0 ] || return "$nccl_built"
		if [ "$(bin/toolkit doctor --json | grep -c '"cuda:')" -lt 2 ]; then
			say "processes: skipped, this machine has one GPU; the plugin is built, not run"
			return 77
		fi
	fi
	printf 'data: {real_share: 0, synthetic: 24, synthetic_held_out: 4}\npca_samples: 0\ntrain: {batch: 4, steps: 4}\n' >"$out/vae.yaml"
	rm -rf "$out/processes"
	local rank pids=() failed=0
	for rank in 0 1; do
		RANK=$rank LOCAL_RANK=$rank WORLD_SIZE=2 MASTER_ADDR=127.0.0.1 MASTER_PORT=29533 GLOO_SOCKET_IFNAME=lo \
			bin/toolkit train-vae -c "$out/vae.yaml" -o "$out/processes" --threads 1 --peer-timeout 1m \
			--device "$([ "$device" = cpu ] && echo cpu || echo auto)" &
		pids+=($!)
	done
	for rank in "${pids[@]}"; do wait "$rank" || failed=1; done
	return $failed
}

# graphs edits and trains kernel by kernel and as recorded steps: the same figures.
# On a CPU, where none are recorded, both are the same steps.
graphs() {
	local way run=$out/graphs
	[ "$graph_built" = 0 ] || return "$graph_built"
	rm -rf "$run" && mkdir -p "$run"
	printf 'data: {real_share: 0, synthetic: 24, synthetic_held_out: 4}\npca_samples: 0\ntrain: {batch: 4, micro_batch: 2, final_rate: 1}\n' >"$run/vae.yaml"
	printf 'data: {real_share: 0, synthetic: 24, synthetic_held_out: 12}\ntrain: {batch: 8, micro_batch: 4, final_rate: 1}\n' >"$run/clip.yaml"
	for way in off auto; do
		printf 'sky: {generator: vae}\ngraphs: %s\n' $way >"$run/$way.yaml"
		bin/toolkit edit --device "$device" --json --no-preview --config "$run/$way.yaml" --steps 20 --seed 4 \
			--input examples/hdri/park.exr --prompt sunset --output "$run/$way.exr" >"$run/edit-$way.json" 2>"$run/edit-$way.log" || { cat "$run/edit-$way.log" >&2; return 1; }
		bin/toolkit train-vae -c "$run/vae.yaml" -o "$run/vae-$way" --steps 12 --device "$device" --json \
			--set train.graphs=$way >"$run/vae-$way.json" 2>"$run/vae-$way.log" || { cat "$run/vae-$way.log" >&2; return 1; }
		bin/toolkit finetune-clip -c "$run/clip.yaml" -o "$run/clip-$way" --steps 12 --device "$device" --json \
			--set train.graphs=$way >"$run/clip-$way.json" 2>"$run/clip-$way.log" || { cat "$run/clip-$way.log" >&2; return 1; }
	done
	if grep -h 'kernel by kernel' "$run"/*-auto.log; then return 1; fi
	python3 - "$run" <<-'END'
		import json, math, sys
		for what in "edit", "vae", "clip":
		    a, b = (json.load(open(f"{sys.argv[1]}/{what}-{way}.json")) for way in ("off", "auto"))
		    a, b = a.get("figures", a), b.get("figures", b)
		    bad = [k for k in a if isinstance(a[k], float) and not math.isclose(a[k], b[k], rel_tol=1e-3, abs_tol=1e-3)]
		    print(what, "other figures:" if bad else "the same figures", *bad)
		    if bad:
		        sys.exit(1)
	END
}

# fig3 makes the experiment of D'Orazio's Fig. 3 with the models of the program:
# nine maps, three sentences, five combinations, three CLIPs.
fig3() {
	rm -rf "$out/fig3"
	local start=$SECONDS
	bin/toolkit evaluate -c configs/mini/paper.yaml -o "$out/fig3" --device "$device" ${SMALL:+--shard 0/56} >/dev/null || return 1
	note "all of Fig. 3${SMALL:+ (one of 56 cells)}" "$((SECONDS - start)) s" "≤ 60 s"
}

# races MATCHING FILE: what torch.compile makes is raced by itself, and last. It
# takes minutes to compile, and where it fails the other races are kept.
races() {
	[ -z "${PRETENDS:-}" ] || return 77
	[ -n "$python" ] || { say "no Python with PyTorch 2.11.0, numpy and safetensors that sees $device: name one with GPU_CHECK_PYTHON"; return 1; }
	env ${TF32:+-u NVIDIA_TF32_OVERRIDE} bin/bench ${TF32:+-tf32} -python "$python" -device "$device" ${SMALL:+-small -leg 50ms} -rounds "${ROUNDS:-3}" -only "$1" | tee "$out/$2"
	return "${PIPESTATUS[0]}"
}

# note adds a line to the table of figures: what, how much, the target.
note() { printf '| %s | %s | %s |\n' "$1" "$2" "$3" >>"$out/figures.md"; }

device=${DEVICE:-cuda}
SMALL=${SMALL:-}
if [ "$device" = pretend ]; then
	DEVICE=cuda PRETENDS=1 PRETEND_DEVICES=2 exec scripts/pretend.sh "$0"
fi
[ -x bin/toolkit ] || { say "bin/toolkit is missing: run make build first"; exit 1; }
. scripts/cache.sh
. scripts/libtorch/find.sh


# It runs on the libtorch with CUDA, and is compiled as the tree was: against
# the one that setup finds where LIBTORCH is not set.
if [ "$device" = cpu ]; then
	runs_on=$(find_libtorch)
else
	runs_on=$(find_cuda)
fi || { say "this machine has no libtorch $torch_version with CUDA (make setup CUDA=1 brings it); nothing was checked"; exit 3; }
! (unset LIBTORCH && find_libtorch >/dev/null) || unset LIBTORCH
. scripts/env.sh
export LIBTORCH=$runs_on
# An empty entry would mean the current folder.
LD_LIBRARY_PATH=$(tr -s ':;' ':' <<<"$runs_on/lib:${LD_LIBRARY_PATH:-}" | sed 's/:$//')
export LD_LIBRARY_PATH
export GOPROXY=off TOOLKIT_TEST_DEVICE=$device NVIDIA_TF32_OVERRIDE=0

has_device() {
	bin/toolkit doctor --json 2>/dev/null | python3 -c '
import json, sys
wanted = "cuda:0" if sys.argv[1] == "cuda" else sys.argv[1]
sys.exit(all(d["name"] != wanted for d in json.load(sys.stdin)["devices"]))' "$device"
}
if ! has_device; then
	say "this machine has no GPU that libtorch sees as $device; nothing was checked"
	exit 3
fi
# What has a target on a GPU is raced. Names of compiled races end in it; one is
# compiled in a minute, and the VAE comes first. On a CPU torch.compile fails in
# the VAE's backward pass: the C++ that PyTorch 2.11 writes for it is none to g++ 12.
soak=10000 raced='^(edit|CLIP|training step, VAE)(|.*[^d])$' compiled='^(training step, VAE|edit).*compiled$'
if [ -n "$SMALL" ]; then
	soak=2000 raced='small networks(|.*[^d])$' compiled='^CLIP.*small networks.*fp32, compiled$'
fi

out=out/gpu-check
mkdir -p "$out"
rm -f "$out"/races.txt "$out"/compiled.txt
: >"$out/figures.md"

# What is checked: a name, a budget of seconds and a command, one a line.
checks=(
	"doctor|10|bin/toolkit doctor"
	"ops|40|go test -count=1 ./pkg/torch/..."
	"layers|20|go test -count=1 ./pkg/nn ./pkg/optim"
	"models|30|go test -count=1 ./pkg/vae ./pkg/clip ./pkg/loss ./pkg/view"
	"loops|50|go test -count=1 ./pkg/train ./pkg/edit"
	"resume|20|resume"
	"verbs|60|python3 scripts/gpu/verbs.py $device $out/verbs"
	"seed|10|same_seed"
	"graphs|30|graphs"
	"memory|30|TOOLKIT_SOAK_STEPS=$soak go test -count=1 -v -run ^TestMemory ./pkg/torch ./pkg/optim | grep -v '^=== '"
	"no leaks|15|bin/bench -steady -device $device ${SMALL:+-only '^[^t]'}"
	"processes|20|processes"
	"Fig. 3|65|fig3"
	"races|100|races '$raced' races.txt"
	"compiled|100|races '$compiled' compiled.txt"
)

# What needs CUDA's headers: 77, skipped, where they are not there; what does not
# compile has failed.
graph_built=0 nccl_built=0
if [ "$device" != cpu ] && [ -z "${PRETENDS:-}" ]; then # it has both in it
	scripts/plugins.sh graph || graph_built=$?
	scripts/plugins.sh nccl || nccl_built=$?
	# The tests do not lie where the program does.
	if [ "$graph_built" = 0 ]; then export TOOLKIT_GRAPH=$PWD/bin/libtoolkit_graph.so; fi
fi
python=$(find_python) || python=
go build -o bin/bench ./bench || { say "building the benchmarks: see above"; exit 1; }
# The tests' own C++ is compiled before the budgets begin, which on a new machine it
# would use up.
if [ -z "${ONLY:-}" ]; then
	say "building the tests"
	go test -run '^$' ./pkg/torch/... ./pkg/nn ./pkg/optim ./pkg/vae ./pkg/clip ./pkg/loss ./pkg/view ./pkg/train ./pkg/edit >/dev/null ||
		{ say "building the tests: see above"; exit 1; }
fi

# within ends a command, and what it started, after so many seconds.
within() {
	local seconds=$(($1 * ${SECONDS_TIMES:-1})) status=0
	set -m
	(eval "$2") &
	set +m
	local pid=$!
	(sleep "$seconds" && kill -- -"$pid") >/dev/null 2>&1 &
	local watch=$!
	wait "$pid" || status=$?
	kill "$watch" 2>/dev/null
	[ "$status" -ne 143 ] || say "ended after its budget of $seconds s"
	return "$status"
}

failed=0 table=
for check in "${checks[@]}"; do
	IFS='|' read -r name budget command <<<"$check"
	[ -z "${ONLY:-}" ] || [[ " $ONLY " = *" $name "* ]] || continue
	start=$SECONDS status=0
	say "$name"
	within "$budget" "$command" || status=$?
	case $status in
	0) verdict=passed ;;
	77) verdict=skipped ;;
	*) verdict=FAILED failed=1 ;;
	esac
	table+=$(printf '%-12s %-8s %4d s' "$name" "$verdict" $((SECONDS - start)))$'\n'
done
card=$(nvidia-smi --query-gpu=name --format=csv,noheader 2>/dev/null | head -n 1)
{
	printf 'toolkit on %s, %s, libtorch 2.11.0; off by at most 1e-4 (1e-6 on the CPU), TF32 %s\n\n' "$device" "${card:-no GPU}" "off${TF32:+ but in the races}"
	printf '%s\n' "$table"
	printf '| what | seen | target |\n|---|---|---|\n'
	cat "$out/figures.md"
	cat "$out"/races.txt "$out"/compiled.txt 2>/dev/null
} | tee "$out/report.md"
exit $failed
