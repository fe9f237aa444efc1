#!/bin/bash
# SPDX-License-Identifier: MIT
# Real captures, against the figures that capinfos, tshark and libpcap gave of each (EXPECT.tsv in the folder): the number of
# packets, and for Ethernet those with VLAN tags, IP, IPv6, ARP and the most frequent address, by filter and by predicate.
#
# The captures are no part of the project. The folder is taken from $captures, or looked for beside the project; where there is
# none, this is skipped.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

captures=$(realpath -m "$captures")
table=$captures/EXPECT.tsv
if [ ! -r "$table" ]; then
    skip "there is no $captures/EXPECT.tsv" 'real captures'
    finish
fi

# Where independent readers differ, the format's specification decides. FILE COLUMN FIGURE, each with its reason.
oss=PcapPlusPlus__Tests__Fuzzers__RegressionTests__regression_samples
departures=(
    # Wireshark guesses from odd first records that another header layout was used. By the header it is a plain pcap of version
    # 2.4, and libpcap reads as many packets before the damage.
    "${oss}__crash-exception-cast-constructed-record packets 2"
    "${oss}__crash-exception-cast-constructed-record eth 2"
    "${oss}__crash-exception-cast-constructed-record outer_ip 1"
    "${oss}__crash-exception-cast-constructed-record top_eth_dst -"
    "suricata-verify__tests__bug-6875-01__fuzz.pcap packets 1"
    "suricata-verify__tests__bug-6875-01__fuzz.pcap eth 1"
    "suricata-verify__tests__bug-6875-01__fuzz.pcap outer_ip 1"
    "suricata-verify__tests__bug-6875-01__fuzz.pcap top_eth_dst -"
    "${oss}__igmplayer outer_ip 1"
    "${oss}__igmplayer outer_ipv6 1"
    "${oss}__igmplayer top_eth_dst -"
    # Version 2.3, where the two lengths are swapped when the first is the greater: libpcap reads the packet, and the file ends
    # behind it.
    "${oss}__clusterfuzz-testcase-minimized-FuzzTarget-5766899836387328 packets 1"
    "${oss}__clusterfuzz-testcase-minimized-FuzzTarget-5766899836387328 health clean"
    # The Ethernet type says IPv6 and the version field does not: tshark shows no IPv6 layer, a filter looks at the type.
    "${oss}__crash-eec28dafde1f1ac2299674a75a914ae16d4046fa outer_ipv6 1"
    "zeek__testing__btest__Traces__quic__383379789-decrypt-crash.pcap outer_ipv6 2"
    # A frame of fewer than 14 bytes: tshark shows no Ethernet header, a filter looks at the six bytes that are there.
    "tcpreplay__test__test.rewrite_l7fuzzing top_eth_dst 00:1f:f3:3c:e1:13=67"
)

# The table with its departures, fields separated by a character that bash does not fold.
read_table() {
    printf '%s\n' "${departures[@]}" | awk -F '\t' -v OFS='\037' '
        FILENAME == "-" { split($0, d, " "); departs[d[1] " " d[2]] = d[3]; next }
        FNR == 1 { for (i = 1; i <= NF; i++) name[i] = $i; next }
        { for (i = 2; i <= 15; i++) if (($1 " " name[i]) in departs) $i = departs[$1 " " name[i]]; $1 = $1; print }' - "$table"
}

cd "$scratch" || exit 1
read_table >table

# ---- The number of packets, and whether the trace is whole

# One line for each: status, value, whole or not, whether drops are told, and its Ethernet sources.
count_all() {
    while IFS=$'\037' read -r file _; do
        run --replay "$captures/public/$file" --report json --direction both --plugin packet_count --expect any
        echo "$status" >>statuses
        echo "${out:-null}" >>documents
    done <table
    jq -r '[(.expectations[0].value | tostring),
        (if any(.sources[]?; .ended == "cut short" or .ended == "corrupt") then "damaged" else "clean" end),
        (if any(.sources[]?; .dropped > 0) then "drops" else "whole" end),
        ([.sources[]? | select(.link_type == "EN10MB") | .name] | join(","))] | join("\u001f")' documents |
        paste -d $'\037' table statuses -
}

