#!/usr/bin/env bash
# Meets setup.sh with what goes wrong on other people's machines: a libtorch of
# another version, no package, no room, no network, an interruption. It brings
# nothing from outside: pip is played by a script, libtorch by a wheel of three
# small files. Silent when all is well.
set -euo pipefail
cd "$(dirname "$0")/.."

tmp=$(mktemp -d)
trap 'chmod -R u+w "$tmp"; rm -rf "$tmp"' EXIT
mkdir -p "$tmp/fake" "$tmp/python/torch" "$tmp/old/lib"
python=$(command -v python3)
scripts=$PWD/scripts
failed=0

# A torch of another version hides the one that this machine's Python may have.
echo "__version__ = '2.4.1'" | tee "$tmp/python/torch/version.py" >"$tmp/old/version.py"
touch "$tmp/python/torch/__init__.py" "$tmp/old/lib/libtorch_cpu.so"

# fake NAME SCRIPT puts a tool in front of the machine's own.
fake() {
	printf '#!/bin/sh\n%s\n' "$2" >"$tmp/fake/$1"
	chmod +x "$tmp/fake/$1"
}

# pip is played by what $tmp/download says; everything else is python3's.
fake python3 "[ \"\$1 \$2 \$3\" != '-m pip download' ] || { while [ \"\$1\" != --dest ]; do shift; done; dest=\$2; . '$tmp/download'; exit; }
exec '$python' \"\$@\""
roomy='printf "Avail\n99999999\n"'
fake df "$roomy"

# run [NAME=VALUE...] runs setup.sh in an environment of its own and keeps its
# output and status.
run() {
	status=0
	output=$(env -u LIBTORCH -u CUDA -u PIP_INDEX_URL -u PIP_FIND_LINKS PATH="$tmp/fake:$PATH" PYTHONPATH="$tmp/python" \
		PYTHONDONTWRITEBYTECODE=1 TOOLKIT_CACHE="$tmp/cache" "$@" scripts/setup.sh 2>&1) || status=$?
}

# want NAME STATUS PATTERN holds the last run to its status and output; an
# empty pattern wants silence.
want() {
	local name=$1 wanted=$2 pattern=$3
	if [ "$status" != "$wanted" ]; then
		echo "setup_test: $name: got status $status, want $wanted: $output"
		failed=1
	elif [ -z "$pattern" ] && [ -n "$output" ]; then
		echo "setup_test: $name: got $output, want silence"
		failed=1
	elif [[ $output != *"$pattern"* ]]; then
		echo "setup_test: $name: got $output, want $pattern"
		failed=1
	fi
}

holds() { # holds NAME CONDITION...
	local name=$1
	shift
	"$@" || { echo "setup_test: $name: not so: $*" && failed=1; }
}

run LIBTORCH="$tmp/old"
want "another version" 1 "LIBTORCH=$tmp/old is libtorch 2.4.1, want 2.11.0"
run LIBTORCH="$tmp/nowhere"
want "no libtorch" 1 "LIBTORCH=$tmp/nowhere is no libtorch (no lib/libtorch_cpu.so"

# The environment of a plain go build is refused for the same reasons.
source_env() { # source_env [NAME=VALUE...]
	status=0
	output=$(env -u LIBTORCH PATH="$tmp/fake:$PATH" PYTHONPATH="$tmp/python" TOOLKIT_CACHE="$tmp/cache" "$@" \
		bash -c '. scripts/env.sh' 2>&1) || status=$?
}
source_env LIBTORCH="$tmp/old"
want "env.sh, another version" 1 "LIBTORCH=$tmp/old is no libtorch 2.11.0; unset it, and run 'make setup'"
source_env
want "env.sh before setup" 1 "no libtorch 2.11.0 here; run 'make setup'"

# A folder called torch where one happens to stand is nobody's libtorch, nor is
# one that an empty entry of Python's path would mean.
mkdir -p "$tmp/stand/torch/lib" "$tmp/stand/torch/include/torch/csrc/api/include/torch"
echo "__version__ = '2.11.0'" >"$tmp/stand/torch/version.py"
touch "$tmp/stand/torch/__init__.py" "$tmp/stand/torch/lib/libtorch_cpu.so" \
	"$tmp/stand/torch/include/torch/csrc/api/include/torch/torch.h"
