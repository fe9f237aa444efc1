/* SPDX-License-Identifier: MIT */
/* Builds traces field by field, so that a test says what it means and every wrong byte can be had. Nothing here shares code
 * with the readers. */
#include "trace_bytes.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <zstd.h>

static char folder[64];

void bytes_add(struct bytes *bytes, const void *data, size_t length)
{
    if (bytes->length + length > bytes->capacity) {
        bytes->capacity = 2 * (bytes->length + length) + 256;
        bytes->data = realloc(bytes->data, bytes->capacity);
        ck_assert_ptr_nonnull(bytes->data);
    }
    if (length)
        memcpy(bytes->data + bytes->length, data, length);
    bytes->length += length;
}

void bytes_fill(struct bytes *bytes, uint8_t value, size_t length)
{
    uint8_t *block = malloc(length + 1);
    memset(block, value, length + 1);
    bytes_add(bytes, block, length);
    free(block);
}

static void add_number(struct bytes *bytes, uint64_t number, unsigned size)
{
    uint8_t block[8];
    for (unsigned i = 0; i < size; i++)
        block[bytes->big_endian ? size - 1 - i : i] = (uint8_t)(number >> 8 * i);
    bytes_add(bytes, block, size);
}

void bytes_u16(struct bytes *bytes, uint16_t number)
{
    add_number(bytes, number, 2);
}

void bytes_u32(struct bytes *bytes, uint32_t number)
{
    add_number(bytes, number, 4);
}

void bytes_u64(struct bytes *bytes, uint64_t number)
{
    add_number(bytes, number, 8);
}

void bytes_free(struct bytes *bytes)
{
    free(bytes->data);
    memset(bytes, 0, sizeof *bytes);
}

void pcap_header(struct bytes *bytes, uint32_t magic, uint16_t minor, uint32_t snap_length, uint32_t link_type)
{
    bytes_u32(bytes, magic);
    bytes_u16(bytes, 2);
    bytes_u16(bytes, minor);
    bytes_u64(bytes, 0);
    bytes_u32(bytes, snap_length);
    bytes_u32(bytes, link_type);
}

void pcap_record(struct bytes *bytes, uint32_t seconds, uint32_t fraction, uint32_t capture, uint32_t wire)
{
    bytes_u32(bytes, seconds);
    bytes_u32(bytes, fraction);
    bytes_u32(bytes, capture);
    bytes_u32(bytes, wire);
    bytes_fill(bytes, (uint8_t)fraction, capture);
}

void block_begin(struct bytes *bytes, uint32_t type)
{
    bytes->block = bytes->length;
    bytes_u32(bytes, type);
    bytes_u32(bytes, 0);
}

static void pad(struct bytes *bytes)
{
    while ((bytes->length - bytes->block) % 4)
        bytes_add(bytes, "", 1);
}

void block_option(struct bytes *bytes, uint16_t code, const void *value, uint16_t length)
{
    pad(bytes);
    bytes_u16(bytes, code);
    bytes_u16(bytes, length);
    bytes_add(bytes, value, length);
    pad(bytes);
}

void block_option_u64(struct bytes *bytes, uint16_t code, uint64_t value)
{
    pad(bytes);
    bytes_u16(bytes, code);
    bytes_u16(bytes, 8);
    bytes_u64(bytes, value);
}

void block_end(struct bytes *bytes)
{
    pad(bytes);
    uint32_t length = (uint32_t)(bytes->length - bytes->block) + 4;
    size_t end = bytes->length;
    bytes->length = bytes->block + 4;
    bytes_u32(bytes, length);
    bytes->length = end;
    bytes_u32(bytes, length);
}

void block_section(struct bytes *bytes)
{
    block_begin(bytes, 0x0a0d0d0a);
    bytes_u32(bytes, 0x1a2b3c4d);
    bytes_u16(bytes, 1);
    bytes_u16(bytes, 0);
    bytes_u64(bytes, UINT64_MAX);
    block_end(bytes);
}

void block_interface(struct bytes *bytes, uint16_t link_type, const char *name)
{
    block_begin(bytes, 1);
    bytes_u16(bytes, link_type);
    bytes_u16(bytes, 0);
    bytes_u32(bytes, 0);
    if (name)
        block_option(bytes, 2, name, (uint16_t)strlen(name));
    block_end(bytes);
}

void block_packet_begin(struct bytes *bytes, uint32_t interface, uint64_t ticks, uint32_t capture, uint32_t wire)
{
    block_begin(bytes, 6);
    bytes_u32(bytes, interface);
    bytes_u32(bytes, (uint32_t)(ticks >> 32));
    bytes_u32(bytes, (uint32_t)ticks);
    bytes_u32(bytes, capture);
    bytes_u32(bytes, wire);
    bytes_fill(bytes, (uint8_t)ticks, capture);
    pad(bytes);
}

void block_packet(struct bytes *bytes, uint32_t interface, uint64_t ticks)
{
    block_packet_begin(bytes, interface, ticks, 4, 4);
    block_end(bytes);
}

