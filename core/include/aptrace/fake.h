/* SPDX-License-Identifier: MIT */
/* aptrace/fake.h: a host that is no run: tests of one predicate, with Check or any other framework.
 *
 *     #include <check.h>
 *     #include <aptrace/fake.h>
 *
 *     START_TEST(stops_at_its_port)
 *     {
 *         struct aptrace_fake *fake = aptrace_fake_new(&aptrace_plugin, "port=53", NULL);
 *         ck_assert(!aptrace_fake_frame(fake, "eth | ipv4 10.0.0.1 > 10.0.0.2 | udp 1 > 52"));
 *         ck_assert(aptrace_fake_frame(fake, "eth | ipv4 10.0.0.1 > 10.0.0.2 | udp 1 > 53"));
 *         ck_assert_aptrace_fake_true(fake);
 *         aptrace_fake_free(fake);
 *     }
 *     END_TEST
 *
 * The plugin's own object is linked into the test: cc test.c saw_port.c $(pkg-config --cflags --libs aptrace check)
 *
 * A fake is one window of one predicate. It reads parameters, decodes packets and calls back as the engine does, and keeps what
 * the predicate said. Nothing is captured, no file is read, and time is what the test says.
 *
 * A test must not go on where something is wrong in a way that a verdict cannot tell: where the predicate breaks its contract
 * (<aptrace/predicate.h>: aptrace_unseen() in on_finish, a packet that is kept beyond its callback, a value of another type than
 * it declares), and where the test breaks this one (a frame that cannot be read, packets after a refusal). A message on standard
 * error then says what, and the process is aborted: with Check, that test fails. A read behind the captured bytes, and a write to
 * them, is a fault at once.
 *
 * Functions of one fake are called on one thread at a time. Texts live until aptrace_fake_free().
 * Terms: [never null], [may be null]. */
#ifndef APTRACE_FAKE_H
#define APTRACE_FAKE_H

#include <string.h>

#include <aptrace/predicate.h>

#pragma GCC visibility push(default)
APTRACE_BEGIN

struct aptrace_fake;

/* The one that the plugin's object brings. */
extern const struct aptrace_plugin aptrace_plugin;

/* ---- Setting up ----------------------------------------------------------------------------------------------------------- */

/* A fake for a predicate, with what stands behind --plugin NAME on the command line, ended by NULL: "tag=102", "--count", "3",
 * "--timeout", "1s", "--on", "1,5+6". All is copied. [never null] */
__attribute__((sentinel)) struct aptrace_fake *aptrace_fake_new(const struct aptrace_plugin *predicate, ...);

/* Calls release, if that is due, and frees all. */
void aptrace_fake_free(struct aptrace_fake *fake);

/* Names a source; the first is number 1. Before anything below is called. Without any there is one, "1", of Ethernet. */
void aptrace_fake_source(struct aptrace_fake *fake, const char *name, uint16_t link_type);

/* The state, parameters in it and prepare not called yet: a test may change it until the first packet. [may be null] after a
 * refusal. */
void *aptrace_fake_state(struct aptrace_fake *fake);

/* Calls prepare, if nothing has done so yet. What the parameters were refused with, by the engine or by prepare; null: they were
 * taken. */
const char *aptrace_fake_refusal(struct aptrace_fake *fake);

/* What aptrace_default_expect() said. [may be null] */
const char *aptrace_fake_default_expect(struct aptrace_fake *fake);

/* ---- Packets -------------------------------------------------------------------------------------------------------------- */

/* For the packets that come next: the source they come from, by its name (the first one until said); how many of their bytes are
 * captured at most (0: all); flags of enum aptrace_packet_flag, but for TRUNCATED, which follows (0: as in a trace that tells no
 * direction, where each counts as received). */
void aptrace_fake_on(struct aptrace_fake *fake, const char *source);
void aptrace_fake_capture(struct aptrace_fake *fake, uint32_t length);
void aptrace_fake_flags(struct aptrace_fake *fake, uint16_t flags);

/* Moves the clock to a time since the window opened, in nanoseconds. It stands until it is moved, and never goes back. What is
 * timed out by then has finished. */
void aptrace_fake_at(struct aptrace_fake *fake, int64_t time_ns);

/* Shows a packet: on_packet, then stop_condition. True: that stopped it. Behind the end of the window nothing is called.
 *
 * A frame is written as layers, with | between; lengths, types and checksums are worked out unless they are given:
 *     "eth dst ff:ff:ff:ff:ff:ff | vlan 102 prio 3 | ipv4 10.0.0.1 > 10.0.1.10 ttl 63 | udp 1000 > 53 | payload \"hello\""
 * 'aptrace-plugin frame' lists all layers. The text is a format, as printf's. */
bool aptrace_fake_packet(struct aptrace_fake *fake, const void *bytes, size_t length); /* at most 65,535 bytes */
__attribute__((format(printf, 2, 3))) bool aptrace_fake_frame(struct aptrace_fake *fake, const char *format, ...);

/* ---- The end -------------------------------------------------------------------------------------------------------------- */

