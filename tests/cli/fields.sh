#!/bin/bash
# SPDX-License-Identifier: MIT
# Header fields against Wireshark: for every field that both have a name for, as many packets have it, and have each of its most
# frequent values, as a display filter of tshark finds; on real captures, and on packets made for it, where it is also negated,
# ranged and masked.
#
# Both are asked the same question:
# - FIELD#1, the field of the first such layer. A bare name is the outermost layer here, and any layer there.
# - Wireshark dissects only what aptrace follows (disabled_protos below): else it would find IP in L2TP, or TCP in what it put
#   together from several packets. For that reason it must not put fragments together either.
# - What an ICMP error quotes is a packet to Wireshark, and payload here: the layers behind IP are not asked for in those.
# Where they differ nevertheless, departures has the captures and the reason.
#
# "make check" looks at some captures, in which are all fields that any has, "make check-fields" at all of them (FIELDS=all).
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

for program in tshark jq; do
    command -v "$program" >/dev/null || { skip "there is no $program" 'fields against Wireshark'; finish; }
done
export HOME=$scratch
cd "$scratch" || exit 1
: "${FIELDS:=some}"

# ---- What is asked

# NAME KIND [WIRESHARK]: n number, m MAC address, a IPv4 or IPv6 address, x bytes.
fields='
frame.len n
frame.cap_len n
eth.dst m
eth.src m
eth.addr m
eth.type n
eth.len n
vlan.id n
vlan.priority n
vlan.dei n
vlan.etype n
mpls.label n
mpls.exp n
mpls.bottom n
mpls.ttl n
arp.opcode n
arp.src.hw_mac m
arp.src.proto_ipv4 a
arp.dst.hw_mac m
arp.dst.proto_ipv4 a
ip.version n
ip.hdr_len n
ip.dsfield n
ip.dsfield.dscp n
ip.dsfield.ecn n
ip.len n
ip.id n
ip.flags n
ip.flags.df n
ip.flags.mf n
ip.frag_offset n
ip.ttl n
ip.proto n
ip.checksum n
ip.src a
ip.dst a
ip.addr a
ipv6.tclass n
ipv6.tclass.dscp n
ipv6.tclass.ecn n
ipv6.flow n
ipv6.plen n
ipv6.nxt n
ipv6.hlim n
ipv6.src a
ipv6.dst a
ipv6.addr a
ipv6.fraghdr.offset n
ipv6.routing.segleft n
tcp.srcport n
tcp.dstport n
tcp.port n
tcp.seq_raw n
tcp.ack_raw n
tcp.flags n
tcp.window_size_value n
tcp.checksum n
tcp.payload x
udp.srcport n
udp.dstport n
udp.port n
udp.length n
udp.checksum n
udp.payload x
icmp.type n
icmp.code n
icmp.ident n
icmp.seq n
icmp.checksum n
icmp.mtu n
icmpv6.type n
icmpv6.code n
icmpv6.checksum n
icmpv6.nd.ns.target_address a
gre.proto n
gre.key n
gre.sequence_number n
erspan.spanid n
vxlan.vni n
geneve.vni n
gtp.teid n
macc.opcode n
'
printf '%s' "$fields" | sed '/^$/d' >fields

mkdir -p .config/wireshark
tr ' ' '\n' >followed <<'PROTOCOLS'
frame ethertype eth eth_withfcs eth_withoutfcs eth_maybefcs vlan ieee8021ad mpls llc arp ip ipv6 ipv6.hopopts ipv6.dstopts
ipv6.routing ipv6.fraghdr ah tcp udp icmp icmpv6 gre erspan vxlan vxlan_gpe geneve gtp macc ppp pppoes sll null raw chdlc ppi
pcap_pktdata wlan wlan_radio radiotap data
PROTOCOLS
tshark -G protocols 2>/dev/null | awk -F '\t' 'FILENAME != "-" { keep[$1] = 1; next } !($3 in keep) { print $3 }' followed - \
    >.config/wireshark/disabled_protos

# FILE OPTION...: tshark, reading it as said above.
wireshark() {
    local file=$1
    shift
    tshark -n -o ip.defragment:FALSE -o ipv6.defragment:FALSE -r "$file" "$@" 2>/dev/null
}

