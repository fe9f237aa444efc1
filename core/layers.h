/* SPDX-License-Identifier: MIT */
/* layers.h: finds the headers of a packet, by stages, at the first question. The stages and what they leave stand in
 * <aptrace/decode.h>; only this module writes struct aptrace_layers.
 *
 * The pool has a place for each packet of a batch and for what tunnels carry, so nothing is allocated per packet. */
#ifndef LAYERS_H
#define LAYERS_H

#include "batch.h"

enum { LAYERS_INNER_MAX = 3 }; /* tunnels in tunnels that are followed */

struct layers_pool {
    struct aptrace_layers outer[BATCH_CAPACITY];
    struct aptrace_layers inner[BATCH_CAPACITY][LAYERS_INNER_MAX];
};

struct layers_pool *layers_pool_new(void);
void layers_pool_free(struct layers_pool *pool);

/* Gives each packet of the batch its layers, undecoded. They hold until the pool is attached to a batch again. */
void layers_attach(struct layers_pool *pool, struct batch *batch);

/* The same for a packet that is in no batch. */
void layers_attach_one(struct layers_pool *pool, struct aptrace_packet *packet);

#endif
