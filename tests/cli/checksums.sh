#!/bin/bash
# SPDX-License-Identifier: MIT
# Checksums of real captures, packet by packet, against what tshark says of the first one of each kind. What is left to the card
# tshark calls bad, for it knows no more than that the sum is another.
#
# The captures are no part of the project. The folder is taken from $captures, or looked for beside the project; where there is
# none, or no tshark, this is skipped.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

public=$captures/public
if [ ! -d "$public" ]; then
    skip "there is no $public" 'checksums of real captures'
    finish
fi
if ! command -v tshark >/dev/null; then
    skip 'there is no tshark' 'checksums of real captures'
    finish
fi

# Chosen for what is in them: wrong sums, offload of Linux and Windows, fragments, tunnels, tags, cut captures, damage.
names=(
    PcapPlusPlus__Tests__Fuzzers__RegressionTests__regression_samples__clusterfuzz-testcase-minimized-FuzzTarget-5165538295939072
    PcapPlusPlus__Tests__Fuzzers__RegressionTests__regression_samples__clusterfuzz-testcase-minimized-FuzzTarget-5700358767902720
    PcapPlusPlus__Tests__Fuzzers__RegressionTests__regression_samples__radiuslayer
    PcapPlusPlus__Tests__Packet++Test__PacketExamples__gtp.pcap
    PcapPlusPlus__Tests__Pcap++Test__PcapExamples__IgmpPackets.pcap
    PcapPlusPlus__Tests__Pcap++Test__PcapExamples__file_heuristics__pcapng-example.pcapng.zst
    PcapPlusPlus__Tests__Pcap++Test__PcapExamples__ip4_fragments.pcap
    arkime__tests__pcap__6-4-gre-ppp-udp-4-dns.pcap
    arkime__tests__pcap__dns-dnskey.pcap
    arkime__tests__pcap__dns-update.pcap
    arkime__tests__pcap__mpls-basic.pcap
    arkime__tests__pcap__pppoe.pcap
    arkime__tests__pcap__quic34.pcap
    arkime__tests__pcap__stun.pcap
    arkime__tests__pcap__tcpdump-geneve.pcap
    chrissanders-packets__ipv6_fragments.pcapng
    chrissanders-packets__mail_sender_attachment.pcapng
    libpcap__tests__filter__ah-ipip-ping.pcap
    libpcap__tests__filter__vxlan.pcap
    markofu-pcaps__PracticalPacketAnalysis__ppa-capture-files__ipfragments.pcap
    nDPI__tests__cfgs__default__pcap__dns_exfiltration.pcap
    nDPI__tests__cfgs__default__pcap__rtp.pcapng
    nDPI__tests__cfgs__default__pcap__softether.pcap
    nDPI__tests__cfgs__default__pcap__tls_invalid_reads.pcap
    nDPI__tests__cfgs__default__pcap__trdp.pcapng
    pcapng-test-generator__output_be__advanced__test102.pcapng
    pcapng-test-generator__output_le__difficult__test202.pcapng
    suricata-verify__tests__ipv6-evasion__ipv6-malformed-fragments-36__frag-36.pcap
    suricata-verify__tests__mime__mime-dec-parse-small-rem-inp__input.pcap
    suricata-verify__tests__vxlan-non-zero-reserved-fields__input.pcap
    tcpdump__tests__gso-ipv4-vxlan-ipv6.pcap
    tcpdump__tests__icmp6_mobileprefix_asan.pcap
    tcpdump__tests__icmpv6_nodeinfo_queryipv4.pcap
    tcpdump__tests__ip_printroute_asan.pcap
    wireshark__test__captures__grpc_stream_reassembly_sample.pcapng.gz
    zeek__testing__btest__Traces__erspanIII.pcap
    zeek__testing__btest__Traces__http__get-to-ssh-server.pcap
    zeek__testing__btest__Traces__linux_dlt_sll2.pcap
    zeek__testing__btest__Traces__mixed-vlan-mpls.pcap
    zeek__testing__btest__Traces__tunnels__geneve-47101.pcap
    zeek__testing__btest__Traces__tunnels__teredo-udp-in-udp.pcap
    zeek__testing__btest__Traces__tunnels__vxlan-inner-tcp-bad-checksum.pcap
)

kinds=(ip tcp udp icmp icmpv6)

# FILE: what tshark says, in the words of print-checksums.
ask_tshark() {
    local fields=(-e frame.number) kind
    for kind in "${kinds[@]}"; do fields+=(-e "$kind.checksum.status"); done
    tshark -n -r "$1" -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -o ip.defragment:FALSE \
        -o ipv6.defragment:FALSE -T fields -E occurrence=f -E separator=, "${fields[@]}" 2>/dev/null |
        awk -F , 'BEGIN { split("wrong right cut unused wrong", word, " ") }
            { line = $1; for (i = 2; i <= 6; i++) line = line " " ($i == "" ? "-" : word[$i + 1]); print line }' | drop_bare
}

# Leaves out what has no checksum: tshark gives frame numbers to journal entries too.
drop_bare() {
    grep -v -- ' - - - - -$'
}

# A zero in an IPv4 header is left to the card if the checksum behind it is. Where that is cut nobody can know, and tshark calls it
# bad: there the header's is not compared.
level_cut() {
    sed 's/^\([0-9]*\) [a-z]* \(cut -\|- cut\)/\1 cut \2/'
}

looked=0 left=0
for name in "${names[@]}"; do
    [ -r "$public/$name" ] || continue
    looked=$((looked + 1))
    ask_tshark "$public/$name" | level_cut >"$scratch/wanted"
    "$builddir/print-checksums" "$public/$name" 2>&1 | drop_bare >"$scratch/said"
    left=$((left + $(grep -o left "$scratch/said" | wc -l)))
    sed 's/left/wrong/g' "$scratch/said" | level_cut >"$scratch/got"
    same "$scratch/got" "$scratch/wanted" "$name: $(wc -l <"$scratch/wanted") packets with checksums"
done
check "there are captures to look at: $looked" test "$looked" -ge 40
check "some of them were captured before the card: $left checksums left to it" test "$left" -gt 500

# FILE STATES TEXT: the states of IPv4, TCP and UDP in a capture, each with the number of packets, where it is known who sent it.
states_are() {
    local counted
    counted=$("$builddir/print-checksums" "$public/$1" |
        awk '{ n[$2 " " $3 " " $4]++ } END { for (s in n) print n[s], s }' | sort)
    is "${counted//$'\n'/ }" "$2" "$3"
}

states_are chrissanders-packets__mail_sender_attachment.pcapng '28 left left - 30 right right -' 'Windows leaves TCP to be cut'
states_are nDPI__tests__cfgs__default__pcap__dns_exfiltration.pcap '150 left - left 150 right - right' 'Windows leaves UDP'
states_are tcpdump__tests__gso-ipv4-vxlan-ipv6.pcap '1 right left left' 'Linux leaves both of a tunnel'
states_are tcpdump__tests__bigtcp-ipv4-vxlan-ipv4.pcap '1 right left left' 'and of one that no length field can tell'

finish
