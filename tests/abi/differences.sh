#!/bin/sh
# SPDX-License-Identifier: MIT
# The ABI is the one that was written down: what libaptrace.so exports and what plugins and engine share, against stored/*.abixml
# (libabigail), and names against exported. What is added at the end of a struct that grows there, a new enumerator and a new
# function are a new minor: they pass, and are shown. Anything else is a new major, and fails. To write all of it down again:
#   UPDATE=1 tests/abi/differences.sh
. "$(dirname "$0")/common.sh"

stored=$abi/stored
library=${builddir:-.}/.libs/libaptrace.so
abidw='abidw --no-corpus-path --no-comp-dir-path --no-show-locs --no-elf-needed --type-id-style hash'
own_types='--drop-private-types --exported-interfaces-only'
options="$own_types --headers-dir2 $top/core/include" # not for what is stored: abidiff 2.2 ends there
grows='aptrace_packet aptrace_layers aptrace_finish aptrace_instance aptrace_host aptrace_plugin aptrace_param aptrace_checksum'

# ---- Names ---------------------------------------------------------------------------------------------------------------

same_names() { # text, file wanted, file seen
    if diff -u "$2" "$3" >"$work/seen"; then ok "$1"; else not_ok "$1" "$work/seen"; fi
}

names_of() { nm -D --defined-only "$1" | awk '$2 != "A" { print $3 }' | sort; }

if [ -f "$library" ]; then
    names_of "$library" | sed 's/@@*/ /' >"$work/names"
    if [ -n "$UPDATE" ]; then
        { grep '^#' "$abi/exported" && cat "$work/names"; } >"$work/exported"
        cp "$work/exported" "$abi/exported"
    fi
    grep -v '^#' "$abi/exported" >"$work/written"
    same_names 'libaptrace.so exports what is written in exported' "$work/written" "$work/names"
else
    skip 'libaptrace.so exports what is written in exported' "there is no $library: make first"
fi

