/* SPDX-License-Identifier: MIT */
/* Values for parameters that the user did not give: what each kind allows, and where there is a choice, what some of the
 * frames of prove_packets.c have, so that a predicate finds something. */
#include "tools/prove_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/parameter_reading.h"

/* 1 where the limits allow it, else the nearest to it. */
static uint64_t natural_of(const struct aptrace_param *entry)
{
    struct parameter_limits limits = parameter_limits_of(entry);
    uint64_t number = limits.low > 1 ? limits.low : 1;
    return number > limits.high ? limits.high : number;
}

static int64_t integer_of(const struct aptrace_param *entry, int64_t wanted)
{
    struct parameter_signed_limits limits = parameter_signed_limits_of(entry);
    int64_t number = limits.low > wanted ? limits.low : wanted;
    return number > limits.high ? limits.high : number;
}

static void add_real(struct text *text, const struct aptrace_param *entry)
{
    double number = 0.5;
    if (parameter_is_bounded(entry) && number < (double)entry->min)
        number = (double)entry->min;
    if (parameter_is_bounded(entry) && entry->max >= entry->min && number > (double)entry->max)
        number = (double)entry->max;
    text_add(text, "%g", number);
}

static void add_bytes(struct text *text, const struct aptrace_param *entry)
{
    for (uint64_t i = natural_of(entry); i > 0; i--)
        text_add(text, "00");
}

/* The last one: the first is what most take for granted. */
static void add_choice(struct text *text, const struct aptrace_param *entry)
{
    size_t length = 0, next;
    const char *choice = "", *one;
    for (size_t i = 0; (one = parameter_choice(entry->choices, i, &next)) != NULL; i++) {
        choice = one;
        length = next;
    }
    text_add(text, "%.*s", (int)length, choice);
}

/* The opposite of what holds where it is left out. */
static void add_truth(struct text *text, const struct aptrace_param *entry)
{
    bool is_true = entry->fallback && strchr("ty1", entry->fallback[0]);
    text_add(text, is_true ? "no" : "yes");
}

static void add_duration(struct text *text, const struct aptrace_param *entry)
{
    text_add_duration(text, integer_of(entry, INT64_C(1000000000)));
}

/* Of a kind, or of the numbers of a match. */
static void add_value(struct text *text, const struct aptrace_param *entry, uint32_t type)
{
    switch ((enum aptrace_type)type) {
    case APTRACE_TYPE_BOOL: add_truth(text, entry); break;
    case APTRACE_TYPE_INT: text_add(text, "%" PRId64, integer_of(entry, 1)); break;
    case APTRACE_TYPE_UINT: text_add(text, "%" PRIu64, natural_of(entry)); break;
    case APTRACE_TYPE_DOUBLE: add_real(text, entry); break;
    case APTRACE_TYPE_STRING: text_add(text, "text"); break;
    case APTRACE_TYPE_DURATION: add_duration(text, entry); break;
    case APTRACE_TYPE_MAC: text_add(text, "00:00:00:00:00:02"); break;
    case APTRACE_TYPE_IP: text_add(text, "10.0.1.10"); break;
    case APTRACE_TYPE_PREFIX: text_add(text, "10.0.0.0/8"); break;
    case APTRACE_TYPE_BYTES:
    case APTRACE_TYPE_PATTERN: add_bytes(text, entry); break;
    case APTRACE_TYPE_CHOICE: add_choice(text, entry); break;
    case APTRACE_TYPE_FILTER: text_add(text, "ip"); break;
    case APTRACE_TYPE_SOURCE: text_add(text, "1"); break;
    case APTRACE_TYPE_SOURCES: text_add(text, "1,2"); break;
    case APTRACE_TYPE_MATCH: add_value(text, entry, entry->of); break;
    case APTRACE_TYPE_FIELD: text_add(text, "ip.id"); break;
    case APTRACE_TYPE_WANTED:
    case APTRACE_TYPE_END: break;
    }
}

