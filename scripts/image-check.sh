#!/usr/bin/env bash
# Builds Dockerfile.cuda without CUDA by buildah and runs the image as its users
# do: by a user that it does not know, without a capability, with all of it read-only
# but /work, and holds an edit to the bytes of this machine's own program. The bases
# are stand-ins made of Debian's packages, so that no registry of images is needed;
# BASES=pull takes the real ones. Needs root, 6 GB of disk and ten minutes on two
# cores. IMAGE_ROOT names the folder that all lies in (default: a temporary one).
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/bare.sh

step() { echo "image-check: $1" >&2; }
die() { step "$1" && exit 1; }

[ "$(id -u)" = 0 ] || die "needs root for mmdebstrap and chroot: sudo $0"
for tool in buildah mmdebstrap; do
	command -v "$tool" >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$tool" >/dev/null; }
done
work=${IMAGE_ROOT:-$(mktemp -d /var/tmp/image-check-XXXXXX)}
mkdir -p "$work/tmp"
export TMPDIR=$work/tmp
cleanup() {
	local mount
	for mount in "$work"/{root/proc,root/work,root}; do
		! mountpoint -q "$mount" || umount "$mount" || return
	done
	buildah_ rm --all >/dev/null 2>&1 || true
	[ -n "${IMAGE_ROOT:-}" ] || rm -rf --one-file-system "$work"
}
trap cleanup EXIT
buildah_() { buildah --root "$work/storage" --runroot "$work/run" --storage-driver "${STORAGE_DRIVER:-overlay}" "$@"; }

# base NAME PACKAGES makes an image of Debian with these packages, which knows
# this machine's network.
base() {
	local name=docker.io/library/$1 root=$work/base container setting
	! buildah_ inspect --type image "$name" >/dev/null 2>&1 || return 0
	rm -rf "$root"
	bare_debian "$root" "$2"
	case $1 in golang:*) cp -a "$(go env GOROOT)" "$root/usr/local/go" ;; esac
	container=$(buildah_ from scratch)
	buildah_ add --quiet "$container" "$root" / >/dev/null
	rm -rf "$root"
	buildah_ config --env PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$container"
	case $1 in
	golang:*)
		buildah_ config --env GOPATH=/go --env GOTOOLCHAIN=local "$container"
		while IFS= read -r -d '' setting; do buildah_ config --env "$setting" "$container"; done < <(network)
		;;
	esac
	buildah_ commit --quiet --rm "$container" "$name" >/dev/null
	step "a stand-in for $1"
}

build() {
	local start=$SECONDS pull=--pull-never
	if [ "${BASES:-}" = pull ]; then
		pull=--pull
	else
		base golang:1.26-bookworm g++,gcc,git,make,curl,pkg-config
		base debian:bookworm-slim ''
	fi
	# What is not committed is in no image.
	rm -rf "$work/context"
	git clone --quiet . "$work/context"
	buildah_ build --format docker $pull --isolation chroot --network host --layers --build-arg CUDA= --build-arg VERSION="$version" \
		--build-arg COMMIT="$commit" -f "$work/context/Dockerfile.cuda" -t toolkit:cpu "$work/context" >"$work/build.log" 2>&1 ||
		{ tail -n 30 "$work/build.log" >&2 && die "the build failed; all of it: $work/build.log"; }
	step "the image: $((SECONDS - start)) s, $(buildah_ images --format '{{.Size}}' localhost/toolkit:cpu)"
}

# inside USER COMMAND, in the image's environment, on a root that nobody can
# write to but in /work, without a capability, a network or new rights.
inside() {
	local settings
	mapfile -t settings < <(config '"\n".join(c["Env"])')
	unshare --net --mount chroot "$work/root" /usr/bin/setpriv --reuid="$1" --regid="$1" --clear-groups --bounding-set=-all --inh-caps=-all \
		--no-new-privs /usr/bin/env -i "${settings[@]}" sh -c "cd /work && $2"
}

version=$(git describe --tags --always --abbrev=12)
commit=$(git rev-parse --short=12 HEAD)
build

# config PYTHON prints what the image says of itself; c is that.
config() { python3 -c 'import json, sys; c = json.load(open(sys.argv[1]))["Docker"]["config"]; print('"$1"')' "$work/image.json"; }
want() { [ "$(config "$1")" = "$2" ] || die "the image's $1 is $(config "$1"), want $2"; }

buildah_ inspect --type image toolkit:cpu >"$work/image.json"
want 'c["User"]' 1000
want '" ".join(c["Healthcheck"]["Test"])' 'CMD toolkit doctor --json'
want 'c["Labels"]["org.opencontainers.image.revision"]' "$commit"

container=$(buildah_ from --pull-never toolkit:cpu)
mkdir -p "$work/root" "$work/maps"
mount --bind -o ro "$(buildah_ mount "$container")" "$work/root"
mount -t proc proc "$work/root/proc"
mount --bind "$work/maps" "$work/root/work"
cp examples/world/city.exr "$work/maps/"
host=${HOST_PROGRAM:-bin/toolkit}
for user in 1000 4242; do
	rm -f "$work"/maps/{edited*,doctor.json}
	chown "$user" "$work/maps"
	[ "$(inside "$user" "toolkit --version")" = "toolkit $version, commit $commit, libtorch 2.11.0" ] || die "as $user: --version says: $(inside "$user" "toolkit --version")"
	inside "$user" "toolkit doctor --json >doctor.json" || { cat "$work/maps/doctor.json" >&2 && die "as $user: the health check fails"; }
	inside "$user" "toolkit edit --input city.exr --prompt 'a sunset' --output edited.exr"
	inside "$user" "! touch /opt/x /cache/x /tmp/x 2>/dev/null" || die "as $user: the root can be written to"
	if [ -x "$host" ] && [ "$("$host" --version)" = "toolkit $version, commit $commit, libtorch 2.11.0" ]; then
		"$host" edit --input "$work/maps/city.exr" --prompt 'a sunset' --output "$work/maps/edited-here.exr" --no-preview
		cmp "$work/maps/edited.exr" "$work/maps/edited-here.exr" || die "as $user: the edit has other bytes than $host makes"
		step "as $user: version, doctor, and an edit with the bytes of $host"
	else
		step "as $user: version, doctor, edit; $host is not of this commit, so the edit was compared with nothing"
	fi
done
