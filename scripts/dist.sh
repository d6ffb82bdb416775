#!/usr/bin/env bash
# Leaves in out/dist one archive for those who will not compile: the program,
# libtorch for the CPU, OpenEXR, models, configurations, example maps, licences
# and an SBOM, with SHA-256 sums beside it. Source env.sh first.
#
# The same commit, compilers, packages of Debian and zstd give the same bytes,
# whatever the folders of the clone and of the caches are called; dist-check.sh
# holds it to that. So its C++ is compiled with other flags than a plain build's,
# which takes minutes the first time. DIST_LEVEL is zstd's: 12 unless it is set.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/cache.sh
. scripts/libtorch/find.sh

die() {
	echo "dist: $1" >&2
	exit 1
}
step() { echo "dist: $1" >&2; }

# What makes the SBOM. It is no tool of go.mod's: its own dependencies are more
# than the program's.
gomod=github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0

[ -d "$LIBTORCH/../torch-$torch_version.dist-info/licenses" ] ||
	die "$LIBTORCH has no licences beside it; unset LIBTORCH and run 'make setup', which brings the wheels' own"
missing=()
for tool in patchelf zstd; do
	command -v "$tool" >/dev/null || missing+=("$tool")
done
if [ ${#missing[@]} -gt 0 ]; then
	{ [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; } || die "missing: ${missing[*]}; run: sudo apt-get install ${missing[*]}"
	{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >&2
fi

# Twelve digits: how many git takes hangs on how much else the clone has.
version=${VERSION:-$(git describe --tags --always --dirty --abbrev=12)}
commit=$(git rev-parse --short=12 HEAD)
name=toolkit-$version-linux-x86_64
tag=$(git describe --tags --exact-match 2>/dev/null || true)
[ -z "$tag" ] || grep -q "^## $tag\b" CHANGELOG.md || die "CHANGELOG.md has no part '## $tag': what a release brings is told in it, as CONTRIBUTING.md says"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH LC_ALL=C TZ=UTC
umask 022
out=out/dist
mkdir -p "$out"
stage=$(mktemp -d "$out/.stage-XXXXXX")
trap 'rm -rf "$stage"' EXIT
root=$stage/$name
mkdir -p "$root"/{bin,lib,models,licences}

programs() {
	# Headers put their path into messages. The programs look for libraries beside
	# themselves alone, where a plain build also looks where libtorch was.
	local bridge
	bridge=$(bridge_dir)
	export CGO_CXXFLAGS="$CGO_CXXFLAGS -ffile-prefix-map=$LIBTORCH=libtorch -ffile-prefix-map=$bridge=bridge"
	export CGO_LDFLAGS="${CGO_LDFLAGS/ -Wl,-rpath,$LIBTORCH\/lib/}"
	# The linker is told the commit; Go's own mark hangs on how it was checked out,
	# and the id of a build on all paths that its compilers were told.
	local link="-buildmode=pie -s -w -buildid="
	go build -buildvcs=false -ldflags "$link -X main.version=$version -X main.commit=$commit" -o "$root/bin/toolkit-program" ./cmd/toolkit
	go build -buildvcs=false -ldflags "$link" -o "$root/bin/toolkit" ./cmd/launcher
	local folder
	for folder in "$PWD" "$cache" "$LIBTORCH" "$(go env GOCACHE)" "$(go env GOMODCACHE)"; do
		! grep -aqF -e "$folder/" "$root"/bin/* || die "the programs have $folder in them, where they were built"
	done
}

# package_file PACKAGE FILE prints where a package of Debian has a library.
package_file() {
	dpkg-query --listfiles "$1" 2>/dev/null | grep "/$2\$" || die "no $2 in Debian's package $1, which libraries.tsv names"
}

libraries() {
	local file component from
	echo "$torch_version" >"$root/build-version"
	while IFS=$'\t' read -r file component from _; do
		case $file in '#'* | '') continue ;; esac
		case $from in
		*/*) install -m 644 "$LIBTORCH/../$from/$file" "$root/lib/$file" ;;
		*)
			install -m 644 "$(readlink -f "$(package_file "$from" "$file")")" "$root/lib/$file"
			# They find one another where LIBTORCH names another folder than lib.
			patchelf --set-rpath "\$ORIGIN" "$root/lib/$file"
			;;
		esac
		notice "$component" "$from"
	done <scripts/dist/libraries.tsv
}

# notice COMPONENT FROM brings a library's licence, and notes its version.
notice() {
	local to=$root/licences/$1 wheel=$LIBTORCH/.. version
	[ ! -d "$to" ] || return 0
	mkdir "$to"
	case $1 in
	libgomp) # in torch's wheel, without its licence: that of Debian's, and where its source is
		version=$(grep -ao 'gcc [0-9][0-9.]* [0-9]\{8\}' "$LIBTORCH/lib/libgomp.so.1" | sort -u | head -n 1)
		cp /usr/share/doc/libgomp1/copyright "$to/"
		cp /usr/share/common-licenses/GPL-3 "$to/"
		version=$(cut -d' ' -f2 <<<"$version")
		echo "libgomp.so.1 is GCC $version's, unchanged, from PyTorch's wheel; its source: https://ftp.gnu.org/gnu/gcc/gcc-$version/" >"$to/SOURCE"
		printf '%s\t%s\t%s\n' "$1" "$version" "pkg:generic/libgomp@$version" ;;
	*)
		case $2 in
		*/*)
			version=$(sed -n "s/^$1==\([^ ]*\) .*/\1/p" scripts/libtorch/wheels-cpu.txt)
			cp "$wheel/${1//-/_}-$version.dist-info/licenses/"* "$to/"
			printf '%s\t%s\t%s\n' "$1" "$version" "pkg:pypi/$1@$version" ;;
		*)
			version=$(dpkg-query --show --showformat='${Version}' "$2")
			cp "/usr/share/doc/$2/copyright" "$to/"
			echo "From Debian's package $2 $version; toolkit only added where it looks for the libraries beside it" >"$to/SOURCE"
			printf '%s\t%s\t%s\n' "$1" "$version" "pkg:deb/debian/$2@$version?arch=amd64" ;;
		esac ;;
	esac >>"$stage/versions"
	[ -n "$version" ] || die "no version of $1"
}

