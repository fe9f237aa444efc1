#!/bin/sh
# SPDX-License-Identifier: MIT
# The public headers, alone, and plugins and programs made with them compile without a diagnostic in every language version, by
# every compiler that is here. FULL=1: with and without -pedantic, both visibilities, -O0 and -O2; else one of each.
. "$(dirname "$0")/common.sh"

fixtures=$abi/fixtures
warnings='-Wall -Wextra -Wshadow -Wundef -Wcast-align -Werror'
if [ -n "$FULL" ]; then
    variants='-fvisibility=default|-fvisibility=hidden|-pedantic -fvisibility=default|-pedantic -fvisibility=hidden'
    levels='-O0 -O2'
else
    variants='-pedantic -fvisibility=hidden'
    levels='-O1'
fi

# Each header alone, twice (its guard), and all in the other order.
mkdir -p "$work/alone" "$work/log"
printf '#include <aptrace/wanted.h>\n#include <aptrace/plugin.h>\n#include <aptrace/decode.h>\n#include <aptrace/predicate.h>\n#include <aptrace/packet.h>\nextern int one;\nint one = 1;\n' \
    >"$work/alone/backwards.c"
library="$fixtures/uses_library.c $fixtures/uses_fake.c"
echo '#include <check.h>' >"$work/check.c"
if ! $CC -E -o /dev/null "$work/check.c" >/dev/null 2>&1; then
    skip 'check.h' 'Check is not installed'
    library=
fi
for header in "$top"/core/include/aptrace/*.h; do
    name=$(basename "$header" .h)
    [ "$name" = check ] && [ -z "$library" ] && continue
    printf '#include <aptrace/%s.h>\n#include <aptrace/%s.h>\nextern int one;\nint one = 1;\n' $name $name >"$work/alone/$name.c"
done
both="$work/alone/*.c $fixtures/stop_only.c $fixtures/finish_only.c $fixtures/packet_only.c $fixtures/all_callbacks.c
$fixtures/parameters.c $fixtures/wanted.c $fixtures/not_utf8.c $fixtures/wrong_value.c $library"

# One language version of one compiler: all files, all variants.
column() { # title, files, compiler and flags...
    title=$1 files=$2
    shift 2
    : >"$work/log/now"
    old=$IFS
    IFS='|'
    for variant in $variants; do
        IFS=$old
        for level in $levels; do
            # shellcheck disable=SC2086
            for file in $files; do
                case "$*" in *-std=c++*) as='-x c++' ;; *) as='-x c' ;; esac
                "$@" $as $warnings $variant $level -fPIC $includes -c -o "$work/out.o" "$file" >>"$work/log/now" 2>&1 ||
                    echo "above: $(basename "$file") with $* $variant $level" >>"$work/log/now"
            done
        done
        IFS='|'
    done
    IFS=$old
    if [ -s "$work/log/now" ]; then not_ok "$title" "$work/log/now"; else ok "$title"; fi
}

understands() { # compiler, language, flag
    echo 'extern int one; int one = 1;' >"$work/understands.c"
    $1 -x "$2" "$3" -c -o "$work/out.o" "$work/understands.c" >/dev/null 2>&1
}

versions() { # compiler, language, versions...
    compiler=$1 language=$2
    shift 2
    if ! have "${compiler%% *}"; then
        skip "$compiler" 'no such compiler here'
        return
    fi
    for version in "$@"; do
        if understands "$compiler" "$language" "-std=$version"; then
            column "$compiler -std=$version" "$both" ${compiler} -std="$version"
        else
            skip "$compiler -std=$version" 'it does not know that version'
        fi
    done
}

same() { [ "$(readlink -f "$(command -v "$1")" 2>/dev/null)" = "$(readlink -f "$(command -v "$2")" 2>/dev/null)" ]; }

for compiler in gcc clang; do
    versions $compiler c c99 c11 c17 c2x
done
same "${CC%% *}" gcc || same "${CC%% *}" clang || versions "$CC" c c99 c11 c17 c2x
for compiler in g++ clang++; do
    versions $compiler c++ c++17 c++20 c++2b
done
same "${CXX%% *}" g++ || same "${CXX%% *}" clang++ || versions "$CXX" c++ c++17 c++20 c++2b

# The project's own plugins are written in C11; authors begin with a copy of one.
includes="$includes -I$top/plugins"
for compiler in gcc clang; do
    have $compiler || continue
    column "$compiler: the plugins of the project" "$(ls "$top"/plugins/*.c "$top"/plugins/template/c/*.c)" $compiler -std=gnu11 -D_GNU_SOURCE
done
finish