void aptrace_fake_end(struct aptrace_fake *fake);       /* the trace ends; a window with a timeout times out in the silence */
void aptrace_fake_interrupt(struct aptrace_fake *fake); /* a signal ends the run */

/* Why and when it finished; its packet is null here. Null: the window is open. */
const struct aptrace_finish *aptrace_fake_finish(struct aptrace_fake *fake);

/* What it yields. Where the window is still open it ends now, as by aptrace_fake_end(). */
struct aptrace_value aptrace_fake_value(struct aptrace_fake *fake);

/* ---- What it said. Packets are told by which they were, from 1 ------------------------------------------------------------ */

const char *aptrace_fake_explanation(struct aptrace_fake *fake);            /* [may be null] */
size_t aptrace_fake_cited_count(struct aptrace_fake *fake);                 /* at most 16 are kept */
uint64_t aptrace_fake_cited(struct aptrace_fake *fake, size_t index);       /* index: from 0; 0 behind the last */
uint64_t aptrace_fake_unseen(struct aptrace_fake *fake);                    /* how many were made known as captured too short */
uint64_t aptrace_fake_nearest(struct aptrace_fake *fake);                   /* the nearest miss; 0: none */
const char *aptrace_fake_nearest_text(struct aptrace_fake *fake);           /* [may be null] "ip.ttl: wanted 63, got 64" */

/* Everything, one call a line: callbacks, as "stop_condition 3: false", and before each what it asked of the host: "is_wanted
 * 3: false", "unseen 3", "cite 3", "near 3 at 2: TEXT", "explain: TEXT", "refuse: TEXT", "expect: TEXT", "digest 3: true",
 * "passes 3: true", "look_elsewhere", "forget_near". [never null] */
const char *aptrace_fake_log(struct aptrace_fake *fake);

/* For messages: the value, explanation and nearest miss. [never null] */
const char *aptrace_fake_report(struct aptrace_fake *fake);

/* ---- With Check: include <check.h> too. The message is the report --------------------------------------------------------- */

#define ck_assert_aptrace_fake_that_(FAKE, TYPE, CONDITION, WANTED, ...) do { \
        struct aptrace_fake *aptrace_fake_ = (FAKE); \
        struct aptrace_value aptrace_value_ = aptrace_fake_value(aptrace_fake_); \
        if (aptrace_value_.type != (TYPE) || !(CONDITION)) \
            ck_abort_msg("%s: wanted " WANTED ", %s", #FAKE, __VA_ARGS__, aptrace_fake_report(aptrace_fake_)); \
    } while (0)

#define ck_assert_aptrace_fake_true(FAKE) \
    ck_assert_aptrace_fake_that_(FAKE, APTRACE_TYPE_BOOL, aptrace_value_.as.natural != 0, "%s", "true")
#define ck_assert_aptrace_fake_false(FAKE) \
    ck_assert_aptrace_fake_that_(FAKE, APTRACE_TYPE_BOOL, aptrace_value_.as.natural == 0, "%s", "false")
#define ck_assert_aptrace_fake_uint_eq(FAKE, NUMBER) do { \
        unsigned long long aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_fake_that_(FAKE, APTRACE_TYPE_UINT, aptrace_value_.as.natural == aptrace_wanted_, "%llu", \
            aptrace_wanted_); \
    } while (0)
#define ck_assert_aptrace_fake_int_eq(FAKE, NUMBER) do { \
        long long aptrace_wanted_ = (NUMBER); \
        ck_assert_aptrace_fake_that_(FAKE, APTRACE_TYPE_INT, aptrace_value_.as.integer == aptrace_wanted_, "%lld", \
            aptrace_wanted_); \
    } while (0)
#define ck_assert_aptrace_fake_double_between(FAKE, LOW, HIGH) do { \
        double aptrace_low_ = (LOW), aptrace_high_ = (HIGH); \
        ck_assert_aptrace_fake_that_(FAKE, APTRACE_TYPE_DOUBLE, \
            aptrace_value_.as.real >= aptrace_low_ && aptrace_value_.as.real <= aptrace_high_, "%g to %g", aptrace_low_, \
            aptrace_high_); \
    } while (0)
#define ck_assert_aptrace_fake_str_eq(FAKE, TEXT) do { \
        const char *aptrace_wanted_ = (TEXT); \
        ck_assert_aptrace_fake_that_(FAKE, APTRACE_TYPE_STRING, strcmp(aptrace_value_.as.text, aptrace_wanted_) == 0, "\"%s\"", \
            aptrace_wanted_); \
    } while (0)

/* Its parameters were refused, in words that PART is a part of. */
#define ck_assert_aptrace_fake_refused(FAKE, PART) do { \
        const char *aptrace_refusal_ = aptrace_fake_refusal(FAKE); \
        if (!aptrace_refusal_ || !strstr(aptrace_refusal_, (PART))) \
            ck_abort_msg("%s: wanted it refused with \"%s\", got %s", #FAKE, (PART), \
                aptrace_refusal_ ? aptrace_refusal_ : "no refusal"); \
    } while (0)

APTRACE_END
#pragma GCC visibility pop
#endif
