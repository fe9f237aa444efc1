/* SPDX-License-Identifier: MIT */
/* The packets that a plugin is shown: frames with every layer that the decoder knows, in words; the packets of captures that
 * the user names; and what is made of both: prefixes, damage, random bytes. The same each time: no clock and no chance is in
 * them.
 *
 * Numbers in the frames are small (port 1, tag 1, id 1), as those are that are chosen for parameters, so that some match. */
#include "tools/prove_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/reader.h"
#include "core/source.h"
#include "tools/frame_text.h"

struct frame_words {
    uint16_t link_type;
    const char *words;
};

enum {
    LINK_NULL = 0, LINK_PPP = 9, LINK_PPP_HDLC = 50, LINK_RAW = 101, LINK_C_HDLC = 104, LINK_802_11 = 105, LINK_LOOP = 108,
    LINK_SLL = 113, LINK_RADIOTAP = 127, LINK_PPI = 192, LINK_IPV4 = 228, LINK_IPV6 = 229, LINK_SLL2 = 276
};

#define IP4_ID(ID) "ipv4 10.0.0.1 > 10.0.1.10 id " #ID
#define IP4 IP4_ID(1)
#define IP6 "ipv6 2001:db8::1 > 2001:db8::2"

static const struct frame_words all_frames[] = {
    /* ARP, IPv4, IPv6 and what they carry */
    {1, "eth | " IP4 " | udp 1 > 1 | payload \"request\""},
    {1, "eth | " IP4_ID(2) " | udp 1 > 1 | payload \"request\""},
    {1, "eth | " IP4_ID(3) " | udp 1000 > 53 | payload \"query\""},
    {1, "eth | " IP4_ID(4) " | udp 53 > 1000 | payload \"answer\""},
    {1, "eth | " IP4 " | udp 1 > 1 | payload \"request\""},
    {1, "eth dst ff:ff:ff:ff:ff:ff | arp request 10.0.0.1 at 00:00:00:00:00:01 > 10.0.1.10 | pad 60"},
    {1, "eth dst 00:00:00:00:00:01 src 00:00:00:00:00:02 | arp reply 10.0.1.10 at 00:00:00:00:00:02 > 10.0.0.1 | pad 60"},
    {1, "eth | " IP4 " ttl 63 | tcp 1 > 80 seq 1 syn"},
    {1, "eth | " IP4 " | tcp 80 > 1 seq 1 acknowledges 2 ack | payload \"tcp\""},
    {1, "eth | " IP4 " dscp 46 ecn 1 df | icmp id 1 seq 1 | payload 32"},
    {1, "eth | " IP4 " | icmp type 3 code 4 | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP6 " | udp 1 > 1 | payload \"request\""},
    {1, "eth | " IP6 " hop 63 dscp 46 flow 1 | tcp 1 > 80 syn"},
    {1, "eth | " IP6 " | icmpv6 id 1 seq 1 | payload 8"},
    {1, "eth | " IP6 " next 58 | hex 87 00 00 00 00 00 00 00 2001 0db8 0000 0000 0000 0000 0000 0002 01 01 00 00 00 00 00 01"},
    {1, "eth | " IP4 " proto 132 | hex 00 01 00 01 00 00 00 01 00 00 00 00"},
    {1, "eth | " IP4 " proto 33 | hex 00 01 00 01 05 00 00 00 00 00 00 01 01 00 00 00"},
    {1, "eth | " IP4 " proto 89 | payload 24"},
    /* Fragments, options, extension headers, authentication */
    {1, "eth | " IP4 " mf | udp 1 > 1 length 100 checksum 1 | payload 24"},
    {1, "eth | " IP4 " offset 4 proto 17 | payload 60"},
    {1, "eth type 0x0800 | hex 46 00 00 20 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 01 0a 94 04 00 00 | udp 1 > 1"},
    {1, "eth type 0x0800 | hex 4f 00 00 44 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 01 0a | payload 40 fill 1 | udp 1 > 1"},
    {1, "eth | " IP4 " proto 51 | hex 11 04 00 00 00 00 00 01 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00 00 | udp 1 > 1"},
    {1, "eth | " IP6 " next 0 | hex 11 00 05 02 00 00 00 00 | udp 1 > 1"},
    {1, "eth | " IP6 " next 43 | hex 11 02 03 01 00 00 00 00 20010db8 00000000 00000000 00000003 | udp 1 > 1"},
    {1, "eth | " IP6 " next 44 | hex 11 00 00 01 00 00 00 01 | udp 1 > 1 length 100 | payload 16"},
    {1, "eth | " IP6 " next 44 | hex 11 00 00 11 00 00 00 01 | payload 16"},
    {1, "eth | " IP6 " next 60 | hex 3c 00 01 04 00 00 00 00 11 00 01 04 00 00 00 00 | udp 1 > 1"},
    {1, "eth | " IP6 " next 59"},
    /* Tags and labels */
    {1, "eth | vlan 1 | " IP4 " | udp 1 > 1 | payload \"request\""},
    {1, "eth | vlan 102 prio 3 dei | " IP4 " | udp 1 > 1"},
    {1, "eth | vlan 0 prio 5 | " IP4 " | udp 1 > 1"},
    {1, "eth | vlan 1 tpid 0x88a8 | vlan 102 | " IP4 " | udp 1 > 1"},
    {1, "eth | vlan 1 tpid 0x9100 | vlan 2 tpid 0x88a8 | vlan 3 | vlan 4 | " IP6 " | udp 1 > 1"},
    {1, "eth | mpls 1 | " IP4 " | udp 1 > 1"},
    {1, "eth | vlan 1 | mpls 16 tc 3 | mpls 1 ttl 63 | " IP6 " | tcp 1 > 80"},
    {1, "eth | mpls 1 | hex 00 00 00 00 | eth | " IP4 " | udp 1 > 1"},
    /* Tunnels */
    {1, "eth | " IP4 " | udp 1 > 4789 | vxlan 1 | eth | vlan 1 | " IP4 " ttl 63 | udp 1 > 1 | payload \"inside\""},
    {1, "eth | " IP6 " | udp 1 > 4789 | vxlan 1 | eth | " IP6 " | tcp 1 > 80"},
    {1, "eth | " IP4 " | gre | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " proto 47 | hex b0 00 08 00 00 00 00 00 00 00 00 01 00 00 00 01 | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " | gre | eth | " IP4 " | icmp"},
    {1, "eth | " IP4 " proto 47 | hex 10 00 88 be 00 00 00 01 10 01 08 01 00 00 00 00 | eth | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " proto 47 | hex 30 81 88 0b 00 10 00 01 00 00 00 01 ff 03 00 21 | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " | udp 1 > 6081 | hex 01 00 65 58 00 00 01 00 01 02 03 00 | eth | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " | udp 2152 > 2152 | hex 30 ff 00 1c 00 00 00 01 | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " | udp 2152 > 2152 | hex 34 ff 00 24 00 00 00 01 00 00 00 85 01 00 09 00 | " IP4 " | udp 1 > 1"},
    {1, "eth | " IP4 " | " IP6 " | udp 1 > 1"},
    {1, "eth | " IP6 " | " IP4 " | " IP4 " | " IP4 " | " IP4 " | " IP4 " | udp 1 > 1"},
    /* Neither */
    {1, "eth type 0x8863 | hex 11 09 00 00 00 04 01 01 00 00 | pad 60"},
    {1, "eth type 0x8864 | hex 11 00 00 01 00 1e 00 21 | " IP4 " | udp 1 > 1 | pad 60"},
    {1, "eth type 0x8808 | hex 01 01 00 ff 00 01 00 02 00 03 00 04 00 05 00 06 00 07 00 08 | pad 60"},
    {1, "eth dst 01:80:c2:00:00:00 type 38 | hex 42 42 03 00 00 00 00 00 | pad 60"},
    {1, "eth type 36 | hex aa aa 03 00 00 00 08 00 | " IP4 " | udp 1 > 1 | pad 60"},
    {1, "eth type 0x88cc | hex 02 07 04 00 00 00 00 00 01 04 02 07 31 06 02 00 78 00 00 | pad 60"},
    {1, "eth type 0x88b5 | payload 50"},
    /* Lengths that cannot be */
    {1, "eth | " IP4 " length 0 | udp 1 > 1 | payload \"request\""},
    {1, "eth | " IP4 " length 65535 | udp 1 > 1 length 65535 | payload \"request\""},
    {1, "eth | " IP4 " length 21 | udp 1 > 1 | payload \"request\""},
    {1, "eth | " IP4 " | udp 1 > 1 length 1 | payload \"request\""},
    {1, "eth | " IP6 " length 0 | udp 1 > 1 | payload \"request\""},
    {1, "eth | " IP6 " length 65535 | tcp 1 > 80"},
    {1, "eth type 0x0800 | hex 41 00 00 1c 00 01 00 00 40 11 00 00 0a 00 00 01 0a 00 01 0a | udp 1 > 1"},
    {1, "eth | " IP4 " proto 6 | hex 00 01 00 50 00 00 00 01 00 00 00 00 f0 02 ff ff 00 00 00 00"},
    {1, "eth | " IP4 " proto 6 | hex 00 01 00 50 00 00 00 01 00 00 00 00 00 02 ff ff 00 00 00 00"},
    {1, "eth | " IP4 " checksum 1 | udp 1 > 1 checksum 0 | payload \"none made\""},
    {1, "eth | " IP4 " ttl 0 | udp 0 > 0 checksum 1"},
    /* Other link types */
    {LINK_NULL, "hex 02 00 00 00 | " IP4 " | udp 1 > 1"},
    {LINK_LOOP, "hex 00 00 00 18 | " IP6 " | udp 1 > 1"},
    {LINK_PPP, "hex 00 21 | " IP4 " | udp 1 > 1"},
    {LINK_PPP_HDLC, "hex ff 03 00 57 | " IP6 " | tcp 1 > 80"},
    {LINK_C_HDLC, "hex 0f 00 08 00 | " IP4 " | udp 1 > 1"},
    {LINK_RAW, IP4 " | tcp 1 > 80 syn"},
    {LINK_RAW, IP6 " | udp 1 > 1"},
    {LINK_IPV4, IP4 " | udp 1 > 1"},
    {LINK_IPV6, IP6 " | icmpv6"},
    {LINK_SLL, "hex 00 00 00 01 00 06 00 00 00 00 00 01 00 00 08 00 | " IP4 " | udp 1 > 1"},
    {LINK_SLL, "hex 00 04 00 01 00 06 00 00 00 00 00 01 00 00 81 00 00 01 86 dd | " IP6 " | udp 1 > 1"},
    {LINK_SLL2, "hex 08 00 00 00 00 00 00 01 00 01 00 06 00 00 00 00 00 01 00 00 | " IP4 " | udp 1 > 1"},
    {LINK_SLL2, "hex 81 00 00 00 00 00 00 01 00 01 04 06 00 00 00 00 00 01 00 00 00 01 08 00 | " IP4 " | udp 1 > 1"},
    {LINK_802_11, "hex 08 02 00 00 000000000002 000000000001 000000000003 10 00 aa aa 03 00 00 00 08 00 | " IP4 " | udp 1 > 1"},
    {LINK_802_11, "hex 88 03 00 00 000000000002 000000000001 000000000003 10 00 000000000004 00 00 aa aa 03 00 00 00 08 00 | " IP4
                  " | udp 1 > 1"},
    {LINK_RADIOTAP, "hex 00 00 09 00 02 00 00 00 00 08 02 00 00 000000000002 000000000001 000000000003 10 00 "
                    "aa aa 03 00 00 00 08 00 | " IP4 " | udp 1 > 1"},
    {LINK_PPI, "hex 00 00 08 00 01 00 00 00 | hex 000000000002 000000000001 08 00 | " IP4 " | udp 1 > 1"},
};

