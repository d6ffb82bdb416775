#!/usr/bin/env bash
# Runs every fuzz target for the given time (60s). Source env.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-60s}

# `go test -list` names the targets of a package; -fuzz takes one at a time.
for package in $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./...); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "fuzz: $package $target $time"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package"
	done
done
