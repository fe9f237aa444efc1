#!/bin/sh
# SPDX-License-Identifier: MIT
# A later minor: headers in which every struct that may grow has grown, and an engine built with them. It takes the plugins of 1.0
# that are kept; this engine takes a plugin built with those headers that needs nothing new, and refuses one that does.
. "$(dirname "$0")/common.sh"

kept=$abi/binaries/1.0
vlan=$top/traces/vlan/frames.pcap
APTRACE=${APTRACE:-${builddir:-.}/aptrace}
later=$work/later

# file of headers, sed script; each must change something
grow() {
    sed -i "$2" "$later/aptrace/$1"
    [ "$(grep -c later_ "$later/aptrace/$1")" -ge "$3" ] || { echo "Bail out! $1 was not made to grow"; exit 99; }
}
cp -r "$top/core/include" "$later"
at='s/^\(    '
grow predicate.h "s/^#define APTRACE_ABI_MINOR 0/#define APTRACE_ABI_MINOR 1/
${at}uint64_t nearest;\)/\1 uint64_t later_instance;/
${at}void (\*forget_near)(.*\)/\1 void (*later_host)(struct aptrace_instance *self);/
${at}const struct aptrace_packet \*packet; \)/\1 uint64_t later_finish; /
${at}uint64_t id APTRACE_OPTIONAL;\)/\1 uint64_t later_param APTRACE_OPTIONAL;/
${at}void (\*release)(.*APTRACE_OPTIONAL;\)/\1 void (*later_callback)(struct aptrace_instance *self) APTRACE_OPTIONAL;/
s/offsetof(struct aptrace_plugin, release)/offsetof(struct aptrace_plugin, later_callback)/
s/offsetof(struct aptrace_param, id)/offsetof(struct aptrace_param, later_param)/" 7
grow packet.h "${at}const struct aptrace_layers \*layers;\)/\1 uint64_t later_packet;/" 1
grow decode.h "${at}const struct aptrace_layers \*inner;\)/\1 uint64_t later_layers;/" 1
grow wanted.h "${at}uint32_t offset;\)/\1 uint32_t later_checksum;/" 1

# ---- Old plugins in a new engine -------------------------------------------------------------------------------------------

if [ "$(uname -sm)" != 'Linux x86_64' ]; then
    skip 'plugins of ABI 1.0 in a later engine' "they are of Linux on x86-64, this is $(uname -sm)"
else
    mkdir "$work/engine"
    for source in "$top"/core/*.c; do
        echo "$source"
    done | (cd "$work/engine" && xargs -P 2 -n 4 $CC -c -O0 -std=gnu11 -D_GNU_SOURCE -I"$later" -I"$top") >"$work/engine.log" 2>&1
    if $CC -O0 -DLINKED -I"$later" -o "$work/asks" "$abi/fixtures/opens_library.c" "$work"/engine/*.o $LIBAPTRACE_LIBS -lpthread -ldl \
        >>"$work/engine.log" 2>&1; then
        ok 'an engine of a later minor builds'
    else
        not_ok 'an engine of a later minor builds' "$work/engine.log"
        finish
    fi
fi

gives() { # plugin, what is said, words...
    name=$1 wanted=$2
    shift 2
    [ -x "$work/asks" ] || return
    "$work/asks" - "$vlan" "$kept/$name.so" "$@" >"$work/said" 2>/dev/null # it ends by a fault, as it says
    if grep -qxF -- "$wanted" "$work/said"; then ok "1.0 in 1.1: $name"; else not_ok "1.0 in 1.1: $name" "$work/said"; fi
}
gives stop_alone 'pass: -'
gives finish_alone 'pass: -' --expect 2
gives every_callback \
    'pass: 3 packets, 1 tagged, 2 with ports, from frames in group frames of 1; stopped for reason 1 after 20000000 ns; stop_at left out'
gives every_parameter 'pass: 1 0 4094 0 16 0 0 0 0 500000000 0.25 00 0:0 4:10/8 0:00 0:00&00 1 0 0:0 passed 4 matched 4' u16=4094 --expect none
gives wanted_and_field \
    'pass: ip.ttl of 8 bits was there 3 times, last 64; 4 digests in a row, 6 of 6 checksums right, 0 packets given' \
    ip.dst=10.0.1.10 field=ip.ttl --expect -3
gives wanted_list 'pass: -' "packets=$vlan"
gives in_cxx 'fail: the shortest is 47 bytes long' length=48

# ---- New plugins in an old engine ------------------------------------------------------------------------------------------

new_plugin() { # output, flags...
    output=$1
    shift
    $CC -shared -fPIC -w "$@" -I"$later" -o "$work/$output" "$kept/every_callback.c" >"$work/plugin.log" 2>&1
}
if ! [ -x "$APTRACE" ]; then
    skip 'plugins with later headers' "there is no $APTRACE: make first"
elif new_plugin rebuilt.so && new_plugin newer.so -DAPTRACE_PLUGIN_MINOR=1; then
    "$APTRACE" --replay "$vlan" --plugin "$work/rebuilt.so" >"$work/seen" 2>&1
    if [ $? -eq 0 ]; then ok '1.0 built with headers of 1.1, in 1.0'; else not_ok '1.0 built with headers of 1.1, in 1.0' "$work/seen"; fi
    "$APTRACE" --replay "$vlan" --plugin "$work/newer.so" >"$work/seen" 2>&1
    if [ $? -eq 2 ] && grep -q "its ABI is 1\.1, newer than this aptrace's 1\.0" "$work/seen"; then
        ok '1.1 in 1.0 is refused with both numbers'
    else
        not_ok '1.1 in 1.0 is refused with both numbers' "$work/seen"
    fi
else
    not_ok 'plugins with later headers build' "$work/plugin.log"
fi
finish