/* ---- Lists ---------------------------------------------------------------------------------------------------------------- */

void packets_add(struct prove_packets *packets, const void *bytes, size_t capture_length, size_t wire_length)
{
    packets->list = memory_grow(packets->list, &packets->capacity, packets->count, sizeof *packets->list);
    while (packets->room - packets->length < capture_length) {
        size_t room = packets->room ? packets->room * 2 : 65536;
        uint8_t *more = memory_new(room, 1);
        if (packets->length > 0)
            memcpy(more, packets->bytes, packets->length);
        free(packets->bytes);
        packets->bytes = more;
        packets->room = room;
    }
    if (capture_length > 0)
        memcpy(packets->bytes + packets->length, bytes, capture_length);
    packets->list[packets->count++] = (struct prove_packet){packets->length, (uint32_t)capture_length, (uint32_t)wire_length};
    packets->length += capture_length;
}

void packets_fini(struct prove_packets *packets)
{
    free(packets->list);
    free(packets->bytes);
    *packets = (struct prove_packets){0};
}

void packets_add_prefixes(struct prove_packets *packets, const uint8_t *bytes, size_t length, bool captured)
{
    for (size_t prefix = 0; prefix <= length; prefix++)
        packets_add(packets, bytes, prefix, captured ? length : prefix);
}

