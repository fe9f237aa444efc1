/* SPDX-License-Identifier: MIT */
/* A good predicate, to be broken in one way by -DBREAK_...: aptrace-plugin check has to find that one. Compiles as C and as
 * C++. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <aptrace/decode.h>
#include <aptrace/plugin.h>

#ifdef __cplusplus
# include <chrono>
# include <random>
# include <string>
# define EXPORTED extern "C" __attribute__((visibility("default")))
#else
# define EXPORTED
#endif

struct broken {
    uint16_t port;
    uint64_t seen;
    const struct aptrace_packet *kept;
    void *memory;
};

#ifdef BREAK_NO_HELP
# define HELP .required = true
#elif defined BREAK_HELP_WITH_STOP
# define HELP .required = true, .help = "The port."
#else
# define HELP .required = true, .help = "destination port"
#endif

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct broken, port, HELP),
#ifdef BREAK_BEYOND_STATE
    { .type = APTRACE_TYPE_UINT, .of = 0, .offset = sizeof(struct broken), .size = 8, .member = "far" },
#endif
#ifndef BREAK_NO_END
    APTRACE_PARAM_END
#endif
};

#ifdef BREAK_EXPORT
EXPORTED int helper_of_mine(int number);
EXPORTED int helper_of_mine(int number)
{
    return number + 1;
}
#endif

#ifdef BREAK_UNDEFINED
EXPORTED int nobody_has_this(void);
#endif

#ifdef BREAK_GLOBAL
static bool answered;
#endif

static volatile unsigned sink;

/* What is done with each packet, besides what is right. */
static void break_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct broken *state = (struct broken *)self->state;
    (void)state;
    (void)packet;
#if defined BREAK_TIME && defined __cplusplus
    sink = (unsigned)std::chrono::system_clock::now().time_since_epoch().count();
#elif defined BREAK_TIME
    sink = (unsigned)time(NULL);
#elif defined BREAK_RANDOM && defined __cplusplus
    sink = std::random_device()();
#elif defined BREAK_RANDOM
    sink = (unsigned)rand();
#elif defined BREAK_SLEEP
    usleep(1);
#elif defined BREAK_ENVIRONMENT
    sink = getenv("HOME") != NULL;
#elif defined BREAK_PRINT
    if (packet->number == 1)
        sink = (unsigned)write(STDERR_FILENO, "a packet\n", 9);
#elif defined BREAK_EXIT
    if (packet->wire_length == 0)
        exit(0);
#elif defined BREAK_UNDEFINED
    sink = (unsigned)nobody_has_this();
#elif defined BREAK_SHORT
    /* The port without a look at how long the packet is. */
    sink = packet->bytes[37];
#elif defined BREAK_NULL
    const uint8_t *address = NULL;
    aptrace_get_eth_dst(packet, &address);
    sink = address[0];
#elif defined BREAK_BEFORE
    size_t network = 0;
    aptrace_get_network(packet, &network);
    sink = packet->bytes[network - 2];
#elif defined BREAK_WRITE
    if (packet->capture_length > 22)
        ((uint8_t *)(uintptr_t)packet->bytes)[22]--;
#elif defined BREAK_LOOP
    /* Options of IPv4, where one of length 0 is never left behind. */
    size_t at = 34;
    while (at + 1 < packet->capture_length && packet->bytes[12] == 8 && (packet->bytes[14] & 15) > 5 && packet->bytes[at] != 0)
        at += packet->bytes[at + 1];
    sink = (unsigned)at;
#elif defined BREAK_LEAK
    state->memory = malloc(100);
    memset(state->memory, 0, 100);
#elif defined BREAK_LEAK_IN_FINISH
    if (!state->memory)
        state->memory = calloc(1, 100);
#elif defined BREAK_BATCH
    /* How many came one behind the other in memory. */
    state->seen += state->kept && packet == state->kept + 1;
    state->kept = packet;
#elif defined BREAK_KEEP
    if (state->kept && packet->number > 1)
        state->seen += state->kept->wire_length;
    if (!state->kept)
        state->kept = packet;
#elif defined BREAK_ADDRESS
    state->seen = (uint64_t)(uintptr_t)self->host;
#elif defined BREAK_EXCEPTION
    if (packet->capture_length < 14)
        throw std::string("too short");
#endif
}

#ifdef BREAK_RECURSION
__attribute__((noinline)) static unsigned count_down(volatile uint8_t *from, unsigned left)
{
    volatile uint8_t copy[4096];
    memcpy((void *)copy, (const void *)from, sizeof copy);
    return left == 0 ? copy[0] : count_down(copy, left - 1) + copy[1];
}
#endif

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct broken *want = (struct broken *)self->state;
    unsigned source, destination;
    break_packet(self, packet);
#ifdef BREAK_RECURSION
    static volatile uint8_t zeros[4096];
    sink = count_down(zeros, packet->wire_length);
#endif
#ifdef BREAK_GLOBAL
    if (answered)
        return true;
    answered = packet->wire_length > 70;
#endif
    if (aptrace_get_ports(packet, &source, &destination))
        return destination == want->port;
#ifndef BREAK_UNSEEN
    if (aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT))
        aptrace_unseen(self, packet);
#endif
    return false;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    struct broken *state = (struct broken *)self->state;
    aptrace_explain(self, "%llu", (unsigned long long)state->seen);
#ifdef BREAK_VALUE
    return finish->stopped ? aptrace_bool(true) : aptrace_uint(finish->packets);
#elif defined BREAK_FINISH
    aptrace_cite(self, finish->packet);
    return aptrace_bool(finish->packet->wire_length > 0);
#elif defined BREAK_LEAK_IN_FINISH
    free(state->memory);
#elif defined BREAK_RESERVED
    state->seen = *(const uint64_t *)8;
#endif
    return aptrace_bool(finish->stopped);
}

static int prepare(struct aptrace_instance *self)
{
#ifdef BREAK_PREPARE
    return *(const volatile int *)self->nearest;
#else
    (void)self;
    return 0;
#endif
}

#ifdef BREAK_CONSTRUCTOR
__attribute__((constructor)) static void begin(void)
{
    abort();
}
#endif

#ifdef BREAK_SUMMARY
# define SUMMARY "Packets went to this port."
#else
# define SUMMARY "A packet went to this port"
#endif

#ifndef BREAK_NO_DESCRIPTOR
# ifdef __cplusplus
APTRACE_PREDICATE("broken", broken, .summary = SUMMARY, .params = params, .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true,
    .prepare = prepare);
# else
#  ifndef BEND
#   define BEND .version = "1"
#  endif
APTRACE_PREDICATE("broken", struct broken, .summary = SUMMARY, .params = params, .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true, .prepare = prepare, BEND);
# endif
#endif
