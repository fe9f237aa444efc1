/* SPDX-License-Identifier: MIT */
/* See library.h. */
#include "library.h"

#include <dirent.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <aptrace/decode.h>

enum { FRAME_MIN = 60, FRAME_MAX = 1514 };

/* ---- Ports -------------------------------------------------------------------------------------------------------------- */

int open_port(const char *name)
{
    struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(name)};
    int port = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    ck_assert_msg(port >= 0 && address.sll_ifindex != 0 && bind(port, (struct sockaddr *)&address, sizeof address) == 0, "%s: %s",
                  name, strerror(errno));
    return port;
}

void send_long(int port, enum mark mark, uint32_t id, unsigned length)
{
    uint8_t frame[FRAME_MAX] = {2, (uint8_t)mark, (uint8_t)(id >> 24), (uint8_t)(id >> 16), (uint8_t)(id >> 8), (uint8_t)id,
                                2, 0, 0, 0, 0, 1, 0x88, 0xb5};
    while (write(port, frame, length) < 0)
        ck_assert_msg(errno == ENOBUFS || errno == EAGAIN || errno == EINTR, "send: %s", strerror(errno));
}

void send_marked(int port, enum mark mark, uint32_t id)
{
    send_long(port, mark, id, FRAME_MIN);
}

struct noise {
    pthread_t thread;
    int port;
    unsigned per_ms;
    atomic_bool ending;
};

static void *make_noise(void *argument)
{
    struct noise *noise = argument;
    while (!noise->ending) {
        for (unsigned i = 0; i < noise->per_ms; i++)
            send_marked(noise->port, NOISE, i);
        pause_ms(1);
    }
    return NULL;
}

struct noise *noise_begin(const char *port, unsigned per_ms)
{
    struct noise *noise = calloc(1, sizeof *noise);
    noise->port = open_port(port);
    noise->per_ms = per_ms;
    ck_assert_int_eq(pthread_create(&noise->thread, NULL, make_noise, noise), 0);
    return noise;
}

void noise_end(struct noise *noise)
{
    noise->ending = true;
    pthread_join(noise->thread, NULL);
    close(noise->port);
    free(noise);
}

struct aptrace_context *listen_on(const char *port)
{
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_int_eq(aptrace_set(context, "--buffer", "2M"), 0);
    ck_assert_msg(aptrace_live(context, port) == 0, "%s", aptrace_context_error(context));
    return context;
}

/* ---- The host ------------------------------------------------------------------------------------------------------------ */

int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void pause_ms(int milliseconds)
{
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    nanosleep(&pause, NULL);
}

unsigned count_files(void)
{
    DIR *folder = opendir("/proc/self/fd");
    unsigned count = 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

/* ---- Predicates in place ------------------------------------------------------------------------------------------------- */

struct marked_state {
    uint8_t mark;
    uint32_t id;
    uint64_t seen[NOISE];
};

static const struct aptrace_param marked_params[] = {
    APTRACE_PARAM_UINT(struct marked_state, mark, .max = 255, .help = "which mark"),
    APTRACE_PARAM_UINT(struct marked_state, id, .help = "which frame"),
    APTRACE_PARAM_END
};

static bool is_marked(const struct aptrace_packet *packet, uint8_t *mark, uint32_t *id)
{
    const uint8_t *b = packet->bytes;
    if (packet->capture_length < 14 || b[0] != 2)
        return false;
    *mark = b[1];
    *id = (uint32_t)b[2] << 24 | (uint32_t)b[3] << 16 | (uint32_t)b[4] << 8 | b[5];
    return true;
}

static void count_marks(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct marked_state *want = self->state;
    uint8_t mark;
    uint32_t id;
    if (is_marked(packet, &mark, &id) && mark < NOISE && (id == want->id || !aptrace_given(self, &want->id)))
        want->seen[mark]++;
}

static struct aptrace_value yield_marks(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct marked_state *want = self->state;
    (void)finish;
    return aptrace_uint(want->seen[BEFORE] * 1000000 + want->seen[INSIDE] * 1000 + want->seen[BEHIND]);
}

const struct aptrace_plugin marks =
    APTRACE_IN_PLACE("marks", struct marked_state, .on_packet = count_marks, .on_finish = yield_marks,
                     .summary = "How many frames of each mark", .params = marked_params, .yields = APTRACE_TYPE_UINT);

static bool stop_at_mark(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct marked_state *want = self->state;
    uint8_t mark;
    uint32_t id;
    return is_marked(packet, &mark, &id) && mark == want->mark && id == want->id;
}

const struct aptrace_plugin marked = APTRACE_IN_PLACE("marked", struct marked_state, .stop_condition = stop_at_mark,
    .summary = "A frame with this mark", .params = marked_params, .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true);

static struct aptrace_value yield_length(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)self;
    return aptrace_uint(finish->reason == APTRACE_FINISH_TIMED_OUT ? (uint64_t)(finish->time_ns - finish->opens_ns) : 0);
}

const struct aptrace_plugin window_length = APTRACE_IN_PLACE("window_length", char, .on_finish = yield_length,
    .summary = "How long the window was", .yields = APTRACE_TYPE_UINT);

struct slow {
    uint32_t ms;
    uint64_t count;
};

static const struct aptrace_param slow_params[] = {
    APTRACE_PARAM_UINT(struct slow, ms, .help = "how long it sleeps"),
    APTRACE_PARAM_END
};

static void sleep_first(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct slow *own = self->state;
    (void)packet;
    if (own->count++ == 0)
        pause_ms((int)own->ms);
}

static struct aptrace_value yield_count(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)finish;
    return aptrace_uint(((const struct slow *)self->state)->count);
}

const struct aptrace_plugin slow = APTRACE_IN_PLACE("slow", struct slow, .on_packet = sleep_first, .on_finish = yield_count,
    .summary = "Sleeps at the first packet", .params = slow_params, .yields = APTRACE_TYPE_UINT);

/* ---- Assertions ---------------------------------------------------------------------------------------------------------- */

void assert_says(struct aptrace_expectation *expectation, const char *words)
{
    ck_assert_msg(strstr(aptrace_report(expectation), words) != NULL, "expected \"%s\" in\n%s", words,
                  aptrace_report(expectation));
}

void assert_error(struct aptrace_expectation *expectation, const char *words)
{
    ck_assert_ptr_nonnull(expectation);
    ck_assert_int_eq(aptrace_result(expectation), APTRACE_ERROR);
    ck_assert(aptrace_wait_for(expectation, 0));
    ck_assert(!aptrace_is_sound(expectation));
    ck_assert_uint_eq(aptrace_result_value(expectation).type, 0);
    ck_assert_ptr_nonnull(aptrace_explanation(expectation));
    assert_says(expectation, words);
}
