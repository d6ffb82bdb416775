#!/usr/bin/env bash
# Builds bin/libtoolkit_nccl.so, by which a training on several GPUs averages its
# gradients. It needs what a build for the CPU does not, the headers of CUDA 13
# and of NCCL:
#
#	CUDA_HOME=/usr/local/cuda NCCL_HOME=/usr scripts/nccl.sh
#
# From pip they are nvidia-cuda-runtime, nvidia-cuda-crt, nvidia-cuda-cccl (all
# 13.0) and nvidia-nccl-cu13, in site-packages/nvidia/cu13 and nvidia/nccl.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/env.sh

: "${CUDA_HOME:=/usr/local/cuda}" "${NCCL_HOME:=/usr}"
for header in "$CUDA_HOME/include/cuda_runtime_api.h" "$CUDA_HOME/include/crt/host_config.h" "$NCCL_HOME/include/nccl.h"; do
	[ -e "$header" ] || { echo "nccl: no $header: set CUDA_HOME and NCCL_HOME to where the headers of CUDA 13 and NCCL are" >&2; exit 1; }
done
mkdir -p bin
# What it calls is in libtorch_cuda.so, which the program has opened before it.
"${CXX:-g++}" -std=c++17 -O2 -fPIC -shared -w -I"$LIBTORCH/include" -I"$LIBTORCH/include/torch/csrc/api/include" \
	-I"$CUDA_HOME/include" -I"$NCCL_HOME/include" pkg/torch/c10d/nccl/plugin.cpp \
	-L"$LIBTORCH/lib" -ltorch_cpu -lc10 -o bin/libtoolkit_nccl.so
echo "nccl: bin/libtoolkit_nccl.so" >&2
