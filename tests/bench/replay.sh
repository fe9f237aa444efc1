#!/bin/bash
# SPDX-License-Identifier: MIT
# How fast a trace is asserted, as a ratio to tcpdump reading the same file in the same minute: runs alternate, each program's
# fastest run counts. Not part of make check: `make bench`. Environment: FRAMES (10000000), RUNS (5).
#
# The frames never hold tag 102, so both programs read all of them. Fails where aptrace is less than 2.5 times as fast.
set -euo pipefail
frames=${FRAMES:-10000000} runs=${RUNS:-5} wanted=2.5
builddir=${builddir:-.}
aptrace=${APTRACE:-$builddir/aptrace}
if ! command -v tcpdump >/dev/null; then
    echo "skipped: tcpdump is not here to compare with"
    exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trace=$folder/frames.pcap
echo "$frames frames of 64 bytes..."
"$builddir/bench-frames" "$frames" 102 >"$trace"
cat "$trace" >/dev/null

# Microseconds that a command takes.
microseconds() {
    local began=$EPOCHREALTIME ended
    "$@" >"$folder/out" 2>&1 || true
    ended=$EPOCHREALTIME
    echo $((${ended/[.,]/} - ${began/[.,]/}))
}

fastest() {
    printf '%s\n' "$@" | sort -n | head -n 1
}

one=() ten=() walk=() other=()
for ((run = 0; run < runs; run++)); do
    one+=("$(microseconds "$aptrace" --replay "$trace" --plugin saw_vlan tag=102)")
    grep -q '^1 failed' "$folder/out" || { echo "aptrace did not read to the end:"; cat "$folder/out"; exit 1; }
    other+=("$(microseconds tcpdump -r "$trace" --count 'vlan 102')")
    grep -q '^0 packets' "$folder/out" || { echo "tcpdump said:"; cat "$folder/out"; exit 1; }
    walk+=("$(microseconds "$aptrace" --replay "$trace" --plugin packet_count --expect any)")
    args=()
    for ((i = 0; i < 10; i++)); do args+=(--plugin saw_vlan tag=102 --name "$i"); done
    ten+=("$(microseconds "$aptrace" --replay "$trace" "${args[@]}")")
done
awk -v n="$frames" -v one="$(fastest "${one[@]}")" -v ten="$(fastest "${ten[@]}")" -v walk="$(fastest "${walk[@]}")" \
    -v other="$(fastest "${other[@]}")" -v wanted="$wanted" 'BEGIN {
    printf "packet_count            %6.1f ns a packet\n", walk * 1000 / n
    printf "saw_vlan tag=102        %6.1f ns a packet\n", one * 1000 / n
    printf "ten of them             %6.1f ns a packet, %.1f each further\n", ten * 1000 / n, (ten - one) * 1000 / n / 9
    printf "tcpdump --count         %6.1f ns a packet\n", other * 1000 / n
    printf "aptrace is %.2f times as fast as tcpdump; at least %.1f wanted\n", other / one, wanted
    exit other / one >= wanted ? 0 : 1 }'
