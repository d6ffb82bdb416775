#!/usr/bin/env bash
# Everything that reads the code without running it. Source env.sh first.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=0
check() { # check NAME COMMAND...: silent when the command prints nothing and succeeds
	local name=$1 out
	shift
	# What Go says while it fetches a module for the first time is no finding.
	if out=$("$@" 2>&1) && out=$(grep -v '^go: downloading ' <<<"$out" || true) && [ -z "$out" ]; then
		echo "lint: $name: ok"
	else
		echo "lint: $name:" >&2
		echo "$out" >&2
		failed=1
	fi
}

# Only what git knows or would add: a build's leavings are nobody's code.
mapfile -t go_files < <(git ls-files -co --exclude-standard '*.go')
mapfile -t scripts < <(git ls-files -co --exclude-standard '*.sh' .ci/run)

shell() {
	if ! command -v shellcheck >/dev/null && [ "$(id -u)" = 0 ]; then
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends shellcheck; } >/dev/null 2>&1
	fi
	command -v shellcheck >/dev/null || { echo "shellcheck is missing: sudo apt-get install shellcheck"; return 1; }
	shellcheck --external-sources --severity=warning "$@"
}

check gofmt gofmt -l "${go_files[@]}"
check vet go vet ./...
check staticcheck go tool staticcheck ./...
check shellcheck shell "${scripts[@]}"
check "setup meets faults" scripts/setup_test.sh
check "go mod tidy" go mod tidy -diff
exit $failed
