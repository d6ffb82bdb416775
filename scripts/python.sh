#!/usr/bin/env bash
# Prints the path of a Python with the packages of a list, which are pinned by
# hash. Makes it in the user's cache directory on first use.
#
#	scripts/python.sh         scripts/requirements.txt: PyTorch 2.11.0 on the CPU, what
#	                          the benchmarks race against and the golden files are
#	                          made with (about 3 GB of wheels)
#	scripts/python.sh render  scripts/render/requirements.txt: Blender as a module (400 MB)
#	scripts/python.sh parity  scripts/parity/requirements.txt, on top of the first: transformers and
#	                          open_clip, which published CLIPs are held to (100 MB, Python 3.11)
#	scripts/python.sh tensorboard  scripts/tensorboard/requirements.txt: TensorBoard (100 MB)
#	scripts/python.sh judge   scripts/judge/requirements.txt: a net that others trained on photographs (200 MB)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cache.sh

case ${1:-} in
'') folder=$cache/python list=scripts/requirements.txt holds="PyTorch 2.11.0" ;;
tensorboard) folder=$cache/python-tensorboard list=scripts/tensorboard/requirements.txt holds="TensorBoard" ;;
render) folder=$cache/python-render list=scripts/render/requirements.txt holds="Blender 4.5" ;;
parity) folder=$cache/python-parity list=scripts/parity/requirements.txt holds="transformers 4.57" ;;
judge) folder=$cache/python-judge list=scripts/judge/requirements.txt holds="a net for photographs" ;;
*) echo "python: no list called $1; want nothing, render, judge, parity or tensorboard" >&2 && exit 2 ;;
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
	# One of an earlier list gets what is new: PyTorch need not come again.
	if [ ! -e "$folder/.ready" ] || ! "$python" -m pip --version >/dev/null 2>&1; then
		rm -rf "$folder"
		"$base" -m venv "$folder"
	fi
	alone=
	if [ "${1:-}" = parity ]; then # PyTorch is there already, and is large
		dirname "$("$(scripts/python.sh)" -c 'import torch; print(torch.__path__[0])')" >"$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/pytorch.pth"
		alone=--no-deps
	fi
	"$python" -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: ${alone:+$alone} -r "$list" >&2
	echo "$wanted" >"$folder/.ready"
fi
echo "$python"
