#!/bin/bash
# SPDX-License-Identifier: MIT
# trace-make against tshark and capinfos: what it writes is what its text says, with right lengths and checksums; and what is
# wrong in a text is told with its line.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
export HOME=$scratch

if ! command -v tshark >/dev/null; then
    skip 'there is no tshark' 'trace-make against tshark'
    finish
fi

# FILE FIELD...: the fields of each frame as tshark has them, by commas.
fields() {
    local file=$1 words=()
    shift
    for field; do words+=(-e "$field"); done
    tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -o ipv6.defragment:FALSE -r "$file" -T fields -E separator=/s \
        "${words[@]}" 2>/dev/null | sed 's/ *$//'
}

# NAME...: columns of the table that look makes, as the lines of one file.
columns() {
    awk -F '\t' -v names="$*" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(names, name, " "); next }
        { line = ""; for (i = 1; i <= n; i++) line = line (i > 1 ? " " : "") $at[name[i]]; sub(/ *$/, "", line); print line }' table
}

# ---- Layers

make_trace layers.pcap <<'DESCRIPTION'
format pcap nanoseconds
start 1700000000
+0 eth dst 00:00:00:00:00:02 src 00:00:00:00:00:01 | vlan 102 prio 3 dei | ipv4 10.0.0.1 > 10.0.1.10 ttl 5 id 0x1234 dscp 46 | udp 1000 > 2000 | payload "hello"
+0.000000001 eth | vlan 200 tpid 0x88a8 | vlan 102 | ipv6 2001:db8::1 > 2001:db8::2 hop 9 | tcp 1 > 2 syn ack seq 5 | payload 7 fill 0x78
+1ms eth | ipv4 10.0.0.1 > 10.0.0.2 | icmp id 5 seq 1 | payload "odd" | pad 60
+2us eth | mpls 16 | mpls 17 tc 5 ttl 3 | ipv4 1.2.3.4 > 5.6.7.8 df | udp 5 > 6
+4 eth | ipv6 ::1 > ::2 | icmpv6 seq 4 | payload hex 0102 03
+5 eth | ipv4 1.2.3.4 > 5.6.7.8 | udp 50000 > 4789 | vxlan 42 | eth | vlan 7 | ipv4 9.9.9.9 > 8.8.8.8 | udp 1 > 2 | payload "inner"
+6 eth | ipv4 1.2.3.4 > 5.6.7.8 | gre | ipv6 ::1 > ::2 | udp 3 > 4
+7 eth dst ff:ff:ff:ff:ff:ff | arp request 10.0.0.1 at 00:00:00:00:00:01 > 10.0.0.2 | pad 60
DESCRIPTION
names=(frame.protocols frame.time_relative ip.checksum.status udp.checksum.status tcp.checksum.status icmp.checksum.status icmpv6.checksum.status vlan.id vlan.priority vlan.dei ip.ttl ip.id ip.dsfield.dscp udp.srcport udp.dstport ieee8021ad.id ipv6.hlim tcp.flags tcp.seq_raw tcp.len frame.len ip.len eth.padding mpls.label mpls.bottom mpls.exp mpls.ttl ip.flags.df udp.length arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4)
# shellcheck disable=SC2068
tshark -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -o tcp.check_checksum:TRUE -r layers.pcap -T fields -E header=y \
    ${names[@]/#/-e } 2>/dev/null >table
is "$(columns frame.protocols | sed 's/ethertype://g; s/:data//')" "eth:vlan:ip:udp
eth:ieee8021ad:vlan:ipv6:tcp
eth:ip:icmp
eth:mpls:ip:udp
eth:ipv6:icmpv6
eth:ip:udp:vxlan:eth:vlan:ip:udp
eth:ip:gre:ipv6:udp
eth:arp" 'each layer is told to the one before it'
is "$(columns frame.time_relative | tr '\n' ' ')" \
    '0.000000000 0.000000001 0.001000000 0.000002000 4.000000000 5.000000000 6.000000000 7.000000000 ' 'times, to the nanosecond'
is "$(columns ip.checksum.status udp.checksum.status tcp.checksum.status icmp.checksum.status icmpv6.checksum.status |
    tr -d ' \n,' | tr -d 1)" '' 'every checksum is good'
is "$(columns ip.checksum.status udp.checksum.status tcp.checksum.status icmp.checksum.status icmpv6.checksum.status |
    tr -d ' \n,' | wc -c)" 14 'and there are fourteen'