# FILE TABLE: the first value of each field in each packet; then of those that an outer tag of 802.1ad has in place of vlan's.
values() {
    local list
    mapfile -t list < <(awk '{ print $3 ? $3 : $1 }' "$2")
    wireshark "$1" -T fields -E occurrence=f "${list[@]/#/-e}" -eieee8021ad.id -eieee8021ad.priority -eieee8021ad.dei
}

# FEW TABLE, standard input: values. A line for each question: how aptrace is asked, and how tshark. FEW: values of each field.
questions() {
    awk -F '\t' -v few="$1" '
        function colons(hex) { gsub(/../, "&:", hex); return substr(hex, 1, length(hex) - 1) }
        function ask(i, match_, filter, words) {
            words = ours[i] match_
            if (name[i] ~ /^vlan\.(id|priority|dei)$/)
                filter = "(" filter " && !ieee8021ad) || " ad[i] substr(filter, length(theirs[i]) + 1)
            if (name[i] ~ /^mpls\.(exp|bottom|ttl)$/) { # all labels are one layer there
                filter = filter " && !(mpls.bottom#1 == 0)"
                words = words " mpls.label#2=none"
            }
            if (name[i] == "vlan.etype") { # 802.1ad has no name for its type
                filter = filter " && !ieee8021ad"
                words = words " vlan.tpid#1!=0x88a8"
            }
            if (name[i] == "payload") { # elsewhere, data to Wireshark may be a header here, and the other way round
                filter = filter " && udp.port#1 && !gtp"
                words = words " udp.port#1=any gtp.teid#1=none"
            }
            if (name[i] ~ /^(tcp|udp|gre|erspan|vxlan|geneve|gtp|payload|ipv6\.(fraghdr|routing))/)
                filter = "(" filter ") && !(icmp.type in {3..5, 11, 12}) && !(icmpv6.type in {1..4})"
            print words "\t" filter
        }
        # more frequent; else the first by its text, so that it is the same with every awk
        function is_more(count, text, other_count, other_text) {
            return count > other_count || (count == other_count && text < other_text)
        }
        function is_sound(i, text) {
            if (name[i] == "ip.version") return text == 4  # IPv6 has it there too, and what is not IPv4
            if (name[i] == "ip.len") return text <= 65535  # the length of the packet, where the header has 0
            if (name[i] == "ip.hdr_len") return text >= 20 # less is refused
            if (name[i] == "eth.type") return text >= "0x0600"
            if (name[i] == "frame.len") return text < 2147483647 # the greatest that there is
            return 1
        }
        function value(i, text, bytes) {
            if (kind[i] != "x") {
                ask(i, "=" text, theirs[i] " == " text)
                return
            }
            bytes = substr(text, 1, 32)
            ask(i, "=" bytes, theirs[i] "[0:" length(bytes) / 2 "] == " colons(bytes))
            if (length(text) > 2 && length(text) <= 64 && !cut) # of what is cut, the end is not known
                ask(i, "=" text "$", theirs[i] " == " colons(text))
        }
        FILENAME != "-" {
            split($0, row, " ")
            name[++n] = row[1]
            kind[n] = row[2]
            nth = row[1] ~ /^(frame|payload)/ ? "" : "#1"
            ours[n] = row[1] nth
            theirs[n] = (row[3] ? row[3] : row[1]) (row[1] ~ /^frame/ ? "" : "#1")
            ad[n] = "ieee8021ad" substr(row[1], 5) "#1"
            next
        }
        {
            for (i = 1; i <= n; i++)
                count[i, $i] += $i != ""
            for (i = 1; i <= n; i++) { # the three columns behind
                if (name[i] ~ /^vlan\.(id|priority|dei)$/ && $(n + ++tag) != "")
                    count[i, $(n + tag)]++
            }
            tag = 0
            cut = cut || $1 != $2 # the first two fields: lengths on the wire and as captured
        }
        END {
            for (key in count) {
                split(key, part, SUBSEP)
                i = part[1]
                if (count[key] == 0) continue
                for (rank = few; rank > 0 && is_more(count[key], part[2], best[i, rank], which[i, rank]); rank--) {
                    best[i, rank + 1] = best[i, rank]
                    which[i, rank + 1] = which[i, rank]
                }
                best[i, rank + 1] = count[key]
                which[i, rank + 1] = part[2]
            }
            for (i = 1; i <= n; i++) {
                ask(i, "=any", name[i] == "ip.version" ? theirs[i] " == 4" : theirs[i])
                for (rank = 1; rank <= few && best[i, rank]; rank++)
                    if (is_sound(i, which[i, rank]))
                        value(i, which[i, rank])
            }
        }' "$2" -
}

