#!/bin/sh
# SPDX-License-Identifier: MIT
# The layout of every public struct: C against C++, gcc against clang, and all against layout.golden. After a deliberate change:
#   UPDATE=1 tests/abi/layout.sh
. "$(dirname "$0")/common.sh"

golden=$abi/layout.golden

agrees() { # compiler and flags...
    if ! have "${1%% *}"; then
        skip "$*" 'no such compiler here'
        return
    fi
    if ! "$@" $includes -o "$work/layout" "$abi/layout.c" >"$work/seen" 2>&1 || ! "$work/layout" >"$work/layout.txt"; then
        not_ok "$* compiles" "$work/seen"
    elif ! grep -q 'pointers of 8 bytes' "$work/layout.txt"; then
        skip "$*" 'the golden file is for pointers of 8 bytes'
    elif diff -u "$golden" "$work/layout.txt" >"$work/seen"; then
        ok "$* lays out as layout.golden"
    else
        not_ok "$* lays out as layout.golden" "$work/seen"
    fi
}

if [ -n "$UPDATE" ]; then
    $CC $includes -o "$work/layout" "$abi/layout.c" && "$work/layout" >"$golden"
fi
for compiler in gcc clang; do
    agrees $compiler -std=c11
done
for compiler in g++ clang++; do
    agrees $compiler -x c++ -std=c++17
done

# Every member that a header declares must be in the golden file: whoever adds one must add its line. Reserved ones are free.
for header in packet predicate wanted; do
    sed -n '/^struct aptrace_[a-z]* {$/,/^};/p' "$top/core/include/aptrace/$header.h"
done | awk '
    /^struct/ { name = $2; next }
    /^    union/ { inside = 1; next }
    inside { if (/}/) { inside = 0; print name ".as" } next }
    /^    [a-z].*;/ {
        line = $0
        sub(/;.*/, "", line)
        gsub(/ APTRACE_OPTIONAL/, "", line)
        if (line ~ /\(\*/) { sub(/.*\(\*/, "", line); sub(/\).*/, "", line); print name "." line; next }
        count = split(line, parts, ",")
        for (i = 1; i <= count; i++) {
            word = parts[i]
            sub(/\[.*/, "", word)
            sub(/.*[ *]/, "", word)
            if (word != "reserved") print name "." word
        }
    }
    /^    (void|bool|int|struct).*\(\*[a-z_]*\)\(.*,$/ { line = $0; sub(/.*\(\*/, "", line); sub(/\).*/, "", line); print name "." line }' |
    sort -u >"$work/members"
missing=
while read -r member; do
    grep -Fq "  $member at " "$golden" || missing="$missing $member"
done <"$work/members"
echo "# $(wc -l <"$work/members") members are declared"
if [ -z "$missing" ] && [ "$(wc -l <"$work/members")" -gt 50 ]; then
    ok 'every member that the headers declare is in layout.golden'
else
    echo "# missing:$missing"
    not_ok 'every member that the headers declare is in layout.golden'
fi
finish
