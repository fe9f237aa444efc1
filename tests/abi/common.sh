# SPDX-License-Identifier: MIT
# What the scripts of this folder share: where things are, TAP, and building plugins by hand.
#
# From the environment: srcdir (the top of the source tree), CC, CXX; LIBAPTRACE (a static library of the engine, else one is
# made of core/*.c), LIBAPTRACE_LIBS (what it needs), LOAD (tests/abi/load, else it is made). Nothing is written beside the
# sources: all goes to a temporary folder that is removed at the end.

top=${srcdir:-.}
[ -d "$top/tests/abi" ] || top=$(dirname "$0")/../..
top=$(cd "$top" && pwd) || exit 99
abi=$top/tests/abi
CC=${CC:-cc}
CXX=${CXX:-c++}
LIBAPTRACE_LIBS=${LIBAPTRACE_LIBS:--lpcap -lcap-ng -ljson-c -lzstd -lz}
work=$(mktemp -d "${TMPDIR:-/tmp}/aptrace-abi.XXXXXX") || exit 99
trap 'rm -rf "$work"' EXIT
trap 'exit 99' HUP INT TERM
unset APTRACE_PLUGIN_PATH LD_PRELOAD LD_LIBRARY_PATH
LC_ALL=C
export LC_ALL
includes="-I$top -I$top/core/include"

tests=0
failures=0

ok() { tests=$((tests + 1)); echo "ok $tests - $1"; }
not_ok() { # text, file with what was seen
    tests=$((tests + 1))
    failures=$((failures + 1))
    echo "not ok $tests - $1"
    [ -z "$2" ] || head -n 30 "$2" | sed 's/^/# /'
}
skip() { tests=$((tests + 1)); echo "ok $tests - $1 # SKIP $2"; }
finish() { echo "1..$tests"; [ "$failures" -eq 0 ]; exit; }

have() { command -v "$1" >/dev/null 2>&1; }

# Whether a compiler takes these flags, and links with them.
takes() { # compiler flags...
    echo 'int main(void) { return 0; }' >"$work/takes.c"
    "$@" -o "$work/takes" "$work/takes.c" >/dev/null 2>&1
}

# The engine as a static library, for programs of this folder.
engine() {
    [ -n "$LIBAPTRACE" ] && [ -f "$LIBAPTRACE" ] && return
    mkdir -p "$work/engine"
    for source in "$top"/core/*.c; do
        echo "$source"
    done | (cd "$work/engine" && xargs -P 2 -n 4 $CC -c -O1 -g -std=gnu11 -D_GNU_SOURCE $includes) >"$work/engine.log" 2>&1
    LIBAPTRACE=$work/libengine.a
    ar rcs "$LIBAPTRACE" "$work"/engine/*.o
}

program() { # output flags...: load.c with the engine
    output=$1
    shift
    $CC -std=gnu11 -D_GNU_SOURCE $includes -o "$output" "$@" "$abi/load.c" "$LIBAPTRACE" $LIBAPTRACE_LIBS -lpthread -ldl
}

load_program() { # sets LOAD
    [ -n "$LOAD" ] && [ -x "$LOAD" ] && return
    LOAD=$work/load
    program "$LOAD" >"$work/program.log" 2>&1 && return
    sed 's/^/# /' "$work/engine.log" "$work/program.log"
    echo "Bail out! tests/abi/load.c does not build"
    exit 99
}

plugin() { # output flags and sources...
    output=$1
    shift
    $CC -shared -fPIC $includes -o "$work/$output" "$@" >"$work/plugin.log" 2>&1
}
