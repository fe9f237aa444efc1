/* SPDX-License-Identifier: MIT */
/* capture.h: what stands round the engine in a live run: the ports, the recording, and the command.
 *
 * It is a feed, as the timeline of traces is. What the engine has taken of an event is told back to it, for the recording. It
 * owns ports and recording; sources and launcher are borrowed. Use: new, add..., [give up privileges], record, arm, begin, start,
 * then next and taken until the run is over, final until FEED_END, wait, close. */
#ifndef CAPTURE_H
#define CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "feed.h"
#include "launcher.h"
#include "live.h"
#include "signals.h"
#include "source.h"

struct capture;

struct capture_options {
    struct live_options live;
    struct launcher *launcher; /* [may be null] */
};

struct capture *capture_new(const struct capture_options *options, struct source_list *sources);
void capture_free(struct capture *capture);

int capture_add(struct capture *capture, const char *name, const char *interface, struct error *error);

/* Creates the recording. After privileges were given up, so that it belongs to the person. */
int capture_record(struct capture *capture, const char *path, struct error *error);

/* Takes the origin; writes the head of the recording, with what the expectations were (expectation_stored.h). */
int capture_arm(struct capture *capture, const char *const *expectations, size_t count, struct error *error);
int64_t capture_origin_ns(const struct capture *capture);
int64_t capture_now_ns(const struct capture *capture); /* on any thread */
int64_t capture_settled_ns(const struct capture *capture);

/* Starts the command, where there is one. */
int capture_start(struct capture *capture, struct error *error);

/* The next event. A batch for which the recording has no room becomes a hole here: what cannot be recorded is not part of the
 * run. signals: looked at before; the first one ends the run and is passed on to the command. */
enum feed_event capture_next(struct capture *capture, const struct signals *signals);
const struct feed *capture_feed(const struct capture *capture);

/* What the engine took of the event: all, or of packets so many. */
void capture_taken(struct capture *capture, enum feed_event event, unsigned packets);

/* After the run is over at end_ns: the holes that show only now, then FEED_END. */
enum feed_event capture_final(struct capture *capture, int64_t end_ns);

/* Waits for the command a while; true: it has ended, with *status. A signal that comes is passed on. */
bool capture_wait(struct capture *capture, const struct signals *signals, int timeout_ms, int *status);
bool capture_has_command(const struct capture *capture);

/* Completes the recording, where there is one. -1: it is not whole; verdicts stand. */
int capture_close(struct capture *capture, int64_t end_ns, uint64_t packets, struct error *error);

#endif