for path in "" ":$tmp/nowhere" "$tmp/nowhere:"; do
	found=$(cd "$tmp/stand" && PYTHONPATH=$path CDPATH=$tmp PATH="$tmp/fake:$PATH" TOOLKIT_CACHE="$tmp/cache" \
		bash -c 'unset LIBTORCH; . "$1/cache.sh"; . "$1/libtorch/find.sh"; find_libtorch' - "$scripts" || true)
	holds "./torch with PYTHONPATH='$path': got $found" test "${found#"$tmp/stand"}" = "$found"
done

run TOOLKIT_CACHE=/proc/cache
want "a cache that cannot be made" 1 "cannot write to /proc/cache"

# A package that is missing, seen by someone who may not install it.
fake id 'echo 1000'
fake pkg-config 'exit 1'
run
want "a missing package" 1 "run: sudo apt-get install -y --no-install-recommends libopenexr-dev"
rm "$tmp/fake/id" "$tmp/fake/pkg-config"
fake pkg-config 'exit 0'

fake df 'printf "Avail\n1048576\n"'
run
want "no room" 1 "$tmp/cache has 1 GiB free, want 4"
fake df "$roomy"

# The real pip, at an index that does not answer.
printf 'unset PYTHONPATH; PIP_CONFIG_FILE=/dev/null PIP_RETRIES=0 PIP_INDEX_URL=http://127.0.0.1:9/simple "%s" -m pip download --quiet --dest "$dest" torch==2.11.0' "$python" >"$tmp/download"
run
want "no network" 1 "could not download the libtorch wheels"
want "no network" 1 "check the network (or a proxy: HTTPS_PROXY, PIP_INDEX_URL)"

# Killed in the middle of the download, as by a power cut.
echo 'echo half >"$dest/torch-half.whl"; kill -9 $PPID' >"$tmp/download"
run
want "killed" 137 "downloading"
holds "killed" test ! -e "$tmp/cache/libtorch-2.11.0"

"$python" - "$tmp/torch.whl" <<'WHEEL'
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as z:
    z.writestr("torch/version.py", "__version__ = '2.11.0+cpu'\n")
    z.writestr("torch/lib/libtorch_cpu.so", "")
    z.writestr("torch/lib/libtorch_cuda.so", "")
    z.writestr("torch/include/torch/csrc/api/include/torch/torch.h", "")
    z.writestr("torch/nn/functional.py", "")
WHEEL
printf 'cp "%s" "$dest/"' "$tmp/torch.whl" >"$tmp/download"
run
want "after the interruption" 0 "downloading 540 MB"
holds "after the interruption" test -f "$tmp/cache/libtorch-2.11.0/torch/lib/libtorch_cpu.so"
holds "Python's part stays out" test ! -e "$tmp/cache/libtorch-2.11.0/torch/nn"
holds "nothing half-done stays" test -z "$(find "$tmp/cache" -name '*.part')"
holds "stubs" test -f "$(echo "$tmp"/cache/bridge-*/stubs)/libcudart.so"
holds "no CUDA unasked" test ! -e "$tmp/cache/libtorch-2.11.0/torch/lib/libtorch_cuda.so"

echo 'echo "downloaded again"; exit 1' >"$tmp/download"
run
want "a second time" 0 ""
source_env
want "env.sh after setup" 0 ""
source_env TOOLKIT_CACHE="$tmp/elsewhere" LIBTORCH="$tmp/cache/libtorch-2.11.0/torch"
want "env.sh without setup" 1 "no bridge between libtorch and gotch in $tmp/elsewhere/bridge-"

# A cache that is whole and read-only, as one shared by many. Root writes
# anywhere, so this is held for others alone.
if [ "$(id -u)" != 0 ]; then
	chmod -R a-w "$tmp/cache"
	run
	want "a read-only cache" 0 ""
	chmod -R u+w "$tmp/cache"
fi

printf 'cp "%s" "$dest/"' "$tmp/torch.whl" >"$tmp/download"
run CUDA=1
want "CUDA" 0 "downloading 2.6 GB"
holds "CUDA" test -f "$tmp/cache/libtorch-2.11.0/torch/lib/libtorch_cuda.so"
run CUDA=1
want "CUDA a second time" 0 ""
run CUDA=1 LIBTORCH="$tmp/cache/libtorch-2.11.0/torch" TOOLKIT_CACHE="$tmp/other"
want "CUDA for another's libtorch" 1 "brings its CUDA libraries itself"

exit $failed
