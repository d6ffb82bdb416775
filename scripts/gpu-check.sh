#!/usr/bin/env bash
# On a machine with a GPU, from a built tree and without network: doctor, and
# every parity test on the GPU, against a torch 2.11.0 with CUDA that the
# machine has ($LIBTORCH, Python's own, or `make setup CUDA=1`). Prints a table.
# Exit status: 0 all passed, 1 a check failed, 3 there is no GPU to check.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

# What is checked: a name and its command, one a line. Each later part adds its own.
checks=(
	"doctor|bin/toolkit doctor"
	"ops|go test -count=1 ./pkg/torch"
	"layers|go test -count=1 ./pkg/nn ./pkg/optim"
)

[ -x bin/toolkit ] || { echo "gpu-check: bin/toolkit is missing: run make build first" >&2; exit 1; }
. scripts/env.sh
export LD_LIBRARY_PATH=${LIBTORCH:+$LIBTORCH/lib:}${LD_LIBRARY_PATH:-}
devices=$(bin/toolkit doctor --json | python3 -c 'import json, sys; print(sum(d["name"] != "cpu" for d in json.load(sys.stdin)["devices"]))')
if [ "${devices:-0}" = 0 ]; then
	echo "gpu-check: this machine has no GPU that libtorch sees; nothing was checked" >&2
	exit 3
fi

export TOOLKIT_TEST_DEVICE=cuda
failed=0 table=
for check in "${checks[@]}"; do
	name=${check%%|*} start=$SECONDS
	if bash -c "${check#*|}"; then verdict=passed; else verdict=FAILED failed=1; fi
	table+=$(printf '%-12s %-8s %4d s' "$name" "$verdict" $((SECONDS - start)))$'\n'
done
printf '\n%s' "$table"
exit $failed
