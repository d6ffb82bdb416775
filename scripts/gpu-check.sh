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
# GPU_CHECK_DEVICE=cpu rehearses all of it on the CPU; cuda:1 names another GPU.
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

# edit_agrees edits a map on the device and on the CPU: the figures are alike.
edit_agrees() {
	local d
	for d in "$device" cpu; do
		bin/toolkit edit --device "$d" --json --no-preview --input examples/hdri/park.exr --prompt sunset \
			--output "$out/edit-${d/:/}.exr" >"$out/edit-${d/:/}.json" || return 1
	done
	python3 - "$out/edit-${device/:/}.json" "$out/edit-cpu.json" <<-'END'
		import json, sys
		here, cpu = (json.load(open(path)) for path in sys.argv[1:])
		bad = False
		for who in "clip", "judge":
		    for when in "before", "after":
		        a, b = here[who][when], cpu[who][when]
		        print(f"{who} {when}: {a:.4f}, on the CPU {b:.4f}")
		        bad = bad or not abs(a - b) <= 0.02
		sys.exit(bad)
	END
}

race() {
	[ -n "$python" ] || { say "no Python with PyTorch 2.11.0, numpy and safetensors that sees $device: name one with GPU_CHECK_PYTHON"; return 1; }
	env -u NVIDIA_TF32_OVERRIDE bin/bench -python "$python" -device "$device" ${BENCH_FLAGS:-} | tee "$out/bench.txt"
}

device=${GPU_CHECK_DEVICE:-cuda}
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
# What is checked: a name and its command, one a line. Each later part adds its own.
checks=(
	"doctor|bin/toolkit doctor"
	"ops|go test -count=1 ./pkg/torch/..."
	"layers|go test -count=1 ./pkg/nn ./pkg/optim"
	"models|go test -count=1 ./pkg/vae ./pkg/clip ./pkg/loss ./pkg/view"
	"loops|go test -count=1 ./pkg/train ./pkg/edit"
	"edit|edit_agrees"
	"memory|TOOLKIT_SOAK_STEPS=20000 go test -count=1 -v -run ^TestMemory ./pkg/torch ./pkg/optim | grep -v '^=== '"
	"no leaks|bin/bench -steady -device $device"
	"benchmarks|race"
)

out=out/gpu-check
mkdir -p "$out"
python=$(find_python) || python=
go build -o bin/bench ./bench || { say "building the benchmarks: see above"; exit 1; }

failed=0 table=
for check in "${checks[@]}"; do
	name=${check%%|*} start=$SECONDS
	say "$name"
	if eval "${check#*|}"; then verdict=passed; else verdict=FAILED failed=1; fi
	table+=$(printf '%-12s %-8s %4d s' "$name" "$verdict" $((SECONDS - start)))$'\n'
done
printf '\ntoolkit on %s, %s; off by at most 1e-4 (1e-6 on the CPU), TF32 off but in the benchmarks\n%s' "$device" "$runs_on" "$table"
exit $failed
