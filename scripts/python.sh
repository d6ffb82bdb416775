#!/usr/bin/env bash
# Prints the path of a Python with the packages of a list, which are pinned by
# hash. Makes it in the user's cache directory on first use.
#
#	scripts/python.sh         scripts/requirements.txt: PyTorch 2.11.0 on the CPU, what
#	                          the benchmarks race against and the golden files are
#	                          made with (about 3 GB of wheels)
#	scripts/python.sh render  scripts/render/requirements.txt: Blender as a module (400 MB)
#	scripts/python.sh judge   scripts/judge/requirements.txt: a net that others trained on photographs (200 MB)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cache.sh

case ${1:-} in
'') folder=$cache/python list=scripts/requirements.txt holds="PyTorch 2.11.0" ;;
render) folder=$cache/python-render list=scripts/render/requirements.txt holds="Blender 4.5" ;;
judge) folder=$cache/python-judge list=scripts/judge/requirements.txt holds="a net for photographs" ;;
*) echo "python: no list called $1; want nothing, render or judge" >&2 && exit 2 ;;
esac

python=$folder/bin/python3
wanted=$(sha256sum "$list" | cut -c1-16)
if [ "$(cat "$folder/.ready" 2>/dev/null)" != "$wanted" ]; then
	base=$(command -v python3.11 || command -v python3)
	if [ "${1:-}" = render ] && [ "$("$base" -c 'import sys; print(sys.version_info[:2])')" != "(3, 11)" ]; then
		echo "python: Blender 4.5 as a module needs Python 3.11, and $base is another; install python3.11" >&2
		exit 1
	fi
	echo "python: making $folder with $holds (once)" >&2
	rm -rf "$folder"
	"$base" -m venv "$folder"
	"$python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r "$list" >&2
	echo "$wanted" >"$folder/.ready"
fi
echo "$python"
