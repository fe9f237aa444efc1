#!/bin/sh
# SPDX-License-Identifier: MIT
# What the loader takes and what it refuses: each refusal must say why, in words that this looks for.
. "$(dirname "$0")/common.sh"

engine
load_program
fixtures=$abi/fixtures

seen() { # words...: the loader's answer on the arguments is in $work/seen
    timeout 20 "$LOAD" "$@" >"$work/seen" 2>&1 </dev/null
}

says() { # text, extended regular expression
    if grep -Eq -- "$2" "$work/seen"; then
        ok "$1"
    else
        echo "# expected: $2"
        not_ok "$1" "$work/seen"
    fi
}

loads() { # text, name, file...: builds and loads a good plugin
    text=$1 name=$2
    shift 2
    if ! plugin good.so "$@"; then
        not_ok "$text" "$work/plugin.log"
        return
    fi
    seen "$work/good.so"
    says "$text" "^loaded $name as 1,"
    mv "$work/good.so" "$work/good-$tests.so" # never one file name twice
}

refuses() { # text, expression, flags and sources of what to build...
    text=$1 expression=$2
    shift 2
    if ! plugin bad.so "$@"; then
        not_ok "$text" "$work/plugin.log"
        return
    fi
    seen "$work/bad.so"
    says "$text" "^refused: plugin $work/bad.so: .*($expression)"
}

bent() { # text, expression, what is bent
    refuses "$1" "$2" -w "$3" "$fixtures/crooked.c"
}

# ---- Good ones
for name in stop_only finish_only all_callbacks parameters wanted crooked; do
    loads "$name loads" "$name" "$fixtures/$name.c"
    says "$name's callbacks are its own" '(works.*|- )on_finish (works|-)$'
    grep -q WRONG "$work/seen" && not_ok "$name's callbacks give what they should" "$work/seen"
done
loads 'on_packet with on_finish loads' packet_only -DWITH_FINISH "$fixtures/packet_only.c"
loads 'callbacks in another file load' apart "$fixtures/apart_descriptor.c" "$fixtures/apart_callbacks.c"
loads 'hidden visibility changes nothing' stop_only -fvisibility=hidden "$fixtures/stop_only.c"
loads 'a foreign true loads' returns_two "$fixtures/returns_two.c"
loads 'no undefined symbols' parameters -Wl,-z,defs "$fixtures/parameters.c"

plugin twice.so "$fixtures/stop_only.c" && ln -s twice.so "$work/link.so"
seen "$work/twice.so" "$work/twice.so" "$work/twice" "$work/link.so"
says 'a plugin is loaded once, whatever path leads to it' 'stop_only as 1,'
[ "$(grep -c 'stop_only as 1,' "$work/seen")" -eq 4 ] && ok 'four words, one plugin' || not_ok 'four words, one plugin' "$work/seen"

mkdir "$work/folder" && cp "$work/twice.so" "$work/folder/saw_vlan.so" && cp "$work/twice.so" "$work/folder/saw_packet.so"
APTRACE_PLUGIN_PATH=$work/nowhere:$work/folder
export APTRACE_PLUGIN_PATH
seen saw_vlan saw_vlan.so
[ "$(grep -c 'stop_only as 1,' "$work/seen")" -eq 2 ] && ok 'found by name, with and without .so' \
    || not_ok 'found by name, with and without .so' "$work/seen"
seen saw_vlna
says 'an unknown name gets the nearest, and the folders' "no plugin \"saw_vlna\": did you mean .*saw_vlan.*Looked in: .*$work/folder"
seen verify_packet
says "a name of PTF's gets ours" 'did you mean saw_packet\?.*verify_packet of PTF'
seen ip.dst
says 'a field is told to be a parameter' 'Header fields are parameters, not plugins'
unset APTRACE_PLUGIN_PATH

