#!/usr/bin/env bash
# Builds what needs CUDA's headers, which a build for the CPU does without:
#
#	bin/libtoolkit_graph.so   steps recorded as CUDA graphs
#	bin/libtoolkit_nccl.so    gradients of several GPUs, averaged
#
#	scripts/plugins.sh [graph|nccl]
#
# It needs the headers of CUDA 13, and for the second those of cuBLAS, cuSOLVER,
# cuSPARSE and NCCL, this of the version that libtorch has, 2.28. `make setup CUDA=1`
# brings them beside libtorch; CUDA_HOME and NCCL_HOME name others. From pip they
# are nvidia-cuda-runtime, nvidia-cuda-crt, nvidia-cuda-cccl (all 13.0) and, as torch
# brings them itself, nvidia-cublas, nvidia-cusolver, nvidia-cusparse and
# nvidia-nccl-cu13, in site-packages/nvidia/cu13 and nvidia/nccl. Exit status: 1
# where one does not compile, 77 where the headers are not there.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

beside=$LIBTORCH/../nvidia
if [ -z "${CUDA_HOME:-}" ] && [ -e "$beside/cu13/include/crt/host_config.h" ]; then CUDA_HOME=$beside/cu13; fi
if [ -z "${NCCL_HOME:-}" ] && [ -e "$beside/nccl/include/nccl.h" ]; then NCCL_HOME=$beside/nccl; fi
: "${CUDA_HOME:=/usr/local/cuda}" "${NCCL_HOME:=/usr}"

# have HEADER... ends where one is not there.
have() {
	local header
	for header; do
		[ -e "$header" ] || { echo "plugins: no $header: set CUDA_HOME and NCCL_HOME to where the headers of CUDA 13 and NCCL are" >&2; exit 77; }
	done
}

# plugin NAME SOURCE: what it calls is in libtorch_cuda.so, which the program has
# opened before it.
plugin() {
	mkdir -p bin
	"${CXX:-g++}" -std=c++17 -O2 -fPIC -shared -w -I"$LIBTORCH/include" -I"$LIBTORCH/include/torch/csrc/api/include" \
		-I"$CUDA_HOME/include" -I"$NCCL_HOME/include" "$2" -L"$LIBTORCH/lib" -ltorch_cpu -lc10 -o "bin/libtoolkit_$1.so"
	echo "plugins: bin/libtoolkit_$1.so" >&2
}

have "$CUDA_HOME/include/cuda_runtime_api.h" "$CUDA_HOME/include/crt/host_config.h"
case ${1:-all} in
all | graph) plugin graph pkg/torch/cudagraph/plugin.cpp ;;&
all | nccl)
	have "$CUDA_HOME"/include/{cublas_v2,cusolverDn,cusparse}.h "$NCCL_HOME/include/nccl.h"
	plugin nccl pkg/torch/c10d/nccl/plugin.cpp
	;;
graph) ;;
*)
	echo "plugins: $1 is neither graph nor nccl" >&2
	exit 2
	;;
esac
