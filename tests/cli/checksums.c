/* SPDX-License-Identifier: MIT */
/* print-checksums FILE: a line for each packet of a trace: its frame number and, of each kind of checksum, what the outermost one
 * is, in the order and words of tests/cli/checksums.sh; "-" where it has none. */
#include <stdio.h>
#include <stdlib.h>

#include "core/checksum.h"
#include "core/layers.h"
#include "core/reader.h"

enum { KINDS = APTRACE_CHECKSUM_ICMPV6 + 1, ROOM = 16 };

static const char *const states[] = {"-", "right", "wrong", "left", "unused", "cut"};

static void print_packet(const struct aptrace_packet *packet, uint64_t frame)
{
    struct aptrace_checksum list[ROOM];
    uint32_t first[KINDS] = {0};
    size_t count = checksum_find(packet, list, ROOM);
    for (size_t i = count; i-- > 0;)
        first[list[i].kind] = list[i].state;
    printf("%llu", (unsigned long long)frame);
    for (unsigned kind = APTRACE_CHECKSUM_IPV4; kind < KINDS; kind++)
        printf(" %s", states[first[kind]]);
    printf("\n");
}

int main(int argc, char **argv)
{
    static struct batch batch;
    struct source_list sources = {0};
    struct error error = {"usage: print-checksums FILE"};
    struct reader *reader = argc == 2 ? reader_open(argv[1], NULL, &sources, &error) : NULL;
    if (!reader) {
        fprintf(stderr, "print-checksums: %s\n", error.text);
        return EXIT_FAILURE;
    }
    struct layers_pool *pool = layers_pool_new();
    for (enum reader_event event; (event = reader_next(reader, &batch)) != READER_END;) {
        if (event != READER_PACKETS)
            continue;
        layers_attach(pool, &batch);
        for (unsigned i = 0; i < batch.count; i++)
            print_packet(&batch.packets[i], batch.frames[i]);
    }
    layers_pool_free(pool);
    reader_free(reader);
    source_list_fini(&sources);
    return EXIT_SUCCESS;
}
