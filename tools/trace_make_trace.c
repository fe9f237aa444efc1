/* SPDX-License-Identifier: MIT */
/* Records of a trace as pcap and pcapng have them: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 *
 * All numbers of a file, or of a section, are in its own byte order. Lengths that the description gives are written as they
 * are, even where they cannot be true: readers are tested with those. */
#include "tools/trace_make.h"

#include <stdlib.h>
#include <string.h>

enum { /* block types and option codes: draft-ietf-opsawg-pcapng sections 3 and 4 */
    BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_OBSOLETE = 2, BLOCK_SIMPLE = 3, BLOCK_STATISTICS = 5,
    BLOCK_ENHANCED = 6,
    OPTION_END = 0, OPTION_COMMENT = 1, OPTION_NAME = 2, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14, OPTION_FLAGS = 2,
    OPTION_DROPS = 4, OPTION_OBSOLETE_FLAGS = 2, OPTION_RECEIVED = 4, OPTION_IF_DROPPED = 5, OPTION_OS_DROPPED = 7
};
enum { DEFAULT_RESOLUTION = 6, NS_PER_S = 1000000000 };

static void put(const struct trace *trace, struct bytes *bytes, uint64_t number, unsigned width)
{
    uint8_t digits[8];
    for (unsigned i = 0; i < width; i++)
        digits[trace->big ? width - 1 - i : i] = (uint8_t)(number >> 8 * i);
    bytes_add(bytes, digits, width);
}

static void put_padding(struct bytes *bytes)
{
    bytes_fill(bytes, 0, (4 - bytes->length % 4) % 4);
}

static void put_option(const struct trace *trace, struct bytes *body, unsigned code, const void *value, size_t length)
{
    put(trace, body, code, 2);
    put(trace, body, length, 2);
    bytes_add(body, value, length);
    put_padding(body);
}

static void put_option_number(const struct trace *trace, struct bytes *body, unsigned code, uint64_t number, unsigned width)
{
    put(trace, body, code, 2);
    put(trace, body, width, 2);
    put(trace, body, number, width);
    put_padding(body);
}

void trace_block(struct trace *trace, uint32_t type, const struct bytes *body)
{
    struct bytes block = {0};
    size_t length = 12 + (body->length + 3) / 4 * 4;
    put(trace, &block, type, 4);
    put(trace, &block, length, 4);
    bytes_add(&block, body->at, body->length);
    put_padding(&block);
    put(trace, &block, length, 4);
    sink_add(trace->sink, block.at, block.length);
    bytes_fini(&block);
}

/* ---- Headers ---- */

static void forget_interfaces(struct trace *trace)
{
    for (size_t i = 0; i < trace->interface_count; i++)
        free(trace->interfaces[i].name);
    trace->interface_count = 0;
}

void trace_fini(struct trace *trace)
{
    forget_interfaces(trace);
    free(trace->interfaces);
}

static void begin_pcap(struct trace *trace)
{
    struct bytes header = {0};
    put(trace, &header, trace->modified ? 0xa1b2cd34 : trace->nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4, 4);
    put(trace, &header, 2, 2);
    put(trace, &header, 4, 2);
    put(trace, &header, 0, 4);
    put(trace, &header, 0, 4);
    put(trace, &header, trace->snaplen, 4);
    put(trace, &header, trace->link, 4);
    sink_add(trace->sink, header.at, header.length);
    bytes_fini(&header);
}

void trace_section(struct trace *trace)
{
    struct bytes body = {0};
    forget_interfaces(trace);
    put(trace, &body, 0x1a2b3c4d, 4);
    put(trace, &body, 1, 2);
    put(trace, &body, 0, 2);
    put(trace, &body, UINT64_MAX, 8); /* section length: not said */
    trace_block(trace, BLOCK_SECTION, &body);
    bytes_fini(&body);
}

void trace_begin(struct trace *trace)
{
    if (trace->format == TRACE_PCAP)
        begin_pcap(trace);
    if (trace->format == TRACE_PCAPNG)
        trace_section(trace);
}

static void remember(struct trace *trace, const struct trace_interface *interface)
{
    if (trace->interface_count == trace->interface_capacity) {
        trace->interface_capacity = trace->interface_capacity * 2 + 4;
        trace->interfaces = realloc(trace->interfaces, trace->interface_capacity * sizeof *trace->interfaces);
    }
    if (!trace->interfaces) {
        fputs("trace-make: out of memory\n", stderr);
        exit(EXIT_FAILURE);
    }
    trace->interfaces[trace->interface_count++] = *interface;
}

