/* SPDX-License-Identifier: MIT */
/* What a packet has in a field: first the layer, then the bits.
 *
 * Layers are those that the engine decoded; a field asks for no deeper stage than it needs, since most predicates look at
 * addresses and tags alone. Where a layer is not found, whether it may be behind the captured bytes is asked at once: absent and
 * cut are different answers, and only one of them may let a test pass.
 *
 * It keeps true: nothing is read behind the captured bytes or behind where the packet ends by its own length fields; what is told
 * of a cut packet is what would be told of the whole one, or that it is cut. */
#include <string.h>

#include <aptrace/decode.h>

#include "field.h"
#include "ip_extension.h"

#define NUMBER_OF_IPV4 (UINT64_C(0xffff) << 32) /* RFC 4291 section 2.5.5.2: ::ffff:a.b.c.d, as a match has it */

enum { TYPE_IPV4 = 0x0800, TYPE_ARP = 0x0806, TYPE_RARP = 0x8035, TYPE_MACC = 0x8808, TYPE_IPV6 = 0x86dd, TYPE_MPLS = 0x8847,
       TYPE_MPLS_UPSTREAM = 0x8848, TYPE_PPPOE = 0x8864 };
enum { LONGEST_LENGTH = 1500, LEAST_TYPE = 1536 }; /* IEEE 802.3 clause 3.2.6: between them is neither */
enum { ARP_ETHERNET = 1, ARP_IEEE_802 = 6, ARP_ADDRESSES = 8, ARP_TARGET = 18 }; /* RFC 826 */
enum { PROTOCOL_ICMP = 1, PROTOCOL_TCP = 6, PROTOCOL_UDP = 17, PROTOCOL_GRE = 47, PROTOCOL_ICMPV6 = 58 };
enum { PORT_GTP_U = 2152, PORT_VXLAN = 4789, PORT_VXLAN_GPE = 4790, PORT_GENEVE = 6081, PORT_VXLAN_LINUX = 8472 };

/* Where a field is looked for: the layers of the frame, or of what a tunnel carries. */
struct view {
    const struct aptrace_packet *packet;
    const struct aptrace_layers *layers;
    bool outermost;
};

static uint64_t big_endian(const uint8_t *at, unsigned bytes)
{
    uint64_t number = 0;
    while (bytes--)
        number = number << 8 | *at++;
    return number;
}

/* ---- Absent or cut --------------------------------------------------------------------------------------------------------- */

static uint32_t not_found(const struct view *view, unsigned stage)
{
    unsigned cut = view->layers->cut;
    bool may_be_there = view->outermost ? cut != 0 && cut <= stage : cut != 0;
    return may_be_there ? APTRACE_FIELD_CUT : APTRACE_FIELD_ABSENT;
}

/* Bytes that should be at an offset. end: where what they belong to ends on the wire. */
static uint32_t bytes_at(const struct aptrace_packet *packet, size_t offset, size_t length, size_t end)
{
    if (offset + length > end)
        return APTRACE_FIELD_ABSENT;
    return offset + length > packet->capture_length ? APTRACE_FIELD_CUT : APTRACE_FIELD_PRESENT;
}

/* Where the packet ends on the wire by its own account. Stage 2 must be decoded. */
static size_t packet_end(const struct view *view)
{
    size_t end = view->packet->wire_length;
    return view->layers->end != APTRACE_NO_OFFSET && view->layers->end < end ? view->layers->end : end;
}

static void decode(const struct view *view, unsigned stage)
{
    if (view->outermost)
        aptrace_decoded(view->packet, stage);
}

/* Where bytes end on the wire that fields of a layer may have. Headers up to IP are the frame's; all else, and all that a tunnel
 * carries, ends where the packet around it does: stage 2 must be decoded for those. */
static size_t layer_end(const struct view *view, enum field_layer layer)
{
    bool of_frame = layer <= FIELD_IPV6 || layer == FIELD_MACC;
    return view->outermost && of_frame ? view->packet->wire_length : packet_end(view);
}

/* ---- Layers ---------------------------------------------------------------------------------------------------------------- */

