#!/usr/bin/env bash
# Prints the path of a Python that has PyTorch 2.11.0 on the CPU: what the
# benchmarks race against and what the golden files are made with. Makes it in
# the user's cache directory on first use (about 3 GB of wheels).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cache.sh

python=$cache/python/bin/python3
wanted=$(sha256sum scripts/requirements.txt | cut -c1-16)
if [ "$(cat "$cache/python/.ready" 2>/dev/null)" != "$wanted" ]; then
	echo "python: making $cache/python with PyTorch 2.11.0 (once)" >&2
	rm -rf "$cache/python"
	python3 -m venv "$cache/python"
	"$python" -m pip install --quiet --disable-pip-version-check -r scripts/requirements.txt >&2
	echo "$wanted" >"$cache/python/.ready"
fi
echo "$python"
