/* SPDX-License-Identifier: MIT */
/* Wanted packets from captures.
 *
 * They are read by the reader that replays traces, so that a packet is wanted just as it would be seen, whatever the format, and
 * has the number that reports and Wireshark give it. A source list of its own keeps them from being sources of the run.
 *
 * Only what was captured whole is taken: bytes that are missing would match anything. The same goes for a list out of a damaged
 * capture, which may once have had more packets. */
#include "wanted_file.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "reader.h"

struct capture {
    const char *path;
    struct source_list sources;
    struct reader *reader;
    struct batch *batch;
    unsigned next;        /* in the batch */
    uint64_t frame, count; /* of the packet given last; given so far */
};

static int capture_open(struct capture *capture, const char *path, struct error *error)
{
    *capture = (struct capture){.path = path};
    if (strcmp(path, "-") == 0)
        return error_set(error, "wanted packets cannot be read from standard input; save them to a file");
    capture->reader = reader_open(path, NULL, &capture->sources, error);
    if (!capture->reader)
        return -1;
    capture->batch = memory_new(1, sizeof *capture->batch);
    return 0;
}

static void capture_close(struct capture *capture)
{
    reader_free(capture->reader);
    source_list_fini(&capture->sources);
    free(capture->batch);
}

/* Null behind the last one that can be read. It holds until the next call. */
static const struct aptrace_packet *next_packet(struct capture *capture)
{
    while (capture->next == capture->batch->count) {
        capture->next = capture->batch->count = 0;
        enum reader_event event = reader_next(capture->reader, capture->batch);
        if (event == READER_END)
            return NULL;
        if (event != READER_PACKETS)
            capture->batch->count = 0;
    }
    capture->count++;
    capture->frame = capture->batch->frames[capture->next];
    return &capture->batch->packets[capture->next++];
}

static bool is_damaged(const struct capture *capture)
{
    return capture->reader->end != READER_END_OF_TRACE;
}

/* The packet given last. */
static int check_packet(const struct capture *capture, const struct aptrace_packet *packet, struct error *error)
{
    if (packet->capture_length < packet->wire_length)
        return error_set(error, "packet #%" PRIu64 " of %s was captured only in part, %u of its %u bytes, and what is missing "
                         "cannot be wanted; capture it whole, or give the bytes that matter in hex with length=prefix",
                         capture->frame, capture->path, packet->capture_length, packet->wire_length);
    if (packet->capture_length == 0)
        return error_set(error, "packet #%" PRIu64 " of %s has no bytes: there is nothing to compare", capture->frame,
                         capture->path);
    return 0;
}

static struct wanted_packet copy(const struct aptrace_packet *packet, struct arena *arena)
{
    struct wanted_packet copied = {arena_new(arena, packet->capture_length), packet->capture_length, packet->link_type, true};
    memcpy(copied.bytes, packet->bytes, packet->capture_length);
    return copied;
}

/* ---- One ----------------------------------------------------------------------------------------------------------------- */

/* Not found: why. */
static int refuse_number(const struct capture *capture, uint64_t number, struct error *error)
{
    const char *path = capture->path;
    if (capture->frame > number)
        return error_set(error, "#%" PRIu64 " of %s is no packet: the capture has something else there", number, path);
    if (is_damaged(capture))
        return error_set(error, "packet #%" PRIu64 " of %s cannot be read: %s", number, path, capture->reader->damage.text);
    if (capture->count == 0)
        return error_set(error, "%s has no packets, there is no #%" PRIu64, path, number);
    return error_set(error, "%s has %" PRIu64 " %s, there is no #%" PRIu64, path, capture->count,
                     capture->count == 1 ? "packet" : "packets", number);
}

static int read_one(struct capture *capture, uint64_t number, struct arena *arena, struct wanted_packet *packet,
                    struct error *error)
{
    const struct aptrace_packet *found;
    while ((found = next_packet(capture)) != NULL && capture->frame < number)
        ;
    if (!found || capture->frame != number)
        return refuse_number(capture, number, error);
    if (check_packet(capture, found, error) != 0)
        return -1;
    *packet = copy(found, arena);
    return 0;
}

