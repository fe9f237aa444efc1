#!/bin/bash
# SPDX-License-Identifier: MIT
# Damaged traces, wherever the damage is: never a crash, never a hang, never a pass that rests on what was not seen. What came
# before the damage stands, and the message has record and byte.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

# FILE: replays it; what came of it is kept for tell.
look() {
    run --replay "x=$1" --report json --plugin packet_count --expect any --plugin saw_vlan tag=100 --plugin saw_vlan tag=4000 --expect false
    echo "$status" >>statuses
    echo "${out:-null}" >>documents
}

# What came of all that was looked at, a line each: status, verdicts, packets, end.
tell() {
    jq -r 'if . then [.expectations[].verdict, .sources[0].packets, .sources[0].ended] | map(tostring) | join(" ") else "none" end' \
        documents | paste -d ' ' statuses -
    rm statuses documents
}

# WHOLE LEFT: what is wanted of a trace with so many whole packets and so many bytes behind them.
want() {
    case $1,$2 in
    0,0) echo '1 pass fail pass 0 end of trace' ;;
    0,*) echo '3 inconclusive inconclusive inconclusive 0 cut short' ;;
    *,0) echo "0 pass pass pass $1 end of trace" ;;
    *) echo "3 inconclusive pass inconclusive $1 cut short" ;;
    esac
}

# FILE HEADER RECORD: sizes of the parts of a trace. It is cut to each length from its header on.
check_cuts() {
    local size
    size=$(stat -c %s "$1")
    for ((length = $2; length <= size; length++)); do
        head -c "$length" "$1" >x.pcap
        look x.pcap
        want $(((length - $2) / $3)) $(((length - $2) % $3)) >>wanted
    done
    tell >got
    same wanted got "$1: cut to each of $((size - $2 + 1)) lengths, the verdicts follow the packets that are whole"
    rm wanted
}

# A pcap has 24 bytes of header and 16 + 36 a packet; a pcapng a section of 28, an interface of 32, and 32 + 36 a packet.
frames='repeat 3 every 10ms +0 eth | vlan {n+100} | payload 18'
printf 'format pcap\n%s\n' "$frames" | make_trace pcap
printf 'format pcapng\ninterface eth0\n%s\n' "$frames" | make_trace pcapng
check_cuts pcap 24 52
check_cuts pcapng 60 68

# Packed traces, cut at each length: an end within the packing is an end within the trace.
for packing in gzip zstd; do
    printf 'format pcap %s\n%s\n' "$packing" "$frames" | make_trace packed
    size=$(stat -c %s packed)
    for ((length = 1; length < size; length++)); do
        head -c "$length" packed >x.pcap
        look x.pcap
    done
    is "$(tell | grep -Evc '^2 none$|^3 inconclusive (pass|inconclusive) inconclusive [0-3] cut short$')" 0 \
        "$packing: cut to each of $((size - 1)) lengths, no verdict rests on what is missing"
done

# Corrupt lengths.
make_trace claim.pcap <<'DESCRIPTION'
format pcap
+0 eth | vlan 100 | payload 18
+1 claim 99999999 eth | vlan 101 | payload 18
+2 eth | vlan 102 | payload 18
DESCRIPTION
ends 3 'a captured length that cannot be: inconclusive' --replay claim.pcap --plugin saw_vlan tag=102 --expect false
like "$out" 'record 2 at byte 76' 'and the message has record and byte'
like "$out" '99999999' 'and what was there'
ends 0 'what came before it stands' --replay claim.pcap --plugin saw_vlan tag=100
ends 1 'and fails where it failed' --replay claim.pcap --plugin saw_nothing
ends 3 'json says corrupt' --replay claim.pcap --plugin saw_vlan tag=102 --report json
is "$(jq -r '.sources[0].ended' <<<"$out")" corrupt 'sources.ended is corrupt'
is "$(jq -r '.expectations[0].holes[0].kind' <<<"$out")" corrupt 'the hole is of kind corrupt'

make_trace trailer.pcapng <<'DESCRIPTION'
format pcapng
interface eth0
+0 eth | vlan 100 | payload 18
+1 eth | vlan 101 | payload 18
cut 4
raw 48000000
+2 eth | vlan 102 | payload 18
DESCRIPTION
ends 3 'a block whose two lengths differ: inconclusive' --replay trailer.pcapng --plugin saw_vlan tag=102 --expect false
ends 0 'what came before it stands (pcapng)' --replay trailer.pcapng --plugin saw_vlan tag=100

make_trace length.pcapng <<'DESCRIPTION'
format pcapng
interface eth0
+0 eth | vlan 100 | payload 18
raw 06000000 05000000 00000000 00000000 00000000
DESCRIPTION
ends 3 'a block length that cannot be: inconclusive' --replay length.pcapng --plugin packet_count --expect 1

make_trace claim.pcapng <<'DESCRIPTION'
format pcapng
interface eth0
+0 eth | vlan 100 | payload 18
+1 claim 5000 eth | vlan 101 | payload 18
DESCRIPTION
ends 3 'a captured length beyond its block: inconclusive' --replay claim.pcapng --plugin packet_count --expect 1

# Damage in one file of several concerns its own sources alone.
make_trace whole.pcap <<'DESCRIPTION'
format pcap
+0 eth | vlan 200 | payload 18
+3 eth | vlan 201 | payload 18
DESCRIPTION
ends 0 'the other file is whole' --replay bad=claim.pcap --replay good=whole.pcap --plugin packet_count --on good --expect 2
ends 3 'but all sources together are not' --replay bad=claim.pcap --replay good=whole.pcap --plugin packet_count --expect 3
ends 1 'a failure goes before inconclusive' --replay claim.pcap --plugin saw_nothing --plugin packet_count --expect any
finish
