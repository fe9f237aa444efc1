/* SPDX-License-Identifier: MIT */
/* Setting an expectation up: the words of the user made into a state, a window and something to compare with.
 *
 * All that can be wrong is found here or in expectation_bind(), before a packet is read, but for one thing: a pcapng may
 * describe interfaces behind its packets, so a name of --on may still come. Texts are copied into the arena, so that a spec
 * may be temporary. */
#include "expectation.h"

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "expectation_calls.h"
#include "host.h"
#include "text.h"

enum { STATE_ALIGN_MIN = 16 };

/* ---- Copying the spec --------------------------------------------------------------------------------------------------- */

static const char *copy(struct expectation *expectation, const char *text)
{
    return text ? arena_text(&expectation->arena, text) : NULL;
}

static void copy_spec(struct expectation *expectation, const struct expectation_spec *spec)
{
    size_t parameters_size = (spec->parameter_count + 1) * sizeof(struct parameter_given);
    struct parameter_given *parameters = arena_new(&expectation->arena, parameters_size);
    const char **on = arena_new(&expectation->arena, (spec->on_count + 1) * sizeof *on);
    bool *joined = arena_new(&expectation->arena, (spec->on_count + 1) * sizeof *joined);
    expectation->spec = *spec;
    for (size_t i = 0; i < spec->parameter_count; i++) {
        parameters[i].key = copy(expectation, spec->parameters[i].key);
        parameters[i].text = copy(expectation, spec->parameters[i].text);
        parameters[i].negated = spec->parameters[i].negated;
    }
    for (size_t i = 0; i < spec->on_count; i++) {
        on[i] = copy(expectation, spec->on[i]);
        joined[i] = spec->on_joined && spec->on_joined[i];
    }
    expectation->spec.parameters = parameters;
    expectation->typed = arena_new(&expectation->arena, parameters_size);
    memcpy(expectation->typed, parameters, parameters_size);
    expectation->spec.on = on;
    expectation->spec.on_joined = joined;
    expectation->spec.plugin = copy(expectation, spec->plugin);
    expectation->spec.expect = copy(expectation, spec->expect);
    expectation->spec.filter = copy(expectation, spec->filter);
    expectation->spec.name = copy(expectation, spec->name);
    expectation->spec.after = copy(expectation, spec->after);
}

/* ---- Labels --------------------------------------------------------------------------------------------------------------- */

static struct expectation *find_label(struct expectation *const *earlier, size_t count, const char *label)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(earlier[i]->label, label) == 0)
            return earlier[i];
    }
    return NULL;
}

/* A value as a label has it: bytes of packets are cut. */
static void add_value(struct text *text, const char *value)
{
    enum { SHOWN = 24, MOST = 80 };
    size_t length = strlen(value);
    bool hex = strspn(value, "0123456789abcdef") == length;
    if (length <= MOST)
        text_add(text, "%s", value);
    else
        text_add(text, "%.*s...(%zu %s)", SHOWN, value, hex ? length / 2 : length, hex ? "bytes" : "characters");
}

/* How many have this label, or it and a number: where the search for a free one begins. */
static unsigned count_alike(struct expectation *const *earlier, size_t count, const char *label, size_t length)
{
    unsigned alike = 0;
    for (size_t i = 0; i < count; i++) {
        const char *other = earlier[i]->label;
        alike += strncmp(other, label, length) == 0 && (other[length] == '\0' || strncmp(other + length, " #", 2) == 0);
    }
    return alike;
}

/* What an expectation without --name is called: its words as they were understood, so that the replay of a recording says the same;
 * again with #2, #3 where that is taken. */
static void make_label(struct expectation *expectation, struct expectation *const *earlier, size_t count)
{
    const struct expectation_spec *spec = &expectation->spec;
    struct text text = {0};
    text_add(&text, "%s", expectation->plugin->descriptor.name);
    for (size_t i = 0; i < spec->parameter_count; i++) {
        text_add(&text, " %s%s", spec->parameters[i].key, spec->parameters[i].negated ? "!=" : "=");
        add_value(&text, spec->parameters[i].text);
    }
    size_t length = text.length;
    unsigned alike = count_alike(earlier, count, text_bytes(&text), length);
    for (unsigned again = alike + 1; find_label(earlier, count, text_bytes(&text)); again++) {
        text.length = length;
        text_add(&text, " #%u", again);
        expectation->again = again;
    }
    expectation->label = copy(expectation, text_bytes(&text));
    text_fini(&text);
}

static int take_label(struct expectation *expectation, struct expectation *const *earlier, size_t count, struct error *error)
{
    const struct expectation_spec *spec = &expectation->spec;
    if (!spec->name) {
        make_label(expectation, earlier, count);
        return 0;
    }
    if (spec->name[0] == '\0')
        return error_set(error, "--name is empty");
    if (find_label(earlier, count, spec->name))
        return error_set(error, "the label \"%s\" is taken by an expectation before this one; give each its own --name", spec->name);
    expectation->label = spec->name;
    return 0;
}