static uint32_t typed(const struct view *view, unsigned ether_type, size_t *at)
{
    unsigned type = view->layers->ether_type;
    *at = view->layers->network;
    if (type != 0 && type != ether_type)
        return APTRACE_FIELD_ABSENT;
    return type == ether_type && *at != APTRACE_NO_OFFSET ? APTRACE_FIELD_PRESENT : not_found(view, APTRACE_STAGE_LINK);
}

/* Reverse ARP has its form: RFC 903. */
static uint32_t arp(const struct view *view, size_t *at)
{
    return typed(view, view->layers->ether_type == TYPE_RARP ? TYPE_RARP : TYPE_ARP, at);
}

/* Where the type says IP it is told without stage 2; behind labels and PPPoE the version decides, which that stage read. */
static uint32_t ip(const struct view *view, unsigned version, size_t *at)
{
    const struct aptrace_layers *layers = view->layers;
    unsigned type = layers->ether_type;
    if (type == TYPE_MPLS || type == TYPE_MPLS_UPSTREAM || type == TYPE_PPPOE) {
        decode(view, APTRACE_STAGE_TRANSPORT);
        *at = layers->network;
        if (layers->ip_version == 0)
            return not_found(view, APTRACE_STAGE_TRANSPORT);
        return layers->ip_version == version ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT;
    }
    uint32_t presence = typed(view, version == 4 ? TYPE_IPV4 : TYPE_IPV6, at);
    if (presence == APTRACE_FIELD_PRESENT)
        presence = bytes_at(view->packet, *at, 1, layer_end(view, FIELD_IP));
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    unsigned first = view->packet->bytes[*at];
    return first >> 4 == version && (version == 6 || (first & 15) >= 5) ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT;
}

/* RFC 8200 section 4: each header tells the next one's kind. Behind that of a later fragment comes payload. */
static uint32_t extension(const struct view *view, unsigned wanted, size_t *at)
{
    const uint8_t *bytes = view->packet->bytes;
    size_t network;
    uint32_t presence = ip(view, 6, &network);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    decode(view, APTRACE_STAGE_TRANSPORT);
    presence = bytes_at(view->packet, network, 40, packet_end(view));
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    unsigned kind = bytes[network + 6];
    *at = network + 40;
    while (ip_is_extension(6, kind)) {
        presence = bytes_at(view->packet, *at, 8, packet_end(view));
        if (kind == wanted || presence != APTRACE_FIELD_PRESENT)
            return presence;
        if (kind == EXTENSION_FRAGMENT && big_endian(bytes + *at + 2, 2) & 0xfff8)
            break;
        size_t length = ip_extension_length(kind, bytes + *at);
        kind = bytes[*at];
        *at += length;
    }
    return APTRACE_FIELD_ABSENT;
}

static uint32_t transport(const struct view *view, unsigned protocol, size_t *at)
{
    decode(view, APTRACE_STAGE_TRANSPORT);
    if (view->layers->transport == APTRACE_NO_OFFSET || view->layers->ip_protocol != protocol)
        return view->layers->ip_protocol != APTRACE_NO_PROTOCOL && view->layers->ip_protocol != protocol
            ? APTRACE_FIELD_ABSENT : not_found(view, APTRACE_STAGE_TRANSPORT);
    *at = view->layers->transport;
    return APTRACE_FIELD_PRESENT;
}

/* What UDP carries to or from ports that were assigned to it. */
static bool is_tunnel(enum field_layer layer, unsigned source, unsigned destination)
{
    if (layer == FIELD_VXLAN)
        return destination == PORT_VXLAN || destination == PORT_VXLAN_LINUX || destination == PORT_VXLAN_GPE;
    if (layer == FIELD_GENEVE)
        return destination == PORT_GENEVE;
    return destination == PORT_GTP_U || source == PORT_GTP_U; /* an answer goes to where the question came from */
}

