/* SPDX-License-Identifier: MIT */
/* A ring of bytes between the engine's thread and the disk.
 *
 * The engine formats into the ring without a lock: what lies behind the committed bytes is its own. A commit and the writer's
 * progress are published under one mutex, once a batch. Places in the ring are counted from the start of the file and never run
 * backwards, so that put - written is what lies in it.
 *
 * A write that fails (a full disk, a reader that went away) ends the writing for good: later bytes could only be read with a hole
 * that nothing tells. How much of the file is whole is found by walking the blocks that the failed write began: the file is cut
 * back to there, where it can be.
 *
 * The writer takes no signals, SIGPIPE included: a closed pipe is an error like any other. */
#include "recorder_queue.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

enum { PACKET_BLOCK = 6, BLOCK_HEADER = 8 };

struct recorder_queue {
    int file;
    bool owned;
    uint8_t *ring;
    size_t capacity;
    uint64_t put;                /* by the engine's thread alone */
    uint64_t committed, written; /* under the mutex, as all that follows */
    uint64_t whole, packets;     /* of what was written: up to the last whole block */
    int failure;
    bool finishing, joined;
    pthread_mutex_t mutex;
    pthread_cond_t more, room;
    pthread_t writer;
};

/* ---- The writer --------------------------------------------------------------------------------------------------------- */

static void copy_out(const struct recorder_queue *queue, uint64_t at, void *bytes, size_t length)
{
    size_t place = (size_t)(at % queue->capacity), first = queue->capacity - place;
    first = first < length ? first : length;
    memcpy(bytes, queue->ring + place, first);
    memcpy((uint8_t *)bytes + first, queue->ring, length - first);
}

/* Counts the whole blocks up to a place. From the last whole one on all bytes lie in the ring still. */
static void count_whole(struct recorder_queue *queue, uint64_t up_to)
{
    uint32_t header[2]; /* type, length: of this host's byte order, as the section is */
    while (up_to - queue->whole >= BLOCK_HEADER) {
        copy_out(queue, queue->whole, header, sizeof header);
        if (header[1] < BLOCK_HEADER || header[1] > up_to - queue->whole)
            break;
        queue->whole += header[1];
        queue->packets += header[0] == PACKET_BLOCK;
    }
}

/* Writes some of what lies between two places; returns how much, 0 after a failure (errno). The one place where the thread may be
 * ended from outside. */
static size_t write_some(const struct recorder_queue *queue, uint64_t from, uint64_t to)
{
    size_t place = (size_t)(from % queue->capacity), length = (size_t)(to - from), first = queue->capacity - place;
    first = first < length ? first : length;
    struct iovec parts[] = {{queue->ring + place, first}, {queue->ring, length - first}};
    for (;;) {
        pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
        ssize_t done = writev(queue->file, parts, length > first ? 2 : 1);
        int failure = errno;
        if (done < 0 && failure == EAGAIN)
            poll(&(struct pollfd){.fd = queue->file, .events = POLLOUT}, 1, -1);
        pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
        if (done > 0)
            return (size_t)done;
        errno = done == 0 ? ENOSPC : failure;
        if (done == 0 || (failure != EINTR && failure != EAGAIN))
            return 0;
    }
}

static void fail(struct recorder_queue *queue, int failure)
{
    struct stat status;
    queue->failure = failure;
    bool cut = queue->owned && fstat(queue->file, &status) == 0 && S_ISREG(status.st_mode);
    if (cut && ftruncate(queue->file, (off_t)queue->whole) != 0)
        return; /* it then ends inside a block, and reads as cut short all the same */
}

static void *run_writer(void *context)
{
    struct recorder_queue *queue = context;
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    pthread_mutex_lock(&queue->mutex);
    while (!queue->failure) {
        uint64_t from = queue->written, to = queue->committed;
        if (from == to && queue->finishing)
            break;
        if (from == to) {
            pthread_cond_wait(&queue->more, &queue->mutex);
            continue;
        }
        pthread_mutex_unlock(&queue->mutex);
        size_t done = write_some(queue, from, to);
        int failure = errno;
        pthread_mutex_lock(&queue->mutex);
        count_whole(queue, from + done);
        queue->written = from + done;
        if (done == 0)
            fail(queue, failure);
        pthread_cond_signal(&queue->room);
    }
    pthread_mutex_unlock(&queue->mutex);
    return NULL;
}

