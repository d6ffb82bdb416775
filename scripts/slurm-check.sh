#!/usr/bin/env bash
# Runs deploy/slurm/ on a real Slurm: Debian's packages in a root of their own, two
# nodes of 32 processors and four GPUs that are said to be there, and small experiments
# on the processors that are. Needs root; takes some minutes. SLURM_ROOT names the folder
# (default: a temporary one, which is removed); one that is there is used again.
set -euo pipefail
cd "$(dirname "$0")/.."
repository=$PWD

say() { echo "slurm-check: $*" >&2; }

[ "$(id -u)" = 0 ] || { say "needs root for mmdebstrap and chroot: sudo $0"; exit 1; }

if [ "${1:-}" != --inside ]; then
	. scripts/cache.sh
	. scripts/libtorch/find.sh
	libtorch=$(find_libtorch)
	python=$(scripts/python.sh)
	root=${SLURM_ROOT:-$(mktemp -d /var/tmp/slurm-XXXXXX)}
	[ -n "${SLURM_ROOT:-}" ] || trap 'rm -rf --one-file-system "$root"' EXIT
	if [ ! -d "$root/etc/slurm" ]; then
		command -v mmdebstrap >/dev/null || { apt-get update -qq && apt-get install -y -qq mmdebstrap >/dev/null; }
		say "Debian's Slurm, in $root"
		mmdebstrap --quiet --variant=minbase --include=slurmctld,slurmd,slurm-client,munge,libopenexr-3-1-30,procps,python3 bookworm "$root"
	fi
	chmod 755 "$root" # mktemp's are root's alone
	# All that is mounted and started ends with these namespaces.
	unshare --mount --pid --fork --kill-child --uts --ipc \
		"$repository/scripts/slurm-check.sh" --inside "$root" "$libtorch" "$(dirname "$(dirname "$python")")" \
		"$("$python" -c 'import sys; print(sys.base_prefix)')"
	exit
fi

root=$2
mount --make-rprivate /
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
chmod 1777 "$root/tmp"
shown() { # shown FOLDER [WHERE]: it can be read there
	local at=$root${2:-$1}
	mkdir -p "$at"
	mount --bind "$1" "$at"
	mount -o remount,bind,ro "$at"
}
shown "$repository" /srv/toolkit
shown "$(dirname "$3")" # with what lies beside it
shown "$4"
[ "$5" = /usr ] || shown "$5"
chmod a+x "$root/root"
[ ! -d "$root/root/.cache" ] || chmod a+x "$root/root/.cache" "$root"/root/.cache/*
hostname head
rm -rf "$root/srv/check" && mkdir -p "$root/srv/check"
exec chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LIBTORCH="$3" PYTHON="$4" \
	bash /srv/toolkit/scripts/slurm/cluster.sh
