# shellcheck shell=bash
# Source this, in bash or zsh, for a plain `go build ./...`, `go test ./pkg/...` or an editor:
#
#	. scripts/env.sh
#
# It needs what `make setup` put into the user's cache directory, and sets
# LIBTORCH and the cgo flags that gotch and our own C++ are compiled with.
_scripts=$(CDPATH='' cd -- "$(dirname "${BASH_SOURCE[0]:-$0}")" && pwd)
. "$_scripts/cache.sh"
. "$_scripts/libtorch/find.sh"

# shellcheck disable=SC2154 # find.sh has torch_version
if ! _libtorch=$(find_libtorch); then
	if [ -n "${LIBTORCH:-}" ]; then
		echo "env: LIBTORCH=$LIBTORCH is no libtorch $torch_version; unset it, and run 'make setup'" >&2
	else
		echo "env: no libtorch $torch_version here; run 'make setup'" >&2
	fi
	return 1
fi
_bridge=$(bridge_dir)
if [ ! -d "$_bridge" ]; then
	echo "env: no bridge between libtorch and gotch in $_bridge; run 'make setup'" >&2
	return 1
fi

export LIBTORCH=$_libtorch
export CGO_CXXFLAGS="-O2 -include $_bridge/gotch_libtorch211.h -I$LIBTORCH/include -I$LIBTORCH/include/torch/csrc/api/include -Wno-deprecated-declarations"
export CGO_CFLAGS="-O2"
export CGO_LDFLAGS="-L$_bridge/stubs -L$LIBTORCH/lib -Wl,--allow-shlib-undefined -Wl,-rpath,\$ORIGIN/../lib -Wl,-rpath,$LIBTORCH/lib"
# cgo admits -include and $ORIGIN only where they are allowed by name.
export CGO_CXXFLAGS_ALLOW='-include|/.*gotch_libtorch211\.h'
export CGO_LDFLAGS_ALLOW='-Wl,.*'
export CGO_ENABLED=1
# Without the clone's path in its key, Go's build cache serves every clone.
case " ${GOFLAGS:-} " in
*' -trimpath '*) ;;
*) export GOFLAGS="${GOFLAGS:+$GOFLAGS }-trimpath" ;;
esac
unset _scripts _libtorch _bridge