# FILE, standard input: questions. A line for each: what aptrace counts, what tshark does, the question.
answers() {
    local file=$1 id=$2 words filter asked=() filters=()
    cat >"asked.$id"
    while IFS=$'\t' read -r words filter; do
        # shellcheck disable=SC2206
        asked+=(--plugin count_packets $words)
        filters+=(-z "io,phs,$filter")
    done <"asked.$id"
    wireshark "$file" -q "${filters[@]}" | awk -F '\t' '
        FILENAME != "-" { order[++n] = $2; next }
        sub(/^Filter: /, "") { filter = $0; frames[filter] = 0; next } # a tree, which may come twice
        /^[^ =].*frames:/ { sub(/.*frames:/, ""); frames[filter] += $1 }
        END { for (i = 1; i <= n; i++) print order[i] in frames ? frames[order[i]] + 0 : "nothing" }' "asked.$id" - >"theirs.$id"
    "$APTRACE" --replay "$file" --report json --direction both --expect any "${asked[@]}" 2>"err.$id" </dev/null |
        jq -r '.expectations[].value' >"ours.$id"
    [ -s "ours.$id" ] || cat "err.$id" >&2
    paste "ours.$id" "theirs.$id" "asked.$id"
}

# FILE N: the questions on standard input, answered to results.N.
answer() {
    answers "$1" "$2" >"results.$2"
}

# ---- What is known to differ

# Captures, and the fields that differ in them. In what is malformed, this project says what of a packet there is.
departures='
    # What is longer than what is around it: Wireshark has no field of a header that does not fit, here those are there that do.
    *5196221831708672 icmp.*
    *fuzz-2006-06-26-2594.pcap arp.src.hw_mac tcp.seq_raw tcp.ack_raw
    *frag-ip-tcp-syn.pcap tcp.seq_raw
    *rewrite_efcs arp.src.hw_mac arp.src.proto_ipv4 arp.dst.hw_mac
    *rewrite_l7fuzzing eth.dst eth.src eth.addr
    # Behind labels, IP is told by its version alone, and only where all of its header is there.
    *crash-8534c61cdf5987482365d7877ade12eef5aaf8b7 ip.*
    # A header that says it is shorter than it must be: Wireshark shows what comes before that; here it is none.
    *fuzz-2006-06-26-2594.pcap ip.version ip.hdr_len
    # A length that is less than the header: Wireshark stops there.
    *ipv4-malformed.pcap ip.id ip.flags* ip.frag_offset ip.ttl ip.proto ip.checksum ip.src ip.dst ip.addr
    *arkime_synthetic.pcap udp.checksum udp.payload
    # A length of 0, of packets that a card cuts into frames: Wireshark takes it for an error in UDP and IPv6, and in IPv4 has the
    # length of the packet.
    *mail_sender_attachment.pcapng ip.len
    *383379789-decrypt-crash.pcap ip.len
    *bigtcp-ipv4-geneve-ipv?.pcap tcp.* ipv6.* udp.checksum udp.payload geneve.vni
    *bigtcp-ipv4-vxlan-ipv4.pcap tcp.* udp.checksum udp.payload vxlan.vni
    *bigtcp-ipv6*.pcap tcp.* udp.* geneve.vni vxlan.vni
    *ipv6_frag6_negative_len.pcap ipv6.fraghdr.offset
    # What a reset carries is its reason there, and no payload.
    *TcpPacketTest.pcap tcp.payload
    *tcp-rst-with-data.pcap tcp.payload
    # A port says what is sent to it, there also what is sent from it; and GTP for control has that field too.
    *arkime_synthetic.pcap vxlan.vni geneve.vni
    *PacketExamples__gtp.pcap gtp.teid ipv6.*
    # A kind of message that Wireshark does not know.
    *udp-hlen-invalid-strict__input.pcap gtp.teid
    # IPv6 behind the Ethernet type of IPv4, or the other way round, is neither.
    *.rewrite_layer2 ipv6.* tcp.*
    *fuzz-2006-06-26-2594.pcap ipv6.*
    *LINKTYPE_IPV6_invalid.pcap ip.version
    # Tunnels are followed three deep; what is deeper counts as cut.
    *ipoipoip.pcap tcp.*
    # Cisco HDLC has Ethernet types, and here all that those mean.
    *rewrite_dlthdlc vlan.* arp.*
    # One packet with that header in a capture of another link type.
    *null_loopback.pcap ip.* udp.*
    # PPPoE has a length too; IP is asked for it here.
    *pppoe-over-qinq.pcap tcp.payload
    # An ICMP error in a tunnel: the tunnel is there too.
    *bug-5633-gre-02__gre-sample.pcap gre.proto
    # An Ethernet length of 0 is a type there.
    *fuzz-2006-06-26-2594.pcap eth.type eth.len
    # The header that the link type has before the frame counts here.
    *.erf frame.len frame.cap_len
    *tcpdump__tests__atm-* frame.len frame.cap_len
    # More captured than there was on the wire: there was as much.
    *bad-caplen.pcap frame.len
    *slip-compressed_sl_print-oobr.pcap frame.len
    *slip-sliplink_print-oobr.pcap frame.len
    *icmp-icmp_print-oobr-2.pcap frame.len
    *pim_header_asan-2.pcap frame.len
    *rsvp-rsvp_obj_print-oobr.pcap frame.len
