/* SPDX-License-Identifier: MIT */
/* library.h: what the tests of <aptrace/aptrace.h> share: frames that are marked, ports to send them on, predicates in place.
 *
 * A marked frame has the destination 02:MARK:ID, where the ID has four bytes. Ports come in pairs that library.sh has made: v0
 * and v1, w0 and w1; the tests listen on the first of a pair and send on the second. */
#ifndef LIBRARY_H
#define LIBRARY_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include <aptrace/aptrace.h>
#include <aptrace/check.h>

#define MS INT64_C(1000000)

enum mark { BEFORE = 1, INSIDE = 2, BEHIND = 3, NOISE = 4, OPENER = 5 };

int open_port(const char *name);
void send_marked(int port, enum mark mark, uint32_t id);
void send_long(int port, enum mark mark, uint32_t id, unsigned length);

/* Tells how many frames of each of the first three marks, with its id=, were in the window: as BEFORE, INSIDE and BEHIND in three
 * digits each. Without one: frames of all ids. */
extern const struct aptrace_plugin marks;

/* Stops at a frame with mark=, id=. */
extern const struct aptrace_plugin marked;

/* How long the window was, in nanoseconds; 0 where it did not time out. */
extern const struct aptrace_plugin window_length;

/* Sleeps ms= at the first packet. Counts. */
extern const struct aptrace_plugin slow;

/* A context with a port, and small rings. */
struct aptrace_context *listen_on(const char *port);

/* Another thread that sends NOISE on the port, about as many frames a millisecond, until the answer is called. */
struct noise;
struct noise *noise_begin(const char *port, unsigned per_ms);
void noise_end(struct noise *noise);

int64_t now_ns(void);
void pause_ms(int milliseconds);
unsigned count_files(void); /* that this process has open */

/* The report is the message of an assertion that would fail: whether it has the words. */
void assert_says(struct aptrace_expectation *expectation, const char *words);
void assert_error(struct aptrace_expectation *expectation, const char *words);

Suite *live_suite(void);
Suite *windows_suite(void);
Suite *threads_suite(void);
Suite *errors_suite(void);
Suite *holes_suite(void);
Suite *replay_suite(void);

/* Replays and prints, a line an expectation, its verdict, value and explanation. */
int print_verdicts(int count, char **words);

#endif
