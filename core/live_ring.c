/* SPDX-License-Identifier: MIT */
/* What was drained from a port and waits for its turn.
 *
 * libpcap lends a packet for the length of a callback, but rule 2 may hold it back for some rounds: so its bytes are copied,
 * once, into chunks that are used again and again. A chunk is a memfd mapped twice, like the buffer of a trace (stream.c): it
 * is filled through one mapping and shown through the other, which is read-only. Nothing is allocated per packet; chunks and
 * the queue grow to the most that was ever held.
 *
 * A ring is settled where it was drained to its end and the counters then say that all that was received was delivered or
 * dropped: no packet waits in a block that the kernel has not handed over. Only then does silence mean that nothing came. */
#include "live_ring.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

enum {
    CHUNK_SIZE = 1 << 20,        /* above any snap length */
    QUEUE_FIRST = 1024,
    DRAIN_STEP = 1024,           /* packets at a time */
    DRAIN_PACKETS = 32768,       /* in one round: so that ticks and signals are never far */
    HELD_BYTES_MAX = 128 << 20,  /* then packets stay with the kernel, which counts what it must drop */
    HELD_PACKETS_MAX = 1 << 20
};

struct live_chunk {
    struct live_chunk *next;
    uint8_t *fill;       /* the same memory twice: to write to, */
    const uint8_t *show; /* and to read from */
    size_t used;
    uint64_t last;       /* sequence of the last packet in it */
};

/* ---- Bytes --------------------------------------------------------------------------------------------------------------- */

static void chunk_free(struct live_chunk *chunk)
{
    if (chunk->fill)
        munmap(chunk->fill, CHUNK_SIZE);
    if (chunk->show)
        munmap((void *)(uintptr_t)chunk->show, CHUNK_SIZE);
    free(chunk);
}

