#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian bookworm: a new root made by
# mmdebstrap with nothing in it but Go, git, make and a clone of the last
# commit, then again in a second clone, where the caches are warm. Needs root
# and takes about fifteen minutes on two cores. FRESH_ROOT names the folder
# (default: a temporary one); it is removed unless KEEP=1.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/bare.sh

[ "$(id -u)" = 0 ] || { echo "fresh-check: needs root for mmdebstrap and chroot: sudo $0" >&2; exit 1; }
command -v mmdebstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq mmdebstrap >/dev/null; }

root=${FRESH_ROOT:-$(mktemp -d /var/tmp/fresh-XXXXXX)}
cleanup() {
	# What is still mounted is never removed: /dev is the host's own.
	for mount in dev proc; do
		! mountpoint -q "$root/$mount" || umount "$root/$mount" || return
	done
	[ -n "${KEEP:-}" ] || rm -rf --one-file-system "$root"
}
trap cleanup EXIT

step() { echo "fresh-check: $1" >&2; }

inside() { # inside CLONE COMMAND, in the environment of a new login
	local settings
	mapfile -d '' settings < <(network)
	chroot "$root" env -i HOME=/root TERM=dumb PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"${settings[@]}" bash -c "cd $1 && $2"
}

timed() { # timed NAME COMMAND...: says how long it took
	local name=$1 start=$SECONDS
	shift
	step "$name …"
	"$@" || { step "$name: failed after $((SECONDS - start)) s" && exit 1; }
	step "$name: $((SECONDS - start)) s"
}

if [ ! -x "$root/usr/bin/make" ]; then
	timed "a bare Debian in $root" bare_debian "$root" git,make
	cp -a "$(go env GOROOT)" "$root/usr/local/go"
fi
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"
rm -rf "$root/root/first" "$root/root/second"
git clone --quiet . "$root/root/first"
git clone --quiet . "$root/root/second"

for clone in first second; do
	for command in "make edit" "make test"; do
		timed "$clone clone: $command" inside "/root/$clone" "$command"
	done
done
step "both commands passed"
