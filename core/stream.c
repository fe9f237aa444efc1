/* SPDX-License-Identifier: MIT */
/* A window that slides over the bytes of a trace.
 *
 * Blocks are read with read(2): on a page-cached file that costs less than mmap's page faults, it works on pipes, and memory
 * stays one block whatever the trace's length. What a reader has not parsed yet moves to the front before the next block, so
 * a record is always in one piece, and there is nothing to wrap around.
 *
 * The buffer is a memfd, mapped twice: the stream fills it through one mapping, readers and plugins see it through the other,
 * which is read-only: a plugin that writes into a packet faults. It grows while one record is longer than a block,
 * and shrinks at the next fill; the filling mapping lets go of its pages meanwhile, so that a long record counts once.
 *
 * A failure is kept and told only when what is at hand runs out: all that was read or unpacked before it stands. */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "unpack.h"

/* Blocks of 64 KiB to 1 MiB were equally fast (7 to 9 ns for a frame of 64 bytes, reading included): this one fits a small second
 * cache and costs half a MiB in both mappings. */
enum { BLOCK_SIZE = 256 << 10, PACKED_SIZE = 64 << 10 };

struct stream_source {
    int fd, memory_fd;
    uint8_t *fill;       /* the buffer, to write to */
    const uint8_t *show; /* the same memory, to read from */
    size_t capacity;
    bool looked;         /* at the first bytes: packing is known */
    const char *packing; /* [may be null] */
    struct unpacker *unpacker;
    uint8_t *packed; /* what is read and not yet unpacked: [packed_at, packed_end) */
    size_t packed_at, packed_end;
    bool packed_over; /* the file has ended */
    bool more_inside; /* the unpacker may hold more than there was room for */
    uint64_t file_size, file_read;
    bool failed;
    struct error failure;
};

static int open_file(const char *path, struct error *error)
{
    struct stat status;
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return error_set(error, "cannot open %s: %s", standard ? "standard input" : path, strerror(errno));
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        close(fd);
        return error_set(error, "cannot read %s: it is a directory; give the trace files in it one by one", path);
    }
    return fd;
}

static int map_buffer(struct stream_source *source, struct error *error)
{
    source->memory_fd = memfd_create("aptrace trace", MFD_CLOEXEC);
    if (source->memory_fd < 0 || ftruncate(source->memory_fd, BLOCK_SIZE) < 0)
        return error_set(error, "no memory for a buffer of %d bytes: %s", BLOCK_SIZE, strerror(errno));
    void *fill = mmap(NULL, BLOCK_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, source->memory_fd, 0);
    void *show = mmap(NULL, BLOCK_SIZE, PROT_READ, MAP_SHARED, source->memory_fd, 0);
    source->fill = fill == MAP_FAILED ? NULL : fill;
    source->show = show == MAP_FAILED ? NULL : show;
    source->capacity = BLOCK_SIZE;
    if (!source->fill || !source->show)
        return error_set(error, "cannot map a buffer of %d bytes: %s", BLOCK_SIZE, strerror(errno));
    return 0;
}