uint64_t prove_random(uint64_t *state)
{
    uint64_t number = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

/* Most headers are among the first bytes. */
void packets_add_damaged(struct prove_packets *packets, const struct prove_packets *of, unsigned each, uint64_t *state)
{
    for (size_t i = 0; i < of->count * each; i++) {
        const struct prove_packet *packet = &of->list[i / each];
        size_t length = packet->capture_length;
        if (length == 0)
            continue;
        packets_add(packets, of->bytes + packet->at, length, length);
        uint8_t *copy = packets->bytes + packets->length - length;
        for (uint64_t changes = 1 + prove_random(state) % 4; changes > 0; changes--)
            copy[prove_random(state) % (length < 64 ? length : 64)] = (uint8_t)prove_random(state);
    }
}

void packets_add_random(struct prove_packets *packets, unsigned count, size_t most, uint64_t *state)
{
    uint8_t *bytes = memory_new(most + 1, 1);
    for (unsigned i = 0; i < count; i++) {
        size_t length = prove_random(state) % (most + 1), behind = prove_random(state) % 4 ? 0 : prove_random(state) % 2000;
        for (size_t at = 0; at < length; at++)
            bytes[at] = (uint8_t)prove_random(state);
        packets_add(packets, bytes, length, length + behind);
    }
    free(bytes);
}

/* ---- Frames and captures -------------------------------------------------------------------------------------------------- */

static struct prove_packets *list_of(struct prove_frames *frames, uint16_t link_type)
{
    for (size_t i = 0; i < frames->count; i++) {
        if (frames->lists[i].link_type == link_type)
            return &frames->lists[i];
    }
    frames->lists = memory_grow(frames->lists, &frames->capacity, frames->count, sizeof *frames->lists);
    frames->lists[frames->count].link_type = link_type;
    return &frames->lists[frames->count++];
}

const struct prove_packets *frames_of(const struct prove_frames *frames, uint16_t link_type)
{
    for (size_t i = 0; i < frames->count; i++) {
        if (frames->lists[i].link_type == link_type)
            return &frames->lists[i];
    }
    return NULL;
}

static int add_frame(struct prove_frames *frames, const struct frame_words *frame, struct error *error)
{
    uint8_t *bytes = NULL;
    size_t length = 0;
    if (frame_from_text("frame", frame->words, &bytes, &length) != 0)
        return error_set(error, "a frame of this program cannot be made: %s", frame->words);
    packets_add(list_of(frames, frame->link_type), bytes, length, length);
    free(bytes);
    return 0;
}

static void add_packet(struct prove_frames *frames, const struct aptrace_packet *packet)
{
    size_t captured = packet->capture_length < PROVE_PACKET_MAX ? packet->capture_length : PROVE_PACKET_MAX;
    packets_add(list_of(frames, packet->link_type), packet->bytes, captured, packet->wire_length);
}

/* A capture that is damaged gives what can be read of it. */
static int add_capture(struct prove_frames *frames, const char *path, struct error *error)
{
    struct source_list sources = {0};
    struct reader *reader = reader_open(path, NULL, &sources, error);
    struct batch *batch = memory_new(1, sizeof *batch);
    enum reader_event event = READER_END;
    while (reader && (event = reader_next(reader, batch)) != READER_END) {
        for (unsigned i = 0; event == READER_PACKETS && i < batch->count; i++)
            add_packet(frames, &batch->packets[i]);
    }
    int result = reader ? 0 : -1;
    if (reader)
        reader_free(reader);
    source_list_fini(&sources);
    free(batch);
    return result;
}

int frames_read(struct prove_frames *frames, const char *const *captures, size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (add_capture(frames, captures[i], error) != 0)
            return -1;
    }
    return 0;
}

