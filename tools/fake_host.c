/* SPDX-License-Identifier: MIT */
/* The two sides of a fake: its host's functions and the predicate's callbacks, each noted in the log and held to the
 * contract, and then left to those that it stands for. What the engine lets pass in silence, as a run must go on, ends a test
 * here. */
#include "tools/fake.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/host.h"

static struct aptrace_fake *of(struct aptrace_instance *self)
{
    return (struct aptrace_fake *)(void *)(uintptr_t)self->host;
}

static const char *truth(bool truth)
{
    return truth ? "true" : "false";
}

static unsigned long long position(const struct aptrace_packet *packet)
{
    return (unsigned long long)packet->position;
}

/* ---- Holding to the contract ---------------------------------------------------------------------------------------------- */

enum { IN_PREPARE = 1, IN_PACKET = 2, IN_FINISH = 4 };

static bool is_in(const struct aptrace_fake *fake, unsigned callbacks)
{
    const char *now = fake->callback ? fake->callback : "";
    return (callbacks & IN_PREPARE && strcmp(now, "prepare") == 0)
        || (callbacks & IN_PACKET && (strcmp(now, "on_packet") == 0 || strcmp(now, "stop_condition") == 0))
        || (callbacks & IN_FINISH && strcmp(now, "on_finish") == 0);
}

static const char *names_of(unsigned callbacks)
{
    if (callbacks == IN_PREPARE)
        return "prepare";
    return callbacks & IN_FINISH ? "on_packet, stop_condition and on_finish" : "on_packet and stop_condition";
}

static void hold_to(const struct aptrace_fake *fake, const char *helper, unsigned callbacks)
{
    if (!is_in(fake, callbacks))
        fake_die(fake, "%s() was called in %s, and is for %s", helper, fake->callback ? fake->callback : "no callback",
                 names_of(callbacks));
}

static void hold_packet(const struct aptrace_fake *fake, const char *helper, const struct aptrace_packet *packet)
{
    if (packet != fake->at_hand)
        fake_die(fake, "%s() was called in %s with a packet that is not at hand: one is borrowed until its callback returns",
                 helper, fake->callback);
}

static void hold_both(const struct aptrace_fake *fake, const char *helper, unsigned callbacks,
                      const struct aptrace_packet *packet)
{
    hold_to(fake, helper, callbacks);
    hold_packet(fake, helper, packet);
}

/* ---- The host ------------------------------------------------------------------------------------------------------------- */

static void note_text(struct aptrace_fake *fake, const char *call, const char *format, va_list arguments)
{
    char text[EXPLANATION_MAX];
    vsnprintf(text, sizeof text, format, arguments);
    text_add(&fake->log, "%s: %s\n", call, text);
}

#define NOTE_TEXT(FAKE, CALL, FORMAT, ARGUMENTS) do { \
        va_list copy_; \
        va_copy(copy_, ARGUMENTS); \
        note_text(FAKE, CALL, FORMAT, copy_); \
        va_end(copy_); \
    } while (0)

static void note_explain(struct aptrace_instance *self, const char *format, va_list arguments)
{
    NOTE_TEXT(of(self), "explain", format, arguments);
    host.explain(self, format, arguments);
}

static void note_near(struct aptrace_instance *self, const struct aptrace_packet *packet, uint64_t distance,
                      const char *format, va_list arguments)
{
    char call[64];
    hold_both(of(self), "aptrace_near", IN_PACKET, packet);
    snprintf(call, sizeof call, "near %llu at %llu", position(packet), (unsigned long long)distance);
    NOTE_TEXT(of(self), call, format, arguments);
    host.note_near(self, packet, distance, format, arguments);
}

static void note_cite(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    hold_both(of(self), "aptrace_cite", IN_PACKET | IN_FINISH, packet);
    text_add(&of(self)->log, "cite %llu\n", position(packet));
    host.cite(self, packet);
}

/* The engine's own functions call it too, where a packet is cut. */
static void note_unseen(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    hold_both(of(self), "aptrace_unseen", IN_PACKET, packet);
    text_add(&of(self)->log, "unseen %llu\n", position(packet));
    host.unseen(self, packet);
}

static void note_refuse(struct aptrace_instance *self, const char *format, va_list arguments)
{
    hold_to(of(self), "aptrace_refuse", IN_PREPARE);
    of(self)->has_refused = true;
    NOTE_TEXT(of(self), "refuse", format, arguments);
    host.refuse(self, format, arguments);
}

static bool note_passes(struct aptrace_instance *self, const struct aptrace_filter *filter, const struct aptrace_packet *packet)
{
    hold_both(of(self), "aptrace_passes", IN_PACKET | IN_FINISH, packet);
    bool passes = host.passes(self, filter, packet);
    text_add(&of(self)->log, "passes %llu: %s\n", position(packet), truth(passes));
    return passes;
}

