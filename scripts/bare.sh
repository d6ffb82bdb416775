# shellcheck shell=bash
# Sourced: a bare Debian, what it must be told of the network that it is in, and how
# nothing of it stays.

# apart FOLDER COMMAND... runs a command in namespaces of its own: what it mounts and
# starts ends with it, and it with this script, by whatever signal. Then FOLDER is
# removed, unless it is "".
apart() {
	local folder=$1 child status=0
	shift
	setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc "$@" <&0 &
	child=$!
	# unshare itself passes over the gentler ones.
	trap 'kill -KILL "$child" 2>/dev/null' INT TERM HUP
	wait "$child" || status=$?
	trap '' INT TERM HUP
	wait "$child" 2>/dev/null || true
	[ -z "$folder" ] || for _ in {1..50}; do # what was killed may still be ending
		! rm -rf --one-file-system "$folder" 2>/dev/null || break
		sleep .2
	done
	return "$status"
}

# network prints what a network demands of its guests, each setting with a zero
# behind it: proxies, package indexes, Go's module proxy. Names alone are listed;
# the values are the host's.
network() {
	local name
	for name in {http,https,no,all}_proxy {HTTP,HTTPS,NO,ALL}_PROXY "${!PIP_@}" GIT_SSL_CAINFO SSL_CERT_FILE SSL_CERT_DIR CURL_CA_BUNDLE REQUESTS_CA_BUNDLE; do
		[ -z "${!name:-}" ] || printf '%s\0' "$name=${!name}"
	done
	for name in GOPROXY GOSUMDB GONOSUMDB GOPRIVATE GOINSECURE; do
		printf '%s\0' "$name=$(go env $name)"
	done
}

# bare_debian ROOT PACKAGES makes a Debian bookworm with these packages beside the
# smallest set, separated by commas.
bare_debian() {
	local root=$1 bundle
	mmdebstrap --quiet --variant=minbase --include="ca-certificates${2:+,$2}" bookworm "$root"
	cp /etc/resolv.conf /etc/hosts "$root/etc/"
	cp /etc/pip.conf "$root/etc/" 2>/dev/null || true
	# Networks with a certificate authority of their own have it in the bundle.
	for bundle in /etc/ssl/certs/ca-certificates.crt "${SSL_CERT_FILE:-}" "${PIP_CERT:-}"; do
		[ ! -f "$bundle" ] || install -D -m 644 "$bundle" "$root$bundle"
	done
	# apt's proxy, if there is one.
	apt-config dump | grep -E '^Acquire::(http|https)::Proxy' >"$root/etc/apt/apt.conf.d/01proxy" || true
}
