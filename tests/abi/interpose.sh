#!/bin/sh
# SPDX-License-Identifier: MIT
# A plugin's callbacks are its own, and one that it left out stays left out, although a program, a preloaded library or a
# dependency of the plugin has functions of all three names, and a datum of the descriptor's.
. "$(dirname "$0")/common.sh"

engine
load_program
fixtures=$abi/fixtures
own=$work/own
for variant in '' -no-pie; do
    program "$own$variant" $variant -rdynamic -DOWN_CALLBACKS -DTAKER='"the program"' >"$work/program.log" 2>&1 && continue
    rm -f "$own$variant"
    not_ok "a program${variant:+ with $variant} that has the names itself builds" "$work/program.log"
done
$CC -shared -fPIC -DTAKER='"the preloaded library"' -o "$work/libpreload.so" "$fixtures/takers.c" || exit 99
$CC -shared -fPIC -DTAKER='"the dependency"' -o "$work/libdependency.so" "$fixtures/takers.c" || exit 99

stop='loaded stop_only as [0-9]+, on_packet - stop_condition works on_finish -'
end='loaded finish_only as [0-9]+, on_packet - stop_condition - on_finish works'
packet='loaded packet_only as [0-9]+, on_packet works stop_condition - on_finish works'

# Builds three plugins, each of which leaves something out: stop_only, finish_only, packet_only with on_finish.
build() { # compiler, flags...
    compiler=$1
    shift
    for name in stop_only finish_only packet_only; do
        $compiler -shared -fPIC -DWITH_FINISH $includes -o "$work/$name.so" "$fixtures/$name.c" "$@" >"$work/build.log" 2>&1 || return
    done
}

right() { # text, program, environment...
    text=$1 loader=$2
    shift 2
    if [ ! -x "$loader" ]; then
        skip "$text" 'that program does not build'
        return
    fi
    timeout 20 env "$@" "$loader" "$work/stop_only.so" "$work/finish_only.so" "$work/packet_only.so" >"$work/seen" 2>&1 </dev/null
    if [ "$(grep -Ec "^($stop|$end|$packet)\$" "$work/seen")" -eq 3 ]; then
        ok "$text"
    else
        not_ok "$text" "$work/seen"
    fi
}

situations() { # what, compiler, flags...
    what=$1
    shift
    if ! build "$@"; then
        not_ok "$what: builds" "$work/build.log"
        return
    fi
    right "$what: a plain program" "$LOAD"
    right "$what: a program that has the names" "$own"
    right "$what: one at a fixed address" "$own-no-pie"
    right "$what: a preloaded library" "$LOAD" LD_PRELOAD="$work/libpreload.so"
    if ! build "$@" -Wl,--no-as-needed -L"$work" -ldependency -Wl,-rpath,"$work"; then
        if grep -q "protected symbol '.*' is not defined locally" "$work/build.log"; then
            skip "$what: a dependency" 'this linker refuses to link it, so nothing can be wrong at run time' # gold
        else
            not_ok "$what, with a dependency that has the names: builds" "$work/build.log"
        fi
        return
    fi
    right "$what: a dependency" "$LOAD"
    right "$what: all of these" "$own" LD_PRELOAD="$work/libpreload.so"
}

# The test itself can fail: who has the names and is called says so.
cat >"$work/proof.c" <<'END'
extern int stop_condition(void *, const void *);
int main(void) { return stop_condition(0, 0); }
END
$CC -o "$work/proof" "$work/proof.c" "$work/libdependency.so" -Wl,-rpath,"$work" >"$work/seen" 2>&1
"$work/proof" >"$work/seen" 2>&1
grep -q '^TAKEN: stop_condition of the dependency' "$work/seen" && ok 'the takers take' || not_ok 'the takers take' "$work/seen"

compilers="$CC"
for compiler in gcc clang; do
    [ "$compiler" = "$CC" ] || [ "$(readlink -f "$(command -v $compiler)" 2>/dev/null)" = "$(readlink -f "$(command -v $CC)")" ] ||
        compilers="$compilers
$compiler"
done
optimise='-O2'
[ -z "$FULL" ] || optimise='-O0 -O2'
IFS_SAVED=$IFS
for linker in bfd lld gold; do
    IFS='
'
    for compiler in $compilers; do
        IFS=$IFS_SAVED
        for level in $optimise; do
            what="$compiler $level $linker"
            if ! have "${compiler%% *}"; then
                skip "$what" 'no such compiler here'
            elif ! takes $compiler -fuse-ld="$linker"; then
                skip "$what" 'no such linker here'
            else
                situations "$what" "$compiler" "$level" -fuse-ld="$linker"
            fi
        done
    done
    IFS=$IFS_SAVED
done
if takes $CC -flto -O2; then situations "$CC -flto" "$CC" -O2 -flto; else skip "$CC -flto" 'not here'; fi
if have "${CXX%% *}"; then
    situations "$CXX" "$CXX" -x c++ -std=c++17 -O2
else
    skip "$CXX" 'no such compiler here'
fi
finish
