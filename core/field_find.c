/* SPDX-License-Identifier: MIT */
/* From what a user wrote to a field: INNER. LAYER.NAME #N, or a slice LAYER@OFFSET:LENGTH.
 *
 * People come with names from Wireshark, scapy and PTF. Each spelling of a field ends at its one canonical name, which is what
 * documents and messages then say. A name that would mean something else than its user thinks (tcp.seq is relative in
 * Wireshark) is refused, with the one to use. */
#include <stdlib.h>
#include <string.h>

#include "field.h"
#include "number.h"
#include "suggest.h"

enum { NAME_MAX_LENGTH = 64, INNER_MAX = 3, OCCURRENCE_MAX = 255, SLICE_MAX = 65535 };

/* Prefixes that other tools have for a layer. */
static const struct { const char *theirs, *ours; } prefixes[] = {
    {"ip6", "ipv6"}, {"ipv4", "ip"}, {"ether", "eth"}, {"ethernet", "eth"}, {"dot1q", "vlan"}, {"icmp6", "icmpv6"}};

/* Names that would mislead, and what to write. */
static const struct { const char *name, *why; } misleading[] = {
    {"tcp.seq", "in Wireshark it counts from the connection's first packet; write tcp.seq_raw for the number in the packet"},
    {"tcp.ack", "in Wireshark it counts from the connection's first packet; write tcp.ack_raw for the number in the packet"},
    {"tcp.window_size", "in Wireshark it is scaled; write tcp.window_size_value for the number in the packet"},
    {"tcp.len", "no header has it; compare ip.len, or tcp.payload=any"},
};

/* What is asked for, taken apart. */
struct request {
    char name[NAME_MAX_LENGTH + 1]; /* without inner., #N and @...; with our prefix */
    uint32_t inner, occurrence;
    bool slice;
    uint32_t offset, length;
};

/* ---- Taking apart ---------------------------------------------------------------------------------------------------------- */

static void use_our_prefix(char *name)
{
    char rest[NAME_MAX_LENGTH + 1];
    size_t length = strcspn(name, ".");
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        size_t ours = strlen(prefixes[i].ours);
        if (strlen(prefixes[i].theirs) != length || memcmp(name, prefixes[i].theirs, length) != 0)
            continue;
        strcpy(rest, name + length);
        if (ours + strlen(rest) > NAME_MAX_LENGTH)
            return;
        memcpy(name, prefixes[i].ours, ours);
        strcpy(name + ours, rest);
        return;
    }
}

static bool read_part(char *text, uint32_t low, uint32_t high, uint32_t *number)
{
    uint64_t wide;
    if (!number_uint(text, &wide) || wide < low || wide > high)
        return false;
    *number = (uint32_t)wide;
    return true;
}

static int take_slice(char *at, struct request *request, const char *text, struct error *error)
{
    char *colon = strchr(at + 1, ':');
    *at = '\0';
    if (colon)
        *colon = '\0';
    if (!colon || !read_part(at + 1, 0, SLICE_MAX, &request->offset) || !read_part(colon + 1, 1, SLICE_MAX, &request->length))
        return error_set(error, "\"%s\": expected LAYER@OFFSET:LENGTH in bytes, such as frame@16:2", text);
    request->slice = true;
    return 0;
}

static int take_apart(const char *text, struct request *request, struct error *error)
{
    char whole[2 * NAME_MAX_LENGTH], *name = whole;
    *request = (struct request){0};
    if (strlen(text) >= sizeof whole)
        return error_set(error, "\"%.40s...\" is too long for the name of a field", text);
    strcpy(whole, text);
    for (; strncmp(name, "inner.", 6) == 0; name += 6)
        request->inner++;
    if (request->inner > INNER_MAX)
        return error_set(error, "\"%s\": tunnels are followed %d deep", text, INNER_MAX);
    char *at = strchr(name, '@');
    if (at && take_slice(at, request, text, error) != 0)
        return -1;
    char *hash = strchr(name, '#');
    if (hash) {
        *hash = '\0';
        if (!read_part(hash + 1, 1, OCCURRENCE_MAX, &request->occurrence))
            return error_set(error, "\"%s\": expected #N with N from 1 to %d behind the name", text, OCCURRENCE_MAX);
    }
    if (strlen(name) > NAME_MAX_LENGTH)
        return error_set(error, "\"%.40s...\" is too long for the name of a field", text);
    strcpy(request->name, name);
    use_our_prefix(request->name);
    return 0;
}