is "$(columns ip.len | head -n 1)" 33 'IP length: without what is outside'
is "$(columns vlan.id | tr '\n' ' ' | sed 's/  */ /g')" '102 102 7 ' 'VLAN identifiers'
is "$(columns vlan.priority vlan.dei ip.ttl ip.id ip.dsfield.dscp udp.srcport udp.dstport | head -n 1)" \
    '3 1 5 0x1234 46 1000 2000' 'fields of a tag, IP and UDP'
is "$(columns ieee8021ad.id ipv6.hlim tcp.flags tcp.seq_raw tcp.len | sed -n 2p)" '200 9 0x0012 5 7' 'fields of 802.1ad, IPv6 and TCP'
is "$(columns frame.len ip.len eth.padding | sed -n 3p)" '60 31 000000000000000000000000000000' 'padding is no part of IP'
is "$(columns mpls.label mpls.bottom mpls.exp mpls.ttl | sed -n 4p)" '16,17 0,1 0,5 64,3' 'an MPLS stack and its bottom'
is "$(columns ip.flags.df udp.length | sed -n 4p)" '1 8' 'no fragments; an empty datagram'
is "$(columns arp.opcode arp.src.hw_mac arp.src.proto_ipv4 arp.dst.proto_ipv4 | tail -n 1)" '1 00:00:00:00:00:01 10.0.0.1 10.0.0.2' 'ARP'

make_trace more.pcap <<'DESCRIPTION'
format pcap
+0 eth | ipv4 1.1.1.1 > 2.2.2.2 options 2 | gre key 0xdeadbeef sequence 12 | eth | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2 | payload 3
+1 eth | ipv4 1.1.1.1 > 2.2.2.2 | gre sequence 3 | erspan 513 vlan 7 cos 5 index 9 | eth | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2
+2 eth | ipv6 ::5 > ::6 | udp 50000 > 6081 | geneve 0xabcdef options 2 | eth | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2
+3 eth | ipv4 1.1.1.1 > 2.2.2.2 | udp 2152 > 2152 | gtp 0x01020304 seq 4 | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2 | payload 5
+4 eth | ipv4 1.1.1.1 > 2.2.2.2 | udp 2152 > 2152 | gtp 7 | ipv6 ::3 > ::4 | tcp 1 > 2 reserved 9 options 1 ack | payload 1
+5 eth dst 01:80:c2:00:00:01 | macc 0x0101 | hex 0009 0001 | pad 60
+6 eth | ipv6 fe80::1 > fe80::2 | fragment 0 more id 99 | udp 1 > 2 | payload 8
+7 eth | ipv6 fe80::1 > fe80::2 | routing 0 via fe80::3 via fe80::4 | fragment 185 id 98 next 17 | payload 8
+8 eth | ipv6 fe80::1 > ff02::1:ff00:2 hop 255 | ns fe80::2 at 02:00:00:00:00:01
+9 eth | ipv4 1.1.1.1 > 2.2.2.2 | icmp type 3 code 4 mtu 1400 | ipv4 2.2.2.2 > 3.3.3.3 | udp 9 > 8
+10 eth | ipv6 ::1 > ::2 | icmpv6 type 2 mtu 1280
DESCRIPTION
is "$(fields more.pcap frame.protocols | sed 's/ethertype://g; s/:data//')" "eth:ip:gre:eth:ip:udp
eth:ip:gre:erspan:eth:ip:udp
eth:ipv6:udp:geneve:eth:ip:udp
eth:ip:udp:gtp:ip:udp
eth:ip:udp:gtp:ipv6:tcp
eth:macc
eth:ipv6:ipv6.fraghdr:udp
eth:ipv6:ipv6.routing:ipv6.fraghdr
eth:ipv6:icmpv6
eth:ip:icmp:ip:udp
eth:ipv6:icmpv6" 'tunnels, extension headers and MAC control are told too'
is "$(fields more.pcap ip.checksum.status udp.checksum.status tcp.checksum.status icmp.checksum.status icmpv6.checksum.status |
    tr -d ' \n,' | tr -d 1)" '2' 'every checksum is good but that of a fragment, which is not told'
is "$(fields more.pcap gre.key gre.sequence_number erspan.spanid erspan.vlan erspan.cos erspan.index | head -n 2 | tr -s ' ' | tr '\n' ';')" \
    '0xdeadbeef 12; 3 513 7 5 9;' 'GRE and ERSPAN'
is "$(fields more.pcap geneve.vni geneve.option.length gtp.teid gtp.seq_number gtp.length tcp.flags tcp.hdr_len | sed -n '3,5p' | tr -s ' ' | tr '\n' ';')" \
    '0xabcdef 8,4,4; 0x01020304 0x0004 37; 0x00000007 65 0x0910 24;' 'Geneve and GTP-U'
