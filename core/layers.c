/* SPDX-License-Identifier: MIT */
/* The pool of layers and the way into the decoder.
 *
 * A packet's headers are found when a predicate first asks, and only as deep as it asks: most ask for tags or addresses, and
 * to decode IP for them would double what they cost. The first stage of a plain Ethernet frame is here, since every run pays
 * for it with every packet: it has no branch that depends on whether a frame is tagged, because tags that come at random
 * would have each one guessed wrong. What it does not know at a glance (short frames, three tags and more, LLC, MPLS, PPPoE,
 * other link types) goes to layers_link.c, which knows everything and agrees with it.
 *
 * The pool is found from a packet's layers alone, by their place in it: decode() is given nothing else. */
#include "layers.h"

#include <stdlib.h>

#include "layers_decode.h"
#include "memory.h"

enum { LINK_ETHERNET = 1, TYPE_AT = 12, TAG = 4, SHORTEST = TYPE_AT + 2 * TAG + 2, LEAST_TPID = 0x8100 };

static struct layers_pool *pool_of(struct aptrace_layers *layers)
{
    return (struct layers_pool *)(void *)(layers - layers->place);
}

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* An Ethernet frame with up to two tags. False: there is more to it, or less; what was written is then of no use. */
static inline bool link_at_a_glance(const struct aptrace_packet *packet, struct aptrace_layers *layers)
{
    if (packet->link_type != LINK_ETHERNET || packet->capture_length < SHORTEST)
        return false;
    const uint8_t *bytes = packet->bytes;
    uint32_t first = u32(bytes + TYPE_AT), second = u32(bytes + TYPE_AT + TAG); /* each a type and what may be its tag */
    unsigned tagged = layers_is_tpid(first >> 16);
    unsigned stacked = tagged & layers_is_tpid(second >> 16);
    unsigned count = tagged + stacked;
    unsigned ether_type = layers_u16(bytes + TYPE_AT + TAG * count); /* compilers make branches of a choice */

    layers->stage = APTRACE_STAGE_LINK;
    layers->cut = 0;
    layers->vlan_count = (uint8_t)count;
    layers->mpls_count = 0;
    layers->vlan[0] = (uint16_t)((first & 0xfff) | (tagged - 1));
    layers->vlan[1] = (uint16_t)((second & 0xfff) | (stacked - 1));
    layers->ether_type = (uint16_t)ether_type;
    layers->ethernet = 0;
    layers->tags = (uint16_t)((TYPE_AT + 2) | (tagged - 1));
    layers->mpls = APTRACE_NO_OFFSET;
    layers->network = (uint16_t)(TYPE_AT + 2 + TAG * count);

    /* Lengths, a third tag, MPLS and PPPoE are the other way's; so is what is rare and near them, for one test less. */
    return ((ether_type - ETHER_TYPE_LEAST) < LEAST_TPID - ETHER_TYPE_LEAST) | (ether_type == ETHER_TYPE_IPV6);
}

static struct layers_walk walk_of(const struct aptrace_packet *packet, struct aptrace_layers *layers)
{
    struct layers_walk walk = {
        .bytes = packet->bytes,
        .end = packet->capture_length < LAYERS_REACH ? packet->capture_length : LAYERS_REACH,
        .open = packet->capture_length < packet->wire_length || packet->capture_length > LAYERS_REACH,
        .stage = APTRACE_STAGE_LINK,
        .layers = layers
    };
    return walk;
}

/* All stages in their order; apart from the way that is taken most, which then needs no stack. */
__attribute__((noinline)) static void decode_in_full(const struct aptrace_packet *packet, struct aptrace_layers *layers,
                                                     unsigned stage)
{
    struct layers_walk walk = walk_of(packet, layers);
    if (layers->stage < APTRACE_STAGE_LINK && !link_at_a_glance(packet, layers)) {
        layers_link_clear(layers);
        layers_link(&walk, packet->link_type);
        layers->stage = APTRACE_STAGE_LINK;
    }
    if (layers->stage < stage && layers->stage < APTRACE_STAGE_TRANSPORT) {
        walk.stage = APTRACE_STAGE_TRANSPORT;
        layers_network(&walk);
        layers->stage = APTRACE_STAGE_TRANSPORT;
    }
    if (layers->stage < stage) {
        walk.stage = APTRACE_STAGE_TUNNEL;
        layers_tunnel(&walk, pool_of(layers)->inner[layers->place]);
        layers->stage = APTRACE_STAGE_TUNNEL;
    }
}

/* Predicates see the layers as const; this module, whose they are, does not. */
static void decode(const struct aptrace_packet *packet, unsigned stage)
{
    struct aptrace_layers *layers = (struct aptrace_layers *)packet->layers;
    if (__builtin_expect(stage != APTRACE_STAGE_LINK, 0)) {
        decode_in_full(packet, layers, stage);
        return;
    }
    if (__builtin_expect(!link_at_a_glance(packet, layers), 0)) {
        layers->stage = 0;
        decode_in_full(packet, layers, stage);
    }
}

struct layers_pool *layers_pool_new(void)
{
    struct layers_pool *pool = memory_new(1, sizeof *pool);
    for (unsigned i = 0; i < BATCH_CAPACITY; i++) {
        pool->outer[i].decode = decode;
        pool->outer[i].place = (uint16_t)i;
        for (unsigned depth = 0; depth < LAYERS_INNER_MAX; depth++)
            pool->inner[i][depth].decode = decode;
    }
    return pool;
}

void layers_pool_free(struct layers_pool *pool)
{
    free(pool);
}

void layers_attach(struct layers_pool *pool, struct batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++) {
        pool->outer[i].stage = 0;
        batch->packets[i].layers = &pool->outer[i];
    }
}

void layers_attach_one(struct layers_pool *pool, struct aptrace_packet *packet)
{
    pool->outer[0].stage = 0;
    packet->layers = &pool->outer[0];
}