static struct live_chunk *chunk_new(void)
{
    struct live_chunk *chunk = memory_new(1, sizeof *chunk);
    int fd = memfd_create("aptrace packets", MFD_CLOEXEC);
    bool sized = fd >= 0 && ftruncate(fd, CHUNK_SIZE) == 0;
    void *fill = sized ? mmap(NULL, CHUNK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    void *show = sized ? mmap(NULL, CHUNK_SIZE, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (fd >= 0)
        close(fd);
    chunk->fill = fill == MAP_FAILED ? NULL : fill;
    chunk->show = show == MAP_FAILED ? NULL : show;
    if (chunk->fill && chunk->show)
        return chunk;
    chunk_free(chunk);
    return NULL;
}

/* The chunk that has room for length bytes; null where there is no memory. */
static struct live_chunk *chunk_with_room(struct live_ring *ring, size_t length)
{
    if (ring->last && CHUNK_SIZE - ring->last->used >= length)
        return ring->last;
    struct live_chunk *chunk = ring->spare;
    if (chunk)
        ring->spare = chunk->next;
    else
        chunk = chunk_new();
    if (!chunk)
        return NULL;
    chunk->next = NULL;
    chunk->used = 0;
    if (ring->last)
        ring->last->next = chunk;
    else
        ring->first = chunk;
    ring->last = chunk;
    return chunk;
}

void live_ring_recycle(struct live_ring *ring)
{
    const struct live_held *head = live_ring_head(ring);
    while (ring->first && (!head || ring->first->last < head->sequence)) {
        struct live_chunk *chunk = ring->first;
        ring->first = chunk->next;
        ring->last = ring->first ? ring->last : NULL;
        chunk->next = ring->spare;
        ring->spare = chunk;
    }
}

/* ---- Queue --------------------------------------------------------------------------------------------------------------- */

static struct live_held *queue_at(const struct live_ring *ring, size_t place)
{
    return &ring->queue[(ring->head + place) & (ring->capacity - 1)];
}

static struct live_held *queue_push(struct live_ring *ring)
{
    if (ring->count == ring->capacity) {
        size_t capacity = ring->capacity ? 2 * ring->capacity : QUEUE_FIRST;
        struct live_held *queue = memory_new(capacity, sizeof *queue);
        for (size_t i = 0; i < ring->count; i++)
            queue[i] = *queue_at(ring, i);
        free(ring->queue);
        ring->queue = queue;
        ring->head = 0;
        ring->capacity = capacity;
    }
    return queue_at(ring, ring->count++);
}

static void take_packet(struct port_sink *sink, const struct port_packet *packet)
{
    struct live_ring *ring = (struct live_ring *)(void *)sink;
    uint32_t length = packet->capture_length < CHUNK_SIZE ? packet->capture_length : CHUNK_SIZE;
    ring->delivered++;
    if (ring->skip > 0) {
        ring->skip--;
        return;
    }
    struct live_chunk *chunk = chunk_with_room(ring, length);
    if (!chunk) {
        ring->lost++;
        return;
    }
    memcpy(chunk->fill + chunk->used, packet->bytes, length);
    struct live_held *held = queue_push(ring);
    *held = (struct live_held){.place.from_ns = packet->stamp_ns,
                               .sequence = ++ring->sequence,
                               .bytes = chunk->show + chunk->used,
                               .capture_length = length,
                               .wire_length = packet->wire_length > length ? packet->wire_length : length};
    chunk->used += length;
    chunk->last = ring->sequence;
    ring->held_bytes += length;
    ring->fresh++;
}

void live_ring_init(struct live_ring *ring, struct port *port, unsigned index, uint32_t source)
{
    memset(ring, 0, sizeof *ring);
    ring->sink.take = take_packet;
    ring->port = port;
    ring->index = index;
    ring->source = source;
}

static void chunks_free(struct live_chunk *chunk)
{
    while (chunk) {
        struct live_chunk *next = chunk->next;
        chunk_free(chunk);
        chunk = next;
    }
}

void live_ring_fini(struct live_ring *ring)
{
    chunks_free(ring->first);
    chunks_free(ring->spare);
    free(ring->queue);
}

/* ---- Rounds --------------------------------------------------------------------------------------------------------------- */

static void read_counters(struct live_ring *ring)
{
    struct port_counters now;
    ring->port->functions->count(ring->port, ring->index, &now);
    ring->received += (uint32_t)(now.received - ring->raw.received);
    ring->dropped += (uint32_t)(now.dropped - ring->raw.dropped);
    ring->raw = now;
}

void live_ring_arm(struct live_ring *ring)
{
    read_counters(ring);
    ring->base_received = ring->received;
    ring->base_dropped = ring->dropped;
    ring->base_delivered = ring->received - ring->dropped;
    ring->skip = ring->base_delivered - ring->delivered;
}

bool live_ring_drain(struct live_ring *ring)
{
    unsigned total = 0;
    uint64_t before = ring->delivered;
    ring->emptied = ring->ended;
    while (!ring->emptied && total < DRAIN_PACKETS && ring->held_bytes < HELD_BYTES_MAX && ring->count < HELD_PACKETS_MAX) {
        int given = ring->port->functions->drain(ring->port, ring->index, DRAIN_STEP, &ring->sink);
        ring->ended = given < 0;
        ring->emptied = given < DRAIN_STEP;
        total += given > 0 ? (unsigned)given : 0;
    }
    return ring->delivered != before;
}

uint64_t live_ring_missing(const struct live_ring *ring)
{
    uint64_t came = ring->delivered + ring->written_off + ring->dropped;
    return ring->ended || came >= ring->received ? 0 : ring->received - came;
}

uint64_t live_ring_count(struct live_ring *ring)
{
    uint64_t dropped = ring->dropped, lost = ring->lost - ring->told_lost;
    if (!ring->ended)
        read_counters(ring);
    ring->settled = ring->emptied && live_ring_missing(ring) == 0;
    ring->told_lost = ring->lost;
    return ring->dropped - dropped + lost;
}

/* Rule 1 within the ring. False where the packet is from before the origin. */
static bool place_packet(struct live_ring *ring, struct live_held *held, const struct live_offsets *offsets, int64_t origin_ns,
                         int64_t now_ns)
{
    held->place = live_offsets_place(offsets, held->place.from_ns, ring->known_ns, now_ns);
    if (held->place.to_ns < origin_ns)
        return false;
    held->time_ns = held->place.from_ns > ring->last_ns ? held->place.from_ns : ring->last_ns;
    ring->last_ns = held->time_ns;
    return true;
}

void live_ring_map(struct live_ring *ring, const struct live_offsets *offsets, int64_t origin_ns, int64_t now_ns)
{
    size_t kept = ring->count - ring->fresh;
    for (size_t i = kept; i < ring->count; i++) {
        struct live_held *held = queue_at(ring, i);
        if (place_packet(ring, held, offsets, origin_ns, now_ns))
            *queue_at(ring, kept++) = *held;
        else
            ring->held_bytes -= held->capture_length;
    }
    ring->base_delivered += ring->count - kept;
    ring->count = kept;
    ring->fresh = 0;
}

void live_ring_know(struct live_ring *ring, int64_t settled_ns)
{
    int64_t known_ns = ring->last_ns - 1;
    if (ring->settled && settled_ns > known_ns)
        known_ns = settled_ns;
    ring->known_ns = known_ns > ring->known_ns ? known_ns : ring->known_ns;
}