is "$(fields more.pcap macc.opcode macc.cbfc.pause_time.c0 ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident ipv6.routing.segleft \
    ipv6.routing.src.addr | sed -n '6,8p' | tr -s ' ' | tr '\n' ';')" \
    '0x0101 1; 0 1 0x00000063; 185 0 0x00000062 0 fe80::3,fe80::4;' 'MAC control, fragments, routes'
is "$(fields more.pcap icmpv6.nd.ns.target_address icmpv6.opt.linkaddr icmp.mtu icmpv6.mtu | sed -n '9,11p' | tr -s ' ' | tr '\n' ';')" \
    'fe80::2 02:00:00:00:00:01; 1400; 1280;' 'ICMP'

# ---- Formats

frames='start 1700000000.5
repeat 3 every 20ms +0 eth dst 00:00:00:00:00:{n:x} | vlan {n+100} | payload {n*2+10}
+-1.5 wire 1500 capture 20 eth | payload 46'
for form in 'pcap' 'pcap big' 'pcap nanoseconds' 'pcap big nanoseconds' 'pcap modified' 'pcap gzip' 'pcap zstd' \
    'pcapng' 'pcapng big' 'pcapng gzip' 'pcapng zstd'; do
    interface=
    [ "${form%% *}" = pcap ] || interface='interface eth0'
    printf 'format %s\n%s\n%s\n' "$form" "$interface" "$frames" | make_trace trace
    case $form in *gzip) gzip -dc trace ;; *zstd) zstd -dcq trace ;; *) cat trace ;; esac |
        tcpdump -nn -tt --micro -e -r - 2>/dev/null | sed -n '/length/ { s/ 00:00:00:00:00:01 > / /; s/, ethertype.*length /, /; s/, p .*//; s/ *$//; p }' | tr '\n' ' ' >got
    is "$(cat got)" "1700000000.500000 00:00:00:00:00:00, 28: vlan 100 1700000000.520000 00:00:00:00:00:01, 30: vlan 101 $(
        )1700000000.540000 00:00:00:00:00:02, 32: vlan 102 1699999999.000000 00:00:00:00:00:02, 1500: " "$form"
done
for form in 'pcap big' 'pcap nanoseconds' 'pcap big nanoseconds'; do
    printf 'format %s\n' "$form" | make_trace trace
    printf '%s ' "$(od -An -tx1 -N4 trace | tr -d ' ')"
done >magics
is "$(cat magics)" 'a1b2c3d4 4d3cb2a1 a1b23c4d ' 'the magic numbers'
printf 'format pcap link linux-sll snaplen 77\n' | make_trace trace
like "$(capinfos -E -l trace)" 'Linux cooked.*77' 'link type and snap length of a pcap'

for order in little big; do
    make_trace trace.pcapng <<DESCRIPTION
format pcapng $order
start 1700000000
interface eth0
interface tun0 link raw resolution 10^-9 offset 3600
interface fast resolution 2^-10 offset -5
+0.5 in eth | vlan 5 | payload "a"
+0.123456789 on tun0 out drops 3 comment "hello" ipv4 1.2.3.4 > 5.6.7.8 | udp 1 > 2 | payload "ab"
+1.25 on fast eth | payload "x"
+2 simple eth | payload "simple"
+3 obsolete drops 2 on 1 in ipv4 1.2.3.4 > 5.6.7.8 | payload "ab"
block 0x0bad0bad 00 01 02 03 04
statistics eth0 +5 received 20 if-dropped 1 os-dropped 4
section $([ $order = big ] && echo little || echo big)
interface - link 147
+4 hex 0102
DESCRIPTION
    is "$(fields trace.pcapng frame.time_epoch frame.interface_id frame.interface_name frame.len frame.packet_flags_direction frame.drop_count frame.comment)" \
        '1700000000.500000000 0 eth0 19 0x00000001
1700000000.123456789 1 tun0 30 0x00000002 3 hello
1700000001.250000000 2 fast 15
 0 eth0 20
1700000003.000000000 1 tun0 22 0x00000001 2
1700000004.000000000 0 eth0 2' "pcapng, $order endian: sections, interfaces, units, offsets, all kinds of packet"
    like "$(capinfos -c trace.pcapng)" 'packets: +6' "pcapng, $order endian: capinfos reads it whole"