check_count() {
    local file=$1 packets=$2 health=$3 libpcap=$4 status=$5 value=$6 state=$7 drops=$8
    local wanted=${packets%+}
    [[ $wanted != - ]] || wanted=$libpcap
    if [[ $wanted == refuses ]]; then
        like "$status" '^[23]$' "$file: others refuse it; no pass"
    elif [[ $health == clean && $drops == drops ]]; then
        is "$status $value $state" "3 $wanted clean" "$file: $wanted packets, and it tells of lost ones"
    elif [[ $health == clean ]]; then
        is "$status $value $state" "0 $wanted clean" "$file: $wanted packets"
    elif [[ $health == unsupported-by-wireshark ]]; then
        like "$status $value" "^[03] $wanted\$" "$file: $wanted packets"
    else
        is "$status $value $state" "3 $wanted damaged" "$file: $wanted packets before the damage"
    fi
}

count_all >counted
while IFS=$'\037' read -r file packets health _ _ _ libpcap _ _ _ _ _ _ _ _ status value state drops _; do
    check_count "$file" "$packets" "$health" "$libpcap" "$status" "$value" "$state" "$drops"
done <counted

# ---- Ethernet: filters and predicates

# TERM: behind no tag, one, two or three. A filter's "vlan" moves what is behind it along.
behind_tags() {
    echo "$1 or (vlan and ($1 or (vlan and ($1 or (vlan and $1)))))"
}
ip=$(behind_tags ip) ip6=$(behind_tags ip6) arp=$(behind_tags arp)

# What the run yields goes to documents, what it should yield to wanted.
look_at_ethernet() {
    local file=$1 eth=$2 vlan=$3 stacked=$4 tag=${5%%:*} ipv4=$6 ipv6=$7 arps=$8 mac=$9 on=${10}
    local wanted="$eth $vlan $stacked $ipv4 $ipv6 $arps" words
    words=(--plugin packet_count --plugin packet_count --filter vlan --plugin packet_count --filter 'vlan and vlan'
        --plugin packet_count --filter "$ip" --plugin packet_count --filter "$ip6" --plugin packet_count --filter "$arp" --plugin saw_vlan)
    wanted+=$([ "$vlan" -gt 0 ] && echo ' true' || echo ' false')
    if [ -n "$tag" ]; then
        words+=(--plugin saw_vlan "tag=$tag")
        wanted+=' true'
    fi
    if [[ $mac == *=* ]]; then
        words+=(--plugin packet_count --filter "ether dst ${mac%=*}" --plugin saw_dst_mac "mac=${mac%=*}")
        wanted+=" ${mac#*=} true"
    fi
    run --replay "$captures/public/$file" --report json --on "$on" --direction both --expect any "${words[@]}"
    echo "${out:-null}" >>documents
    printf '%s\037%s\n' "$file" "$wanted" >>wanted
}

ethernet=0
rm documents
while IFS=$'\037' read -r file _ _ _ _ _ _ eth vlan stacked tag ipv4 ipv6 arps mac _ _ _ _ on; do
    [[ -n $on && $eth =~ ^[0-9]+$ ]] || continue
    look_at_ethernet "$file" "$eth" "$vlan" "$stacked" "$tag" "$ipv4" "$ipv6" "$arps" "$mac" "$on"
done <counted
jq -r '[.expectations[]?.value | tostring] | join(" ")' documents | paste -d $'\037' wanted - >both
while IFS=$'\037' read -r file wanted got; do
    ethernet=$((ethernet + 1))
    is "$got" "$wanted" "$file: ${wanted%% *} Ethernet frames"
done <both
check "there are captures to look at: $(wc -l <table), $ethernet of them with Ethernet" test "$ethernet" -gt 300

# ---- A switch's run

bmv2=$captures/bmv2
run --replay "1=$bmv2/router-live/s1-eth1_in.pcap" --replay "2=$bmv2/router-live/s1-eth2_out.pcap" \
    --replay "1.out=$bmv2/router-live/s1-eth1_out.pcap" --report json \
    --plugin packet_count --on 1 --expect 22 --plugin packet_count --on 2 --expect 21 --plugin saw_nothing --on 1.out \
    --plugin saw_dst_mac mac=00:04:00:00:00:01 --on 2 --plugin saw_src_mac mac=00:aa:bb:00:00:01 --on 2 \
    --plugin saw_nothing --on 2 --filter 'ip[8] = 0'
is "$status $(jq -r '[.expectations[].verdict] | join(" ")' <<<"$out")" '1 pass pass pass pass pass fail' \
    'a switch, port by port: all but the time to live'
is "$(jq -c '.expectations[5].finish.packet | [.source, .number]' <<<"$out")" '["2",21]' 'and the failure names packet 21 of port 2'
ends 0 'its file mode: link type 0 is Ethernet' --replay "2=$bmv2/router-files/p2_out.pcap" \
    --plugin packet_count --filter 'ip and udp' --expect 21
finish