int frames_make(struct prove_frames *frames, struct error *error)
{
    for (size_t i = 0; i < sizeof all_frames / sizeof *all_frames; i++) {
        if (add_frame(frames, &all_frames[i], error) != 0)
            return -1;
    }
    return 0;
}

void frames_fini(struct prove_frames *frames)
{
    for (size_t i = 0; i < frames->count; i++)
        packets_fini(&frames->lists[i]);
    free(frames->lists);
    *frames = (struct prove_frames){0};
}

/* ---- Saving --------------------------------------------------------------------------------------------------------------- */

static void put(FILE *file, uint32_t number)
{
    fwrite(&number, sizeof number, 1, file);
}

/* A pcap with nanoseconds, in the machine's own byte order. */
int packets_save(const struct prove_packets *packets, size_t first, size_t count, const char *path)
{
    enum { FORMAT_VERSION = 2 | 4 << 16, EACH_SECOND = 1000, STEP_NS = 1000000, SNAP_LENGTH = 262144 };
    FILE *file = fopen(path, "we");
    if (!file)
        return -1;
    put(file, 0xa1b23c4d);
    put(file, FORMAT_VERSION);
    put(file, 0);
    put(file, 0);
    put(file, SNAP_LENGTH);
    put(file, packets->link_type);
    for (size_t i = 0; i < count; i++) {
        const struct prove_packet *packet = &packets->list[first + i];
        put(file, 1700000000 + (uint32_t)(i / EACH_SECOND));
        put(file, (uint32_t)(i % EACH_SECOND) * STEP_NS);
        put(file, packet->capture_length);
        put(file, packet->wire_length);
        fwrite(packets->bytes + packet->at, 1, packet->capture_length, file);
    }
    return fclose(file);
}