void trace_interface(struct trace *trace, const struct trace_interface *interface)
{
    struct bytes body = {0};
    put(trace, &body, interface->link, 2);
    put(trace, &body, 0, 2);
    put(trace, &body, interface->snaplen, 4);
    if (interface->name)
        put_option(trace, &body, OPTION_NAME, interface->name, strlen(interface->name));
    if (interface->has_resolution)
        put_option_number(trace, &body, OPTION_RESOLUTION, interface->resolution, 1);
    if (interface->has_offset)
        put_option_number(trace, &body, OPTION_OFFSET, (uint64_t)interface->offset, 8);
    if (body.length > 8)
        put(trace, &body, OPTION_END, 4);
    trace_block(trace, BLOCK_INTERFACE, &body);
    bytes_fini(&body);
    remember(trace, interface);
}

/* ---- Packets ---- */

static void record_pcap(struct trace *trace, const struct record *record)
{
    struct bytes out = {0};
    int64_t seconds = record->time_ns / NS_PER_S, fraction = record->time_ns % NS_PER_S;
    if (fraction < 0) {
        fraction += NS_PER_S;
        seconds--;
    }
    put(trace, &out, (uint64_t)seconds, 4);
    put(trace, &out, (uint64_t)(trace->nanoseconds ? fraction : fraction / 1000), 4);
    put(trace, &out, record->claim, 4);
    put(trace, &out, record->wire, 4);
    if (trace->modified)
        put(trace, &out, 0, 8); /* interface, protocol and packet type, as old Linux captures had them */
    bytes_add(&out, record->bytes, record->length);
    sink_add(trace->sink, out.at, out.length);
    bytes_fini(&out);
}

static __int128 units_per_second(uint64_t resolution)
{
    __int128 units = 1;
    unsigned digits = resolution & 0x7f;
    while (digits-- > 0)
        units *= resolution & 0x80 ? 2 : 10;
    return units;
}

/* A moment in the interface's units, rounded down, as two 32-bit numbers, the high one first. */
static void put_time(const struct trace *trace, struct bytes *body, size_t index, int64_t time_ns)
{
    const struct trace_interface *interface = &trace->interfaces[index];
    uint64_t resolution = interface->has_resolution ? interface->resolution : DEFAULT_RESOLUTION;
    __int128 since = (__int128)time_ns - (__int128)interface->offset * NS_PER_S;
    __int128 scaled = since * units_per_second(resolution), units = scaled / NS_PER_S;
    units -= scaled % NS_PER_S < 0;
    put(trace, body, (uint64_t)units >> 32, 4);
    put(trace, body, (uint64_t)units & 0xffffffff, 4);
}

static void put_packet_options(const struct trace *trace, struct bytes *body, const struct record *record)
{
    size_t before = body->length;
    if (record->direction)
        put_option_number(trace, body, OPTION_FLAGS, record->direction, 4);
    if (record->has_drops && record->kind == RECORD_ENHANCED)
        put_option_number(trace, body, OPTION_DROPS, record->drops, 8);
    if (record->comment)
        put_option(trace, body, OPTION_COMMENT, record->comment, strlen(record->comment));
    if (body->length > before)
        put(trace, body, OPTION_END, 4);
}

static void put_packet_head(const struct trace *trace, struct bytes *body, const struct record *record)
{
    if (record->kind == RECORD_OBSOLETE) {
        put(trace, body, record->interface, 2);
        put(trace, body, record->has_drops ? record->drops : 0xffff, 2);
    } else {
        put(trace, body, record->interface, 4);
    }
    put_time(trace, body, record->interface, record->time_ns);
    put(trace, body, record->claim, 4);
    put(trace, body, record->wire, 4);
}

static void record_pcapng(struct trace *trace, const struct record *record)
{
    static const uint32_t types[] = {BLOCK_ENHANCED, BLOCK_SIMPLE, BLOCK_OBSOLETE};
    struct bytes body = {0};
    if (record->kind == RECORD_SIMPLE)
        put(trace, &body, record->wire, 4);
    else
        put_packet_head(trace, &body, record);
    bytes_add(&body, record->bytes, record->length);
    put_padding(&body);
    if (record->kind != RECORD_SIMPLE)
        put_packet_options(trace, &body, record);
    trace_block(trace, types[record->kind], &body);
    bytes_fini(&body);
}

void trace_record(struct trace *trace, const struct record *record)
{
    if (trace->format == TRACE_PCAP)
        record_pcap(trace, record);
    else
        record_pcapng(trace, record);
}

void trace_statistics(struct trace *trace, const struct statistics *statistics)
{
    struct bytes body = {0};
    put(trace, &body, statistics->interface, 4);
    put_time(trace, &body, statistics->interface, statistics->time_ns);
    if (statistics->received.given)
        put_option_number(trace, &body, OPTION_RECEIVED, statistics->received.value, 8);
    if (statistics->if_dropped.given)
        put_option_number(trace, &body, OPTION_IF_DROPPED, statistics->if_dropped.value, 8);
    if (statistics->os_dropped.given)
        put_option_number(trace, &body, OPTION_OS_DROPPED, statistics->os_dropped.value, 8);
    put(trace, &body, OPTION_END, 4);
    trace_block(trace, BLOCK_STATISTICS, &body);
    bytes_fini(&body);
}