'
mapfile -t departures < <(sed 's/^ *//; /^#/d; /^$/d' <<<"$departures")
declare -A departed

# FIELD FILE: whether it is known that the two differ there.
departs() {
    local line names name
    for line in "${departures[@]}"; do
        # shellcheck disable=SC2053
        [[ $2 == ${line%% *} ]] || continue
        read -ra names <<<"${line#* }"
        for name in "${names[@]}"; do
            # shellcheck disable=SC2053
            [[ $1 == $name ]] && departed[$line]=1 && return 0
        done
    done
    return 1
}

# N FILE: judges what look found.
judge() {
    local ours theirs words filter field wrong='' count=0 known=0
    while IFS=$'\t' read -r ours theirs words filter; do
        count=$((count + 1))
        field=${words%%[#=]*}
        [ "$ours" != "$theirs" ] || continue
        if departs "$field" "$2"; then known=$((known + 1)); else wrong+="$words: expected $theirs, got $ours: $filter"$'\n'; fi
    done <"results.$1"
    known=$([ "$known" -eq 0 ] || echo ", of which $known differ for a known reason")
    if [ -n "$wrong" ]; then not_ok "$2" "$wrong"; else ok "$2: $count questions$known"; fi
}

# ---- Packets made for it

make_trace made.pcap <<'DESCRIPTION'
format pcap
start 1700000000
+0 eth dst 02:00:00:00:00:02 src 02:00:00:00:00:01 | ipv4 10.1.2.3 > 10.4.5.6 ttl 63 id 0x1234 dscp 46 ecn 1 df | tcp 1024 > 80 syn seq 7 window 4096
+1ms eth | ipv4 10.1.2.4 > 192.168.5.6 ttl 2 options 3 | tcp 80 > 1024 syn ack psh reserved 1 seq 0xfffffff0 acknowledges 8 window 1 options 4 | payload "GET / HTTP/1.1"
+1ms eth | ipv4 10.1.2.5 > 10.4.5.6 mf | udp 5000 > 6000 | payload "first fragment.."
+1ms eth | ipv4 10.1.2.5 > 10.4.5.6 proto 17 offset 3 | payload hex 0102030405060708
+1ms eth | ipv4 10.1.2.6 > 10.4.5.6 | udp 5001 > 6001 checksum 0 | payload "hi" | pad 60 fill 0xaa
+1ms eth | vlan 5 prio 3 dei | vlan 4094 | ipv6 2001:db8::1 > 2001:db8:1::2 hop 9 dscp 10 ecn 2 flow 0x12345 | udp 7000 > 8000 | payload 20 fill 0x31
+1ms eth | vlan 100 tpid 0x88a8 prio 7 | vlan 200 | arp request 10.0.0.1 at 00:00:00:00:00:01 > 10.0.0.2 | pad 60
+1ms eth dst ff:ff:ff:ff:ff:ff | arp reply 10.0.0.2 at 00:00:00:00:00:02 > 10.0.0.1 at 00:00:00:00:00:01
+1ms eth | mpls 16 tc 3 ttl 9 | mpls 1000 | ipv4 1.1.1.1 > 2.2.2.2 | icmp id 77 seq 3 | payload 8
+1ms eth | ipv4 10.1.2.3 > 10.4.5.6 | icmp type 3 code 4 mtu 1400 | ipv4 10.4.5.6 > 9.9.9.9 | udp 99 > 98
+1ms eth | ipv4 10.1.2.3 > 10.4.5.6 | icmp type 11 | ipv4 10.4.5.6 > 9.9.9.9 | icmp id 5 seq 6
+1ms eth | ipv6 fe80::1 > ff02::1:ff00:2 hop 255 | ns fe80::2 at 02:00:00:00:00:01
+1ms eth | ipv6 fe80::1 > fe80::2 | icmpv6 id 9 seq 8
+1ms eth | ipv6 fe80::1 > fe80::2 | fragment 0 more id 99 | udp 1 > 2 | payload 8
+1ms eth | ipv6 fe80::1 > fe80::2 | fragment 185 id 99 next 17 | payload 8
+1ms eth | ipv6 fe80::1 > fe80::2 | routing 1 via fe80::3 | tcp 5 > 6 rst
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | gre key 0xdeadbeef sequence 12 checksum | ipv4 3.3.3.3 > 4.4.4.4 ttl 5 | udp 1 > 2
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | gre key 7 | eth dst 02:00:00:00:00:09 | vlan 9 | ipv4 3.3.3.3 > 4.4.4.4 ttl 5 | tcp 3 > 4
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | gre sequence 3 | erspan 513 vlan 7 cos 5 index 9 | eth | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | gre version 1 key 0x00040010 sequence 5 type 0x880b | payload hex 00210000
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | udp 50000 > 4789 | vxlan 0x123456 | eth | ipv6 ::1 > ::2 | tcp 1 > 2 ack
+1ms eth | ipv6 2001:db8::5 > 2001:db8::6 | udp 50000 > 6081 | geneve 0xabcdef options 2 | eth | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | udp 2152 > 2152 | gtp 0x01020304 seq 4 | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | udp 2152 > 2152 | gtp 0x01020305 type 1 seq 4
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | ipv4 3.3.3.3 > 4.4.4.4 | udp 1 > 2
+1ms eth | ipv4 1.1.1.1 > 2.2.2.2 | ipv6 ::3 > ::4 | udp 1 > 2
+1ms eth dst 01:80:c2:00:00:01 | macc 0x0101 | hex 0009 0001000000000000000000000000ffff | pad 60
+1ms eth dst 01:80:c2:00:00:01 | macc 1 | hex ffff | pad 60
+1ms eth type 38 | hex 424203 000000000080000102030405060000000000800001020304050680010000140002000f00 | pad 60
+1ms eth type 1520 | hex 424203 0000
+1ms eth | vlan 77 type 20 | hex 424203 0000 | pad 64
+1ms eth | vlan 3 tpid 0x9100 | vlan 4 | ipv4 1.1.1.1 > 2.2.2.2 | udp 1 > 2
+1ms eth type 0x1234 | hex 0102
DESCRIPTION

# Standard input: questions. Those of one value, asked in all the ways that a condition has.
ways() {
    awk -F '\t' '
        function ask(field, condition, rest, filter) { print field condition rest "\t" filter }
        function with(filter, old, new, at) { # what stands around a comparison stays
            at = index(filter, old)
            return substr(filter, 1, at - 1) new substr(filter, at + length(old))
        }
        {
            words = $1
            rest = ""
            if ((at = index(words, " ")) > 0) { rest = substr(words, at); words = substr(words, 1, at - 1) }
            field = words; sub(/=.*/, "", field)
            value = words; sub(/^[^=]*=/, "", value)
            if (value == "any" || value ~ /\$$/) next
            filter = $2
            match(filter, /[a-z][a-z0-9_.#]*(\[0:[0-9]+\])? == [^ )]+/)
            equal = substr(filter, RSTART, RLENGTH)
            theirs = equal; sub(/ == .*/, "", theirs)
            here = theirs; sub(/\[.*/, "", here)
            if (filter ~ /ieee8021ad\./) { # in two parts
                print field "!=" value "\tvlan && !(" filter ") || ieee8021ad && !(" filter ")"
                next
            }
            if (field ~ /^ip.version/) next # above
            ask(field, "!=" value, rest, with(filter, equal, here " && !(" equal ")"))
            if (equal ~ /\[/) { # bytes
                if (length(value) >= 4) {
                    ask(field, "=" substr(value, 1, 2) "*" substr(value, 4, 1), rest,
                        with(filter, equal, here "[0:1] == " substr(value, 1, 2) " && " here "[1:1] & 0f == 0" substr(value, 4, 1)))
                }
                next
            }
            ask(field, "=" value "..", rest, with(filter, equal, theirs " >= " value))
            ask(field, "=.." value, rest, with(filter, equal, theirs " <= " value))
            ask(field, "=" value ".." value, rest, with(filter, equal, theirs " in {" value " .. " value "}"))
            if (value ~ /^[0-9a-f][0-9a-f]:.*:..$/ && length(value) == 17)
                ask(field, "=" substr(value, 1, 15) "00/40", rest, with(filter, equal, theirs "[0:5] == " substr(value, 1, 14)))
            else if (value ~ /:|\./) {
                net = value
                if (value ~ /:/) sub(/:.*/, "::/16", net)
                else sub(/\..*/, ".0.0.0/8", net)
                ask(field, "=" net, rest, with(filter, equal, theirs " == " net))
            }
            else if (field !~ /flags\.|vlan.dei|bottom/) {
                ask(field, "=1/1", rest, with(filter, equal, theirs " & 1"))
                if (field !~ /ecn/)
                    ask(field, "=4/6", rest, with(filter, equal, theirs " & 6 == 4"))
            }
        }' | sort -u
}
{
    cat fields
    echo 'payload x data.data'
} >table
values made.pcap table | questions 40 table >asked
{
    cat asked
    ways <asked
    cat <<'QUESTIONS'
inner.ip.ttl=5	ip.ttl#2 == 5
inner.eth.dst=02:00:00:00:00:09	eth.dst#2 == 02:00:00:00:00:09
eth.dst#2=any	eth.dst#2
vlan.id=200	vlan.id == 200
vlan.id=5,100	vlan.id == 5 || ieee8021ad.id == 100
vlan.id#2=4094	vlan.id#2 == 4094
mpls.label=1000	mpls.label == 1000
mpls.label=16,17	mpls.label in {16, 17}
mpls.ttl#2=64	mpls.ttl == 64
frame@12:2=0800	frame[12:2] == 08:00
frame@12:2!=0800	frame[12:2] && !(frame[12:2] == 08:00)
frame@12:2=any	frame.len >= 14
frame@60:2=any	frame.len >= 62
ip#1@8:1=3f	ip.ttl#1 == 63
udp#1@4:2=000a	udp.length#1 == 10
tcp#1@13:1=*2	tcp.flags#1 & 0xf == 2
udp.payload#1='hi'	udp.payload#1[0:2] == 68:69
udp.payload#1='hi'$,6669	udp.payload#1[0:2] == 68:69 || udp.payload#1[0:2] == 66:69
ip.src#1=10.1.2.0/24	ip.src#1 == 10.1.2.0/24
ip.src#1!=10.1.2.0/24	ip.src#1 && !(ip.src#1 == 10.1.2.0/24)
ip.src#1=10.1.2.4..10.1.2.6	ip.src#1 >= 10.1.2.4 && ip.src#1 <= 10.1.2.6
ip.addr#1!=10.4.5.6	ip.addr#1 && !(ip.addr#1 == 10.4.5.6)
ip.addr#1=10.1.2.5,10.4.5.6	ip.addr#1 in {10.1.2.5, 10.4.5.6}
ipv6.dst#1=ff00::/8	ipv6.dst#1 == ff00::/8
tcp.port#1=80,5	tcp.port#1 in {80, 5}
tcp.port#1!=80	tcp.port#1 && !(tcp.port#1 == 80)
ip.ttl#1=1..5,63	ip.ttl#1 in {1..5, 63}
ip.ttl#1!=1..5,63	ip.ttl#1 && !(ip.ttl#1 in {1..5, 63})
tcp.flags#1=SAPN	tcp.flags#1 == 0x11a
tcp.flags#1=0x02/0x3f	tcp.flags#1 & 0x3f == 2
tcp.flags#1=S	tcp.flags#1 == 2
ip.proto#1=udp	ip.proto#1 == 17
ip.dsfield.dscp#1=ef	ip.dsfield.dscp#1 == 46
eth.type=arp,ipv6	eth.type#1 in {0x0806, 0x86dd}
arp.opcode=request	arp.opcode == 1
icmp.type=echo-request	icmp.type#1 == 8
eth.dst=broadcast	eth.dst#1 == ff:ff:ff:ff:ff:ff
eth.dst=multicast	eth.dst#1[0:1] & 1
gre.key#1=none	!gre.key
vlan.id#1=none	!vlan && !ieee8021ad
ip6.hlim#1=255	ipv6.hlim#1 == 255
ipv4.tos#1=0xb9	ip.dsfield#1 == 0xb9
QUESTIONS
} | answer made.pcap made
judge made 'packets made for it'

# ---- Real captures

# FILE N: all of one capture, to results.N.
look() {
    local file=$captures/public/$1
    values "$file" fields | questions 3 fields | answer "$file" "$2"
}

captures=$(realpath -m "$captures")
if [ ! -d "$captures/public" ]; then
    skip "there is no $captures/public" 'fields of real captures'
    finish
fi
some='
    PcapPlusPlus__Tests__ExamplesTest__pcap_examples__ipv6.pcapng
    PcapPlusPlus__Tests__Packet++Test__PacketExamples__IPv4-encapsulated-IPv6.pcap
    PcapPlusPlus__Tests__Packet++Test__PacketExamples__ipsec.pcapng
    PcapPlusPlus__Tests__Packet++Test__PacketExamples__someip.pcapng
    PcapPlusPlus__Tests__Pcap++Test__PcapExamples__IgmpPackets.pcap
    PcapPlusPlus__Tests__Pcap++Test__PcapExamples__file_heuristics__pcapng-example.pcapng.zst
    arkime__tests__pcap__6-4-gre-ppp-udp-4-dns.pcap
    arkime__tests__pcap__ipv6-in-ipv4.pcap
    arkime__tests__pcap__mpls-basic.pcap
    chrissanders-packets__ipv6_fragments.pcapng
    dpkt__examples__data__nb6-http.pcap
    libpcap__tests__filter__ah-ipip-ping.pcap
    libpcap__tests__filter__vxlan.pcap
    nDPI__tests__cfgs__default__pcap__BGP_redist.pcap
    nDPI__tests__cfgs__default__pcap__dns.pcap
    nDPI__tests__cfgs__default__pcap__false_positives.pcapng
    nDPI__tests__cfgs__default__pcap__ipv6_in_gtp.pcap
    nDPI__tests__cfgs__default__pcap__pfcp.pcapng
    nDPI__tests__cfgs__default__pcap__sflow.pcap
    nDPI__tests__cfgs__default__pcap__someip_sd_sample.pcap
    pcapng-test-generator__output_be__basic__test006.pcapng
    suricata-verify__tests__bug-2576-04-ips__temp6.pcap
    suricata-verify__tests__bug-4571-01__ipv4_over_ipv4.pcap
    suricata-verify__tests__bug-5437-01__input.pcap
    suricata-verify__tests__bug-6402-01__input.pcap
    suricata-verify__tests__bug-7725-04__ip_in_ip.pcap
    suricata-verify__tests__decode-too-small__test.pcap
    suricata-verify__tests__defrag__bug-6887-defrag-eth-vlan-ipv6-tcp__frag-eth-vlan-ipv6-tcp.pcap
    suricata-verify__tests__defrag__bug-6887-defrag-ppp-ipv6-tcp__frag-ppp-ipv6-tcp.pcap
    suricata-verify__tests__detect-http-uri__UriTestSig20__test.fpc.pcap
    suricata-verify__tests__detect-vlan-id__input.pcap
    suricata-verify__tests__eve-flow-vlan__input.pcap
    suricata-verify__tests__flow-pkt-recursion__tunnel-pkt-flows.pcap
    suricata-verify__tests__geneve-decoder__input.pcap
    suricata-verify__tests__ipv6-evasion__ipv6-malformed-fragments-36__frag-36.pcap
    suricata-verify__tests__vxlan-decoder-03__vxlan.pcap
    tcpdump__tests__RADIUS-RFC4675.pcap
    tcpdump__tests__arcnet-rfc1201-arp-icmp-http.pcap
    tcpdump__tests__erspan-type-ii-2.pcap
    tcpdump__tests__erspan-type-ii-3.pcap
    tcpdump__tests__gso-ipv4-vxlan-ipv6.pcap
    tcpdump__tests__pptp.pcap
    tcpreplay__test__test.rewrite_mtutrunc
    tcpreplay__test__test2.rewrite_mtutrunc
    wireshark__test__captures__wpa-test-decode-tdls.pcap.gz
    zeek__testing__btest__Traces__erspanIII.pcap
    zeek__testing__btest__Traces__linux_dlt_sll2.pcap
    zeek__testing__btest__Traces__mpls-in-vlan.pcap
    zeek__testing__btest__Traces__pppoe.pcap
    zeek__testing__btest__Traces__quic__interop__quic-go_quic-go__zerortt.pcap
    zeek__testing__btest__Traces__tcp__payload-syn.pcap
    zeek__testing__btest__Traces__tunnels__4in6.pcap
    zeek__testing__btest__Traces__tunnels__geneve-arp.pcap
    zeek__testing__btest__Traces__tunnels__geneve-ipv6.pcap
    zeek__testing__btest__Traces__tunnels__gtp__gtp8_teredo.pcap
    zeek__testing__btest__Traces__tunnels__gtp__gtp9_unknown_or_too_short_payload.pcap
    zeek__testing__btest__Traces__tunnels__vxlan-encapsulated-igmp-v2.pcap
    zeek__testing__btest__Traces__vlan-pcp-dei.pcapng
'
case $FIELDS in
some) chosen=$some ;;
all) chosen=$(ls "$captures/public") ;;
*) chosen=$FIELDS ;;
esac
# Where tshark reads other packets, or cannot read the link type, there is nothing to compare: captures.sh has how many there are.
others=(
    '*FuzzTarget-5631583764873216' '*FuzzTarget-5685520970809344' '*FuzzTarget-5752969003008000' '*FuzzTarget-5766899836387328'
    '*crash-exception-cast-constructed-record' '*igmplayer' '*bug-6875-01__fuzz.pcap' '*test017.pcapng' '*test018.pcapng'
    '*test102.pcapng' '*test202.pcapng' '*brcm-tag*.pcap' '*dsa.pcap' '*dsa-high-vid.pcap' '*frf16_magic_ie-oobr.pcap' '*juniper*'
    '*kday6.pcap' '*vtp_asan*.pcap' '*pcap-invalid-version-1.pcap' '*pcapng-invalid-vers-?.pcapng' '*shb-option-too-long.pcapng'
    '*reserved-field-not-zero.pcap')
is_other() {
    local pattern
    for pattern in "${others[@]}"; do
        # shellcheck disable=SC2053
        [[ $1 != $pattern ]] || return 0
    done
    return 1
}
files=()
for name in $chosen; do
    is_other "$name" || files+=("$name")
done

# WORKER: every second file.
work() {
    local n
    for ((n = $1; n < ${#files[@]}; n += 2)); do look "${files[n]}" "$n"; done
}
work 0 &
work 1
wait
for n in "${!files[@]}"; do judge "$n" "${files[n]}"; done

# ---- All of it

[ "$FIELDS" != all ] || is "$(for line in "${departures[@]}"; do [ "${departed[$line]:-}" ] || echo "$line"; done)" '' \
    'what is known to differ still does'

cat results.* | awk -F '\t' '$2 > 0 { sub(/[#=@!].*/, "", $3); print $3 }' | sort -u >found
is "$(awk '{ print $1 }' fields | sort | comm -23 - found | tr '\n' ' ')" '' "each of $(wc -l <fields) fields was found somewhere"
finish
