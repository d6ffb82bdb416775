#!/usr/bin/env bash
# Makes the archive of `make dist` again, and runs it on bare systems, each a new
# root made by mmdebstrap with not a package more than the system itself: sums,
# version, doctor and edits, as a user without rights, without network, by a link to
# a folder with a space in its name that cannot be written to, while /tmp runs
# nothing and holds next to nothing. Needs root and some minutes.
#
#	scripts/dist-check.sh [again] [debian] [ubuntu] [newest] [fedora] [older] [processors]
#
# again makes the archive's commit once more, in a clone in a folder of another
# name, with another home, umask, language and time zone, and wants the same bytes;
# with OWN_CACHE=1 by caches of its own for libtorch and for Go, which compiles all
# anew (three minutes and more).
# debian is 12, ubuntu 22.04, and newest Debian's unstable. fedora stands in for
# Fedora of this year, whose packages come from Fedora's own mirrors alone: it is
# newest, laid out as Fedora is. On older, Debian 11, the archive cannot run, and is
# held to saying so in words. processors are two without AVX, as old machines have
# them and virtual ones show them, by qemu on this system. What cannot be had is
# skipped and said. ARCHIVE names the archive (default: the newest in out/dist);
# DIST_ROOTS a folder that keeps the bare roots.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/bare.sh

say() { echo "dist-check: $1" >&2; }
die() { say "$1" && exit 1; }

if [ "${1:-}" = --inside ]; then
	work=$2
	shift 2
else
	[ $# -gt 0 ] || set -- again debian ubuntu newest fedora older processors
	[ "$*" = again ] || [ "$(id -u)" = 0 ] || die "needs root for mmdebstrap and chroot: sudo $0"
	work=$(mktemp -d /var/tmp/dist-check-XXXXXX)
	if [ "$*" != again ]; then
		apart "$work" "$PWD/scripts/dist-check.sh" --inside "$work" "$@"
		exit
	fi
	trap 'rm -rf "$work"' EXIT
fi
archive=${ARCHIVE:-$(find out/dist -name 'toolkit-*.tar.zst' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d' ' -f2)}
[ -f "$archive" ] || die "no archive in out/dist; 'make dist' makes it"
name=$(basename "$archive" .tar.zst)
chmod 755 "$work" # apt reads Ubuntu's keys as a user without rights
roots=${DIST_ROOTS:-$work/roots}
folder='für alle' # where the archive is unpacked
mkdir -p "$roots" "$work/opt/$folder" "$work/home"

# The keys of Ubuntu's archive, which Debian does not pack: Ubuntu's own package
# of them, held to its hash.
ubuntu_keys() {
	local package=$work/keys.deb
	curl -sSfL --max-time 60 -o "$package" http://archive.ubuntu.com/ubuntu/pool/main/u/ubuntu-keyring/ubuntu-keyring_2021.03.26_all.deb &&
		echo "0d0e7ed6b112f5d03eabf3c7eb01ebdacf9c57714b279e90495cfc58c8c4520f  $package" | sha256sum --check --quiet && dpkg-deb --extract "$package" "$work/keys"
}

# bare SYSTEM makes its root, or returns 1 where its packages cannot be reached.
bare() {
	local root=$roots/$1
	[ ! -f "$root/etc/os-release" ] || return 0
	rm -rf "$root"
	case $1 in
	debian) of_debian bookworm "$root" ;;
	newest) of_debian unstable "$root" ;;
	older) of_debian bullseye "$root" ;;
	fedora) bare newest && cp -a "$roots/newest" "$root" && as_fedora "$root" ;;
	# Ubuntu's installations and images have apt, and with it libstdc++, which
	# its smallest set of packages leaves out.
	ubuntu)
		ubuntu_keys && mmdebstrap --quiet --variant=minbase --keyring="$work/keys/usr/share/keyrings/ubuntu-archive-keyring.gpg" \
			--components=main --include=apt jammy "$root" http://archive.ubuntu.com/ubuntu
		;;
	*) die "no system $1; want debian, ubuntu, newest, fedora or older" ;;
	esac
}

# A mirror may lag: what runs in the root for a minute need not be of this week.
of_debian() {
	mmdebstrap --quiet --variant=minbase --aptopt="Acquire::Check-Valid-Until \"false\"" "$1" "$2" http://deb.debian.org/debian
}

