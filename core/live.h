/* SPDX-License-Identifier: MIT */
/* live.h: live ports as a feed: the loop of rule 8. Several ports become one timeline by rule 2 with a watermark.
 *
 * Host clocks, ports and waiting are behind tables of functions, so that tests drive every moment of the loop with a fake clock
 * and fake ports (live_port.h has the real ones, libpcap's). */
#ifndef LIVE_H
#define LIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "feed.h"
#include "source.h"

#define LIVE_SLACK_NS INT64_C(30000000)

enum live_direction { LIVE_IN = 1, LIVE_OUT = 2, LIVE_BOTH = 3 };

struct live_options {
    uint64_t buffer_bytes;        /* of all rings together; 64 MiB, at least 2 MiB a source */
    size_t ports;                 /* how many share it; 0: one */
    uint32_t snaplen;             /* 262144 */
    bool promiscuous;
    enum live_direction direction; /* what is captured: what any expectation, or --monitor, looks at */
    bool has_command;             /* the run closes settle_ns after live_command_ended(); else duration_ns after the origin */
    int64_t duration_ns, settle_ns; /* duration INT64_MAX: never */
};

struct live;

struct live *live_new(const struct live_options *options, struct source_list *sources);
void live_free(struct live *live);

/* Opens [NETNS/]IFACE (needs CAP_NET_RAW; CAP_SYS_ADMIN for a NETNS) and adds its source, called name, or else after it. */
int live_add(struct live *live, const char *name, const char *interface, struct error *error);

/* Takes the origin: from here on packets count. */
int live_arm(struct live *live, struct error *error);
int64_t live_origin_ns(const struct live *live);
int64_t live_now_ns(const struct live *live); /* the time now on the run's clock; on any thread */

/* The next event. Waits for packets at most about 10 ms; then a tick comes, even where the clock cannot go on. The first event is
 * the close, where it is known. */
enum feed_event live_next(struct live *live);
const struct feed *live_feed(const struct live *live);

/* Up to here all that happened has been told: packets, drops, links; a hole that is told later begins behind it, but for packets
 * that are late, for a port that goes (by the slack) and for what a card missed. At a tick. */
int64_t live_settled_ns(const struct live *live);

/* From outside, at any time between two events: a signal came; the command has ended. Their moment is the call's. */
void live_interrupt(struct live *live);
void live_command_ended(struct live *live, int status);

/* After the run is over: drains what is left for late packets and drops before end_ns; tells the holes found (FEED_HOLE), then
 * FEED_END. */
enum feed_event live_final(struct live *live, int64_t end_ns);

struct live_counters { uint64_t received, dropped, delivered; };
struct live_counters live_counters(const struct live *live, uint32_t source);

#endif
