#!/bin/bash
# SPDX-License-Identifier: MIT
# Plugins that were built at ABI 1.0 load and work: each gives the verdict, the value and the words that it gave then.
# shellcheck source-path=SCRIPTDIR/../cli source=../cli/lib.sh
. "$(dirname "$0")/../cli/lib.sh"

binaries=$srcdir/tests/abi/binaries/1.0
if [ "$(uname -sm)" != 'Linux x86_64' ]; then
    skip "they are of Linux on x86-64, this is $(uname -sm)" 'plugins of ABI 1.0'
    finish
fi
check 'they are as they were built' env -C "$binaries" sha256sum --quiet -c SHA256SUMS
is "$(cd "$binaries" && printf '%s\n' *.so)" "$(awk '{print $2}' "$binaries/SHA256SUMS")" 'and they are all'
vlan=$traces/vlan/frames.pcap
checksums=$traces/checksums/frames.pcap
short=$traces/snap-length/frames.pcap
ports=$traces/two-interfaces/ports.pcapng

# PLUGIN VERDICT VALUE EXPLANATION ARG...: of the first expectation; value and explanation as in JSON.
gives() {
    local name=$1 wanted="$2 $3 $4"
    shift 4
    run --report json --replay "$1" --plugin "$binaries/$name.so" "${@:2}"
    is "$(jq -rc '.expectations[0] | "\(.verdict) \(.value | tojson) \(.explanation | tojson)"' <<<"$out" 2>&1)" "$wanted" "$name ${*:2}"
}

# FILTER WANTED TEXT: more of the same.
tells() {
    is "$(jq -c "$1" <<<"$out")" "$2" "$3"
}

gives every_callback pass 3 \
    '"3 packets, 1 tagged, 2 with ports, from frames in group frames of 1; stopped for reason 1 after 20000000 ns; stop_at left out"' "$vlan"
tells '.expectations[0] | .expected, .nearest, .finish.reason, .cited[0].number' $'"1..3"\nnull\n"stopped"\n2' 'what it expects, cites and forgets'
gives every_callback fail 4 \
    '"4 packets, 1 tagged, 3 with ports, from frames in group frames of 1; not stopped for reason 4 after 30000000 ns; stop_at given"' \
    "$vlan" stop_at=9 --expect 5
tells '.expectations[0].nearest | .number, .distance, .text' $'4\n5\n"it is number 4"' 'its nearest miss'
gives every_callback fail 3 \
    '"3 packets, 1 tagged, 3 with ports, from tun0 in group tun0 of 2; stopped for reason 1 after 500000000 ns; stop_at given"' \
    "$ports" stop_at=2 --direction both
gives every_callback inconclusive 3 \
    '"3 packets, 0 tagged, 1 with ports, from frames in group frames of 1; stopped for reason 1 after 20000000 ns; stop_at left out"' "$short"
tells '.expectations[0].holes[0] | .kind, .packets' $'"unseen"\n2' 'what it could not see'
refuses 2 'every_callback refuse=true: refuse is true' 'it refuses its parameters' --replay "$vlan" --plugin "$binaries/every_callback.so" refuse=true
gives stop_alone pass true null "$vlan"
gives finish_alone pass 2 null "$vlan" --expect 1.5..2
gives every_parameter pass '"none"' '"1 0 4094 0 16 0 0 0 0 500000000 0.25 00 0:0 4:10/8 0:00 0:00&00 1 0 0:0 passed 4 matched 4"' \
    "$vlan" u16=4094 --expect none
gives every_parameter pass '"a b"' \
    '"0 255 1 4294967295 17 -128 -5 -2147483648 -9223372036854775808 250000 1e+06 01 4:9 4:192/24 4:de 2:ab&ff 2 1 1:1 passed 2 matched 2"' \
    "$vlan" truth=no u8=255 u16=1 u32=4294967295 a.number=0x11 i8=-128 i16=-5 i32=-2147483648 i64=-9223372036854775808 wait=250us \
    real=1e6 text='a b' mac=00:1b:21:0a:ff:01 ip=10.0.0.9 prefix=192.0.2.0/24 bytes=deadbeef pattern='ab**' choice=both filter=udp \
    source=frames sources=frames flag=false udp.port=2000..2001 offset=-4..-1 pause=10ms..1s dst=00:00:00:00:00:02 host=10.0.1.0/24 \
    --expect 'a b'
refuses 2 'u16: expected an unsigned integer from 1 to 4094.*got.*4095' 'its limits hold' --replay "$vlan" --plugin "$binaries/every_parameter.so" u16=4095
gives wanted_and_field pass -3 \
    '"ip.ttl of 8 bits was there 3 times, last 64; 4 digests in a row, 6 of 6 checksums right, 0 packets given"' \
    "$vlan" ip.dst=10.0.1.10 field=ip.ttl --expect -3
gives wanted_and_field pass -1 \
    '"udp.dstport of 16 bits was there 3 times, last 2000; 4 digests in a row, 6 of 6 checksums right, 1 packets given"' \
    "$vlan" "packet=$vlan#2" field=udp.dstport --expect -1
gives wanted_and_field fail 0 \
    '"udp.dstport of 16 bits was there 3 times, last 2000; 4 digests in a row, 6 of 6 checksums right, 0 packets given"' \
    "$vlan" ip.dst=10.0.1.11 field=udp.dstport --expect -1
tells '.expectations[0].nearest | .number, .differences' $'1\n[{"field":"ip.dst","wanted":"10.0.1.11","got":"10.0.1.10"}]' 'its nearest miss'
gives wanted_list pass true null "$vlan" "packets=$vlan"
gives wanted_list fail false null "$vlan" "packets=$checksums"
gives in_cxx pass true null "$vlan" length=47
gives in_cxx fail false '"the shortest is 47 bytes long"' "$vlan" length=48
for file in "$binaries"/*.so; do
    ends 0 "$(basename "$file"): is described" --describe "$file"
done
finish
