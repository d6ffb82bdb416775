#!/usr/bin/env bash
# Brings what the build needs and says nothing when it is all there:
# tools, libtorch 2.11.0, the bridge between it and gotch. CUDA=1 also brings
# the libraries that libtorch_cuda.so needs. Safe to interrupt and to repeat.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cache.sh
. scripts/libtorch/find.sh

die() {
	echo "setup: $1" >&2
	[ -z "${2:-}" ] || echo "       $2" >&2
	exit 1
}

check_machine() {
	[ "$(uname -sm)" = "Linux x86_64" ] ||
		die "this is $(uname -sm); the libtorch wheels are for Linux x86_64" "use the Docker image (Dockerfile.cuda), or set LIBTORCH to a libtorch $torch_version of your own"
	command -v go >/dev/null ||
		die "go is not on the PATH" "install Go $(sed -n 's/^go //p' go.mod) or newer from https://go.dev/dl/"
	local missing=()
	command -v g++ >/dev/null || missing+=(g++)
	command -v make >/dev/null || missing+=(make)
	command -v git >/dev/null || missing+=(git)
	command -v python3 >/dev/null || missing+=(python3)
	python3 -c 'import importlib.util as u; raise SystemExit(not u.find_spec("pip"))' 2>/dev/null || missing+=(python3-pip)
	command -v pkg-config >/dev/null || missing+=(pkg-config)
	pkg-config --exists OpenEXR 2>/dev/null || missing+=(libopenexr-dev)
	[ ${#missing[@]} -eq 0 ] || install_packages "${missing[@]}"
}

install_packages() {
	local install="apt-get install -y --no-install-recommends $*"
	if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
		command -v apt-get >/dev/null || die "missing: $*" "install these with your system's package manager"
		die "missing: $*" "run: sudo $install"
	fi
	echo "setup: installing $*" >&2
	local log
	log=$(mktemp)
	if ! { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install; } >"$log" 2>&1; then
		tail -n 5 "$log" >&2
		die "apt-get could not install $*" "see $log; check the network and the package sources"
	fi
	rm -f "$log"
}

# fetch_wheels LIST DIR downloads a pinned list, checked by hash.
fetch_wheels() {
	python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary=:all: --implementation cp --python-version 3.11 --abi cp311 --abi abi3 --abi none \
		--platform manylinux_2_28_x86_64 --platform manylinux_2_27_x86_64 --platform manylinux_2_25_x86_64 \
		--platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --platform manylinux_2_18_x86_64 --platform any \
		--dest "$2" --requirement "$1" ||
		die "could not download the libtorch wheels of $1" "check the network (or a proxy: HTTPS_PROXY, PIP_INDEX_URL), or set LIBTORCH to a libtorch $torch_version"
}

need_disk() { # need_disk GIB
	local free
	free=$(df --output=avail -k "$cache" | tail -n 1)
	[ "$free" -ge $(($1 * 1048576)) ] ||
		die "$cache has $((free / 1048576)) GiB free, want $1" "free some room, or set TOOLKIT_CACHE to another disk"
}

# Unpacks beside the target and renames: an interrupted run leaves only a
# folder that the next one removes.
bring_libtorch() {
	local target=$cache/libtorch-$torch_version part=$cache/libtorch-$torch_version.part
	need_disk 4
	echo "setup: libtorch $torch_version: downloading 540 MB to $target (once)" >&2
	rm -rf "$part" "$target"
	mkdir -p "$part/wheels"
	fetch_wheels scripts/libtorch/wheels-cpu.txt "$part/wheels"
	python3 scripts/libtorch/unpack.py "$part/tree" "$part"/wheels/*.whl
	mv "$part/tree" "$target"
	rm -rf "$part"
}

bring_cuda() {
	local target=$cache/libtorch-$torch_version part=$cache/libtorch-$torch_version-cuda.part
	[ ! -f "$target/.cuda" ] || return 0
	[ -d "$target" ] || die "CUDA=1 adds to the libtorch in $target, but this build uses $LIBTORCH_DIR" \
		"a Python torch or a LIBTORCH of your own brings its CUDA libraries itself"
	need_disk 9
	echo "setup: CUDA libraries: downloading 2.6 GB to $target (once)" >&2
	rm -rf "$part"
	mkdir -p "$part"
	fetch_wheels scripts/libtorch/wheels-cuda.txt "$part"
	fetch_wheels scripts/libtorch/wheels-cpu.txt "$part"
	python3 scripts/libtorch/unpack.py --cuda "$target" "$part"/*.whl
	touch "$target/.cuda"
	rm -rf "$part"
}

# The stubs are empty linker scripts for the CUDA libraries that gotch's flags
# name: the binary then needs libtorch_cpu.so and libc10.so alone.
bring_bridge() {
	local target part
	target=$(bridge_dir)
	[ ! -d "$target" ] || return 0
	part=$target.$$
	mkdir -p "$part/stubs"
	cp scripts/libtorch/gotch_libtorch211.h "$part/"
	for name in torch cuda cudart cublas cudnn caffe2_nvrtc nvrtc-builtins nvrtc nvToolsExt c10_cuda torch_cuda; do
		echo "/* nothing of lib$name is needed at link time */" >"$part/stubs/lib$name.so"
	done
	mv -T "$part" "$target" 2>/dev/null || rm -rf "$part" # another setup was first
}

# writable_cache holds the cache for this setup alone: two clones may start
# together.
writable_cache() {
	{ mkdir -p "$cache" && [ -w "$cache" ]; } 2>/dev/null ||
		die "cannot write to $cache" "set TOOLKIT_CACHE to a folder that can be written to"
	exec 9>"$cache/.lock"
	flock 9
}

check_machine
if [ -n "${LIBTORCH:-}" ] && ! is_libtorch "$LIBTORCH"; then
	found=$(libtorch_version "$LIBTORCH")
	die "LIBTORCH=$LIBTORCH is ${found:+libtorch }${found:-no libtorch (no lib/libtorch_cpu.so with headers and a version there)}, want $torch_version" \
		"unset LIBTORCH to let setup bring its own"
fi

# Where all is there already, a cache that cannot be written to will do.
if LIBTORCH_DIR=$(find_libtorch) && [ -d "$(bridge_dir)" ] && [ -z "${CUDA:-}" ]; then
	exit 0
fi
writable_cache
LIBTORCH_DIR=$(find_libtorch) || {
	bring_libtorch
	LIBTORCH_DIR=$(find_libtorch) || die "libtorch was unpacked to $cache but is not whole there" "remove $cache/libtorch-$torch_version and run again"
}
[ -z "${CUDA:-}" ] || bring_cuda
bring_bridge
