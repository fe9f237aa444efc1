/* SPDX-License-Identifier: MIT */
/* The table of header fields: what each is called, where it lies, how wide it is, and what can be written for it.
 *
 * Parsing, matching, explaining and the manual all read this table, so that a field is the same thing to all of them. A row that
 * is some bits at a fixed place of its layer needs nothing else; one that is there only sometimes, or is made of more than its
 * bits, names a special reader (field_read.c).
 *
 * It keeps true: names are Wireshark's where it has one, so that what a person sees there can be typed here; offsets and widths
 * are those of the documents named at each layer; rows of a layer stand together, in the order of the header. */
#include "field.h"

/* ---- Names for values ------------------------------------------------------------------------------------------------------ */

static const struct field_word ether_types[] = { /* https://www.iana.org/assignments/ieee-802-numbers */
    {"ip", 0x0800}, {"ipv4", 0x0800}, {"arp", 0x0806}, {"vlan", 0x8100}, {"ipv6", 0x86dd}, {"ip6", 0x86dd}, {"macc", 0x8808},
    {"mpls", 0x8847}, {"pppoe", 0x8864}, {"qinq", 0x88a8}, {"lldp", 0x88cc}, {"ptp", 0x88f7}, {NULL, 0}};

static const struct field_word protocols[] = { /* https://www.iana.org/assignments/protocol-numbers */
    {"icmp", 1}, {"igmp", 2}, {"ipip", 4}, {"tcp", 6}, {"udp", 17}, {"ipv6", 41}, {"gre", 47}, {"esp", 50}, {"ah", 51},
    {"icmpv6", 58}, {"icmp6", 58}, {"ospf", 89}, {"pim", 103}, {"vrrp", 112}, {"sctp", 132}, {NULL, 0}};

static const struct field_word code_points[] = { /* https://www.iana.org/assignments/dscp-registry */
    {"cs0", 0}, {"be", 0}, {"le", 1}, {"cs1", 8}, {"af11", 10}, {"af12", 12}, {"af13", 14}, {"cs2", 16}, {"af21", 18},
    {"af22", 20}, {"af23", 22}, {"cs3", 24}, {"af31", 26}, {"af32", 28}, {"af33", 30}, {"cs4", 32}, {"af41", 34}, {"af42", 36},
    {"af43", 38}, {"cs5", 40}, {"va", 44}, {"ef", 46}, {"cs6", 48}, {"cs7", 56}, {NULL, 0}};

static const struct field_word arp_operations[] = {{"request", 1}, {"reply", 2}, {NULL, 0}}; /* RFC 826 */

static const struct field_word icmp_types[] = { /* https://www.iana.org/assignments/icmp-parameters */
    {"echo-reply", 0}, {"unreachable", 3}, {"redirect", 5}, {"echo-request", 8}, {"time-exceeded", 11}, {NULL, 0}};

static const struct field_word icmpv6_types[] = { /* https://www.iana.org/assignments/icmpv6-parameters */
    {"unreachable", 1}, {"too-big", 2}, {"time-exceeded", 3}, {"echo-request", 128}, {"echo-reply", 129}, {"rs", 133},
    {"ra", 134}, {"ns", 135}, {"na", 136}, {"redirect", 137}, {NULL, 0}};

/* ---- The table ------------------------------------------------------------------------------------------------------------- */

#define NUMBER(LAYER, NAME, OFFSET, BYTES, SHIFT, BITS, ...) \
    {.name = NAME, .layer = LAYER, .kind = FIELD_NUMBER, .offset = OFFSET, .bytes = BYTES, .shift = SHIFT, .bits = BITS, __VA_ARGS__}
#define FLAG(LAYER, NAME, OFFSET, BYTES, SHIFT, ...) \
    {.name = NAME, .layer = LAYER, .kind = FIELD_FLAG, .offset = OFFSET, .bytes = BYTES, .shift = SHIFT, .bits = 1, __VA_ARGS__}
#define MAC(LAYER, NAME, OFFSET, ...) \
    {.name = NAME, .layer = LAYER, .kind = FIELD_MAC, .offset = OFFSET, .bytes = 6, .bits = 48, __VA_ARGS__}
