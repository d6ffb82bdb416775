#!/usr/bin/env bash
# Makes the archive of `make dist` again, and runs it on bare systems, each a new
# root made by mmdebstrap with not a package more than the system itself: sums,
# version, doctor and one edit, as a user without rights, without network, from a
# folder that cannot be written to. Needs root and some minutes.
#
#	scripts/dist-check.sh [again] [debian] [ubuntu] [newest]
#
# again makes the archive's commit once more, from a clone in a folder of another
# name, and wants the same bytes; with OWN_CACHE=1 by caches of its own for
# libtorch and for Go, which compiles all anew (three minutes and more).
# debian is 12, ubuntu 22.04 with the oldest glibc that the archive is for, and
# newest Debian's unstable, whose glibc stands in for Fedora's of the year:
# Fedora's packages are no deb's, and a root of them takes Fedora's own tools.
# What cannot be had is skipped and said. ARCHIVE names the archive (default:
# the newest in out/dist); DIST_ROOTS a folder that keeps the bare roots.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { echo "dist-check: $1" >&2; }
die() { say "$1" && exit 1; }

[ $# -gt 0 ] || set -- again debian ubuntu newest
[ "$*" = again ] || [ "$(id -u)" = 0 ] || die "needs root for mmdebstrap and chroot: sudo $0"
archive=${ARCHIVE:-$(find out/dist -name 'toolkit-*.tar.zst' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -n 1 | cut -d' ' -f2)}
[ -f "$archive" ] || die "no archive in out/dist; 'make dist' makes it"
name=$(basename "$archive" .tar.zst)
work=$(mktemp -d /var/tmp/dist-check-XXXXXX)
chmod 755 "$work" # apt reads Ubuntu's keys as a user without rights
roots=${DIST_ROOTS:-$work/roots}
mkdir -p "$roots" "$work/opt"
cleanup() {
	local mount
	for mount in "$roots"/*/proc "$roots"/*/opt; do
		! mountpoint -q "$mount" || umount "$mount" || return
	done
	rm -rf --one-file-system "$work"
}
trap cleanup EXIT

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
	debian) mmdebstrap --quiet --variant=minbase bookworm "$root" http://deb.debian.org/debian ;;
	# A mirror may lag: what runs in the root for a minute need not be of this week.
	newest) mmdebstrap --quiet --variant=minbase --aptopt="Acquire::Check-Valid-Until \"false\"" unstable "$root" http://deb.debian.org/debian ;;
	# Ubuntu's installations and images have apt, and with it libstdc++, which
	# its smallest set of packages leaves out.
	ubuntu)
		ubuntu_keys && mmdebstrap --quiet --variant=minbase --keyring="$work/keys/usr/share/keyrings/ubuntu-archive-keyring.gpg" \
			--components=main --include=apt jammy "$root" http://archive.ubuntu.com/ubuntu
		;;
	*) die "no system $1; want debian, ubuntu or newest" ;;
	esac
}

# inside SYSTEM COMMAND, in the environment of a new login without rights.
inside() {
	unshare --net chroot --userspec=1000:1000 "$roots/$1" /usr/bin/env -i HOME=/home/user TERM=dumb PATH=/usr/bin:/bin \
		toolkit="/opt/$name" /bin/sh -c "cd && $2"
}

# commands are what a user does first; each must succeed.
commands='set -eu
cd "$toolkit" && sha256sum --check --quiet SHA256SUMS && cd
"$toolkit/bin/toolkit" --version
"$toolkit/bin/toolkit" doctor >doctor.txt || { cat doctor.txt; exit 1; }
grep -E "^(libtorch|openexr) " doctor.txt
"$toolkit/bin/toolkit" edit --input "$toolkit/examples/world/city.exr" --prompt "a sunset" --output out.exr
"$toolkit/bin/toolkit" info out.exr >info.txt
sed -n 1,3p info.txt
test -s out.png'

try() {
	local system=$1 root=$roots/$1 start=$SECONDS status=0
	mkdir -p "$root/proc" "$root/opt"
	rm -rf "$root/home/user"
	install -d -o 1000 -g 1000 "$root/home/user"
	mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
	mount --bind -o ro "$work/opt" "$root/opt"
	say "$system: $(sed -n 's/^PRETTY_NAME=//p' "$root/etc/os-release"), glibc $(inside "$system" "ldd --version" | sed -n '1s/.* //p')"
	inside "$system" "$commands" || status=$?
	umount "$root/opt" "$root/proc"
	[ $status = 0 ] || die "$system: the archive does not run there (status $status)"
	say "$system: passed in $((SECONDS - start)) s"
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
		cd "$clone"
		if [ -n "${OWN_CACHE:-}" ]; then
			unset LIBTORCH
			export TOOLKIT_CACHE=$work/own/libtorch GOCACHE=$work/own/go
			mkdir -p "$TOOLKIT_CACHE"
			cp -a "${cache:?}"/libtorch-* "$TOOLKIT_CACHE/"
		fi
		make --silent dist >/dev/null
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

for tool in mmdebstrap zstd; do
	command -v "$tool" >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$tool" >/dev/null; }
done
say "unpacking $archive"
tar --extract --use-compress-program="zstd --long=27" --file="$archive" --directory="$work/opt" --no-same-owner
scripts/dist/needs.sh "$work/opt/$name"
scripts/dist/notices.sh "$work/opt/$name"
say "its programs and libraries need $(SHOW=1 scripts/dist/needs.sh "$work/opt/$name"), and Fedora of this year has more of both"

tried=() skipped=()
for system in "$@"; do
	if bare "$system" 2>"$work/bare.log"; then
		try "$system"
		tried+=("$system")
	else
		tail -n 2 "$work/bare.log" >&2
		skipped+=("$system")
	fi
done
[ ${#tried[@]} -gt 0 ] || die "no system could be had: ${skipped[*]}"
say "passed on ${tried[*]}${skipped:+; could not be had here: ${skipped[*]}}"
