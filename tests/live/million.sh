#!/bin/bash
# SPDX-License-Identifier: MIT
# A million frames of 64 bytes, as fast as tcpreplay sends them, 16 expectations, recording on: nothing is dropped, every count is
# exact, and the replay has the same document. Not part of make check: it measures the machine too.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
pair v0 v1
cd "$scratch" || exit 1

run --live v0 --record thousand.pcapng --settle 200ms --plugin packet_count --expect 1000 -- "$TRAFFIC" flood 1000 64 v1
is "$status" 0 'a thousand frames to send'
questions=(--plugin packet_count --expect 1000000 --plugin packet_count_was n=1000000 --plugin saw_vlan tag=101 --expect false
    --plugin saw_vlan tag=999 --expect false)
for tag in 100:167000 102:167000 104:166000; do
    questions+=(--plugin packet_count --filter "vlan ${tag%:*}" --expect "${tag#*:}" --plugin saw_vlan "tag=${tag%:*}"
        --plugin packet_count --filter "vlan ${tag%:*}" --timeout 20s --count 1000 --expect 1000
        --plugin saw_dst_mac mac=02:00:00:00:01:00 --filter "vlan ${tag%:*}")
done
run --live v0 --record run.pcapng --report json:live.json "${questions[@]}" -- tcpreplay --quiet --topspeed --preload-pcap --loop 1000 -i v1 thousand.pcapng
like "$out" 'Rated|Actual' "tcpreplay: $(grep -o 'Rated.*pps' <<<"$out" | head -n 1)"
is "$(says '.expectations | length' live.json)" 16 '16 expectations'
is "$(says '.sources[0] | "\(.packets) \(.dropped)"' live.json)" '1000000 0' 'a million packets, none dropped'
is "$(says '[.expectations[] | select(.verdict != "pass") | .label] | join(", ")' live.json)" '' 'every count is exact'
is "$(capinfos -Mc run.pcapng | awk '/Number of packets/ {print $NF}')" 1000000 'capinfos counts a million'
replays run.pcapng live.json 'the replay has the same document'
finish
