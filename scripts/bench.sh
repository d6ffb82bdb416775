#!/usr/bin/env bash
# Races the toolkit against PyTorch 2.11.0 on this machine, side by side;
# arguments go to the race: scripts/bench.sh -only layer -threads 1 -json
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
. scripts/env.sh
mkdir -p bin
go build -o bin/bench ./bench
exec bin/bench -python "$(scripts/python.sh parity)" "$@"