static uint32_t behind_udp(const struct view *view, enum field_layer layer, size_t *at)
{
    uint32_t presence = transport(view, PROTOCOL_UDP, at);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    *at += 8;
    if (!is_tunnel(layer, view->layers->source_port, view->layers->destination_port))
        return APTRACE_FIELD_ABSENT;
    return bytes_at(view->packet, *at, 8, packet_end(view));
}

static uint32_t gtp(const struct view *view, size_t *at)
{
    uint32_t presence = behind_udp(view, FIELD_GTP, at);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    return view->packet->bytes[*at] >> 4 == 3 ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT; /* version 1, not its charging */
}

enum { GRE_CHECKSUM = 0x80, GRE_ROUTING = 0x40, GRE_KEY = 0x20, GRE_SEQUENCE = 0x10 }; /* of its first byte; RFC 1701 */
enum { GRE_VERSION = 7 };                                                              /* of its second */

/* Checksum and offset are there together where either is needed. */
static size_t gre_key_offset(const uint8_t *header)
{
    return header[0] & (GRE_CHECKSUM | GRE_ROUTING) ? 8 : 4;
}

static size_t gre_sequence_offset(const uint8_t *header)
{
    return gre_key_offset(header) + (header[0] & GRE_KEY ? 4 : 0);
}

/* Behind GRE: type II where that has a sequence number, and type III. */
static uint32_t erspan(const struct view *view, size_t *at)
{
    size_t gre;
    uint32_t presence = transport(view, PROTOCOL_GRE, &gre);
    if (presence == APTRACE_FIELD_PRESENT)
        presence = bytes_at(view->packet, gre, 4, packet_end(view));
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    const uint8_t *header = view->packet->bytes + gre;
    unsigned type = (unsigned)big_endian(header + 2, 2);
    bool second = type == 0x88be && header[0] & GRE_SEQUENCE, third = type == 0x22eb;
    *at = gre + gre_sequence_offset(header) + (header[0] & GRE_SEQUENCE ? 4 : 0);
    if ((!second && !third) || header[0] & GRE_ROUTING || header[1] & GRE_VERSION)
        return APTRACE_FIELD_ABSENT;
    presence = bytes_at(view->packet, *at, 8, packet_end(view));
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    return view->packet->bytes[*at] >> 4 == (second ? 1 : 2) ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT;
}

static uint32_t stacked(const struct view *view, unsigned count, size_t first, uint32_t index, size_t *at)
{
    *at = first + 4 * (size_t)index;
    return index < count ? APTRACE_FIELD_PRESENT : not_found(view, APTRACE_STAGE_LINK);
}

/* Where more headers may follow that were not captured, what stands there is not known to be payload. */
static uint32_t payload(const struct view *view, size_t *at)
{
    decode(view, APTRACE_STAGE_TUNNEL);
    *at = view->layers->payload;
    if (not_found(view, APTRACE_STAGE_TUNNEL) == APTRACE_FIELD_CUT)
        return APTRACE_FIELD_CUT;
    return view->layers->payload != APTRACE_NO_OFFSET ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT;
}

/* index: in a stack. */
static inline uint32_t find_in_view(const struct view *view, enum field_layer layer, uint32_t index, size_t *at)
{
    const struct aptrace_layers *layers = view->layers;
    switch (layer) {
    case FIELD_FRAME: *at = 0; return APTRACE_FIELD_PRESENT;
    case FIELD_ETH:
        *at = layers->ethernet;
        return layers->ethernet != APTRACE_NO_OFFSET ? APTRACE_FIELD_PRESENT : not_found(view, APTRACE_STAGE_LINK);
    case FIELD_VLAN: return stacked(view, layers->vlan_count, layers->tags, index, at);
    case FIELD_MPLS: return stacked(view, layers->mpls_count, layers->mpls, index, at);
    case FIELD_ARP: return arp(view, at);
    case FIELD_IP: return ip(view, 4, at);
    case FIELD_IPV6: return ip(view, 6, at);
    case FIELD_IPV6_FRAGMENT: return extension(view, 44, at);
    case FIELD_IPV6_ROUTING: return extension(view, 43, at);
    case FIELD_TCP: return transport(view, PROTOCOL_TCP, at);
    case FIELD_UDP: return transport(view, PROTOCOL_UDP, at);
    case FIELD_ICMP: return transport(view, PROTOCOL_ICMP, at);
    case FIELD_ICMPV6: return transport(view, PROTOCOL_ICMPV6, at);
    case FIELD_GRE: return transport(view, PROTOCOL_GRE, at);
    case FIELD_ERSPAN: return erspan(view, at);
    case FIELD_VXLAN:
    case FIELD_GENEVE: return behind_udp(view, layer, at);
    case FIELD_GTP: return gtp(view, at);
    case FIELD_MACC: return typed(view, TYPE_MACC, at);
    case FIELD_PAYLOAD: return payload(view, at);
    case FIELD_LAYERS: break;
    }
    return APTRACE_FIELD_ABSENT;
}

