#!/usr/bin/env bash
# Runs the README's two commands on a bare Debian bookworm: a new root made by
# mmdebstrap with nothing in it but Go, git, make and a clone of the last
# commit, then again in a second clone, where the caches are warm. Needs root
# and takes about fifteen minutes on two cores. FRESH_ROOT names the folder
# (default: a temporary one); it is removed unless KEEP=1.
set -euo pipefail
cd "$(dirname "$0")/.."

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

# What a network demands of its guests: proxies, package indexes, Go's module
# proxy. Names alone are listed; the values are the host's.
network() {
	local name
	for name in {http,https,no,all}_proxy {HTTP,HTTPS,NO,ALL}_PROXY "${!PIP_@}" GIT_SSL_CAINFO SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE; do
		[ -z "${!name:-}" ] || printf '%s\0' "$name=${!name}"
	done
	for name in GOPROXY GOSUMDB GONOSUMDB GOPRIVATE GOINSECURE; do
		printf '%s\0' "$name=$(go env $name)"
	done
}

bare_debian() {
	mmdebstrap --quiet --variant=minbase --include=ca-certificates,git,make bookworm "$root"
	cp /etc/resolv.conf /etc/hosts "$root/etc/"
	cp /etc/pip.conf "$root/etc/" 2>/dev/null || true
	# Networks with a certificate authority of their own have it in the bundle.
	local bundle
	for bundle in /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE:-}" "${PIP_CERT:-}"; do
		[ ! -f "$bundle" ] || install -D -m 644 "$bundle" "$root$bundle"
	done
	# apt's proxy, if there is one.
	apt-config dump | grep -E '^Acquire::(http|https)::Proxy' >"$root/etc/apt/apt.conf.d/01proxy" || true
	cp -a "$(go env GOROOT)" "$root/usr/local/go"
}

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

[ -x "$root/usr/bin/make" ] || timed "a bare Debian in $root" bare_debian
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
