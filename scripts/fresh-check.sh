#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian bookworm: a new root made by
# mmdebstrap with nothing in it but Go, git, make and a clone of the last commit,
# then again in a second clone, where the caches are warm. A user without rights is
# told first what to install, and makes an edit in the end, with caches of its own
# and in a folder with a space and an umlaut in its name. Needs root and takes about
# twenty minutes on two cores. FRESH_ROOT names the folder of the root (default: a
# temporary one); it is removed unless KEEP=1. Arguments leave all but these steps
# out: told, first, second, user.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/bare.sh

[ "$(id -u)" = 0 ] || { echo "fresh-check: needs root for mmdebstrap and chroot: sudo $0" >&2; exit 1; }
command -v mmdebstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq mmdebstrap >/dev/null; }

if [ "${1:-}" != --inside ]; then
	root=${FRESH_ROOT:-$(mktemp -d /var/tmp/fresh-XXXXXX)}
	gone=$root
	[ -z "${KEEP:-}" ] || gone=
	apart "$gone" "$PWD/scripts/fresh-check.sh" --inside "$root" "$@"
	exit
fi
root=$2
shift 2

step() { echo "fresh-check: $1" >&2; }

# inside USER CLONE COMMAND, in the environment of a new login.
inside() {
	local settings home=/root
	[ "$1" = 0 ] || home=/home/user
	mapfile -d '' settings < <(network)
	chroot --userspec="$1:$1" "$root" env -i HOME=$home TERM=dumb PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"${settings[@]}" clone="$2" bash -c 'cd "$clone" && '"$3"
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
[ $# -gt 0 ] || set -- told first second user
mine=/home/user/für\ mich
rm -rf "$root/root/first" "$root/root/second" "$root/home/user"
git clone --quiet . "$root/root/first"
git clone --quiet . "$root/root/second"
git clone --quiet . "$root$mine"
chown -R 1000:1000 "$root/home/user"

for part in "$@"; do
	case $part in
	told)
		said=$(inside 1000 "$mine" "make build 2>&1") && { step "a user without rights built with packages missing" && exit 1; }
		grep -q "run: sudo apt-get install .*g++" <<<"$said" || { step "a user without rights is not told what to install: $said" && exit 1; }
		;;
	user) timed "a user without rights in $mine: make edit" inside 1000 "$mine" "make edit" ;;
	*)
		for command in "make edit" "make test"; do
			timed "$part clone: $command" inside 0 "/root/$part" "$command"
		done
		;;
	esac
done
step "passed: $*"