struct stream *stream_open(const char *path, struct error *error)
{
    struct stat status;
    struct stream *stream = memory_new(1, sizeof *stream);
    struct stream_source *source = memory_new(1, sizeof *source);
    stream->source = source;
    source->memory_fd = -1;
    source->fd = open_file(path, error);
    if (source->fd < 0)
        goto failed;
    if (map_buffer(source, error) < 0)
        goto failed;
    if (fstat(source->fd, &status) == 0 && S_ISREG(status.st_mode)) {
        source->file_size = (uint64_t)status.st_size;
        posix_fadvise(source->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    }
    stream->at = stream->end = source->show;
    return stream;
failed:
    stream_free(stream);
    return NULL;
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    struct stream_source *source = stream->source;
    if (source->fill)
        munmap(source->fill, source->capacity);
    if (source->show)
        munmap((void *)(uintptr_t)source->show, source->capacity);
    if (source->memory_fd >= 0)
        close(source->memory_fd);
    if (source->fd >= 0)
        close(source->fd);
    unpacker_free(source->unpacker);
    free(source->packed);
    free(source);
    free(stream);
}

/* Keeps the failure and ends the stream. */
static void fail(struct stream *stream, const struct error *error, bool cut_short)
{
    stream->source->failed = true;
    stream->source->failure = *error;
    stream->finished = true;
    stream->cut_short = cut_short;
}

/* Makes the buffer as large as said; what it shows then is moved along by the caller. */
static int resize(struct stream_source *source, size_t capacity)
{
    bool grows = capacity > source->capacity;
    if (grows && ftruncate(source->memory_fd, (off_t)capacity) < 0)
        return -1;
    void *fill = mremap(source->fill, source->capacity, capacity, MREMAP_MAYMOVE);
    if (fill == MAP_FAILED)
        return -1;
    source->fill = fill;
    void *show = mremap((void *)(uintptr_t)source->show, source->capacity, capacity, MREMAP_MAYMOVE);
    if (show == MAP_FAILED) {
        source->fill = mremap(source->fill, capacity, source->capacity, 0); /* back in place: it cannot fail */
        return -1;
    }
    source->show = show;
    source->capacity = capacity;
    return grows ? 0 : ftruncate(source->memory_fd, (off_t)capacity);
}

/* Moves what is unread to the front, and gives the buffer room for as many bytes as are wanted. */
static int make_room(struct stream *stream, size_t wanted)
{
    struct stream_source *source = stream->source;
    size_t unread = (size_t)(stream->end - stream->at);
    size_t capacity = wanted <= BLOCK_SIZE ? BLOCK_SIZE : (wanted + BLOCK_SIZE - 1) / BLOCK_SIZE * BLOCK_SIZE;
    int result = 0;
    if (unread && stream->at != source->show) /* both through one mapping, or memmove would not see that they overlap */
        memmove(source->fill, source->fill + (stream->at - source->show), unread);
    if (capacity > source->capacity || (capacity < source->capacity && unread <= capacity))
        result = resize(source, capacity);
    stream->at = source->show;
    stream->end = source->show + unread;
    return result;
}

/* read(2) that goes on where a signal, or a pipe that does not block, stopped it. */
static ssize_t read_file(struct stream_source *source, uint8_t *to, size_t room)
{
    for (;;) {
        ssize_t length = read(source->fd, to, room);
        if (length >= 0) {
            source->file_read += (uint64_t)length;
            return length;
        }
        struct pollfd ready = {.fd = source->fd, .events = POLLIN};
        if (errno == EAGAIN)
            poll(&ready, 1, -1);
        else if (errno != EINTR)
            return -1;
    }
}

static void fail_read(struct stream *stream)
{
    struct error error;
    error_set(&error, "reading failed behind byte %llu of the file: %s", (unsigned long long)stream->source->file_read,
              strerror(errno));
    fail(stream, &error, true);
}

/* Room behind what is there, for one block at most: so that a long record is filled piece by piece. */
static size_t room_behind(const struct stream *stream, uint8_t **to)
{
    const struct stream_source *source = stream->source;
    size_t used = (size_t)(stream->end - source->show), room = source->capacity - used;
    *to = source->fill + used;
    return room < BLOCK_SIZE ? room : BLOCK_SIZE;
}

/* Takes in what was filled. A grown buffer's filling mapping lets go of its pages: the mapping is shared, so the data stay. */
static void advance(struct stream *stream, size_t length)
{
    struct stream_source *source = stream->source;
    stream->end += length;
    stream->end_offset += length;
    if (source->capacity > BLOCK_SIZE)
        madvise(source->fill, source->capacity, MADV_DONTNEED);
}

static void read_plain(struct stream *stream)
{
    uint8_t *to;
    size_t room = room_behind(stream, &to);
    ssize_t length = read_file(stream->source, to, room);
    if (length < 0)
        fail_read(stream);
    else if (length == 0)
        stream->finished = true;
    else
        advance(stream, (size_t)length);
}

/* Reads packed bytes where none are left. Returns false where that failed. */
static bool read_packed(struct stream *stream)
{
    struct stream_source *source = stream->source;
    if (source->packed_at < source->packed_end || source->packed_over || source->more_inside)
        return true;
    ssize_t length = read_file(source, source->packed, PACKED_SIZE);
    if (length < 0) {
        fail_read(stream);
        return false;
    }
    source->packed_at = 0;
    source->packed_end = (size_t)length;
    source->packed_over = length == 0;
    return true;
}

static void finish_packed(struct stream *stream)
{
    struct stream_source *source = stream->source;
    struct error error;
    stream->finished = true;
    if (unpacker_is_complete(source->unpacker))
        return;
    error_set(&error, "%s: the packed data end early, behind byte %llu of the file", source->packing,
              (unsigned long long)source->file_read);
    fail(stream, &error, true);
}

static void unpack_some(struct stream *stream)
{
    struct stream_source *source = stream->source;
    struct error error;
    if (!read_packed(stream))
        return;
    uint8_t *to;
    size_t room = room_behind(stream, &to);
    struct unpack_step step = {
        .in = source->packed + source->packed_at, .in_end = source->packed + source->packed_end, .out = to, .out_end = to + room};
    int result = unpacker_run(source->unpacker, &step, &error);
    size_t made = (size_t)(step.out - to);
    bool moved = made > 0 || step.in > source->packed + source->packed_at;
    source->packed_at = (size_t)(step.in - source->packed);
    source->more_inside = step.out == step.out_end;
    advance(stream, made);
    if (result < 0) {
        error_context(&error, "behind byte %llu of the packed file",
                      (unsigned long long)(source->file_read - (source->packed_end - source->packed_at)));
        fail(stream, &error, false);
    } else if (!moved && source->packed_over) {
        finish_packed(stream);
    }
}

/* Looks at the first bytes: packed ones move to a buffer of their own. */
static void look(struct stream *stream)
{
    struct stream_source *source = stream->source;
    struct error error;
    while (!stream->finished && stream->end - stream->at < UNPACK_MAGIC_LENGTH)
        read_plain(stream);
    size_t length = (size_t)(stream->end - stream->at);
    source->looked = true;
    source->packing = unpack_format(stream->at, length);
    if (!source->packing)
        return;
    source->unpacker = unpacker_new(source->packing);
    source->packed = memory_new(length > PACKED_SIZE ? length : PACKED_SIZE, 1);
    memcpy(source->packed, stream->at, length);
    source->packed_end = length;
    stream->at = stream->end = source->show;
    stream->end_offset = 0;
    source->packed_over = stream->finished && !source->failed;
    stream->finished = source->failed;
    if (source->unpacker)
        return;
    error_set(&error, "%s: no memory to unpack", source->packing);
    fail(stream, &error, true);
}

int stream_fill(struct stream *stream, size_t wanted, struct error *error)
{
    struct stream_source *source = stream->source;
    if ((size_t)(stream->end - stream->at) >= wanted)
        return 0;
    if (!stream->finished && make_room(stream, wanted) < 0) {
        struct error failure;
        error_set(&failure, "no memory for a record of %zu bytes: %s", wanted, strerror(errno));
        fail(stream, &failure, true);
    }
    if (!source->looked)
        look(stream);
    while (!stream->finished && (size_t)(stream->end - stream->at) < wanted) {
        if (source->packing)
            unpack_some(stream);
        else
            read_plain(stream);
    }
    if (!source->failed || (size_t)(stream->end - stream->at) >= wanted)
        return 0;
    *error = source->failure;
    return -1;
}

int stream_skip(struct stream *stream, uint64_t length, struct error *error)
{
    for (;;) {
        uint64_t at_hand = (uint64_t)(stream->end - stream->at);
        uint64_t step = length < at_hand ? length : at_hand;
        stream->at += step;
        length -= step;
        if (length == 0)
            return 0;
        if (stream_fill(stream, 1, error) < 0)
            return -1;
        if (stream->at == stream->end)
            return 0;
    }
}

const char *stream_packing(const struct stream *stream)
{
    return stream->source->packing;
}

uint64_t stream_file_size(const struct stream *stream)
{
    return stream->source->file_size;
}

uint64_t stream_file_read(const struct stream *stream)
{
    return stream->source->file_read;
}