void block_statistics(struct bytes *bytes, uint32_t interface, uint64_t ticks, uint64_t interface_drops, uint64_t system_drops)
{
    block_begin(bytes, 5);
    bytes_u32(bytes, interface);
    bytes_u32(bytes, (uint32_t)(ticks >> 32));
    bytes_u32(bytes, (uint32_t)ticks);
    block_option_u64(bytes, 4, 1000);
    block_option_u64(bytes, 5, interface_drops);
    block_option_u64(bytes, 7, system_drops);
    block_end(bytes);
}

static size_t pack_gzip(const struct bytes *bytes, uint8_t *to, size_t room)
{
    z_stream stream = {0};
    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_in = bytes->data;
    stream.avail_in = (uInt)bytes->length;
    stream.next_out = to;
    stream.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    deflateEnd(&stream);
    return stream.total_out;
}

struct bytes bytes_pack(const struct bytes *bytes, const char *format)
{
    struct bytes packed = {.capacity = bytes->length + bytes->length / 2 + 1024};
    packed.data = malloc(packed.capacity);
    if (strcmp(format, "gzip") == 0)
        packed.length = pack_gzip(bytes, packed.data, packed.capacity);
    else
        packed.length = ZSTD_compress(packed.data, packed.capacity, bytes->data, bytes->length, 3);
    ck_assert(!ZSTD_isError(packed.length));
    return packed;
}

void trace_begin(void)
{
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/aptrace-unit.XXXXXX", base && strlen(base) < 32 ? base : "/tmp");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

void trace_end(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

const char *trace_path(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

const char *trace_file(const struct bytes *bytes, const char *name)
{
    const char *path = trace_path(name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes->data ? bytes->data : (const uint8_t *)"", 1, bytes->length, file), bytes->length);
    fclose(file);
    return path;
}

enum { LINKTYPE_ERF = 197 }; /* whose packets begin with their record's header */

/* Sound by itself, and all its bytes the same. One assertion a packet: each costs a message to the test's parent. */
static bool is_sound(const struct aptrace_packet *packet)
{
    size_t length = packet->capture_length;
    bool even = length < 2 || packet->link_type == LINKTYPE_ERF || memcmp(packet->bytes, packet->bytes + 1, length - 1) == 0;
    return even && packet->time_ns == packet->timestamp_ns && packet->wire_length >= length;
}

static void see_packets(struct seen *seen, const struct batch *batch)
{
    ck_assert_uint_le(seen->count + batch->count, SEEN_MAX);
    for (unsigned i = 0; i < batch->count; i++) {
        const struct aptrace_packet *packet = &batch->packets[i];
        ck_assert_msg(is_sound(packet), "packet %u of the batch", i);
        seen->packets[seen->count].frame = batch->frames[i];
        seen->packets[seen->count].time_ns = packet->time_ns;
        seen->packets[seen->count].capture = packet->capture_length;
        seen->packets[seen->count].wire = packet->wire_length;
        seen->packets[seen->count].source = packet->source;
        seen->packets[seen->count].link_type = packet->link_type;
        seen->packets[seen->count].flags = packet->flags;
        seen->packets[seen->count++].first = packet->capture_length ? packet->bytes[0] : 0;
    }
}

static void note_event(struct seen *seen, unsigned *packets, char letter)
{
    size_t used = strlen(seen->events);
    ck_assert_uint_lt(used + 16, sizeof seen->events);
    if (*packets)
        snprintf(seen->events + used, sizeof seen->events - used, "%u%c", *packets, letter);
    else
        snprintf(seen->events + used, sizeof seen->events - used, "%c", letter);
    *packets = 0;
}

static void see_events(struct seen *seen, struct reader *reader)
{
    static struct batch batch;
    unsigned packets = 0;
    enum reader_event event;
    do {
        event = reader_next(reader, &batch);
        if (event == READER_PACKETS) {
            ck_assert_uint_gt(batch.count, 0);
            ck_assert_uint_le(batch.count, BATCH_CAPACITY);
            see_packets(seen, &batch);
            packets += batch.count;
        } else if (event == READER_HOLE) {
            ck_assert_uint_lt(seen->hole_count, 16);
            seen->holes[seen->hole_count++] = reader->hole;
            note_event(seen, &packets, 'H');
        } else {
            note_event(seen, &packets, event == READER_SOURCE ? 'S' : 'E');
        }
    } while (event != READER_END);
    ck_assert_int_eq(reader_next(reader, &batch), READER_END);
}

bool see(struct seen *seen, const char *path, const struct reader_options *options)
{
    const struct reader_options plain = {.link_type = -1};
    memset(seen, 0, sizeof *seen);
    struct reader *reader = reader_open(path, options ? options : &plain, &seen->sources, &seen->error);
    if (!reader)
        return false;
    see_events(seen, reader);
    seen->end = reader->end;
    seen->oddities = reader->oddities;
    seen->damage = reader->damage;
    snprintf(seen->format, sizeof seen->format, "%s", reader->format);
    reader_free(reader);
    return true;
}

bool see_bytes(struct seen *seen, const struct bytes *bytes)
{
    return see(seen, trace_file(bytes, "t.pcap"), NULL);
}

void seen_free(struct seen *seen)
{
    source_list_fini(&seen->sources);
}