/* Into the next tunnel; false: there is none, and view stays. */
static bool descend(struct view *view)
{
    if (view->outermost)
        aptrace_decoded(view->packet, APTRACE_STAGE_TUNNEL);
    if (!view->layers->inner)
        return false;
    view->layers = view->layers->inner;
    view->outermost = false;
    return true;
}

static uint32_t count_in_view(const struct view *view, enum field_layer layer, uint32_t *count)
{
    size_t at;
    if (layer == FIELD_VLAN || layer == FIELD_MPLS) {
        *count = layer == FIELD_VLAN ? view->layers->vlan_count : view->layers->mpls_count;
        return not_found(view, APTRACE_STAGE_LINK);
    }
    uint32_t presence = find_in_view(view, layer, 0, &at);
    *count = presence == APTRACE_FIELD_PRESENT;
    return presence;
}

/* The N-th layer of the packet, from view on, as Wireshark counts. What is cut before it may hide one. */
static uint32_t find_nth(struct view *view, const struct aptrace_field *field, size_t *at)
{
    uint32_t left = field->occurrence - 1, count;
    for (;;) {
        uint32_t presence = count_in_view(view, field->layer, &count);
        if (left < count)
            return find_in_view(view, field->layer, left, at);
        if (presence == APTRACE_FIELD_CUT)
            return presence;
        left -= count;
        if (!descend(view))
            return not_found(view, APTRACE_STAGE_TUNNEL);
    }
}

/* Into the tunnel that the field is looked for in. */
static uint32_t enter(struct view *view, const struct aptrace_field *field)
{
    aptrace_decoded(view->packet, APTRACE_STAGE_LINK);
    for (uint32_t i = 0; i < field->inner; i++) {
        if (!descend(view))
            return not_found(view, APTRACE_STAGE_TUNNEL);
    }
    return APTRACE_FIELD_PRESENT;
}

/* Fills view with where the layer was found. The bare payload is that behind the last layer of all. */
static uint32_t find_layer(const struct aptrace_field *field, struct view *view, uint32_t index, size_t *at)
{
    uint32_t presence = enter(view, field);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    if (field->occurrence)
        return find_nth(view, field, at);
    while (field->layer == FIELD_PAYLOAD && descend(view))
        ;
    return find_in_view(view, field->layer, index, at);
}

/* ---- Bits ------------------------------------------------------------------------------------------------------------------ */

static bool is_echo(unsigned type) /* RFC 792; RFC 950 appendix I */
{
    return type == 0 || type == 8 || (type >= 13 && type <= 18);
}

/* Whether a field that is there only sometimes is there, and from which byte of its layer on, of which 4 are there. */
static bool has_special(const struct field_row *row, const uint8_t *layer, size_t *offset)
{
    switch ((enum field_special)row->special) {
    case FIELD_ECHO: return is_echo(layer[0]);
    case FIELD_ICMP_MTU: return layer[0] == 3 && layer[1] == 4;
    case FIELD_ND_TARGET: return layer[0] == 135;
    case FIELD_GRE_KEY: /* in version 1 it is a length and a call: RFC 2637 section 4.1 */
        *offset = gre_key_offset(layer);
        return layer[0] & GRE_KEY && !(layer[1] & GRE_VERSION);
    case FIELD_GRE_SEQUENCE:
        *offset = gre_sequence_offset(layer);
        return layer[0] & GRE_SEQUENCE;
    default: return true;
    }
}