static int find_after(struct expectation *expectation, struct expectation *const *earlier, size_t count, struct error *error)
{
    const char *after = expectation->spec.after;
    struct text labels = {0};
    if (!after)
        return 0;
    expectation->label_of_after = find_label(earlier, count, after);
    if (expectation->label_of_after)
        return 0;
    for (size_t i = 0; i < count; i++)
        text_add(&labels, "%s\"%s\"", i ? ", " : "", earlier[i]->label);
    error_set(error, "--after \"%s\": no expectation before this one has that label; %s%s", after,
              count ? "there are " : "there is none before it", text_bytes(&labels));
    text_fini(&labels);
    return -1;
}

/* ---- State and parameters -------------------------------------------------------------------------------------------------- */

static void *aligned_state(struct expectation *expectation, const struct aptrace_plugin *descriptor)
{
    size_t align = descriptor->state_align > STATE_ALIGN_MIN ? descriptor->state_align : STATE_ALIGN_MIN;
    uintptr_t at = (uintptr_t)arena_new(&expectation->arena, descriptor->state_size + align);
    return (void *)((at + align - 1) & ~(uintptr_t)(align - 1));
}

static int fill_state(struct expectation *expectation, struct error *error)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    struct parameter_set *set = &expectation->parameters;
    set->table = descriptor->params;
    set->stride = descriptor->param_size;
    set->state = aligned_state(expectation, descriptor);
    set->arena = &expectation->arena;
    expectation->instance.host = &host;
    expectation->instance.state = set->state;
    expectation->instance.nearest = UINT64_MAX;
    struct parameter_given *given = (struct parameter_given *)expectation->spec.parameters; /* its own copy */
    if (parameter_parse_all(set, given, expectation->spec.parameter_count, expectation->sources, error) != 0)
        return error_context(error, "%s", descriptor->name);
    return 0;
}

/* What the value is compared with. The predicate's own words are only known behind prepare. */
static int settle_expected(struct expectation *expectation, struct error *error)
{
    const struct aptrace_plugin *descriptor = &expectation->plugin->descriptor;
    const char *given = expectation->spec.expect, *text = given ? given : expectation->own_expect;
    if (!text && expectation->spec.expect_anything && descriptor->yields != APTRACE_TYPE_BOOL)
        text = "any";
    if (expected_parse(text, descriptor->yields, descriptor->name, &expectation->expected, error) != 0)
        return given || !text ? -1 : error_context(error, "%s: what it expects by itself", expectation->label);
    expectation->expect = text ? text : "true";
    return 0;
}

struct expectation *expectation_new(const struct expectation_spec *spec, const struct plugin *plugin,
                                    const struct source_list *sources, struct expectation *const *earlier, size_t earlier_count,
                                    struct error *error)
{
    struct expectation *expectation = memory_new(1, sizeof *expectation);
    expectation->plugin = plugin;
    expectation->guard = guard_none();
    expectation->sources = sources;
    expectation->all_sources = spec->on_count == 0;
    expectation->window.earliest_ns = INT64_MIN;
    copy_spec(expectation, spec);
    groups_init(&expectation->groups, expectation->spec.on, expectation->spec.on_joined, spec->on_count, &expectation->arena);
    if (fill_state(expectation, error) != 0 || take_label(expectation, earlier, earlier_count, error) != 0
        || find_after(expectation, earlier, earlier_count, error) != 0)
        goto failed;
    if ((spec->expect || !plugin->descriptor.prepare) && settle_expected(expectation, error) != 0)
        goto failed;
    if (expectation->spec.filter)
        expectation->filter = filter_new(expectation->spec.filter);
    return expectation;

failed:
    expectation_free(expectation);
    return NULL;
}

/* ---- Sources ------------------------------------------------------------------------------------------------------------------ */

static int compile_filters(struct expectation *expectation, const struct source *source, struct error *error)
{
    if (expectation->filter && filter_compile(expectation->filter, source->link_type, error) != 0)
        return error_context(error, "--filter of \"%s\" on source %s", expectation->label, source->name);
    if (parameter_compile_filters(&expectation->parameters, source->link_type, error) != 0)
        return error_context(error, "\"%s\" on source %s", expectation->label, source->name);
    return 0;
}

/* For packets of other sources that are looked at to say where they were seen. What cannot be asked there passes none. */
static void compile_elsewhere(struct expectation *expectation, const struct source *source)
{
    struct error ignored;
    if (expectation->filter)
        filter_compile(expectation->filter, source->link_type, &ignored);
}

