#!/usr/bin/env bash
# needs.sh FOLDER [GLIBC GLIBCXX]: holds the programs and libraries of an
# unpacked archive to the oldest systems that it is for, Fedora 35 and RHEL 9 where
# none is named. What they need must lie in lib/ or be one of the libraries that
# every distribution has, and no symbol may be of a newer glibc or libstdc++.
# Silent when all is well. SHOW=1 prints the newest versions that are needed.
set -euo pipefail

root=$1 glibc=${2:-2.34} glibcxx=${3:-3.4.29}

# The C library and the two libraries of the compiler: what is older than the
# system's own may not be brought along, as the GPU's driver shares them.
of_the_system() {
	case $1 in
	libc.so.6 | libm.so.6 | libdl.so.2 | librt.so.1 | libpthread.so.0 | libutil.so.1 | ld-linux-x86-64.so.2) ;;
	libstdc++.so.6 | libgcc_s.so.1) ;;
	*) return 1 ;;
	esac
}

# newest NAME prints the highest version of the symbols NAME_… on its input.
newest() { sed -n "s/.*(\?\b$1_\([0-9.]*\)).*/\1/p" | sort -Vu | tail -n 1; }

newer() { [ -n "$1" ] && [ "$1" != "$2" ] && [ "$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)" = "$1" ]; }

failed=0
complain() {
	echo "needs: $1" >&2
	failed=1
}

most_glibc=0 most_glibcxx=0
for file in "$root"/bin/* "$root"/lib/*.so*; do
	name=${file#"$root/"}
	dynamic=$(readelf -d "$file" 2>/dev/null) || { complain "$name is no program or library"; continue; }
	for library in $(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic"); do
		[ -f "$root/lib/$library" ] || of_the_system "$library" ||
			complain "$name needs $library, which is neither in lib/ nor on every system"
	done
	wanted=$(objdump -T "$file" 2>/dev/null | grep '\*UND\*' || true)
	c=$(newest GLIBC <<<"$wanted") cxx=$(newest GLIBCXX <<<"$wanted")
	! newer "$c" "$glibc" || complain "$name needs glibc $c, want at most $glibc"
	! newer "$cxx" "$glibcxx" || complain "$name needs GLIBCXX_$cxx of libstdc++, want at most $glibcxx"
	! newer "$c" "$most_glibc" || most_glibc=$c
	! newer "$cxx" "$most_glibcxx" || most_glibcxx=$cxx
	# glibc 2.41 and newer load no library that wants an executable stack.
	! readelf -lW "$file" 2>/dev/null | grep -q 'GNU_STACK.*RWE' ||
		complain "$name wants an executable stack, which glibc 2.41 and newer refuse"
done
[ -z "${SHOW:-}" ] || echo "glibc $most_glibc, libstdc++ GLIBCXX_$most_glibcxx"
exit $failed
