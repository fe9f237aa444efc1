/* SPDX-License-Identifier: MIT */
/* Slots in a memfd that is mapped twice: in one piece to be filled, and slot by slot, with an untouchable page before and behind
 * each, to be shown. */
#include "tools/packet_pages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/memory.h"

struct packet_pages {
    size_t slots, size, page; /* size: of a slot, in whole pages */
    uint8_t *fill, *show;     /* show: slots of page + size bytes, and a page behind the last */
};

static size_t shown_size(const struct packet_pages *pages)
{
    return pages->slots * (pages->page + pages->size) + pages->page;
}

static uint8_t *slot_shown(const struct packet_pages *pages, size_t slot)
{
    return pages->show + slot * (pages->page + pages->size) + pages->page;
}

_Noreturn static void no_memory(void)
{
    fprintf(stderr, "aptrace: no memory for packets: %s\n", strerror(errno));
    exit(2);
}

static void *map(void *at, size_t size, int protection, int flags, int file, size_t offset)
{
    void *memory = mmap(at, size, protection, flags, file, (off_t)offset);
    if (memory == MAP_FAILED)
        no_memory();
    return memory;
}

struct packet_pages *packet_pages_new(size_t slots, size_t most)
{
    struct packet_pages *pages = memory_new(1, sizeof *pages);
    int file = memfd_create("packets", MFD_CLOEXEC);
    pages->page = (size_t)sysconf(_SC_PAGESIZE);
    pages->slots = slots;
    pages->size = (most + pages->page) / pages->page * pages->page;
    if (file < 0 || ftruncate(file, (off_t)(slots * pages->size)) != 0)
        no_memory();
    pages->fill = map(NULL, slots * pages->size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    pages->show = map(NULL, shown_size(pages), PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t slot = 0; slot < slots; slot++)
        map(slot_shown(pages, slot), pages->size, PROT_READ, MAP_SHARED | MAP_FIXED, file, slot * pages->size);
    close(file);
    return pages;
}

void packet_pages_free(struct packet_pages *pages)
{
    munmap(pages->fill, pages->slots * pages->size);
    munmap(pages->show, shown_size(pages));
    free(pages);
}

const uint8_t *packet_pages_put(struct packet_pages *pages, size_t slot, const void *bytes, size_t length, enum packet_edge edge)
{
    size_t offset = edge == EDGE_END ? pages->size - length : 0;
    if (length > 0)
        memcpy(pages->fill + slot * pages->size + offset, bytes, length);
    return slot_shown(pages, slot) + offset;
}
