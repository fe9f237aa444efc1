/* SPDX-License-Identifier: MIT */
/* What --monitor prints, in columns, so that an eye finds what differs:
 *
 *     +0.012345678 eth0     in     64 02:00:00:00:00:02 > 02:00:00:00:00:01 vlan 102 IPv4 10.0.0.1 > 10.0.0.2 UDP 4000 > 53
 *
 * Only what the run takes is shown, in the order of its timeline and at event time, so that a line of a live run and of its
 * replay are the same. Everything is read by the bounds-checked readers that predicates use. Lines are flushed once a batch:
 * whoever watches sees them at once, and a flood does not become a system call a packet. */
#include "tools/monitor.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>

#include <aptrace/decode.h>

#include "core/filter.h"
#include "core/memory.h"
#include "core/text.h"

enum { ETHERNET = 1 };

struct monitor {
    FILE *file;
    const struct expectation_spec *shown;
    struct aptrace_filter *filter; /* [may be null] */
    size_t sources_bound;
    uint64_t lines;
    int64_t origin_ns;
    struct text line;
};

struct monitor *monitor_new(FILE *file, const struct expectation_spec *shown)
{
    struct monitor *monitor = memory_new(1, sizeof *monitor);
    monitor->file = file;
    monitor->shown = shown;
    if (shown->filter)
        monitor->filter = filter_new(shown->filter);
    return monitor;
}

void monitor_free(struct monitor *monitor)
{
    if (!monitor)
        return;
    if (monitor->filter)
        filter_free(monitor->filter);
    text_fini(&monitor->line);
    free(monitor);
}

int monitor_bind(struct monitor *monitor, const struct source_list *sources, struct error *error)
{
    for (; monitor->sources_bound < sources->count; monitor->sources_bound++) {
        uint32_t link_type = sources->sources[monitor->sources_bound].link_type;
        if (monitor->filter && filter_compile(monitor->filter, link_type, error) != 0)
            return error_context(error, "--filter of --monitor");
    }
    return 0;
}

void monitor_begin(struct monitor *monitor, int64_t origin_ns)
{
    monitor->origin_ns = origin_ns;
}

/* ---- What it is -------------------------------------------------------------------------------------------------------- */

static void add_address(struct text *line, const uint8_t *bytes)
{
    text_add(line, "%02x:%02x:%02x:%02x:%02x:%02x", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]);
}

static void add_ethernet(struct text *line, const struct aptrace_packet *packet)
{
    const uint8_t *source, *destination;
    unsigned identifier;
    uint16_t tpid;
    if (!aptrace_get_eth_src(packet, &source) || !aptrace_get_eth_dst(packet, &destination))
        return;
    text_add(line, " ");
    add_address(line, source);
    text_add(line, " > ");
    add_address(line, destination);
    for (unsigned depth = 0; depth < aptrace_vlan_count(packet); depth++) {
        if (aptrace_get_vlan(packet, depth, &identifier) && aptrace_get_vlan_tpid(packet, depth, &tpid))
            text_add(line, tpid == 0x8100 ? " vlan %u" : " vlan %u (0x%04x)", identifier, tpid);
    }
    for (unsigned depth = 0; depth < aptrace_mpls_count(packet); depth++) {
        uint32_t entry;
        if (aptrace_get_mpls(packet, depth, &entry))
            text_add(line, " MPLS %" PRIu32, entry >> 12);
    }
}

/* RFC 791 section 3.1, RFC 8200 section 3: where the addresses stand. */
static void add_addresses(struct text *line, const struct aptrace_packet *packet, unsigned version)
{
    char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
    const uint8_t *bytes;
    size_t offset, length = version == 4 ? 4 : 16;
    int family = version == 4 ? AF_INET : AF_INET6;
    text_add(line, " IPv%u", version);
    if (!aptrace_get_network(packet, &offset) || !aptrace_get_bytes(packet, offset + (version == 4 ? 12 : 8), 2 * length, &bytes))
        return;
    inet_ntop(family, bytes, from, sizeof from);
    inet_ntop(family, bytes + length, to, sizeof to);
    text_add(line, " %s > %s", from, to);
}