/* ARP says what its addresses are and how long: there is a field where it is of the field's kind. */
static bool has_address(const struct field_row *row, const uint8_t *arp, size_t *offset)
{
    uint64_t hardware = big_endian(arp, 2), protocol = big_endian(arp + 2, 2);
    size_t hardware_length = arp[4], protocol_length = arp[5];
    bool target = row->offset >= ARP_TARGET, is_mac = row->kind == FIELD_MAC;
    *offset = 8 + (is_mac ? 0 : hardware_length) + (target ? hardware_length + protocol_length : 0);
    if (is_mac)
        return hardware_length == 6 && (hardware == ARP_ETHERNET || hardware == ARP_IEEE_802);
    return protocol_length == 4 && protocol == TYPE_IPV4;
}

/* Where the field begins in its layer, if it is there. */
static uint32_t place_of(const struct field_row *row, const struct view *view, size_t at, size_t end, size_t *offset)
{
    bool of_arp = row->layer == FIELD_ARP && row->offset >= ARP_ADDRESSES;
    if (!of_arp && row->special < FIELD_ECHO)
        return APTRACE_FIELD_PRESENT;
    const uint8_t *layer = view->packet->bytes + at;
    uint32_t presence = bytes_at(view->packet, at, of_arp ? ARP_ADDRESSES : 4, end);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    return (of_arp ? has_address : has_special)(row, layer, offset) ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT;
}

static void take_number(const struct field_row *row, const uint8_t *at, struct field_value *value)
{
    if (row->kind == FIELD_IPV6_ADDRESS) {
        value->number[0] = big_endian(at, 8);
        value->number[1] = big_endian(at + 8, 8);
        return;
    }
    value->number[0] = 0;
    value->number[1] = big_endian(at, row->bytes) >> row->shift & (UINT64_MAX >> (64 - row->bits));
    if (row->kind == FIELD_IPV4)
        value->number[1] |= NUMBER_OF_IPV4;
    if (row->special == FIELD_IP_HDR_LEN)
        value->number[1] = (at[0] & 15) * 4;
}

static uint32_t read_bits(const struct field_row *row, const struct view *view, size_t at, uint32_t place,
                          struct field_value *value)
{
    size_t offset = place && row->either ? row->other : row->offset, end = layer_end(view, (enum field_layer)row->layer);
    uint32_t presence = place_of(row, view, at, end, &offset);
    if (presence == APTRACE_FIELD_PRESENT)
        presence = bytes_at(view->packet, at + offset, row->bytes, end);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    value->offset = at + offset;
    value->size = row->bytes;
    take_number(row, view->packet->bytes + at + offset, value);
    return APTRACE_FIELD_PRESENT;
}

/* A run of bytes, of which those behind the captured ones are missing. */
static uint32_t take_bytes(const struct view *view, size_t begin, size_t end, struct field_value *value)
{
    const struct aptrace_packet *packet = view->packet;
    size_t captured = end < packet->capture_length ? end : packet->capture_length;
    if (begin >= end)
        return APTRACE_FIELD_ABSENT;
    if (begin >= captured)
        return APTRACE_FIELD_CUT;
    size_t length = captured - begin, head = length < 16 ? length : 16;
    uint8_t padded[16] = {0};
    memcpy(padded, packet->bytes + begin, head);
    *value = (struct field_value){{big_endian(padded, 8), big_endian(padded + 8, 8)}, packet->bytes + begin, length,
                                  end > captured, begin, length};
    return APTRACE_FIELD_PRESENT;
}

/* What TCP or UDP carries; not where its header could not be understood. */
static uint32_t read_rest(const struct aptrace_field *field, const struct view *view, size_t at, struct field_value *value)
{
    const struct aptrace_layers *layers = view->layers;
    if (field->layer == FIELD_PAYLOAD)
        return take_bytes(view, at, packet_end(view), value);
    if (layers->payload == APTRACE_NO_OFFSET || layers->payload <= at)
        return not_found(view, APTRACE_STAGE_TRANSPORT);
    return take_bytes(view, layers->payload, packet_end(view), value);
}

