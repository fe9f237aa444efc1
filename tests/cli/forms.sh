#!/bin/bash
# SPDX-License-Identifier: MIT
# One run in many forms gives one document, byte for byte: pcap and pcapng, either byte order, packed or not, from a file, a pipe
# and standard input, split by interface, and the same again.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

# 3,000 frames of 100 to 1,500 bytes: more than one block of any reader.
packets='start 1700000000.123456
repeat 3000 every 137us +0 eth | vlan {n%40+100} | ipv4 10.0.0.1 > 10.0.1.10 id {n} | udp {n+1000} > 2000 | payload {n*37%1400+60}
+0.2 eth | vlan 200 | payload 18
+0.3 eth | vlan 201 | payload 18'
words=(--plugin saw_vlan tag=139 --plugin saw_vlan tag=201 --plugin packet_count --filter 'vlan and udp src port 1999' --expect 1
    --plugin packet_count --timeout 100ms --expect any --plugin saw_nothing --name fails --plugin saw_vlan tag=200 --timeout 199ms)

# TEXT ARG...: the document equals that of the first call.
document() {
    local text=$1
    shift
    "$APTRACE" --report "json:document" "$@" "${words[@]}"
    [ -e first ] || cp document first
    same first document "$text"
}

for form in 'pcap' 'pcap big' 'pcap nanoseconds' 'pcap big nanoseconds' 'pcap modified' 'pcap gzip' 'pcap zstd' 'pcap big gzip'; do
    printf 'format %s\n%s\n' "$form" "$packets" | make_trace trace
    document "$form" --replay x=trace
done
for form in 'pcapng' 'pcapng big' 'pcapng gzip' 'pcapng zstd'; do
    for interface in 'eth0' '- resolution 10^-9' 'eth0 resolution 10^-6 offset 1600000000'; do
        printf 'format %s\ninterface %s\n%s\n' "$form" "$interface" "$packets" | make_trace trace
        document "$form, interface $interface" --replay x=trace
    done
done
is "$(jq -r '[.sources[0].packets, (.expectations[].verdict)] | map(tostring) | join(" ")' first)" '3002 pass pass pass pass fail fail' \
    'and the document is the one that was meant'
document 'the same again' --replay x=trace

# Pipes: whole, and a few bytes at a time.
printf 'format pcap\n%s\n' "$packets" | make_trace trace.pcap
printf 'format pcapng\ninterface eth0\n%s\n' "$packets" | make_trace trace.pcapng
gzip -k trace.pcap && zstd -q trace.pcapng
for file in trace.pcap trace.pcapng trace.pcap.gz trace.pcapng.zst; do
    document "$file on standard input" --replay x=- <$file
    document "$file from a pipe" --replay x=- < <(cat $file)
    document "$file from a named pipe" --replay x=<(cat $file)
    for size in 7 1000 65536; do
        document "$file from a pipe, $size bytes at a time" --replay x=- < <(dd if=$file bs=$size 2>/dev/null)
    done
done
cat trace.pcap.gz >two.gz && head -c 0 /dev/null | gzip >>two.gz
document 'gzip of two members' --replay x=two.gz
{ head -c 1000 trace.pcapng | zstd -q; tail -c +1001 trace.pcapng | zstd -q; } >two.zst
document 'zstd of two frames' --replay x=two.zst
mv trace.pcap.gz lies.pcap
document 'packed under a name that does not say so' --replay x=lies.pcap

# A trace of two interfaces, and the same split into a file each.
make_two() {
    echo "format pcapng"
    echo "interface left link ethernet"
    echo "interface right link raw"
    for ((n = 0; n < 300; n++)); do
        echo "+$((n * 2))ms on left eth | vlan $((n % 50 + 100)) | payload 60"
        echo "+$((n * 2 + 1))ms on right ipv4 10.0.0.1 > 10.0.0.2 id $n | udp $((n + 1)) > 9 | payload 30"
    done
}
make_two | make_trace both.pcapng
printf 'format pcap link ethernet\nrepeat 300 every 2ms +0 eth | vlan {n%%50+100} | payload 60\n' | make_trace left.pcap
printf 'format pcap nanoseconds big link raw\nrepeat 300 every 2ms +1ms ipv4 10.0.0.1 > 10.0.0.2 id {n} | udp {n+1} > 9 | payload 30\n' |
    make_trace right.pcap
rm first
words=(--plugin saw_vlan tag=149 --on left --plugin packet_count --filter 'udp src port 200' --on right --expect 1
    --plugin packet_count --timeout 333ms --expect 334 --plugin saw_vlan --on right --plugin saw_nothing --name a --expect false
    --plugin received_packet --after a --timeout 1ms)
document 'two interfaces in a file' --replay both.pcapng
document 'a file for each' --replay left=left.pcap --replay right=right.pcap
is "$(jq -r '[.sources[].packets, (.expectations[].verdict)] | map(tostring) | join(" ")' first)" '300 300 pass pass pass fail pass pass' \
    'and the document is the one that was meant'
finish
