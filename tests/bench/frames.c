/* SPDX-License-Identifier: MIT */
/* Writes a pcap of many 64-byte Ethernet frames to standard output: frames COUNT [TAG]. A third are untagged, a third carry an
 * 802.1Q tag, a third two tags, in random order; identifiers are random, never TAG, so that whoever looks for TAG has to read
 * them all. Always the same bytes for the same arguments. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FRAME = 64, RECORD = 16 + FRAME, BLOCK = 4096 };

static uint64_t state = 88172645463325252u;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static size_t put_tag(uint8_t *at, unsigned tpid, unsigned never)
{
    unsigned identifier = 1 + (unsigned)(next_random() % 4094);
    if (identifier == never)
        identifier++;
    at[0] = (uint8_t)(tpid >> 8);
    at[1] = (uint8_t)tpid;
    at[2] = (uint8_t)(identifier >> 8);
    at[3] = (uint8_t)identifier;
    return 4;
}

static void put_record(uint8_t *record, uint64_t number, unsigned never)
{
    uint64_t time_us = number; /* a packet a microsecond */
    uint32_t header[4] = {1700000000u + (uint32_t)(time_us / 1000000), (uint32_t)(time_us % 1000000), FRAME, FRAME};
    unsigned tags = (unsigned)(next_random() % 3);
    uint8_t *frame = record + 16;
    size_t at = 12;
    memcpy(record, header, sizeof header);
    memset(frame, 0, FRAME);
    frame[5] = 2;
    frame[11] = 1;
    if (tags == 2)
        at += put_tag(frame + at, 0x88a8, never);
    if (tags >= 1)
        at += put_tag(frame + at, 0x8100, never);
    frame[at] = 0x08;
    frame[at + 2] = 0x45;
}

int main(int argc, char **argv)
{
    static const uint32_t header[6] = {0xa1b2c3d4u, 4u << 16 | 2u, 0, 0, 65535, 1};
    static uint8_t block[BLOCK * RECORD];
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    unsigned never = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
    if (count == 0) {
        fprintf(stderr, "usage: frames COUNT [TAG]\n");
        return 2;
    }
    fwrite(header, sizeof header, 1, stdout);
    for (uint64_t done = 0; done < count;) {
        size_t size = count - done < BLOCK ? (size_t)(count - done) : BLOCK;
        for (size_t i = 0; i < size; i++)
            put_record(block + i * RECORD, done + i, never);
        fwrite(block, RECORD, size, stdout);
        done += size;
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
