#!/usr/bin/env bash
# notices.sh FOLDER: holds an unpacked archive to its notices. Every library of
# lib/ is in libraries.tsv with a licence's text, every project that libtorch has
# inside and parts.tsv names has one in licences/torch, every Go module that the
# program says it is made of one in licences/go, and the SBOM has all of them.
# Silent when all is well.
set -euo pipefail
cd "$(dirname "$0")/../.."

root=$1
failed=0
complain() {
	echo "notices: $1" >&2
	failed=1
}

for library in "$root"/lib/*; do
	component=$(awk -F'\t' -v file="${library##*/}" '$1 == file { print $2 }' scripts/dist/libraries.tsv)
	[ -n "$component" ] || { complain "${library##*/} is not in libraries.tsv"; continue; }
	[ -n "$(find "$root/licences/$component" -type f -size +100c 2>/dev/null | head -n 1)" ] ||
		complain "no text of a licence for ${library##*/} in licences/$component"
done

# torch's LICENSE leaves some of what is compiled into it out.
parts=$(grep -v '^#' scripts/dist/parts.tsv)
while read -r mark; do
	IFS=$'\t' read -r _ project _ notice < <(grep -F "$mark	" <<<"$parts")
	[ -s "$root/licences/torch/$notice" ] || complain "no text of a licence for $project, which is in libtorch_cpu.so, in licences/torch/$notice"
done < <(LC_ALL=C grep -aoF -f <(cut -f1 <<<"$parts") "$root/lib/libtorch_cpu.so" | sort -u)

# A module's notice may stand in any folder of the module, as its packages say.
modules=$(go version -m "$root/bin/toolkit-program" "$root/bin/toolkit" | awk '$1 == "dep" { print $2 }' | sort -u)
[ -n "$modules" ] || complain "the program names no module that it is made of"
for module in $modules std; do
	[ -n "$(find "$root/licences/go/$module" -type f -iregex '.*/\(licen[sc]e\|copying\|notice\|unlicense\)[^/]*' 2>/dev/null | head -n 1)" ] ||
		complain "no licence of $module in licences/go"
done

for part in $modules std $(cd "$root" && printf '%s\n' bin/* lib/*); do
	grep -qF "\"name\": \"$part\"" "$root/sbom.cdx.json" || complain "$part is not in sbom.cdx.json"
done
exit $failed
