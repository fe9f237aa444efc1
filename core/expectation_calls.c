/* SPDX-License-Identifier: MIT */
/* The callbacks that come once: prepare, on_finish, release, each inside the guard. What they do wrong, and what on_packet and
 * stop_condition did (dispatch.c), becomes the fault of this expectation alone; the others go on.
 *
 * It keeps true: behind a fault nothing of the predicate is called any more, as nobody knows in which state it left itself. */
#include "expectation_calls.h"

#include <stdio.h>
#include <string.h>

#include "expected.h"

enum { TEXT_MAX = 1 << 20 }; /* bytes of a text that on_finish may yield */

void expectation_note_fault(struct expectation *expectation)
{
    struct guard *guard = expectation->guard;
    const struct aptrace_packet *packet = guard->packet;
    const char *name = expectation->plugin->descriptor.name, *path = expectation->plugin->path;
    char where[160] = "";
    if (packet)
        snprintf(where, sizeof where, " at packet %s#%llu", source_get(expectation->sources, packet->source)->name,
                 (unsigned long long)packet->number);
    snprintf(expectation->fault, sizeof expectation->fault, "%s of %s%s: %s", guard->callback, path ? text_last_part(path) : name,
             where, guard_fault(guard));
    guard_probe(guard, expectation->fault);
}

/* ---- prepare --------------------------------------------------------------------------------------------------------------- */

int expectation_call_prepare(struct expectation *expectation, struct error *error)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    struct guard *guard = expectation->guard;
    volatile int result = 0;
    if (guard_enter(guard) != GUARD_ENTERED) {
        expectation_note_fault(expectation);
        return error_set(error, "%s: %s", expectation->label, expectation->fault);
    }
    guard_call(guard, "prepare", NULL);
    if (descriptor->prepare)
        result = descriptor->prepare(&expectation->instance);
    guard_leave(guard);
    if (result != 0) {
        const char *why = expectation->refusal[0] ? expectation->refusal : "it refused its parameters without saying why";
        return error_set(error, "%s: %s", expectation->label, why);
    }
    expectation->prepared = true;
    return 0;
}

/* ---- on_finish ------------------------------------------------------------------------------------------------------------- */

static int fault(struct expectation *expectation, const char *what, const struct aptrace_value *value)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    if (value)
        snprintf(expectation->fault, sizeof expectation->fault, "on_finish of %s yielded %s (type %u), but the plugin declares %s",
                 descriptor->name, value_type_name(value->type), value->type, value_type_name(descriptor->yields));
    else
        snprintf(expectation->fault, sizeof expectation->fault, "on_finish of %s yielded %s", descriptor->name, what);
    return -1;
}

/* Whether the value is what the descriptor declares. Its text is read to its end: inside the guard, as it may be no text at all. */
static int check_value(struct expectation *expectation, const struct aptrace_value *value)
{
    struct guard *guard = expectation->guard;
    volatile size_t length = 0;
    if (value->type != expectation->plugin->descriptor.yields)
        return fault(expectation, NULL, value);
    if (value->type != APTRACE_TYPE_STRING)
        return 0;
    if (!value->as.text)
        return fault(expectation, "a null text", NULL);
    if (guard_enter(guard) != GUARD_ENTERED)
        return fault(expectation, "a text that cannot be read", NULL);
    guard_call(guard, "on_finish", NULL);
    length = strnlen(value->as.text, TEXT_MAX);
    guard_leave(guard);
    return length < TEXT_MAX ? 0 : fault(expectation, "a text of more than a MiB", NULL);
}

/* Keeps the value. A text is copied: it may be in the plugin's state. */
static void take_value(struct expectation *expectation, struct aptrace_value value)
{
    if (value.type == APTRACE_TYPE_STRING)
        value.as.text = arena_text(&expectation->arena, value.as.text);
    if (value.type == APTRACE_TYPE_BOOL)
        value.as.natural = value.as.natural != 0;
    value.reserved = 0;
    expectation->value = value;
    expectation->has_value = true;
}

void expectation_finish(struct expectation *expectation, const struct aptrace_finish *finish)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    struct guard *guard = expectation->guard;
    if (guard_enter(guard) != GUARD_ENTERED) {
        expectation->window.reason = FINISH_FAULT;
        expectation_note_fault(expectation);
        return;
    }
    guard_call(guard, "on_finish", NULL);
    struct aptrace_value value = descriptor->on_finish ? descriptor->on_finish(&expectation->instance, finish)
        : aptrace_bool(finish->stopped);
    guard_leave(guard);
    if (check_value(expectation, &value) == 0)
        take_value(expectation, value);
    else
        expectation->window.reason = FINISH_FAULT;
}

/* ---- release --------------------------------------------------------------------------------------------------------------- */

void expectation_release(struct expectation *expectation)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    struct guard *guard = expectation->guard;
    bool due = expectation->prepared && descriptor->release && !expectation->fault[0];
    expectation->prepared = false;
    if (!due)
        return;
    if (guard_enter(guard) != GUARD_ENTERED) {
        expectation_note_fault(expectation);
        return;
    }
    guard_call(guard, "release", NULL);
    descriptor->release(&expectation->instance);
    guard_leave(guard);
}
