#!/usr/bin/env bash
# Runs a command with a GPU that is none (pkg/torch/pretend): libtorch sees a CUDA
# device, whose kernels are the CPU's, whose memory only they can touch, and which
# records steps. What it makes of a program is no figure of a GPU's speed.
#
#	scripts/pretend.sh bin/toolkit edit --device cuda ...
#	scripts/pretend.sh go test ./pkg/edit           (TOOLKIT_TEST_DEVICE is cuda)
#
# Without a command it prints the folder of that libtorch. PRETEND_COUNTS names a
# folder for what was counted, a file for each process; PRETEND_STOP_AT=N ends the
# program where it waits for the device the N-th time, with Go's stack;
# PRETEND_MEMORY is the device's memory in bytes (80 GiB), PRETEND_DEVICES how many
# devices there are (1).
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/scripts/env.sh"

# It is compiled once for all clones that have it as it is here.
folder=$(cat "$here"/pkg/torch/pretend/*.{h,cpp} "$here"/pkg/torch/c10d/*.h "${BASH_SOURCE[0]}" <(echo "$LIBTORCH") | sha256sum | cut -c1-12)
# shellcheck disable=SC2154 # env.sh has cache
folder=$cache/pretend-$folder/torch
touch --no-create "$(dirname "$folder")" 2>/dev/null || true # when it was last used, where that can be kept
if [ ! -e "$folder/lib/libtorch_cuda.so" ]; then
	# One that no clone has used for a week is of sources that are no more.
	find "$cache" -maxdepth 1 -type d -name 'pretend-????????????' -mtime +6 -exec rm -rf {} +
	made=$folder.$$
	rm -rf "$made" && mkdir -p "$made/lib" "$(dirname "$folder")"
	for file in "$LIBTORCH"/lib/*.so*; do ln -s "$file" "$made/lib/"; done
	ln -s "$LIBTORCH/include" "$made/include"
	for file in version.py build-version; do [ ! -e "$LIBTORCH/$file" ] || ln -s "$LIBTORCH/$file" "$made/"; done
	# One unit: most of the time goes into libtorch's headers.
	for file in memory device count call kernels graph nccl; do echo "#include \"$here/pkg/torch/pretend/$file.cpp\""; done |
		"${CXX:-g++}" -std=c++17 -O1 -fPIC -shared -Wall -DUSE_C10D -DUSE_DISTRIBUTED -isystem "$LIBTORCH/include" \
			-isystem "$LIBTORCH/include/torch/csrc/api/include" -I"$here/pkg/torch/c10d/headers" -x c++ - -x none \
			-L"$LIBTORCH/lib" -ltorch_cpu -lc10 -Wl,--allow-shlib-undefined -o "$made/lib/libtorch_cuda.so"
	ln -s libtorch_cuda.so "$made/lib/libcuda.so.1"
	# libtorch finds CUDA's own libraries beside it.
	[ ! -e "$LIBTORCH/../nvidia" ] || ln -sfn "$(cd "$LIBTORCH/../nvidia" && pwd)" "$(dirname "$folder")/nvidia"
	mv -T "$made" "$folder" 2>/dev/null || rm -rf "$made" # another was first
fi
if [ $# = 0 ]; then
	echo "$folder"
	exit
fi
export LIBTORCH=$folder LD_LIBRARY_PATH=$folder/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
export TOOLKIT_GRAPH=$folder/lib/libtorch_cuda.so TOOLKIT_NCCL=$folder/lib/libtorch_cuda.so TOOLKIT_TEST_DEVICE=${TOOLKIT_TEST_DEVICE:-cuda}
exec "$@"