/* ---- The engine's side --------------------------------------------------------------------------------------------------- */

struct recorder_queue *recorder_queue_new(int file, bool owned, size_t capacity, struct error *error)
{
    struct recorder_queue *queue = memory_new(1, sizeof *queue);
    pthread_condattr_t monotonic;
    sigset_t all, before;
    queue->file = file;
    queue->owned = owned;
    queue->capacity = capacity;
    queue->ring = memory_new(capacity, 1);
    pthread_mutex_init(&queue->mutex, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&queue->more, NULL);
    pthread_cond_init(&queue->room, &monotonic);
    pthread_condattr_destroy(&monotonic);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = pthread_create(&queue->writer, NULL, run_writer, queue);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (result == 0)
        return queue;
    error_set(error, "cannot start the thread that writes the recording: %s", strerror(result));
    queue->joined = true;
    recorder_queue_free(queue);
    return NULL;
}

/* Under the mutex. What is in the ring counts until the blocks that it begins are whole: count_whole() looks at them there. */
static bool fits(const struct recorder_queue *queue, size_t length)
{
    uint64_t kept = queue->put - queue->whole;
    return queue->failure || kept == 0 || kept + length <= queue->capacity;
}

/* Under the mutex, the ring empty: the writer looks at it under the mutex, or at committed bytes, of which there are none. */
static void grow(struct recorder_queue *queue, size_t capacity)
{
    free(queue->ring);
    queue->ring = memory_new(capacity, 1);
    queue->capacity = capacity;
}

bool recorder_queue_wait(struct recorder_queue *queue, size_t length, int64_t deadline_ns)
{
    struct timespec deadline = {.tv_sec = deadline_ns / 1000000000, .tv_nsec = deadline_ns % 1000000000};
    int result = 0;
    pthread_mutex_lock(&queue->mutex);
    while (!fits(queue, length) && result == 0) {
        if (deadline_ns == INT64_MAX)
            pthread_cond_wait(&queue->room, &queue->mutex);
        else
            result = pthread_cond_timedwait(&queue->room, &queue->mutex, &deadline);
    }
    bool room = fits(queue, length);
    if (room && !queue->failure && length > queue->capacity)
        grow(queue, length);
    pthread_mutex_unlock(&queue->mutex);
    return room;
}

void recorder_queue_put(struct recorder_queue *queue, const void *bytes, size_t length)
{
    size_t place = (size_t)(queue->put % queue->capacity), first = queue->capacity - place;
    if (length > queue->capacity)
        return; /* after a failure only: everything "fits" then */
    first = first < length ? first : length;
    memcpy(queue->ring + place, bytes, first);
    memcpy(queue->ring, (const uint8_t *)bytes + first, length - first);
    queue->put += length;
}

void recorder_queue_commit(struct recorder_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->committed = queue->put;
    pthread_cond_signal(&queue->more);
    pthread_mutex_unlock(&queue->mutex);
}

struct recorder_written recorder_queue_finish(struct recorder_queue *queue)
{
    pthread_mutex_lock(&queue->mutex);
    queue->finishing = true;
    pthread_cond_signal(&queue->more);
    pthread_mutex_unlock(&queue->mutex);
    if (!queue->joined)
        pthread_join(queue->writer, NULL);
    queue->joined = true;
    return (struct recorder_written){queue->failure, queue->whole, queue->packets};
}

void recorder_queue_free(struct recorder_queue *queue)
{
    if (!queue)
        return;
    if (!queue->joined) {
        pthread_cancel(queue->writer);
        recorder_queue_finish(queue);
    }
    pthread_mutex_destroy(&queue->mutex);
    pthread_cond_destroy(&queue->more);
    pthread_cond_destroy(&queue->room);
    free(queue->ring);
    free(queue);
}
