#!/bin/bash
# SPDX-License-Identifier: MIT
# What looking for the nearest miss costs where nothing is near: saw_packet, which looks for it, beside did_not_see_packet with the
# same words, which does not. Runs alternate, each one's fastest counts, in processor time. Part of `make bench`. Environment:
# FRAMES (10000000), RUNS (9).
#
# No frame of the trace matches any of the fields. Fails where the difference is 3 ns a packet or more; what a walk over a packet
# costs (packet_count) is told beside it, as machines differ.
set -euo pipefail
frames=${FRAMES:-10000000} runs=${RUNS:-9} most=3
builddir=${builddir:-.}
aptrace=${APTRACE:-$builddir/aptrace}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trace=$folder/frames.pcap
echo "$frames frames of 64 bytes..."
"$builddir/bench-frames" "$frames" 102 >"$trace"
cat "$trace" >/dev/null

# FORMAT COMMAND...: microseconds of the processor that a command takes: %U in its own code, %U+%S the kernel's reading too.
microseconds() {
    local TIMEFORMAT=$1 seconds
    shift
    seconds=$( { time "$@" >"$folder/out" 2>&1 || true; } 2>&1)
    awk -v seconds="$seconds" 'BEGIN { split(seconds, part, "+"); print (part[1] + part[2]) * 1000000 }'
}

fastest() {
    printf '%s\n' "$@" | sort -n | head -n 1
}

mac=00:04:00:00:00:07
bytes=000400000007020304050607aabb0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738
walk=()
for ((run = 0; run < runs; run++)); do
    walk+=("$(microseconds %U+%S "$aptrace" --replay "$trace" --plugin packet_count --expect any)")
done
awk -v walk="$(fastest "${walk[@]}")" -v n="$frames" 'BEGIN { printf "%6.1f ns a packet for the walk alone\n", walk * 1000 / n }'
failed=0
while read -r words; do
    looks=() plain=()
    for ((run = 0; run < runs; run++)); do
        # shellcheck disable=SC2086
        looks+=("$(microseconds %U "$aptrace" --replay "$trace" --plugin saw_packet $words)")
        # shellcheck disable=SC2086
        plain+=("$(microseconds %U "$aptrace" --replay "$trace" --plugin did_not_see_packet $words)")
    done
    awk -v n="$frames" -v looks="$(fastest "${looks[@]}")" -v plain="$(fastest "${plain[@]}")" -v most="$most" -v words="$words" 'BEGIN {
        cost = (looks - plain) * 1000 / n
        printf "%6.1f ns a packet without, %6.1f with it: %4.1f for the nearest miss   %.60s\n", plain * 1000 / n, looks * 1000 / n, cost, words
        exit cost < most ? 0 : 1 }' || failed=1
done <<END
ip.ttl=63
eth.dst=$mac eth.src=$mac ip.dst=10.0.1.10 ip.ttl=63
ip.dst=10.0.1.10 ip.src=10.0.0.1 ip.proto=17 udp.dstport=53
vlan.id=102 ip.ttl=63
tcp.dstport=80 tcp.flags=SA tcp.payload=474554
packet=$bytes
END
exit "$failed"