done
printf 'format pcapng\ninterface eth0\nstatistics eth0 +5 received 20 if-dropped 1 os-dropped 4\n' | make_trace trace
is "$(od -An -v -tx4 -j60 trace | tr -d '\n')" "$(printf ' %s' 00000005 00000040 00000000 00000000 004c4b40 00080004 00000014 00000000 \
    00080005 00000001 00000000 00080007 00000004 00000000 00000000 00000040)" 'an interface statistics block, byte by byte'

# ---- Repetition, damage, sameness

printf 'format pcap\nrepeat 20 every 1us +0 eth | payload {n%%4*2+1}\n' | make_trace trace
is "$(tcpdump -e -r trace 2>/dev/null | sed -n 's/.*length \([0-9]*\):.*/\1/p' | tr '\n' ' ')" "$(for _ in 1 2 3 4 5; do echo -n '15 17 19 21 '; done)" 'a calculation goes from left to right'
printf 'format pcap\n+0 eth | payload 46\n' | make_trace whole
printf 'format pcap\n+0 eth | payload 46\ncut 7\nraw 00ff\nraw "x"\n' | make_trace cut
is "$(stat -c %s whole cut | tr '\n' ' ')" '100 96 ' 'cut and raw'
is "$(tail -c 3 cut | od -An -tx1)" ' 00 ff 78' 'raw adds bytes as they are'
printf 'format raw\n' | make_trace empty
is "$(stat -c %s empty)" 0 'an empty file'
printf 'format pcap\n+0 claim 99 wire 7 eth\n' | make_trace claim
is "$(od -An -tu4 -j32 -N8 claim | tr -s ' ')" ' 99 7' 'lengths that cannot be are written as they are'
printf 'format pcap gzip\n%s\n' "$frames" | make_trace one.gz
printf 'format pcap gzip\n%s\n' "$frames" | make_trace two.gz
same one.gz two.gz 'the same text gives the same bytes, packed too'

# ---- What is wrong

# TEXT PATTERN NAME
told() {
    local said status=0
    said=$(echo -ne "$1" | "$TRACE_MAKE" -o made 2>&1) || status=$?
    if [ "$status" -eq 1 ] && [[ $said =~ $2 ]] && [ ! -e made ]; then
        ok "$3"
    else
        not_ok "$3" "expected status 1, no file, and $2"$'\n'"got $status and $said"
    fi
    rm -f made
}
told '' 'expected a format line' 'no format'
told 'format foo\n' ':1: format: expected pcap, pcapng or raw, got foo' 'an unknown format'
told 'format pcap\n\n# text\nfoo\n' ':4: expected \+TIME, format.*got foo' 'an unknown statement: its line'
told 'format pcap\n+0 eth\n  | foo\n' ':2: expected a layer.*got foo' 'an unknown layer'
told 'format pcap\n+0 eth | vlan 4096\n' ':2: vlan: expected a number from 0 to 4095, got 4096' 'a number out of range'
told 'format pcap\n+0 eth | vlan 1x\n' ':2: vlan: .*got 1x' 'a malformed number'
told 'format pcap\n+0 eth | vlan\n' ':2: vlan: .*got the end of the line' 'a missing number'
told 'format pcap\n+0 eth dst 0:1\n' ':2: eth dst: expected an address.*got 0:1' 'a malformed address'
told 'format pcap\n+0 eth | udp 1 > 2\n' ':2: udp cannot stand behind eth' 'layers that do not go together'
told 'format pcap\n+0 eth | ipv4 1.2.3.4 1.2.3.5\n' ':2: ipv4: expected > ' 'a missing >'
told 'format pcap\n+0 eth | ipv4 1.2.3.4 > 1.2.3.5 tttl 5\n' ':2: ipv4: expected one of ttl N, .*got tttl' 'an unknown field'
told 'format pcap\n+1.5x eth\n' ':2: time: expected a time .*got \+1\.5x' 'a malformed time'
told 'format pcap\n+0 in eth\n' ':2: in: only a pcapng has it' 'an option that the format does not have'
told 'format pcapng\n+0 eth\n' ':2: packet: expected an interface line' 'a packet without an interface'
told 'format pcapng\ninterface a\n+0 on b eth\n' ':3: expected an interface of this section.*got b' 'an unknown interface'
told 'format pcap\n+0 eth | payload "x\n' ':2: expected a closing "' 'a quote that is not closed'
told 'format pcap\nrepeat 2 every 1s +0 eth | payload {m}\n' ':2: \{m\}: expected \{n\}' 'a malformed calculation'
told 'format pcap\ncut 99\n' ':2: cut: ' 'a cut of more than there is'
check '--help' "$TRACE_MAKE" --help
finish