int wanted_file_one(const char *text, struct arena *arena, struct wanted_packet *packet, struct error *error)
{
    const char *mark = strrchr(text, '#');
    uint64_t number = 0;
    if (!mark || mark == text || !number_uint(mark + 1, &number) || number == 0)
        return error_set(error, "expected FILE#N, the N-th packet of a capture, counted from 1, got \"%.200s\"", text);
    char *path = memory_text_of(text, (size_t)(mark - text));
    struct capture capture;
    int result = capture_open(&capture, path, error);
    if (result == 0)
        result = read_one(&capture, number, arena, packet, error);
    capture_close(&capture);
    free(path);
    return result;
}

/* ---- All ----------------------------------------------------------------------------------------------------------------- */

struct wanted_list {
    struct wanted_packet *packets;
    size_t count, capacity, bytes;
};

static int take(struct capture *capture, const struct aptrace_packet *packet, struct arena *arena, struct wanted_list *list,
                struct error *error)
{
    if (check_packet(capture, packet, error) != 0)
        return -1;
    list->bytes += packet->capture_length;
    if (list->bytes > WANTED_FILE_MAX)
        return error_set(error, "%s has more than %d MiB of packets by #%" PRIu64 ", and no list is longer; cut the packets that "
                         "matter out of it, with editcap -r", capture->path, WANTED_FILE_MAX >> 20, capture->frame);
    list->packets = memory_grow(list->packets, &list->capacity, list->count, sizeof *list->packets);
    list->packets[list->count++] = copy(packet, arena);
    return 0;
}

static int read_all(struct capture *capture, struct arena *arena, struct wanted_list *list, struct error *error)
{
    const struct aptrace_packet *packet;
    while ((packet = next_packet(capture)) != NULL) {
        if (take(capture, packet, arena, list, error) != 0)
            return -1;
    }
    if (is_damaged(capture))
        return error_set(error, "%s is damaged, so that packets that are wanted may be missing from it: %s", capture->path,
                         capture->reader->damage.text);
    if (list->count == 0)
        return error_set(error, "%s has no packets: nothing is wanted", capture->path);
    return 0;
}

int wanted_file_all(const char *path, struct arena *arena, struct wanted_packet **packets, size_t *count, struct error *error)
{
    struct capture capture;
    struct wanted_list list = {0};
    int result = capture_open(&capture, path, error);
    if (result == 0)
        result = read_all(&capture, arena, &list, error);
    if (result == 0) {
        *count = list.count;
        *packets = arena_new(arena, list.count * sizeof **packets);
        memcpy(*packets, list.packets, list.count * sizeof **packets);
    }
    free(list.packets);
    capture_close(&capture);
    return result;
}

/* ---- Words --------------------------------------------------------------------------------------------------------------- */

static const char hex_digits[] = "0123456789abcdefABCDEF*:";

/* One item, up to its end. A colon stands behind the link type, or between bytes. */
static bool is_hex(const char *item, const char *end)
{
    const char *colon = memchr(item, ':', (size_t)(end - item));
    if (colon && item + strspn(item, hex_digits) < colon)
        item = colon + 1;
    return item < end && item + strspn(item, hex_digits) >= end;
}

bool wanted_file_is_hex(const char *text)
{
    for (;;) {
        const char *end = text + strcspn(text, ",");
        if (!is_hex(text, end))
            return false;
        if (*end == '\0')
            return true;
        text = end + 1;
    }
}

size_t wanted_file_in_word(const char *word)
{
    static const char one[] = "packet=", list[] = "packets=";
    if (strncmp(word, one, strlen(one)) == 0)
        return strchr(word, '#') ? strlen(one) : 0;
    if (strncmp(word, list, strlen(list)) == 0)
        return word[strlen(list)] != '\0' && !wanted_file_is_hex(word + strlen(list)) ? strlen(list) : 0;
    return 0;
}
