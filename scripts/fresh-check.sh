#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian bookworm: a new root made by
# mmdebstrap, with nothing in it but Go, the host's CA bundle (networks that
# have their own need it) and a clone of the last commit. Needs root and takes
# minutes. FRESH_ROOT names the folder (default: a temporary one, removed).
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] || { echo "fresh-check: needs root for mmdebstrap and chroot: sudo $0" >&2; exit 1; }
command -v mmdebstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq mmdebstrap >/dev/null; }

root=${FRESH_ROOT:-$(mktemp -d /var/tmp/fresh-XXXXXX)}
cleanup() {
	for mount in dev proc; do
		mountpoint -q "$root/$mount" && umount -l "$root/$mount"
	done
	[ -n "${FRESH_ROOT:-}" ] || rm -rf "$root"
}
trap cleanup EXIT

step() { echo "fresh-check: $1 (at $((SECONDS / 60))m$((SECONDS % 60))s)" >&2; }

step "a bare Debian in $root"
mmdebstrap --quiet --variant=minbase --include=ca-certificates,git,make bookworm "$root"
cp /etc/resolv.conf /etc/hosts "$root/etc/" 2>/dev/null || true
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
for list in /etc/apt/sources.list /etc/apt/sources.list.d /etc/apt/apt.conf.d /etc/pip.conf; do
	[ ! -e "$list" ] || cp -a "$list" "$root/$(dirname "$list")/"
done
cp -a "$(go env GOROOT)" "$root/usr/local/go"
git clone --quiet . "$root/root/toolkit"
mount --bind /dev "$root/dev"
mount -t proc proc "$root/proc"

# The environment of a new login, plus what this network itself demands.
inside() {
	local keep=()
	for name in HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy GOPROXY GOSUMDB PIP_INDEX_URL PIP_CERT SSL_CERT_FILE; do
		[ -z "${!name:-}" ] || keep+=("$name=${!name}")
	done
	chroot "$root" env -i HOME=/root TERM=dumb PATH=/usr/local/go/bin:/usr/sbin:/usr/bin:/sbin:/bin "${keep[@]}" \
		bash -c "cd /root/toolkit && $1"
}

for command in "make edit" "make test" "make edit"; do
	step "$command"
	inside "$command"
done
step "both commands passed"
