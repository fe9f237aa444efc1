#!/bin/sh
# SPDX-License-Identifier: MIT
# What must not compile: each file of refused/ compiles as it is, and with -DBROKEN is refused in the words that it names.
. "$(dirname "$0")/common.sh"

field() { # file, name: what stands behind "name:" in its opening comment
    sed -n "s|^ \* $2: \(.*\)\$|\1|p" "$1" | sed 's| \*/$||' | head -n 1
}

try() { # compiler, language and version, file, further flags
    $1 $2 $4 -fPIC $includes -c -o "$work/out.o" "$3" >"$work/seen" 2>&1
}

refused() { # compiler, language and version, file
    name="$(basename "$3" .c): $1 ${2#-x * }"
    flags=$(field "$3" flags)
    expect=$(field "$3" expect)
    if [ "${1#clang}" = "$1" ]; then # gcc knows no such warning, it is an error there
        flags=$(echo "$flags" | sed 's/-Wreorder-init-list//')
    fi
    if [ -z "$expect" ]; then
        not_ok "$name: says what to expect"
    elif ! try "$1" "$2" "$3" "$flags"; then
        not_ok "$name: compiles unbroken" "$work/seen"
    elif try "$1" "$2" "$3" "$flags -DBROKEN"; then
        not_ok "$name: is refused" "$work/seen"
    elif ! grep -Eq -- "$expect" "$work/seen"; then
        echo "# expected: $expect"
        not_ok "$name: is refused in the right words" "$work/seen"
    else
        ok "$name"
    fi
}

each() { # compiler, language, flags
    if ! have "${1%% *}"; then
        skip "$1" 'no such compiler here'
        return
    fi
    for file in "$abi"/refused/*.c; do
        case " $(field "$file" languages) " in *" $2 "*) refused "$1" "-x $2 $3" "$file" ;; esac
    done
}

each gcc c -std=c11
each clang c -std=c11
each g++ c++ -std=c++17
each clang++ c++ -std=c++17
if [ -n "$FULL" ]; then
    for compiler in gcc clang; do
        for version in c99 c17 c2x; do each $compiler c -std=$version; done
    done
    for compiler in g++ clang++; do
        for version in c++20 c++2b; do each $compiler c++ -std=$version; done
    done
fi
finish