static uint32_t read_slice(const struct aptrace_field *field, const struct view *view, size_t at, struct field_value *value)
{
    size_t begin = at + field->slice_offset, end = begin + field->slice_length;
    bool of_packet = field->layer >= FIELD_ARP && field->layer != FIELD_MACC; /* padding is the frame's alone */
    if (of_packet)
        decode(view, APTRACE_STAGE_TRANSPORT);
    uint32_t presence = bytes_at(view->packet, begin, field->slice_length,
                                 of_packet ? packet_end(view) : layer_end(view, field->layer));
    if (presence != APTRACE_FIELD_PRESENT || take_bytes(view, begin, end, value) != APTRACE_FIELD_PRESENT)
        return presence;
    if (field->slice_length < 16)
        value->number[0] = field->slice_length > 8 ? big_endian(value->bytes, field->slice_length - 8) : 0;
    if (field->slice_length < 16)
        value->number[1] = big_endian(value->bytes + (field->slice_length > 8 ? field->slice_length - 8 : 0),
                                      field->slice_length > 8 ? 8 : field->slice_length);
    return APTRACE_FIELD_PRESENT;
}

static uint32_t tell(struct field_value *value, uint64_t number)
{
    *value = (struct field_value){.number = {0, number}};
    return APTRACE_FIELD_PRESENT;
}

/* The type field may hold a length. */
static uint32_t read_type(const struct field_row *row, const struct view *view, size_t at, struct field_value *value)
{
    uint32_t presence = read_bits(row, view, at, 0, value);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    bool is = row->special == FIELD_ETH_LEN ? value->number[1] <= LONGEST_LENGTH : value->number[1] >= LEAST_TYPE;
    return is ? APTRACE_FIELD_PRESENT : APTRACE_FIELD_ABSENT;
}

/* Two bytes before the tag; LINUX_SLL2 has its protocol field first of all. */
static uint32_t read_tpid(const struct field_row *row, const struct view *view, size_t at, struct field_value *value)
{
    bool first = view->packet->link_type == 276 && at == 20;
    return read_bits(row, view, first ? 0 : at - 2, 0, value);
}

/* Fields that the packet as a whole has. */
static uint32_t read_count(const struct field_row *row, struct view *view, const struct aptrace_field *field,
                           struct field_value *value)
{
    if (row->special == FIELD_FRAME_LEN)
        return tell(value, view->packet->wire_length);
    if (row->special == FIELD_FRAME_CAP_LEN)
        return tell(value, view->packet->capture_length);
    uint32_t presence = enter(view, field);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    if (not_found(view, APTRACE_STAGE_LINK) == APTRACE_FIELD_CUT)
        return APTRACE_FIELD_CUT;
    return tell(value, view->layers->vlan_count);
}

uint32_t field_read(const struct aptrace_field *field, const struct aptrace_packet *packet, uint32_t place,
                    struct field_value *value)
{
    const struct field_row *row = field->row;
    struct view view = {packet, packet->layers, true};
    size_t at = 0;
    if (place > 0 && !(field_has_several(field) && (!row->either || place == 1)))
        return APTRACE_FIELD_ABSENT;
    if (row && (row->layer == FIELD_FRAME || row->special == FIELD_VLAN_COUNT))
        return read_count(row, &view, field, value);
    uint32_t presence = find_layer(field, &view, row && row->any ? place : 0, &at);
    if (presence != APTRACE_FIELD_PRESENT)
        return presence;
    if (!row)
        return read_slice(field, &view, at, value);
    switch ((enum field_special)row->special) {
    case FIELD_ETH_TYPE:
    case FIELD_ETH_LEN:
    case FIELD_VLAN_TYPE: return read_type(row, &view, at, value);
    case FIELD_VLAN_TPID: return read_tpid(row, &view, at, value);
    case FIELD_REST: return read_rest(field, &view, at, value);
    default: return read_bits(row, &view, at, place, value);
    }
}
