#!/bin/bash
# SPDX-License-Identifier: MIT
# The pages for who writes C say what the headers have: they are sound mdoc, they name every function and macro that there is and
# no other, and their examples are built, run, and do what the pages say.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$srcdir" || exit 1

library_page=core/libaptrace.3
plugin_page=core/aptrace-plugin.3
headers=core/include/aptrace
: "${CC:=cc}" # may have options

unescape() {
    sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\&//g' -e 's/\\e/\\/g'
}

# ---- Form -----------------------------------------------------------------------------------------------------------------

for page in "$library_page" "$plugin_page"; do
    name=$(basename "$page")
    if command -v mandoc >/dev/null; then
        is "$(mandoc -Tlint -Wwarning "$page" 2>&1)" '' "$name: mandoc has no warning"
        check "$name: is shown" grep -q 'SEE ALSO' <(mandoc -Tascii "$page" | col -b)
    else
        skip 'mandoc is not installed' "$name: mandoc has no warning"
    fi
done

# ---- Names ----------------------------------------------------------------------------------------------------------------

# FILE: it without its comments.
code_of() {
    sed -e ':again' -e 's,/\*[^*]*\*\+\([^/*][^*]*\*\+\)*/,,g' -e '/\/\*/{N;b again' -e '}' "$1"
}

# FILE: the functions and macros that it has for others. Names that end in _ are not for use.
names_of() {
    code_of "$1" | grep -oE '\b(aptrace|ck_assert_aptrace|APTRACE_PARAM|APTRACE_IN|APTRACE_PRE)_?[A-Za-z_0-9]*\(' | tr -d '(' | grep -v '_$' | sort -u
}

# PAGE: what it speaks of as functions, and as macros of parameters.
spoken_of() {
    grep -oE '(aptrace|ck_assert_aptrace|APTRACE)_[A-Za-z_0-9]+' "$1" | grep -v '^APTRACE_PLUGIN_PATH$' | sort -u
}

# PAGE WHAT NAME...: each is named by a line of its own kind.
names_all() {
    local page=$1 what=$2 missing=() name
    shift 2
    for name in "$@"; do
        grep -qE "^\.(Fn|It Fn|Dv|It Dv) \"?$name([ <]|\$)" "$page" || missing+=("$name")
    done
    check "there are such: $what" test $# -gt 3
    is "${missing[*]}" '' "$(basename "$page"): $what"
}

mapfile -t of_library < <(names_of $headers/aptrace.h)
mapfile -t of_check < <(names_of $headers/check.h | grep '^ck_')
names_all $library_page 'functions of aptrace.h' "${of_library[@]}"
names_all $library_page 'macros of check.h' "${of_check[@]}"
is "$(printf '%s\n' "${of_library[@]}" | grep -v '^APTRACE\|compare' | sort)" \
    "$(sed -nE 's/^    (aptrace_[a-z_]+);$/\1/p' core/libaptrace.map | grep -v '^aptrace_fake' | sort)" \
    'functions of aptrace.h: those that the library exports'

# What the engine and the macros use among themselves
own='APTRACE_PARAM|aptrace_decoded|aptrace_has_vlan_beyond|aptrace_size_if|aptrace_state'
for header in predicate wanted decode; do
    mapfile -t names < <(names_of $headers/$header.h | grep -vxE "$own")
    names_all $plugin_page "helpers of $header.h" "${names[@]}"
done

for page in $library_page $plugin_page; do
    unknown=()
    while read -r name; do
        grep -qrwF -- "$name" $headers || unknown+=("$name")
    done < <(spoken_of "$page")
    is "${unknown[*]}" '' "$(basename "$page"): speaks of nothing that is not there"
done

# Members that it lists
members_of() {
    code_of "$2" | awk -v type="^struct $1 \\\\{" '$0 ~ type {on = 1; next} on && /^\};/ {exit} on' | grep -oE '[a-z_]+( APTRACE_OPTIONAL)?;' | sed 's/ APTRACE_OPTIONAL//; s/;//' | grep -v '^reserved$'
}
for struct in 'aptrace_packet packet' 'aptrace_finish predicate' 'aptrace_param predicate'; do
    read -r type header <<<"$struct"
    missing=()
    for member in $(members_of "$type" "$headers/$header.h"); do
        case $type.$member in aptrace_param.type | aptrace_param.of | aptrace_param.offset | aptrace_param.size | aptrace_param.member) continue ;; esac
        grep -qE "(Fa|,) \.?$member( |\$)" $plugin_page || missing+=("$member")
    done
    check "there are such: members of $type" test "$(members_of "$type" "$headers/$header.h" | wc -l)" -gt 5
    is "${missing[*]}" '' "aptrace-plugin.3: members of $type"