#define IPV4(LAYER, NAME, OFFSET, ...) \
    {.name = NAME, .layer = LAYER, .kind = FIELD_IPV4, .offset = OFFSET, .bytes = 4, .bits = 32, __VA_ARGS__}
#define IPV6(LAYER, NAME, OFFSET, ...) \
    {.name = NAME, .layer = LAYER, .kind = FIELD_IPV6_ADDRESS, .offset = OFFSET, .bytes = 16, .bits = 128, __VA_ARGS__}
#define BYTES(LAYER, NAME, ...) \
    {.name = NAME, .layer = LAYER, .kind = FIELD_BYTES, .special = FIELD_REST, .bits = 128, __VA_ARGS__}

const struct field_row field_rows[] = {
    NUMBER(FIELD_FRAME, "frame.len", 0, 0, 0, 32, .special = FIELD_FRAME_LEN, .help = "length on the wire, in bytes"),
    NUMBER(FIELD_FRAME, "frame.cap_len", 0, 0, 0, 32, .special = FIELD_FRAME_CAP_LEN, .help = "length that was captured, in bytes"),

    /* IEEE 802.3 clause 3.2 */
    MAC(FIELD_ETH, "eth.dst", 0, .help = "destination address"),
    MAC(FIELD_ETH, "eth.src", 6, .help = "source address"),
    MAC(FIELD_ETH, "eth.addr", 6, .either = true, .other = 0, .help = "source or destination address"),
    NUMBER(FIELD_ETH, "eth.type", 12, 2, 0, 16, .special = FIELD_ETH_TYPE, .hex = true, .words = ether_types,
           .help = "the first type: 0x8100 where a tag follows"),
    NUMBER(FIELD_ETH, "eth.len", 12, 2, 0, 16, .special = FIELD_ETH_LEN, .help = "length, where that stands instead of a type"),

    /* IEEE 802.1Q clause 9.6 */
    NUMBER(FIELD_VLAN, "vlan.id", 0, 2, 0, 12, .any = true, .aliases = "vlan.vid", .help = "identifier, of any tag of the stack"),
    NUMBER(FIELD_VLAN, "vlan.priority", 0, 2, 13, 3, .aliases = "vlan.prio vlan.pcp", .help = "priority code point"),
    FLAG(FIELD_VLAN, "vlan.dei", 0, 2, 12, .aliases = "vlan.cfi", .help = "drop eligible"),
    NUMBER(FIELD_VLAN, "vlan.etype", 2, 2, 0, 16, .special = FIELD_VLAN_TYPE, .hex = true, .words = ether_types,
           .help = "type behind the tag"),
    NUMBER(FIELD_VLAN, "vlan.tpid", 0, 2, 0, 16, .special = FIELD_VLAN_TPID, .hex = true, .wireshark = "",
           .help = "type that says that a tag follows: 0x8100, 0x88a8, 0x9100"),
    NUMBER(FIELD_VLAN, "vlan.count", 0, 0, 0, 8, .special = FIELD_VLAN_COUNT, .wireshark = "", .help = "how many tags there are"),

    /* RFC 3032 section 2.1, RFC 5462 */
    NUMBER(FIELD_MPLS, "mpls.label", 0, 4, 12, 20, .any = true, .help = "label, of any entry of the stack"),
    NUMBER(FIELD_MPLS, "mpls.exp", 0, 4, 9, 3, .aliases = "mpls.tc", .help = "traffic class"),
    FLAG(FIELD_MPLS, "mpls.bottom", 0, 4, 8, .aliases = "mpls.s", .help = "the last of the stack"),
    NUMBER(FIELD_MPLS, "mpls.ttl", 0, 4, 0, 8, .help = "time to live"),

    /* RFC 826 */
    NUMBER(FIELD_ARP, "arp.opcode", 6, 2, 0, 16, .aliases = "arp.op", .words = arp_operations, .help = "1 request, 2 reply"),
    MAC(FIELD_ARP, "arp.src.hw_mac", 8, .aliases = "arp.sha arp.hwsrc", .help = "sender's MAC address"),
    IPV4(FIELD_ARP, "arp.src.proto_ipv4", 14, .aliases = "arp.spa arp.psrc", .help = "sender's IPv4 address"),
    MAC(FIELD_ARP, "arp.dst.hw_mac", 18, .aliases = "arp.tha arp.hwdst", .help = "target's MAC address"),
    IPV4(FIELD_ARP, "arp.dst.proto_ipv4", 24, .aliases = "arp.tpa arp.pdst", .help = "target's IPv4 address"),

    /* RFC 791 section 3.1, RFC 2474, RFC 3168 */
    NUMBER(FIELD_IP, "ip.version", 0, 1, 4, 4, .help = "4"),
    NUMBER(FIELD_IP, "ip.hdr_len", 0, 1, 0, 8, .special = FIELD_IP_HDR_LEN, .help = "length of the header, in bytes"),
    NUMBER(FIELD_IP, "ip.dsfield", 1, 1, 0, 8, .aliases = "ip.tos", .help = "code point and congestion bits"),
    NUMBER(FIELD_IP, "ip.dsfield.dscp", 1, 1, 2, 6, .aliases = "ip.dscp", .words = code_points, .help = "code point"),
    NUMBER(FIELD_IP, "ip.dsfield.ecn", 1, 1, 0, 2, .aliases = "ip.ecn", .help = "congestion bits"),
    NUMBER(FIELD_IP, "ip.len", 2, 2, 0, 16, .help = "length of header and what it carries, in bytes"),
    NUMBER(FIELD_IP, "ip.id", 4, 2, 0, 16, .help = "identification"),
    NUMBER(FIELD_IP, "ip.flags", 6, 1, 5, 3, .help = "three bits; 2: do not fragment"),
    FLAG(FIELD_IP, "ip.flags.df", 6, 1, 6, .aliases = "ip.df", .help = "do not fragment"),
    FLAG(FIELD_IP, "ip.flags.mf", 6, 1, 5, .aliases = "ip.mf", .help = "more fragments follow"),
    NUMBER(FIELD_IP, "ip.frag_offset", 6, 2, 0, 13, .aliases = "ip.frag", .help = "place of the fragment, in units of 8 bytes"),
    NUMBER(FIELD_IP, "ip.ttl", 8, 1, 0, 8, .help = "time to live"),
    NUMBER(FIELD_IP, "ip.proto", 9, 1, 0, 8, .words = protocols, .help = "protocol of what it carries"),
    NUMBER(FIELD_IP, "ip.checksum", 10, 2, 0, 16, .aliases = "ip.chksum", .hex = true, .help = "header checksum"),
    IPV4(FIELD_IP, "ip.src", 12, .help = "source address"),
    IPV4(FIELD_IP, "ip.dst", 16, .help = "destination address"),
    IPV4(FIELD_IP, "ip.addr", 12, .either = true, .other = 16, .help = "source or destination address"),

    /* RFC 8200 section 3 */
    NUMBER(FIELD_IPV6, "ipv6.tclass", 0, 2, 4, 8, .aliases = "ipv6.tc", .help = "code point and congestion bits"),
    NUMBER(FIELD_IPV6, "ipv6.tclass.dscp", 0, 2, 6, 6, .aliases = "ipv6.dscp", .words = code_points, .help = "code point"),
    NUMBER(FIELD_IPV6, "ipv6.tclass.ecn", 0, 2, 4, 2, .aliases = "ipv6.ecn", .help = "congestion bits"),
    NUMBER(FIELD_IPV6, "ipv6.flow", 0, 4, 0, 20, .aliases = "ipv6.fl", .help = "flow label"),
    NUMBER(FIELD_IPV6, "ipv6.plen", 4, 2, 0, 16, .help = "length behind the fixed header, in bytes"),
    NUMBER(FIELD_IPV6, "ipv6.nxt", 6, 1, 0, 8, .aliases = "ipv6.nh", .words = protocols, .help = "next header"),
    NUMBER(FIELD_IPV6, "ipv6.hlim", 7, 1, 0, 8, .help = "hop limit"),
    IPV6(FIELD_IPV6, "ipv6.src", 8, .help = "source address"),
    IPV6(FIELD_IPV6, "ipv6.dst", 24, .help = "destination address"),
    IPV6(FIELD_IPV6, "ipv6.addr", 8, .either = true, .other = 24, .help = "source or destination address"),
    NUMBER(FIELD_IPV6_FRAGMENT, "ipv6.fraghdr.offset", 2, 2, 3, 13, .help = "place of the fragment, in units of 8 bytes"),
    NUMBER(FIELD_IPV6_ROUTING, "ipv6.routing.segleft", 3, 1, 0, 8, .help = "segments left"),

    /* RFC 9293 section 3.1 */
    NUMBER(FIELD_TCP, "tcp.srcport", 0, 2, 0, 16, .aliases = "tcp.sport", .help = "source port"),
    NUMBER(FIELD_TCP, "tcp.dstport", 2, 2, 0, 16, .aliases = "tcp.dport", .help = "destination port"),
    NUMBER(FIELD_TCP, "tcp.port", 0, 2, 0, 16, .either = true, .other = 2, .help = "source or destination port"),
    NUMBER(FIELD_TCP, "tcp.seq_raw", 4, 4, 0, 32, .help = "sequence number, as it is in the packet"),
    NUMBER(FIELD_TCP, "tcp.ack_raw", 8, 4, 0, 32, .help = "acknowledgment number, as it is in the packet"),
    NUMBER(FIELD_TCP, "tcp.flags", 12, 2, 0, 12, .hex = true, .letters = "FSRPAUECN",
           .help = "flags, by number or letters: S, SA, FA"),
    NUMBER(FIELD_TCP, "tcp.window_size_value", 14, 2, 0, 16, .aliases = "tcp.window", .help = "window, not scaled"),
    NUMBER(FIELD_TCP, "tcp.checksum", 16, 2, 0, 16, .aliases = "tcp.chksum", .hex = true, .help = "checksum"),
    BYTES(FIELD_TCP, "tcp.payload", .help = "what it carries, if anything"),

    /* RFC 768 */
    NUMBER(FIELD_UDP, "udp.srcport", 0, 2, 0, 16, .aliases = "udp.sport", .help = "source port"),
    NUMBER(FIELD_UDP, "udp.dstport", 2, 2, 0, 16, .aliases = "udp.dport", .help = "destination port"),
    NUMBER(FIELD_UDP, "udp.port", 0, 2, 0, 16, .either = true, .other = 2, .help = "source or destination port"),
    NUMBER(FIELD_UDP, "udp.length", 4, 2, 0, 16, .aliases = "udp.len", .help = "length of header and payload, in bytes"),
    NUMBER(FIELD_UDP, "udp.checksum", 6, 2, 0, 16, .aliases = "udp.chksum", .hex = true, .help = "checksum; 0: none was made"),
    BYTES(FIELD_UDP, "udp.payload", .help = "what it carries, if anything"),

    /* RFC 792, RFC 1191 section 4 */
    NUMBER(FIELD_ICMP, "icmp.type", 0, 1, 0, 8, .words = icmp_types, .help = "type of message"),
    NUMBER(FIELD_ICMP, "icmp.code", 1, 1, 0, 8, .help = "code"),
    NUMBER(FIELD_ICMP, "icmp.ident", 4, 2, 0, 16, .aliases = "icmp.id", .special = FIELD_ECHO, .help = "identifier, of echo and its like"),
    NUMBER(FIELD_ICMP, "icmp.seq", 6, 2, 0, 16, .special = FIELD_ECHO, .help = "sequence number, of echo and its like"),
    NUMBER(FIELD_ICMP, "icmp.checksum", 2, 2, 0, 16, .aliases = "icmp.chksum", .hex = true, .help = "checksum"),
    NUMBER(FIELD_ICMP, "icmp.mtu", 6, 2, 0, 16, .special = FIELD_ICMP_MTU, .help = "of the next hop, where a packet was too long"),

    /* RFC 4443 section 2.1, RFC 4861 section 4.3 */
    NUMBER(FIELD_ICMPV6, "icmpv6.type", 0, 1, 0, 8, .words = icmpv6_types, .help = "type of message"),
    NUMBER(FIELD_ICMPV6, "icmpv6.code", 1, 1, 0, 8, .help = "code"),
    NUMBER(FIELD_ICMPV6, "icmpv6.checksum", 2, 2, 0, 16, .hex = true, .help = "checksum"),
    IPV6(FIELD_ICMPV6, "icmpv6.nd.ns.target_address", 8, .special = FIELD_ND_TARGET, .help = "whom a neighbour solicitation asks for"),

    /* RFC 2784 section 2.1, RFC 2890 section 2; draft-foschiano-erspan-03 section 4 */
    NUMBER(FIELD_GRE, "gre.proto", 2, 2, 0, 16, .hex = true, .words = ether_types, .help = "type of what it carries"),
    NUMBER(FIELD_GRE, "gre.key", 0, 4, 0, 32, .special = FIELD_GRE_KEY, .help = "key, where there is one"),
    NUMBER(FIELD_GRE, "gre.sequence_number", 0, 4, 0, 32, .special = FIELD_GRE_SEQUENCE, .help = "sequence number, where there is one"),
    NUMBER(FIELD_ERSPAN, "erspan.spanid", 2, 2, 0, 10, .help = "session"),

    /* RFC 7348 section 5; RFC 8926 section 3.4; 3GPP TS 29.281 section 5.1 */
    NUMBER(FIELD_VXLAN, "vxlan.vni", 4, 3, 0, 24, .help = "network identifier"),
    NUMBER(FIELD_GENEVE, "geneve.vni", 4, 3, 0, 24, .help = "network identifier"),
    NUMBER(FIELD_GTP, "gtp.teid", 4, 4, 0, 32, .help = "tunnel endpoint identifier"),

    /* IEEE 802.3 annex 31B and 31D */
    NUMBER(FIELD_MACC, "macc.opcode", 0, 2, 0, 16, .hex = true, .help = "MAC control: 0x0001 pause, 0x0101 priority pause"),

    BYTES(FIELD_PAYLOAD, "payload", .wireshark = "data.data", .help = "what follows the last layer that is known"),
};

