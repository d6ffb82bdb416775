#!/usr/bin/env bash
# Holds that the largest maps, 16384×8192, are worked on within 2.5 times their
# size as 32-bit floats, 1.5 GiB. Prints the peak of each command.
set -euo pipefail
cd "$(dirname "$0")/.."
toolkit=$PWD/bin/toolkit
example=$PWD/examples/hdri/park.exr
folder=$(mktemp -d "${TMPDIR:-/tmp}/toolkit-memory.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"

failed=0
check() { # check ARGUMENT...: runs toolkit with them
	python3 - "$toolkit" "$@" <<-'PY' || failed=1
		import resource, subprocess, sys, time
		began = time.monotonic()
		done = subprocess.run(sys.argv[1:], capture_output=True, text=True)
		if done.returncode:
		    sys.exit(f"toolkit {' '.join(sys.argv[2:])}: {done.stderr}")
		peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 / (16384 * 8192 * 12 / 2**20)
		print(f"{peak:5.2f}  {time.monotonic() - began:5.1f} s  toolkit {' '.join(sys.argv[2:])}", flush=True)
		sys.exit(peak > 2.5)
	PY
}

cp "$example" park.exr
check convert park.exr big.hdr --size 16384x8192
check info big.hdr
check convert big.hdr zip.exr
check convert big.hdr dwab.exr --compression dwab
check convert big.hdr float.exr --precision float
check info dwab.exr
check convert zip.exr back.hdr
check convert float.exr small.exr --size 4096x2048
check convert zip.exr turned.exr --rotate 33.333
check convert big.hdr other.hdr --rotate 33.333 --size 16000x8000 --exposure 1
check convert big.hdr big.jpg
check convert big.jpg from.exr
check info big.hdr --preview big.png
check edit -i big.hdr -p sunset -o edited.exr --steps 10
if [ "$failed" = 1 ]; then
	echo "memory-check: a command passed 2.5 times the map's size, or failed" >&2
	exit 1
fi