/* Bytes of a packet that none of the sources can have would be a test that never fails, or never passes. */
static int check_link_types(const struct expectation *expectation, struct error *error)
{
    const struct aptrace_wanted *wanted = expectation->parameters.wanted;
    const struct source *asked = NULL;
    for (uint32_t number = 1; wanted && number <= expectation->sources_seen; number++) {
        if (!expectation->on_source[number])
            continue;
        asked = source_get(expectation->sources, number);
        if (wanted_may_have(wanted, asked->link_type))
            return 0;
    }
    if (!asked)
        return 0;
    return error_set(error, "\"%s\" on source %s: no packet there can be equal to the wanted one, as that is not of link type %s",
                     expectation->label, asked->name, link_type_name(asked->link_type));
}

int expectation_bind(struct expectation *expectation, struct error *error)
{
    size_t count = expectation->sources->count, seen = expectation->sources_seen;
    bool *on_source = memory_new(count + 1, sizeof *on_source);
    if (expectation->on_source)
        memcpy(on_source, expectation->on_source, seen + 1);
    free(expectation->on_source);
    expectation->on_source = on_source;
    expectation->sources_seen = count;
    if (groups_bind(&expectation->groups, expectation->sources, error) != 0)
        return error_context(error, "\"%s\"", expectation->label);
    for (size_t number = seen + 1; number <= count; number++) {
        const struct source *source = source_get(expectation->sources, (uint32_t)number);
        on_source[number] = groups_of(&expectation->groups, (uint32_t)number) != 0;
        if (!on_source[number])
            compile_elsewhere(expectation, source);
        else if (compile_filters(expectation, source, error) != 0)
            return -1;
    }
    return check_link_types(expectation, error);
}

static bool is_there(const struct source_list *sources, const char *name)
{
    for (uint32_t number = 1; number <= sources->count; number++) {
        if (source_is_called(source_get(sources, number), name))
            return true;
    }
    return false;
}

const char *expectation_missing_source(const struct expectation *expectation)
{
    for (size_t i = 0; i < expectation->spec.on_count; i++) {
        if (!is_there(expectation->sources, expectation->spec.on[i]))
            return expectation->spec.on[i];
    }
    return NULL;
}

/* ---- Life ------------------------------------------------------------------------------------------------------------------- */

int expectation_prepare(struct expectation *expectation, struct error *error)
{
    if (expectation_call_prepare(expectation, error) != 0)
        return -1;
    return expectation->expect ? 0 : settle_expected(expectation, error);
}

void expectation_add_hole(struct expectation *expectation, const struct hole *hole)
{
    expectation->own_holes = memory_grow(expectation->own_holes, &expectation->own_hole_capacity, expectation->own_hole_count,
                                         sizeof *expectation->own_holes);
    expectation->own_holes[expectation->own_hole_count++] = *hole;
}

/* One hole a source, however many packets are cut: it widens. */
void expectation_add_unseen(struct expectation *expectation, const struct aptrace_packet *packet)
{
    for (size_t i = 0; i < expectation->own_hole_count; i++) {
        struct hole *known = &expectation->own_holes[i];
        if (known->kind == HOLE_UNSEEN && known->source == packet->source) {
            known->to_ns = packet->time_ns;
            known->packets++;
            return;
        }
    }
    struct hole hole = {.source = packet->source, .kind = HOLE_UNSEEN, .packets = 1,
                        .from_ns = packet->time_ns, .to_ns = packet->time_ns};
    snprintf(hole.text, sizeof hole.text, "captured bytes end before what is looked for; capture with a larger snap length");
    expectation_add_hole(expectation, &hole);
}

bool expectation_holds(const struct expectation *expectation, const struct aptrace_packet *packet)
{
    const struct batch *batch = expectation->batch;
    return batch && packet >= batch->packets && packet < batch->packets + batch->count;
}

struct packet_reference expectation_reference(const struct expectation *expectation, const struct aptrace_packet *packet)
{
    struct packet_reference reference = {.source = packet->source, .number = packet->number, .time_ns = packet->time_ns};
    if (expectation->batch)
        reference.frame = expectation->batch->frames[packet - expectation->batch->packets];
    return reference;
}

void expectation_free(struct expectation *expectation)
{
    if (!expectation)
        return;
    expectation_release(expectation);
    parameter_set_fini(&expectation->parameters);
    if (expectation->filter)
        filter_free(expectation->filter);
    groups_fini(&expectation->groups);
    free(expectation->on_source);
    free(expectation->own_holes);
    arena_fini(&expectation->miss_arena);
    arena_fini(&expectation->arena);
    free(expectation);
}

const char *direction_name(enum direction direction)
{
    static const char *const names[] = {"in", "out", "both"};
    return names[direction];
}
