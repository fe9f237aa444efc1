/* SPDX-License-Identifier: MIT */
/* say.h: what several predicates say in the same words, and a text that is put together in parts. */
#ifndef SAY_H
#define SAY_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include <aptrace/decode.h>
#include <aptrace/plugin.h>
#include <aptrace/wanted.h>

/* A text of several parts. What does not fit is left out. */
struct say {
    size_t length;
    char text[3072];
};

__attribute__((format(printf, 2, 3))) static inline void say_add(struct say *say, const char *format, ...)
{
    size_t room = sizeof say->text - say->length;
    va_list arguments;
    int added;
    va_start(arguments, format);
    added = vsnprintf(say->text + say->length, room, format, arguments);
    va_end(arguments);
    if (added > 0)
        say->length += (size_t)added < room ? (size_t)added : room - 1;
}

/* 52341000 ns: "0.052341 s". */
static inline void say_add_seconds(struct say *say, uint64_t time_ns)
{
    char fraction[16];
    size_t length = (size_t)snprintf(fraction, sizeof fraction, ".%09u", (unsigned)(time_ns % 1000000000u));
    while (length > 1 && fraction[length - 1] == '0')
        length--;
    say_add(say, "%" PRIu64 "%.*s s", time_ns / 1000000000u, length > 1 ? (int)length : 0, fraction);
}

/* As reports name it: "eth0#17". */
static inline void say_add_packet(struct say *say, struct aptrace_instance *self, uint32_t source, uint64_t number)
{
    say_add(say, "%s#%" PRIu64, aptrace_source_name(self, source), number);
}

/* "1 packet", "21 packets": the noun gets an s where there is not one. */
static inline void say_add_count(struct say *say, uint64_t count, const char *noun)
{
    say_add(say, "%" PRIu64 " %s%s", count, noun, count == 1 ? "" : "s");
}

/* Why nothing was found: packets is how many there were to look at. */
static inline void explain_none(struct aptrace_instance *self, uint64_t packets)
{
    if (packets == 0)
        aptrace_explain(self, "No packet came.");
    else if (packets == 1)
        aptrace_explain(self, "The 1 packet did not match.");
    else
        aptrace_explain(self, "None of %" PRIu64 " packets matched.", packets);
}

/* Of a predicate that judges the packets that match: count of them came so far. Until the first, the nearest miss says why there
 * is none; from then on a miss is of no interest. */
static inline bool is_meant(struct aptrace_instance *self, const struct aptrace_wanted *wanted, const struct aptrace_packet *packet,
                            uint64_t count)
{
    if (count > 0)
        return aptrace_is_wanted(self, wanted, packet);
    if (!aptrace_is_wanted_or_near(self, wanted, packet))
        return false;
    aptrace_forget_near(self);
    return true;
}

/* Whether a packet that does not match might have matched, had all of it been captured. Then its miss proves nothing, and must
 * not stop anything; the engine has it noted. */
static inline bool misses_for_sure(const struct aptrace_packet *packet)
{
    return !(packet->flags & APTRACE_PACKET_TRUNCATED) && !aptrace_is_cut(packet, APTRACE_STAGE_TUNNEL);
}

#endif