# A function that a header declares must be in the map, and the other way round.
if have gcc; then
    for header in "$top"/core/include/aptrace/*.h; do
        [ "$(basename "$header")" = check.h ] || echo "#include <aptrace/$(basename "$header")>"
    done | grep -v plugin.h >"$work/all.c"
    gcc $includes -aux-info "$work/prototypes" -fsyntax-only "$work/all.c"
    sed -n 's|^/\* .*/include/aptrace/.* extern .*\(aptrace_[a-z_]*\) (.*|\1|p' "$work/prototypes" | sort -u >"$work/declared"
    sed -n 's/^\(aptrace_[a-z_]*\) .*/\1/p' "$abi/exported" >"$work/written"
    same_names 'the public headers declare what is written in exported' "$work/written" "$work/declared"
else
    skip 'the public headers declare what is written in exported' 'there is no gcc'
fi

for plugin in "${builddir:-.}"/plugins/.libs/*.so; do
    [ -f "$plugin" ] || continue
    names_of "$plugin" >"$work/names"
    if grep -qx aptrace_plugin "$work/names" && grep -Eqx 'stop_condition|on_finish' "$work/names" &&
        ! grep -Evqx 'aptrace_plugin|on_packet|stop_condition|on_finish' "$work/names"; then
        echo "# $(basename "$plugin"): $(paste -s -d ' ' "$work/names")"
    else
        not_ok "$(basename "$plugin") exports the names of the ABI alone" "$work/names"
    fi
done
ok 'plugins were looked at'

# ---- Types ---------------------------------------------------------------------------------------------------------------

if ! have abidiff || ! have abidw; then
    skip 'types of libaptrace.so and of plugins' 'abidiff and abidw are not here: install abigail-tools'
    finish
fi
case $($CC -dumpmachine) in
x86_64*) ;;
*)
    skip 'types of libaptrace.so and of plugins' 'what is stored is of x86-64'
    finish
    ;;
esac

# Reads a report of leaf changes: what it has beside additions at ends goes to the output.
unforeseen() {
    awk -v grows=" $grows " '
        /^$/ || /^Leaf changes summary:/ || /^Changed leaf types summary:/ || /^[0-9]+ Added functions?:$/ || /^  \[A\] / { next }
        /summary: 0 Removed, 0 Changed, [0-9]+ Added (function|variable)s?$/ { next }
        /^.(struct|enum) [a-z_]*[^a-z_].*changed:$/ { name = $2; sub(/[^a-z_]+$/, "", name); size = -1 }
        /^.struct / { if (index(grows, " " name " ")) next }
        /^.enum / { next }
        /^  type size changed from [0-9]+ to [0-9]+ \(in bits\)$/ { size = $5; if ($7 > size) next }
        /^  [0-9]+ (data member|enumerator) insertions?:$/ { next }
        /^    .*, at offset [0-9]+ \(in bits\)/ {
            offset = $0
            sub(/.*, at offset /, "", offset)
            if (size >= 0 && offset + 0 >= size + 0) next
        }
        /^    .aptrace_[a-z_]*::APTRACE_[A-Z0-9_]*. value .[0-9]+.$/ { next }
        { print }' "$1"
}

# Sets verdict: same, added or changed; what was said of it is in $work/seen.
compare() { # stored file, new library, options...
    was=$1 is=$2
    shift 2
    abidiff --leaf-changes-only --harmless --no-show-relative-offset-changes "$@" "$was" "$is" >"$work/seen" 2>"$work/errors"
    status=$?
    unforeseen "$work/seen" >"$work/changed"
    if [ -s "$work/errors" ] || [ $((status & 3)) -ne 0 ]; then
        verdict=changed
        cat "$work/errors" >>"$work/changed"
    elif [ "$status" -eq 0 ]; then
        verdict=same
    elif [ -s "$work/changed" ]; then
        verdict=changed
    else
        verdict=added
    fi
}

is_stored() { # text
    case $verdict in
    same) ok "$1" ;;
    added)
        echo "# new since then:"
        sed -n '/^./s/^/#   /p' "$work/seen"
        ok "$1, but for what was added"
        ;;
    *) not_ok "$1" "$work/seen" ;;
    esac
}

side() { # folder of headers, output
    (cd "$abi" && $CC -g -O0 -w -shared -fPIC -I"$1" -o "$2" plugin_side.c) >"$work/side.log" 2>&1
}

if ! side "$top/core/include" "$work/plugin.so"; then
    not_ok 'plugin_side.c builds' "$work/side.log"
    finish
fi
if [ -n "$UPDATE" ]; then
    $abidw --out-file "$stored/plugin.abixml" "$work/plugin.so"
    $abidw $own_types --headers-dir "$top/core/include" --out-file "$stored/libaptrace.abixml" "$library"
fi
compare "$stored/plugin.abixml" "$work/plugin.so"
is_stored 'what plugins and engine share is as stored'

missing=
for header in decode packet plugin predicate wanted; do
    for type in $(sed -n 's/^\(struct\|enum\) \(aptrace_[a-z_]*[a-z]\) {.*/\2/p' "$top/core/include/aptrace/$header.h"); do
        grep -q "decl name='$type' .*size-in-bits\|enum-decl name='$type'" "$stored/plugin.abixml" || missing="$missing $type"
    done
done
echo "# missing:$missing"
if [ -z "$missing" ]; then ok 'every public struct and enum is stored'; else not_ok 'every public struct and enum is stored'; fi

if [ ! -f "$library" ]; then
    skip 'libaptrace.so is as stored' "there is no $library: make first"
elif ! readelf -SW "$library" | grep -q '\.debug_info'; then
    skip 'libaptrace.so is as stored' 'it was built without -g'
else
    compare "$stored/libaptrace.abixml" "$library" $options
    is_stored 'libaptrace.so is as stored'
fi

# ---- The test can tell ---------------------------------------------------------------------------------------------------

told() { # text, verdict wanted, expression it must say, header, sed script
    rm -rf "$work/bent"
    cp -r "$top/core/include" "$work/bent"
    sed -i "$5" "$work/bent/aptrace/$4"
    if cmp -s "$top/core/include/aptrace/$4" "$work/bent/aptrace/$4"; then
        not_ok "$1: the header is bent"
    elif ! side "$work/bent" "$work/bent.so"; then
        not_ok "$1: it compiles" "$work/side.log"
    else
        compare "$stored/plugin.abixml" "$work/bent.so"
        if [ "$verdict" = "$2" ] && grep -Eq -- "$3" "$work/seen"; then ok "$1: $2"; else not_ok "$1: $2, not $verdict" "$work/seen"; fi
    fi
}

packet_end='s/^    const struct aptrace_layers \*layers;.*/&\n    uint64_t later;/'
told 'a member at the end of a packet' added 'uint64_t later.*offset 512' packet.h "$packet_end"
told 'a member within a packet' changed 'uint32_t early' packet.h 's/^    uint32_t wire_length;/    uint32_t early;\n&/'
told 'members within and at the end' changed 'uint32_t early' packet.h "s/^    uint32_t wire_length;/    uint32_t early;\n&/;$packet_end"
told 'another sign, and a member at the end' changed 'int16_t' packet.h "s/^    uint16_t flags;/    int16_t flags;/;$packet_end"
told 'another name, and a member at the end' changed 'aptrace_packet::flag_bits' packet.h "s/^    uint16_t flags;/    uint16_t flag_bits;/;$packet_end"
told 'a member that is gone' changed 'aptrace_finish' predicate.h 's/^    uint64_t packets;.*//'
told 'a member at the end of what never grows' changed 'aptrace_mac' predicate.h 's/uint8_t bytes\[6\];/uint8_t bytes[6], more;/'
told 'a function at the end of the host' added 'later' predicate.h 's/^    void (\*forget_near)(.*/&\n    void (*later)(struct aptrace_instance *self);/'
told 'a function of the host that takes more' changed 'forget_near' predicate.h \
    's/(\*forget_near)(struct aptrace_instance \*self)/(*forget_near)(struct aptrace_instance *self, int why)/;s/>forget_near(self)/>forget_near(self, 0)/'
told 'one that gives something' changed 'forget_near' predicate.h 's/void (\*forget_near)/int (*forget_near)/'
told 'a new type of parameter' added 'APTRACE_TYPE_LATER' predicate.h 's/^    APTRACE_TYPE_FIELD = 18,/&\n    APTRACE_TYPE_LATER = 19,/'
told 'another number for one' changed 'APTRACE_TYPE_FIELD' predicate.h 's/^    APTRACE_TYPE_FIELD = 18,/    APTRACE_TYPE_FIELD = 19,/'

compare "$stored/libaptrace.abixml" "$work/plugin.so" --ignore-soname
if [ "$verdict" = changed ] && grep -q '\[D\].*aptrace_expect_list' "$work/seen"; then
    ok 'functions that are gone: changed'
else
    not_ok "functions that are gone: changed, not $verdict" "$work/seen"
fi

told_of_library() { # text, verdict wanted, expression it must say, sed script for what is stored
    sed "$4" "$stored/libaptrace.abixml" >"$work/bent.abixml"
    if cmp -s "$work/bent.abixml" "$stored/libaptrace.abixml"; then
        not_ok "$1: it is bent"
        return
    fi
    compare "$work/bent.abixml" "$library" $options
    if [ "$verdict" = "$2" ] && grep -Eq -- "$3" "$work/seen"; then ok "$1: $2"; else not_ok "$1: $2, not $verdict" "$work/seen"; fi
}
if [ -f "$library" ]; then
    told_of_library 'a verdict that had another number' changed 'APTRACE_ERROR' "s/\(APTRACE_ERROR' value=\)'3'/\1'4'/"
    told_of_library 'a function that was not there' added '\[A\].*aptrace_cancel' "/elf-symbol name='aptrace_cancel'/d;/function-decl name='aptrace_cancel'/,/<.function-decl>/d"
    told_of_library 'a function that took more' changed 'aptrace_cancel' "/function-decl name='aptrace_cancel'/{n;p;}"
    told_of_library 'another library' changed 'SONAME' "s/soname='libaptrace.so.1'/soname='libaptrace.so.0'/"
fi
finish