/* ---- Looking up ------------------------------------------------------------------------------------------------------------ */

static bool is_listed(const char *list, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = list; at && *at; at += *at == ' ') {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, name, length) == 0)
            return true;
        at += word;
    }
    return false;
}

static const struct field_row *find_row(const char *name)
{
    for (size_t i = 0; i < field_row_count; i++) {
        if (strcmp(field_rows[i].name, name) == 0 || is_listed(field_rows[i].aliases, name))
            return &field_rows[i];
    }
    return NULL;
}

static bool find_layer(const char *name, enum field_layer *layer)
{
    for (unsigned i = 0; i < FIELD_LAYERS; i++) {
        *layer = (enum field_layer)i;
        if (strcmp(field_layer_name(*layer), name) == 0)
            return true;
    }
    return false;
}

static int refuse_layer(const char *text, struct error *error)
{
    struct text names = {0};
    for (unsigned i = 0; i < FIELD_LAYERS; i++)
        text_add(&names, "%s%s", i ? ", " : "", field_layer_name((enum field_layer)i));
    error_set(error, "\"%s\": there is no such layer; slices are of: %s", text, text_bytes(&names));
    text_fini(&names);
    return -1;
}

static int refuse_name(const char *text, const struct request *request, struct error *error)
{
    const char **names = memory_new(field_row_count, sizeof *names);
    struct text near = {0};
    for (size_t i = 0; i < sizeof misleading / sizeof *misleading; i++) {
        if (strcmp(misleading[i].name, request->name) == 0) {
            free(names);
            return error_set(error, "there is no field %s: %s", text, misleading[i].why);
        }
    }
    for (size_t i = 0; i < field_row_count; i++)
        names[i] = field_rows[i].name;
    if (suggest_nearest(&near, request->name, names, field_row_count) > 0)
        error_set(error, "there is no field %s; did you mean %s? aptrace --describe fields lists them", text, text_bytes(&near));
    else
        error_set(error, "there is no field %s; aptrace --describe fields lists them", text);
    text_fini(&near);
    free(names);
    return -1;
}

static const char *canonical(const struct request *request, const char *name, struct arena *arena)
{
    struct text text = {0};
    for (uint32_t i = 0; i < request->inner; i++)
        text_add(&text, "inner.");
    text_add(&text, "%s", name);
    if (request->occurrence)
        text_add(&text, "#%u", request->occurrence);
    if (request->slice)
        text_add(&text, "@%u:%u", request->offset, request->length);
    const char *kept = arena_text(arena, text_bytes(&text));
    text_fini(&text);
    return kept;
}

int field_find(const char *text, struct aptrace_field *field, struct arena *arena, struct error *error)
{
    struct request request;
    if (take_apart(text, &request, error) != 0)
        return -1;
    *field = (struct aptrace_field){.inner = request.inner, .occurrence = request.occurrence};
    if (request.slice) {
        if (!find_layer(request.name, &field->layer))
            return refuse_layer(text, error);
        field->slice_offset = request.offset;
        field->slice_length = request.length;
    } else {
        field->row = find_row(request.name);
        if (!field->row)
            return refuse_name(text, &request, error);
        field->layer = (enum field_layer)field->row->layer;
    }
    if (field->layer == FIELD_FRAME && (request.inner || request.occurrence))
        return error_set(error, "\"%s\": there is one frame, neither inner. nor #N can be said of it", text);
    if (field->row && field->row->special == FIELD_VLAN_COUNT && request.occurrence)
        return error_set(error, "\"%s\": there is one count of tags, #N cannot be said of it", text);
    field->name = canonical(&request, field->row ? field->row->name : field_layer_name(field->layer), arena);
    return 0;
}

bool field_is_like(const char *text)
{
    struct request request;
    struct error error = {""};
    enum field_layer layer;
    if (take_apart(text, &request, &error) != 0 || request.inner || request.slice || find_row(request.name))
        return true;
    char *point = strchr(request.name, '.');
    if (point)
        *point = '\0';
    return point && find_layer(request.name, &layer);
}