static const char *protocol_name(unsigned protocol)
{
    switch (protocol) {
    case 1: return "ICMP";
    case 2: return "IGMP";
    case 6: return "TCP";
    case 17: return "UDP";
    case 41: return "IPv6 in IP";
    case 47: return "GRE";
    case 50: return "ESP";
    case 58: return "ICMPv6";
    case 89: return "OSPF";
    case 132: return "SCTP";
    default: return NULL;
    }
}

static void add_transport(struct text *line, const struct aptrace_packet *packet)
{
    unsigned protocol, source, destination;
    if (!aptrace_get_ip_protocol(packet, &protocol))
        return;
    if (protocol_name(protocol))
        text_add(line, " %s", protocol_name(protocol));
    else
        text_add(line, " protocol %u", protocol);
    if (aptrace_ip_fragment(packet) > 0)
        text_add(line, " fragment");
    if (aptrace_get_ports(packet, &source, &destination))
        text_add(line, " %u > %u", source, destination);
}

static void add_ether_type(struct text *line, const struct aptrace_packet *packet)
{
    static const struct { uint16_t type; const char *name; } known[] = {
        {0x0806, "ARP"}, {0x88cc, "LLDP"}, {0x8809, "slow protocols"}, {0x888e, "EAPOL"}, {0x88f7, "PTP"}, {0x8035, "RARP"}};
    uint16_t type;
    if (!aptrace_get_ether_type(packet, &type))
        return;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (known[i].type == type) {
            text_add(line, " %s", known[i].name);
            return;
        }
    }
    text_add(line, " type 0x%04x", type);
}

static void add_what(struct text *line, const struct aptrace_packet *packet)
{
    unsigned version = aptrace_ip_version(packet);
    if (packet->link_type == ETHERNET)
        add_ethernet(line, packet);
    if (version == 0) {
        add_ether_type(line, packet);
        return;
    }
    add_addresses(line, packet, version);
    add_transport(line, packet);
}

/* ---- Lines ------------------------------------------------------------------------------------------------------------- */

static const char *direction_of(const struct aptrace_packet *packet)
{
    if (packet->flags & APTRACE_PACKET_SENT)
        return "out";
    return packet->flags & APTRACE_PACKET_RECEIVED ? "in" : "-";
}

static void show(struct monitor *monitor, const struct source_list *sources, const struct aptrace_packet *packet)
{
    struct text *line = &monitor->line;
    int64_t since_ns = packet->time_ns - monitor->origin_ns;
    line->length = 0;
    text_add(line, "+%" PRId64 ".%09" PRId64 " %-8s %-3s %5" PRIu32, since_ns / 1000000000, since_ns % 1000000000,
             sources->sources[packet->source - 1].name, direction_of(packet), packet->wire_length);
    add_what(line, packet);
    if (packet->flags & APTRACE_PACKET_TRUNCATED)
        text_add(line, " (%" PRIu32 " captured)", packet->capture_length);
    if (packet->flags & APTRACE_PACKET_LATE)
        text_add(line, " (late)");
    text_add(line, "\n");
    fwrite(text_bytes(line), 1, line->length, monitor->file);
}

static bool is_shown(const struct monitor *monitor, const struct aptrace_packet *packet)
{
    bool sent = packet->flags & APTRACE_PACKET_SENT;
    if ((monitor->shown->direction == DIRECTION_IN && sent) || (monitor->shown->direction == DIRECTION_OUT && !sent))
        return false;
    return !monitor->filter || filter_passes(monitor->filter, packet);
}

bool monitor_packets(struct monitor *monitor, const struct source_list *sources, const struct batch *batch, unsigned count)
{
    uint64_t limit = monitor->shown->count ? monitor->shown->count : UINT64_MAX;
    for (unsigned i = 0; i < count && monitor->lines < limit; i++) {
        if (!is_shown(monitor, &batch->packets[i]))
            continue;
        show(monitor, sources, &batch->packets[i]);
        monitor->lines++;
    }
    fflush(monitor->file);
    return monitor->lines < limit;
}