const size_t field_row_count = sizeof field_rows / sizeof *field_rows;

/* ---- Layers ---------------------------------------------------------------------------------------------------------------- */

static const struct { const char *name, *title; } layers[FIELD_LAYERS] = {
    [FIELD_FRAME] = {"frame", "frame"},
    [FIELD_ETH] = {"eth", "Ethernet"},
    [FIELD_VLAN] = {"vlan", "VLAN tag"},
    [FIELD_MPLS] = {"mpls", "MPLS label"},
    [FIELD_ARP] = {"arp", "ARP"},
    [FIELD_IP] = {"ip", "IPv4"},
    [FIELD_IPV6] = {"ipv6", "IPv6"},
    [FIELD_IPV6_FRAGMENT] = {"ipv6.fraghdr", "IPv6 fragment"},
    [FIELD_IPV6_ROUTING] = {"ipv6.routing", "IPv6 routing"},
    [FIELD_TCP] = {"tcp", "TCP"},
    [FIELD_UDP] = {"udp", "UDP"},
    [FIELD_ICMP] = {"icmp", "ICMP"},
    [FIELD_ICMPV6] = {"icmpv6", "ICMPv6"},
    [FIELD_GRE] = {"gre", "GRE"},
    [FIELD_ERSPAN] = {"erspan", "ERSPAN"},
    [FIELD_VXLAN] = {"vxlan", "VXLAN"},
    [FIELD_GENEVE] = {"geneve", "Geneve"},
    [FIELD_GTP] = {"gtp", "GTP-U"},
    [FIELD_MACC] = {"macc", "MAC control"},
    [FIELD_PAYLOAD] = {"payload", "payload"},
};

const char *field_layer_name(enum field_layer layer)
{
    return layers[layer].name;
}

const char *field_layer_title(enum field_layer layer)
{
    return layers[layer].title;
}