content() {
	cp scripts/dist/README.md LICENSE "$root/"
	git archive HEAD configs examples models/mini | tar -x -C "$root" --exclude='*.go'
	cp scripts/dist/licences/* "$root/licences/torch/"
	python3 scripts/dist/headers.py "$LIBTORCH/include" >"$root/licences/torch/headers.txt"
}

# go_notices brings the notices of the modules that the two programs say they
# are made of, and of Go's own library.
go_notices() {
	local modules path dir file
	mapfile -t modules < <(go version -m "$root/bin/toolkit-program" "$root/bin/toolkit" | awk '$1 == "dep" { print $2 }' | sort -u)
	go list -m -f '{{.Path}} {{.Dir}}' "${modules[@]}" | while read -r path dir; do
		(cd "$dir" && find . -type f -iregex '.*/\(un\)?\(licen[sc]e\|copying\|notice\|patents\|authors\)[^/]*' ! -name '*.go' ! -path '*/testdata/*') | while read -r file; do
			install -D -m 644 "$dir/$file" "$root/licences/go/$path/$file"
		done
	done
	for file in LICENSE PATENTS; do
		install -D -m 644 "$(go env GOROOT)/$file" "$root/licences/go/std/$file"
	done
}

# The modules are those that the program itself says it is made of; they are in
# Go's cache, since it was just built.
sbom() {
	# Without this build's flags for C++: they are not the tool's.
	env -u CGO_LDFLAGS -u CGO_CXXFLAGS GOFLAGS= CGO_ENABLED=0 GOBIN="$PWD/$stage/tools" go install "$gomod" || die "could not build $gomod"
	GOPROXY=off "$stage/tools/cyclonedx-gomod" bin -json -licenses -std -noserial -output-version 1.5 -version "$version" \
		-output "$stage/go.cdx.json" "$root/bin/toolkit-program" 2>"$stage/gomod.log" ||
		{ cat "$stage/gomod.log" >&2 && die "cyclonedx-gomod could not list the Go modules"; }
	python3 scripts/dist/sbom.py "$stage/go.cdx.json" "$root" scripts/dist/libraries.tsv scripts/dist/parts.tsv "$stage/versions" "$root/sbom.cdx.json"
}

# pack has the same entries in the same order with the same owner, time and
# mode each time. bin and models lie side by side: the weights stand in both,
# and zstd writes them once.
pack() {
	(cd "$root" && find . -type f ! -name SHA256SUMS -printf '%P\0' | sort -z | xargs -0 sha256sum >SHA256SUMS)
	chmod -R u=rwX,go=rX "$root"
	chmod 755 "$root"/bin/*
	(cd "$stage" && { find "$name" -type f ! -path "$name/lib/*" | sort && find "$name/lib" -type f | sort; } |
		tar --create --no-recursion --files-from=- --format=gnu --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner) |
		zstd --quiet "-${DIST_LEVEL:-12}" --long=27 -T2 -o "$stage/$name.tar.zst"
}

step "building the program"
programs
step "libraries, models, examples"
libraries
content
step "notices and SBOM"
go_notices
sbom
scripts/dist/notices.sh "$root"
scripts/dist/needs.sh "$root"
step "packing"
pack
size=$(stat -c %s "$stage/$name.tar.zst")
[ "$size" -le 250000000 ] || die "the archive has $((size / 1000000)) MB, want at most 250"
cp "$root/sbom.cdx.json" "$out/$name.cdx.json"
mv "$stage/$name.tar.zst" "$out/"
(cd "$out" && sha256sum "$name.tar.zst" "$name.cdx.json" >"$name.sha256")
step "$((size / 1000000)) MB"
echo "$out/$name.tar.zst"