/* ---- The table ------------------------------------------------------------------------------------------------------------ */

struct choosing {
    const struct prove_set *given;
    const struct prove_packets *wanted;
    struct arena *arena;
    struct prove_set chosen;
};

static bool is_given(const struct choosing *choosing, const char *key)
{
    for (size_t i = 0; i < choosing->given->count; i++) {
        if (strcmp(choosing->given->given[i].key, key) == 0)
            return true;
    }
    return false;
}

static void add_chosen(struct choosing *choosing, const char *key, const char *text)
{
    struct prove_set *chosen = &choosing->chosen;
    if (!is_given(choosing, key))
        chosen->given[chosen->count++] = (struct parameter_given){arena_text(choosing->arena, key),
                                                                  arena_text(choosing->arena, text), false};
}

/* "LINKTYPE:HEX" of a packet. */
static void add_packet(struct text *text, const struct prove_packets *packets, size_t index)
{
    const struct prove_packet *packet = &packets->list[index];
    if (packets->link_type != LINK_ETHERNET)
        text_add(text, "%u:", (unsigned)packets->link_type);
    for (size_t i = 0; i < packet->capture_length; i++)
        text_add(text, "%02x", packets->bytes[packet->at + i]);
}

/* A list has to be given; for one packet, its first bytes, as others may begin likewise. */
static void choose_group(struct choosing *choosing, const struct aptrace_param *entry, bool all)
{
    struct text list = {0}, one = {0};
    add_packet(&list, choosing->wanted, 0);
    text_add(&list, ",");
    add_packet(&list, choosing->wanted, 1);
    add_packet(&one, choosing->wanted, 0);
    if (entry->of == APTRACE_WANTED_LIST)
        add_chosen(choosing, "packets", text_bytes(&list));
    if (entry->of == APTRACE_WANTED_SAME && all)
        add_chosen(choosing, "ignore", "ip.id");
    if (entry->of == APTRACE_WANTED_PACKET && all && choosing->given->count == 0) {
        add_chosen(choosing, "frame.len", "14..");
        add_chosen(choosing, "packet", text_bytes(&one));
        add_chosen(choosing, "length", "prefix");
    }
    text_fini(&list);
    text_fini(&one);
}

static void choose(struct choosing *choosing, const struct aptrace_param *entry, bool all)
{
    struct text text = {0};
    if (entry->type == APTRACE_TYPE_WANTED) {
        choose_group(choosing, entry, all);
    } else if (all || parameter_is_required(entry)) {
        add_value(&text, entry, entry->type);
        add_chosen(choosing, parameter_name(entry), text_bytes(&text));
    }
    text_fini(&text);
}

struct prove_set words_choose(const struct plugin *plugin, const struct prove_set *given, bool all,
                              const struct prove_packets *wanted, struct arena *arena)
{
    enum { OF_A_GROUP = 3 };
    const struct aptrace_plugin *descriptor = &plugin->descriptor;
    size_t entries = parameter_count(descriptor->params, descriptor->param_size);
    struct choosing choosing = {given, wanted, arena, {NULL, given->count}};
    choosing.chosen.given = arena_new(arena, (given->count + entries + OF_A_GROUP) * sizeof *choosing.chosen.given);
    if (given->count > 0)
        memcpy(choosing.chosen.given, given->given, given->count * sizeof *given->given);
    for (size_t i = 0; i < entries; i++)
        choose(&choosing, parameter_entry(descriptor->params, descriptor->param_size, i), all);
    return choosing.chosen;
}

void words_add_set(struct text *text, const struct prove_set *set)
{
    for (size_t i = 0; i < set->count; i++) {
        const struct parameter_given *given = &set->given[i];
        struct text word = {0};
        text_add(&word, "%s%s%s", given->key, given->negated ? "!=" : "=", given->text);
        text_add(text, " ");
        text_add_shell_word(text, text_bytes(&word));
        text_fini(&word);
    }
}
