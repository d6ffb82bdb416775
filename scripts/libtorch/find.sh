# shellcheck shell=bash
# Sourced after cache.sh: where libtorch 2.11.0 is, and where its bridge to
# gotch lies. A libtorch is a folder with include/, lib/ and, by its side or
# inside it, a version.

torch_version=2.11.0
_find=$(CDPATH='' cd -- "$(dirname "${BASH_SOURCE[0]:-$0}")" && pwd) # zsh has it in $0

# libtorch_version DIR prints the version of the libtorch in DIR: a wheel's
# torch/ has version.py, the zip from pytorch.org has build-version.
libtorch_version() {
	if [ -f "$1/version.py" ]; then
		sed -n "s/^__version__ *= *['\"]\([0-9.]*\).*/\1/p" "$1/version.py" | head -n 1
	elif [ -f "$1/build-version" ]; then
		sed 's/+.*//' "$1/build-version"
	fi
}

is_libtorch() {
	[ -f "$1/lib/libtorch_cpu.so" ] && [ -f "$1/include/torch/csrc/api/include/torch/torch.h" ] &&
		[ "$(libtorch_version "$1")" = "$torch_version" ]
}

# python_torch prints the folder of Python's torch, or nothing. Python itself
# would take a ./torch of the current folder, and runs what it finds there.
python_torch() {
	(cd / && python3 -c 'import sys; sys.path = [p for p in sys.path if p]; import importlib.util as u; s = u.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")') 2>/dev/null || true
}

# find_libtorch prints the folder, or returns 1. The order: $LIBTORCH, a
# Python's torch, what an earlier setup unpacked.
find_libtorch() {
	local dir
	if [ -n "${LIBTORCH:-}" ]; then
		is_libtorch "$LIBTORCH" || return 1
		(cd "$LIBTORCH" && pwd)
		return
	fi
	dir=$(python_torch)
	if [ -n "$dir" ] && is_libtorch "$dir"; then
		echo "$dir"
		return
	fi
	# shellcheck disable=SC2154 # cache comes from cache.sh
	dir=$cache/libtorch-$torch_version/torch
	is_libtorch "$dir" && echo "$dir"
}

# bridge_dir prints the folder of the compatibility header and the linker
# stubs. Its name carries the header's hash: two clones with different headers
# do not share Go's build cache by mistake, two with the same one do.
bridge_dir() {
	# shellcheck disable=SC2154
	echo "$cache/bridge-$(sha256sum "$_find/gotch_libtorch211.h" | cut -c1-12)"
}
