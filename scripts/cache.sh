# shellcheck shell=bash
# Sourced: sets $cache, where everything heavy lives, one for all clones, so
# that flags, and with them Go's build cache, are the same in every one.
# shellcheck disable=SC2034 # used by whoever sources this
cache=${TOOLKIT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/clipenv-toolkit}