static void note_expect(struct aptrace_instance *self, const char *format, va_list arguments)
{
    hold_to(of(self), "aptrace_default_expect", IN_PREPARE);
    NOTE_TEXT(of(self), "expect", format, arguments);
    host.expect(self, format, arguments);
}

static bool note_is_wanted(struct aptrace_instance *self, const struct aptrace_wanted *wanted, size_t index,
                           const struct aptrace_packet *packet, uint32_t how)
{
    hold_both(of(self), "aptrace_is_wanted", IN_PACKET, packet);
    bool is = host.is_wanted(self, wanted, index, packet, how);
    text_add(&of(self)->log, "is_wanted %llu: %s\n", position(packet), truth(is));
    return is;
}

static void note_look_elsewhere(struct aptrace_instance *self, const struct aptrace_wanted *wanted)
{
    hold_to(of(self), "aptrace_look_elsewhere", IN_PREPARE);
    text_add(&of(self)->log, "look_elsewhere\n");
    host.look_elsewhere(self, wanted);
}

static bool note_digest(struct aptrace_instance *self, const struct aptrace_wanted *wanted, const struct aptrace_packet *packet,
                        uint64_t digest[2])
{
    hold_both(of(self), "aptrace_digest", IN_PACKET, packet);
    bool made = host.digest(self, wanted, packet, digest);
    text_add(&of(self)->log, "digest %llu: %s\n", position(packet), truth(made));
    return made;
}

static void note_forget_near(struct aptrace_instance *self)
{
    hold_to(of(self), "aptrace_forget_near", IN_PACKET | IN_FINISH);
    text_add(&of(self)->log, "forget_near\n");
    host.forget_near(self);
}

/* ---- The predicate's callbacks -------------------------------------------------------------------------------------------- */

static int call_prepare(struct aptrace_instance *self)
{
    struct aptrace_fake *fake = of(self);
    fake->callback = "prepare";
    int result = fake->predicate.descriptor.prepare(self);
    fake->callback = NULL;
    text_add(&fake->log, "prepare: %d\n", result);
    if (result == 0 && fake->has_refused)
        fake_die(fake, "prepare called aptrace_refuse() and returned 0: it has to return what aptrace_refuse() does");
    return result;
}

static void call_on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct aptrace_fake *fake = of(self);
    fake->callback = "on_packet";
    fake->at_hand = packet;
    fake->predicate.descriptor.on_packet(self, packet);
    fake->callback = NULL;
    text_add(&fake->log, "on_packet %llu\n", position(packet));
}

static bool call_stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct aptrace_fake *fake = of(self);
    fake->callback = "stop_condition";
    fake->at_hand = packet;
    bool stops = fake->predicate.descriptor.stop_condition(self, packet);
    fake->callback = NULL;
    text_add(&fake->log, "stop_condition %llu: %s\n", position(packet), truth(stops));
    return stops;
}

/* It is there even where the predicate has none, so that the fake knows the finish. */
static struct aptrace_value call_on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    struct aptrace_fake *fake = of(self);
    fake->finish = *finish;
    fake->finish.packet = NULL;
    fake->has_finished = true;
    if (!fake->predicate.descriptor.on_finish)
        return aptrace_bool(finish->stopped);
    fake->callback = "on_finish";
    fake->at_hand = finish->packet;
    struct aptrace_value value = fake->predicate.descriptor.on_finish(self, finish);
    fake->callback = NULL;
    text_add(&fake->log, "on_finish\n");
    return value;
}

static void call_release(struct aptrace_instance *self)
{
    struct aptrace_fake *fake = of(self);
    fake->callback = "release";
    fake->at_hand = NULL;
    fake->predicate.descriptor.release(self);
    fake->callback = NULL;
}

void fake_note_callbacks(struct aptrace_fake *fake)
{
    struct aptrace_plugin *noted = &fake->noted.descriptor;
    *noted = fake->predicate.descriptor;
    noted->prepare = noted->prepare ? call_prepare : NULL;
    noted->on_packet = noted->on_packet ? call_on_packet : NULL;
    noted->stop_condition = noted->stop_condition ? call_stop_condition : NULL;
    noted->on_finish = call_on_finish;
    noted->release = noted->release ? call_release : NULL;
    fake->host = host;
    fake->host.explain = note_explain;
    fake->host.note_near = note_near;
    fake->host.cite = note_cite;
    fake->host.unseen = note_unseen;
    fake->host.refuse = note_refuse;
    fake->host.passes = note_passes;
    fake->host.expect = note_expect;
    fake->host.is_wanted = note_is_wanted;
    fake->host.look_elsewhere = note_look_elsewhere;
    fake->host.digest = note_digest;
    fake->host.forget_near = note_forget_near;
}
