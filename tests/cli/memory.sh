#!/bin/bash
# SPDX-License-Identifier: MIT
# Memory is the same for a trace of any size: at most 16 MiB are resident behind 200 MB of packets, from a pcap, a pcapng of
# large blocks, and packed ones. The peak is read from /proc once all bytes have gone through the pipe and before it is closed.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
limit_kib=16384

frames() {
    printf 'format %s\n' "$1"
    [ -z "$2" ] || echo "$2"
    echo "repeat $3 every 1us +0 eth | vlan 101 | ipv4 10.0.0.1 > 10.0.1.10 | udp 1 > 2 | payload $4"
}

# TEXT: what comes on standard input goes through aptrace by a pipe.
measure() {
    local text=$1 peak
    mkfifo pipe
    "$APTRACE" --replay pipe --plugin saw_vlan tag=102 --expect false --plugin packet_count --expect 2.. \
        --plugin packet_count --filter 'vlan 101' --expect 2.. >said 2>&1 &
    local child=$!
    exec 9>pipe
    cat >&9
    peak=$(awk '/^VmHWM/ { print $2 }' "/proc/$child/status" 2>/dev/null)
    exec 9>&-
    if wait "$child" && [ -n "$peak" ] && [ "$peak" -le "$limit_kib" ]; then
        ok "$text: $peak KiB at most"
    else
        not_ok "$text: at most $limit_kib KiB" "got ${peak:-nothing} KiB"$'\n'"$(cat said)"
    fi
    rm pipe
}

if [ -n "${SANITIZE:-}" ]; then
    skip 'a sanitiser takes memory of its own' 'resident memory'
    finish
fi
measure '200 MB of pcap' < <(frames pcap '' 2500000 18 | "$TRACE_MAKE")
measure '200 MB of pcapng' < <(frames pcapng 'interface eth0' 140000 1400 | "$TRACE_MAKE")
measure '200 MB of pcap, gzip' < <(frames 'pcap gzip' '' 140000 1400 | "$TRACE_MAKE")
measure '200 MB of pcapng, zstd' < <(frames 'pcapng zstd' 'interface eth0' 140000 1400 | "$TRACE_MAKE")
measure 'packets of 60,000 bytes' < <(frames pcap '' 3400 60000 | "$TRACE_MAKE")
finish
