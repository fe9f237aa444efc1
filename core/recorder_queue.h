/* SPDX-License-Identifier: MIT */
/* recorder_queue.h: bytes of pcapng blocks on their way to a file: put by one thread, written by one of its own.
 *
 * The queue owns its buffer and thread, the file is borrowed. What is put becomes the writer's with recorder_queue_commit(), so
 * that a recording breaks off between batches. */
#ifndef RECORDER_QUEUE_H
#define RECORDER_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"

struct recorder_queue;

/* Starts the writer. owned: the file is new and nobody else's, so that it may be cut back. Null after an error: no thread. */
struct recorder_queue *recorder_queue_new(int file, bool owned, size_t capacity, struct error *error);

/* Waits until so many bytes fit, to the deadline at most (CLOCK_MONOTONIC, ns; INT64_MAX: for ever). What is larger than the
 * buffer fits once it is empty: it grows then. After a failure everything fits, and goes nowhere. */
bool recorder_queue_wait(struct recorder_queue *queue, size_t length, int64_t deadline_ns);

/* Puts bytes that fit. */
void recorder_queue_put(struct recorder_queue *queue, const void *bytes, size_t length);
void recorder_queue_commit(struct recorder_queue *queue);

struct recorder_written {
    int failure;             /* errno of the write that failed; 0: all was written */
    uint64_t bytes, packets; /* of whole blocks */
};

/* Waits until all is written, or nothing can be; ends the writer. */
struct recorder_written recorder_queue_finish(struct recorder_queue *queue);

/* Ends the writer at once where it has not ended, and frees all. */
void recorder_queue_free(struct recorder_queue *queue);

#endif