# From the program's own place: an installed tree, a build tree, libtool's .libs in it, and a folder of it.
for place in 'prefix/bin prefix/lib/aptrace/plugins' 'build build/plugins/.libs' 'build2/.libs build2/plugins/.libs' \
    'build3/tools/.libs build3/plugins/.libs' 'plain plain/plugins'; do
    at=$work/${place% *} plugins=$work/${place#* }
    mkdir -p "$at" "$plugins" && cp "$LOAD" "$at/load" && cp "$work/twice.so" "$plugins/saw_vlan.so"
    (cd / && timeout 20 "$at/load" saw_vlan >"$work/seen" 2>&1)
    says "a program in ${place% *} finds ${place#* }" '^loaded stop_only as 1,'
done

# ---- Not even loaded
seen "$work/missing.so"
says 'a missing file' 'refused: there is no plugin file .*missing.so'
seen "$work/folder"
says 'a directory' 'refused: plugin .* is a directory'
: >"$work/empty.so"
seen "$work/empty.so"
says 'an empty file' 'not an ELF file: it is empty'
echo 'int main;' >"$work/text.so"
seen "$work/text.so"
says 'a text' 'not an ELF file: it begins with bytes 69 6e 74 20'
echo '# twice.la - a libtool library file' >"$work/twice.la"
seen "$work/twice.la"
says "libtool's text" 'libtool'
$CC -c -fPIC $includes -o "$work/object.o" "$fixtures/stop_only.c" && seen "$work/object.o"
says 'an object file' 'not linked yet'
ar rcs "$work/archive.a" "$work/object.o" && seen "$work/archive.a"
says 'a static library' 'a static library'
head -c 40 "$work/twice.so" >"$work/header.so" && seen "$work/header.so"
says 'a file cut inside its header' 'cut short: the file has 40 bytes'
head -c 5000 "$work/twice.so" >"$work/cut.so" && seen "$work/cut.so"
says 'a file cut inside a segment' 'cut short'
cp "$work/twice.so" "$work/machine.so" # e_machine, at byte 18: SPARC
printf '\002\000' | dd of="$work/machine.so" bs=1 seek=18 conv=notrunc 2>/dev/null
seen "$work/machine.so"
says "another machine's" 'built for another machine: it is .*\(2\)'
$CC -fPIE -pie -o "$work/program.so" -x c - <<'END' && seen "$work/program.so"
int main(void) { return 0; }
END
says 'a program' 'a program, not a plugin'

# ---- The dynamic linker's refusals
refuses 'an unresolved symbol' 'needs a symbol.*misspelt_helper' "$fixtures/undefined.c"
plugin libgone.so "$fixtures/no_descriptor.c"
plugin orphan.so "$fixtures/stop_only.c" -Wl,--no-as-needed -L"$work" -lgone
rm "$work/libgone.so"
seen "$work/orphan.so"
says 'a missing dependency' 'depends on a library that is not found.*libgone.so'
if plugin asan.so -fsanitize=address "$fixtures/stop_only.c"; then
    seen "$work/asan.so"
    says 'a sanitised plugin in a plain program' 'refused: .*(sanitiser|__asan_)'
else
    skip 'a sanitised plugin in a plain program' "$CC does not link with -fsanitize=address"
fi

# ---- No descriptor of its own
refuses 'no descriptor' 'exports no aptrace_plugin' "$fixtures/no_descriptor.c"
plugin libdependency.so "$fixtures/stop_only.c"
refuses 'a descriptor only in a dependency' 'no aptrace_plugin of its own: the one found is .*libdependency.so' \
    "$fixtures/no_descriptor.c" -Wl,--no-as-needed -L"$work" -ldependency -Wl,-rpath,"$work"
refuses "a function by the descriptor's name" 'aptrace_plugin is a function' "$fixtures/function.c"
refuses 'a descriptor of 8 bytes' 'aptrace_plugin is 8 bytes' "$fixtures/eight_bytes.c"
echo '{ global: stop_condition; local: *; };' >"$work/hidden.map"
refuses 'a descriptor hidden by a version script' 'exports no aptrace_plugin.*version script' "$fixtures/stop_only.c" \
    -Wl,--version-script="$work/hidden.map"
echo '{ global: aptrace_plugin; local: *; };' >"$work/callbacks.map"
refuses 'callbacks hidden by a version script' 'stop_condition is not exported: a version script' "$fixtures/stop_only.c" \
    -Wl,--version-script="$work/callbacks.map"
$CC -c -fPIC $includes -o "$work/apart.o" "$fixtures/apart_callbacks.c" && ar rcs "$work/libapart.a" "$work/apart.o"
refuses 'callbacks in a member of a static library' 'neither stop_condition nor on_finish' "$fixtures/apart_descriptor.c" \
    "$work/libapart.a"
if have gcc && have clang && gcc -flto -c -fPIC $includes -o "$work/lto.o" "$fixtures/stop_only.c" 2>/dev/null &&
    clang -shared -o "$work/lto.so" "$work/lto.o" 2>/dev/null; then
    seen "$work/lto.so"
    says 'an empty object of mixed LTO' '^refused: .*(exports no aptrace_plugin.*-flto|neither)'
else
    skip 'an empty object of mixed LTO' 'gcc and clang do not make one here'
fi

# ---- A descriptor that is wrong
bent 'another major' 'its ABI is 2\.0, this aptrace.s is 1\.[0-9]+' -DBEND='.abi_major = 2'
bent 'major 0' 'its ABI is 0\.0, this aptrace.s is 1\.' -DBEND='.abi_major = 0'
bent 'a newer minor' 'its ABI is 1\.77, newer than this aptrace.s 1\.' -DBEND='.abi_minor = 77'
bent 'a size beyond the symbol' 'says that it is 4096 bytes, but the plugin has [0-9]+' -DBEND='.size = 4096'
bent 'a descriptor that is short' 'says that it is 40 bytes, expected at least' -DBEND='.size = 40'
bent 'a state that cannot be' 'its state is 4000000000 bytes, expected at most' -DBEND='.state_size = 4000000000u'
bent 'an alignment that is no power of two' 'alignment of its state is 24' -DBEND='.state_align = 24'
bent 'an alignment of 0' 'alignment of its state is 0' -DBEND='.state_align = 0'
bent 'an alignment beyond a page' 'alignment of its state is 8192' -DBEND='.state_align = 8192'
bent 'a null name' 'no name' -DBEND='.name = NULL'
bent 'a name with a blank' 'name is "Bad name", expected' -DBEND='.name = "Bad name"'
bent 'an empty name' 'name is "", expected' -DBEND='.name = ""'
bent 'a null summary' 'no summary' -DBEND='.summary = NULL'
bent 'a summary that is no text' 'its summary is at 0x8,' -DBEND='.summary = (const char *)8'
bent 'a version that is no text' 'its version is at 0x10,' -DBEND='.version = (const char *)16'
bent 'on_finish without .yields' 'declares no .yields' -DBEND='.yields = 0'
bent 'a .yields that is no value' '.yields = 9, expected' -DBEND='.yields = 9'
bent 'a callback that is another function' 'stop_condition' -DBEND='.stop_condition = (bool (*)(struct aptrace_instance *, const struct aptrace_packet *))elsewhere'
bent 'an exported callback left out of the descriptor' 'on_finish' -DBEND='.on_finish = NULL'
bent 'a callback where there is no code' '\.release is at 0x10' -DBEND='.release = (void (*)(struct aptrace_instance *))16'
refuses 'neither stop_condition nor on_finish' 'neither stop_condition nor on_finish' "$fixtures/packet_only.c"

# ---- A table that is wrong
bent 'a table without an end' 'APTRACE_PARAM_END' -DTABLE_WITHOUT_END
bent 'a stride that is too small' 'entry of its parameter table is [0-9]+ bytes' -DBEND='.param_size = 16'
bent 'a stride that is not a multiple' 'entry of its parameter table is 100 bytes' -DBEND='.param_size = 100'
bent 'a stride that is wrong' 'parameter|APTRACE_PARAM_END' -DBEND='.param_size = sizeof(struct aptrace_param) + 8'
bent 'a parameter beyond the state' 'tag.*(state|beyond)|state.*tag' -DTABLE_BEYOND_STATE
bent 'a parameter of an unknown type' 'type' -DTABLE_OF_UNKNOWN_TYPE
bent 'a help that is no text' 'parameter 1: its help is at 0x10' -DTABLE_WITH_STRAY_TEXT
bent 'and behind a field' 'parameter 2: its help is at 0x10' -DTABLE_WITH_STRAY_TEXT_LATER
bent 'a table that is not there' 'parameter table is at 0x40' -DBEND='.params = (const struct aptrace_param *)64'

finish
