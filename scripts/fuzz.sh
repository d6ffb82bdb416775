#!/usr/bin/env bash
# Runs every fuzz target for the given time (60s). Source env.sh first.
#
# What a target finds interesting grows in Go's build cache; with KEEP=N the N
# smallest of each go into testdata/fuzz, which every go test runs through.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}
root=$PWD
cache=$(go env GOCACHE)/fuzz

keep() { # keep PACKAGE TARGET: copies the smallest inputs that no one has yet
	local from=$cache/$1/$2 to
	to=$(go list -f '{{.Dir}}' "$1")/testdata/fuzz/$2
	[ -d "$from" ] || return 0
	mkdir -p "$to"
	find "$from" -type f -size -4k -printf '%s %f\n' | sort -n | head -n "${KEEP:-0}" | while read -r _ name; do
		cp "$from/$name" "$to/$name"
	done
	echo "fuzz: ${to#"$root"/}: $(find "$to" -type f | wc -l) kept"
}

# `go test -list` names the targets of a package; -fuzz takes one at a time.
# Each new input is made smaller in at most 100 runs: by default a minute goes
# into it, which is all the time that a target has here. A target that finds a
# fault does not keep the others from their turn.
status=0
for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzz: $package $target $time"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" -fuzzminimizetime 100x "$package" || status=1
		if [ "${KEEP:-0}" -gt 0 ]; then
			keep "$package" "$target"
		fi
	done
done
exit $status