done

# ---- Examples --------------------------------------------------------------------------------------------------------------

# PAGE: writes its displays to $scratch/N.display.
read_displays() {
    rm -f "$scratch"/*.display
    awk -v folder="$scratch" '/^\.Bd/ {on = 1; n++; next} /^\.Ed/ {on = 0} on {print > (folder "/" n ".display")}' "$1"
}

# PATTERN FILE: the display that begins so, as it is read.
display() {
    local each
    for each in "$scratch"/*.display; do
        head -n 1 "$each" | grep -q "$1" || continue
        unescape <"$each" >"$2"
        return
    done
    return 1
}

if ! command -v "${CC%% *}" >/dev/null; then
    skip 'there is no C compiler' 'examples'
    finish
fi
sed -e "s|@includedir@|$PWD/$headers/..|; s|@libdir@|$builddir/.libs|; s|@VERSION@|0|" core/aptrace.pc.in >"$scratch/aptrace.pc"
export PKG_CONFIG_PATH=$scratch${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} LD_LIBRARY_PATH=$builddir/.libs
ln -s "$traces" "$scratch/traces"
# shellcheck disable=SC2086
cc() { command $CC -Wall -Wextra -Werror ${SANITIZE-} "$@"; }
# shellcheck disable=SC2317
aptrace() { "$APTRACE" "$@"; }

read_displays "$plugin_page"
cd "$scratch" || exit 1
check 'aptrace-plugin.3 has a plugin' display '^#include <inttypes' saw_burst.c
check 'and says how to build it' display '^cc ' build.sh
check 'and how to use it' display '^aptrace ' use.sh
if [ -n "${SANITIZE-}" ]; then # the line is the page's own
    sed -i "s/^cc/cc -Wno-unused/" build.sh
fi
check 'it is built as the page says' eval "$(<build.sh)"
check 'and passes as the page says' eval "$(<use.sh)"
ends 1 'and fails where it should' --replay traces/counts-and-ranges/frames.pcap --plugin ./saw_burst.so n=11 within=99ms
like "$out" 'no 11 of 100 packets came within 99000000 ns' 'with its reason'
refuses 2 'n: .*2' 'and is refused what it refuses' --replay traces/vlan/frames.pcap --plugin ./saw_burst.so n=1
[ ! -x "$builddir/aptrace-plugin" ] || check 'and aptrace-plugin finds it good' "$builddir/aptrace-plugin" check ./saw_burst.so

check 'it has a test of it' display '^#include <assert' test_burst.c
# shellcheck disable=SC2046
check 'which is built' cc -o test_burst test_burst.c saw_burst.c $(pkg-config --cflags --libs aptrace)
check 'and passes' ./test_burst
sed -i 's/at(fake, 3000000)/at(fake, 3000001)/' test_burst.c
# shellcheck disable=SC2046
cc -o test_burst test_burst.c saw_burst.c $(pkg-config --cflags --libs aptrace)
check 'and fails a nanosecond later' bash -c '! ./test_burst'

cd "$srcdir" || exit 1
read_displays "$library_page"
cd "$scratch" || exit 1
check 'libaptrace.3 has a program' display '^#include <stdio' program.c
# shellcheck disable=SC2046
check 'it is built' cc -o program program.c $(pkg-config --cflags --libs aptrace)
out=$(./program traces/vlan/frames.pcap 2>&1)
is "$?" 0 'it passes'
is "$(grep -c '^PASS' <<<"$out")" 3 'with three reports'
out=$(./program traces/counts-and-ranges/frames.pcap 2>&1)
is "$?" 1 'it fails on another trace'
out=$(./program nosuch.pcap 2>&1)
is "$?" 2 'and says where there is none'
like "$out" 'nosuch.pcap' 'by its name'

if pkg-config --exists check 2>/dev/null; then
    check 'it has a test with Check' display '^#include <stdlib' test_switch.c
    # shellcheck disable=SC2046
    check 'which is built' cc -o test_switch test_switch.c $(pkg-config --cflags --libs aptrace check)
else
    skip 'Check is not installed' 'the test with Check'
fi
finish