# as_fedora ROOT lays Debian's files out as Fedora's: all libraries in /usr/lib64,
# none in a folder of the architecture's name, none of dpkg's files, bash as sh.
as_fedora() {
	local usr=$1/usr etc=$1/etc
	rm -rf "${usr:?}/lib64"/* "$usr/lib/x86_64-linux-gnu"/libapt-*.so* "$usr"/{bin,sbin}/{apt,dpkg,deb,perl}* \
		"$usr"/{lib,share}/{apt,dpkg,perl}* "$1"/var/lib/{apt,dpkg} "$etc"/{apt,dpkg,debian_version,os-release} "$etc"/ld.so.*
	mv "$usr/lib/x86_64-linux-gnu"/* "$usr/lib64/" && rmdir "$usr/lib/x86_64-linux-gnu" || return
	ln -sf bash "$usr/bin/sh"
	echo /usr/lib64 >"$etc/ld.so.conf" # where Fedora's loader looks unasked
	ldconfig -r "$1" &&
		printf '%s\n' ID=standin ID_LIKE=fedora 'PRETTY_NAME="Debian unstable, laid out as Fedora"' >"$etc/os-release"
}

# inside SYSTEM COMMAND, in the environment of a new login without rights.
inside() {
	unshare --net chroot --userspec=1000:1000 "$roots/$1" /usr/bin/env -i HOME=/home/user TERM=dumb \
		PATH=/home/user/.local/bin:/usr/bin:/bin archive="/opt/$folder/$name" /bin/sh -c "cd && $2"
}

# commands are what a user does first; each must succeed.
commands='set -eu
cd "$archive" && sha256sum --check --quiet SHA256SUMS && cd
mkdir -p .local/bin && ln -s "$archive/bin/toolkit" .local/bin/
toolkit --version
toolkit doctor >doctor.txt || { cat doctor.txt; exit 1; }
grep -E "^(libtorch|openexr) " doctor.txt
toolkit edit --input "$archive/examples/world/city.exr" --prompt "a sunset" --output out.exr
toolkit info out.exr >info.txt
sed -n 1,3p info.txt
test -s out.png
env -u HOME toolkit edit --input "$archive/examples/world/city.exr" --prompt "a sunset" --output homeless.exr
cmp out.exr homeless.exr'

# refused is what it comes to where the C library is too old.
refused='set -eu
status=0
"$archive/bin/toolkit" --version 2>said.txt || status=$?
cat said.txt
[ $status = 1 ] && grep -q "libc.so.6: version .GLIBC_2[.][0-9]*. not found" said.txt'

try() {
	local system=$1 root=$roots/$1 start=$SECONDS status=0 todo=$commands
	[ "$system" != older ] || todo=$refused
	mkdir -p "$root/proc" "$root/opt"
	rm -rf "$root/home/user"
	install -d -o 1000 -g 1000 "$root/home/user"
	mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
	mount -t tmpfs -o noexec,nosuid,nodev,mode=1777,size=64k tmpfs "$root/tmp"
	mount --bind -o ro "$work/opt" "$root/opt"
	say "$system: $(sed -n 's/^PRETTY_NAME=//p' "$root/etc/os-release"), glibc $(inside "$system" "ldd --version" | sed -n '1s/.* //p')"
	inside "$system" "$todo" || status=$?
	umount "$root/opt" "$root/tmp" "$root/proc"
	[ $status = 0 ] || die "$system: the archive does not do there what it should (status $status)"
	say "$system: passed in $((SECONDS - start)) s"
}

# processors edits with one step, and has no more to say than any other.
processors() {
	local processor start=$SECONDS at=$work/opt/$folder/$name
	for processor in qemu64 Nehalem; do
		qemu-x86_64 -cpu "$processor" -E LD_LIBRARY_PATH="$at/lib" "$at/bin/toolkit-program" edit --input "$at/examples/hdri/sky.exr" \
			--prompt "a sunset" --steps 1 --output "$work/processor.exr" --no-preview >"$work/said" 2>&1 ||
			{ cat "$work/said" >&2 && die "processors: no edit on $processor"; }
		[ "$(wc -l <"$work/said")" -le 5 ] || { head -n 8 "$work/said" >&2 && die "processors: on $processor it talks in $(wc -l <"$work/said") lines"; }
	done
	say "processors: passed in $((SECONDS - start)) s"
}

# again makes the archive's commit once more, and compares.
again() {
	local version=${name#toolkit-} start=$SECONDS clone="$work/a clone of another name"
	version=${version%-linux-x86_64}
	[ "$version" = "$(git describe --tags --always --dirty --abbrev=12)" ] && [ "$version" = "${version%-dirty}" ] ||
		die "again: the archive is of $version, want one of the last commit, $(git rev-parse --short=12 HEAD), with nothing changed since: 'make dist' makes it"
	git clone --quiet --no-hardlinks . "$clone"
	(
		. scripts/cache.sh
		export TOOLKIT_CACHE=${cache:?}
		while read -r setting; do
			export "$setting=$(go env "$setting")" # what lies in the home or is named there
		done <<<$'GOCACHE\nGOMODCACHE\nGOENV'
		cd "$clone"
		if [ -n "${OWN_CACHE:-}" ]; then
			unset LIBTORCH
			export TOOLKIT_CACHE=$work/own/libtorch GOCACHE=$work/own/go
			mkdir -p "$TOOLKIT_CACHE"
			cp -a "$cache"/libtorch-* "$TOOLKIT_CACHE/"
		fi
		umask 077
		HOME=$work/home USER=another TZ=Asia/Tokyo LANG=C.UTF-8 make --silent dist >/dev/null
	) || die "again: 'make dist' failed in a clone"
	cmp "$archive" "$clone/out/dist/$name.tar.zst" || die "again: a clone in another folder gave other bytes"
	say "again: the same bytes from a clone in another folder${OWN_CACHE:+ with caches of its own}, in $((SECONDS - start)) s"
	rm -rf "$clone" "$work/own"
}

if [ "$1" = again ]; then
	shift
	again
	[ $# -gt 0 ] || exit 0
fi

for tool in mmdebstrap zstd qemu-x86_64; do
	command -v "$tool" >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${tool/x86_64/user}" >/dev/null; }
done
say "unpacking $archive"
tar --extract --file="$archive" --directory="$work/opt/$folder" --no-same-owner
scripts/dist/needs.sh "$work/opt/$folder/$name"
scripts/dist/notices.sh "$work/opt/$folder/$name"
say "its programs and libraries need $(SHOW=1 scripts/dist/needs.sh "$work/opt/$folder/$name"), and Fedora 35 and RHEL 9 have it"

tried=() skipped=()
for system in "$@"; do
	if [ "$system" = processors ]; then
		processors
	elif bare "$system" 2>"$work/bare.log"; then
		try "$system"
		tried+=("$system")
	else
		tail -n 2 "$work/bare.log" >&2
		skipped+=("$system")
	fi
done
[ ${#skipped[@]} = 0 ] || [ ${#tried[@]} -gt 0 ] || die "no system could be had: ${skipped[*]}"
say "passed${skipped:+; could not be had here: ${skipped[*]}}"
