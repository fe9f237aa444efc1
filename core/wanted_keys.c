/* SPDX-License-Identifier: MIT */
/* The keys of the group, one by one: header fields become conditions; packet=, packets=, mask=, ignore=, length= and pad= say
 * which bytes must be equal.
 *
 * It keeps true: what a user wrote is rewritten to what it stands for (canonical names; packets of a file as their bytes), so
 * that a recording or a verdict document needs no file of the machine it was made on. A condition that could never be fulfilled
 * by its form is refused. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter.h"
#include "parameter_reading.h"
#include "wanted_file.h"
#include "wanted_parts.h"

enum { CONDITIONS_FIRST = 8 };

static const char *const key_names[] = {"packet", "mask", "ignore", "length", "pad"};

/* The key's place above; packets= stands in that of packet=. */
static enum wanted_key key_of(enum aptrace_wanted_form form, const char *key)
{
    if (form == APTRACE_WANTED_LIST && strcmp(key, "packets") == 0)
        return WANTED_KEY_PACKET;
    for (enum wanted_key i = WANTED_KEY_PACKET; i < WANTED_KEY_NONE; i++) {
        bool of_form = form == APTRACE_WANTED_PACKET || (i == WANTED_KEY_IGNORE || i == WANTED_KEY_PAD)
            || (form == APTRACE_WANTED_LIST && i == WANTED_KEY_LENGTH);
        if (of_form && strcmp(key, key_names[i]) == 0)
            return i;
    }
    return WANTED_KEY_NONE;
}

bool wanted_takes(enum aptrace_wanted_form form, const char *key)
{
    return key_of(form, key) != WANTED_KEY_NONE || field_is_like(key);
}

struct aptrace_wanted *wanted_new(enum aptrace_wanted_form form, struct arena *arena)
{
    struct aptrace_wanted *wanted = arena_new(arena, sizeof *wanted);
    wanted->form = form;
    wanted->arena = arena;
    wanted->near = arena_new(arena, sizeof *wanted->near);
    wanted->kept = arena_new(arena, sizeof *wanted->kept);
    return wanted;
}

/* ---- Conditions on fields -------------------------------------------------------------------------------------------------- */

static bool word_of(const void *row, const char *item, uint64_t *number)
{
    return field_word(row, item, number);
}

/* The entry of a parameter table that the field would have. */
static struct aptrace_param entry_of(const struct aptrace_field *field)
{
    struct aptrace_param entry = {.type = APTRACE_TYPE_MATCH, .of = APTRACE_TYPE_UINT, .name = field->name};
    switch (field_kind_of(field)) {
    case FIELD_MAC: entry.of = APTRACE_TYPE_MAC; break;
    case FIELD_IPV4:
    case FIELD_IPV6_ADDRESS: entry.of = APTRACE_TYPE_IP; break;
    case FIELD_BYTES:
        entry.type = APTRACE_TYPE_PATTERN;
        entry.of = 0;
        entry.size = sizeof(struct aptrace_pattern);
        break;
    default: entry.max = (int64_t)(UINT64_MAX >> (64 - field_bits_of(field))); break;
    }
    return entry;
}

static int refuse_family(const struct parameter_reading *reading, enum field_kind kind)
{
    return parameter_refuse(reading, "%s is of IPv%d, and this address is not", reading->entry->name, kind == FIELD_IPV4 ? 4 : 6);
}

/* An address of IPv4, or a range that begins or ends with one. */
static bool is_dotted(const char *item)
{
    item += strspn(item, ".");
    return *item >= '0' && *item <= '9' && !strchr(item, ':');
}

/* Item by item: IPv4 addresses have numbers among those of IPv6, so that one behind an IPv6 address would be taken. */
static int check_families(const struct parameter_reading *reading, enum field_kind kind)
{
    char *copy = memory_text(reading->text);
    bool other = false;
    for (char *rest = copy, *item; (item = strsep(&rest, ",")) != NULL;)
        other = other || (kind == FIELD_IPV4 ? strchr(item, ':') != NULL : is_dotted(item));
    free(copy);
    return other ? refuse_family(reading, kind) : 0;
}

static const struct aptrace_range *range_at(const struct aptrace_match *match, size_t index)
{
    return index == 0 ? &match->first : &match->more[index - 1];
}

/* The numbers that packets have in a field, and where those are fewer than its bits could tell, what else was meant. */
struct possible {
    const char *name;
    uint64_t least, most;
    const char *why; /* [may be null] */
};

static const struct possible narrow[] = {
    {"eth.type", 0x0600, 0xffff, "types begin at 0x0600, and what is below is a length, eth.len; hex digits stand behind 0x"},
    {"eth.len", 0, 1500, "lengths end at 1500, and from 0x0600 on it is a type, eth.type"},
    {"vlan.etype", 0x0600, 0xffff, "types begin at 0x0600, and what is below is a length; hex digits stand behind 0x"},
    {"vlan.tpid", 0x8100, 0x9100, "tags have 0x8100, 0x88a8 or 0x9100"},
    {"ip.version", 4, 4, "ip. is of IPv4 alone, and packets of IPv6 have ipv6.src=any"},
    {"ip.hdr_len", 20, 60, "it is in bytes, 20 to 60"},
};

static uint64_t bits_of(const struct aptrace_field *field)
{
    uint32_t bits = field_bits_of(field);
    return bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
}

static struct possible possible_of(const struct aptrace_field *field)
{
    uint64_t base = field_kind_of(field) == FIELD_IPV4 ? UINT64_C(0xffff) << 32 : 0; /* as a match has it */
    for (size_t i = 0; i < sizeof narrow / sizeof *narrow; i++) {
        if (strcmp(narrow[i].name, field->row->name) == 0)
            return narrow[i];
    }
    return (struct possible){field->row->name, base, base | bits_of(field), NULL};
}

/* A mask beyond the field compares less than it looks like; one without a bit compares nothing. Addresses of IP may have a prefix
 * of no bits, which is how any of them is written everywhere. */
static int check_mask(const struct parameter_reading *reading, const struct aptrace_field *field,
                      const struct aptrace_range *range)
{
    uint64_t bits = bits_of(field);
    bool number = field_kind_of(field) != FIELD_IPV4 && field_kind_of(field) != FIELD_IPV6_ADDRESS;
    if (!number || range->mask[1] == UINT64_MAX)
        return 0;
    if (range->mask[1] & ~bits)
        return parameter_refuse(reading, "its mask has bits beyond the %u bits of the field", field_bits_of(field));
    return range->mask[1] ? 0 : parameter_refuse(reading, "its mask has no bit, so that any packet would match: write any");
}

static int check_range(const struct parameter_reading *reading, const struct possible *possible,
                       const struct aptrace_range *range)
{
    bool masked = range->mask[1] != UINT64_MAX, beyond = range->low[1] > possible->most;
    bool below = range->high[0] == 0 && range->high[1] < possible->least;
    if (!possible->why || masked || (!beyond && !below))
        return 0;
    return parameter_refuse(reading, "no packet has that there: %s", possible->why);
}

/* Whether every address of IPv6 is in a range. */
static bool is_whole(const struct aptrace_range *range)
{
    bool all = range->high[0] == UINT64_MAX && range->high[1] == UINT64_MAX;
    return (range->mask[0] | range->mask[1]) == 0 || ((range->low[0] | range->low[1]) == 0 && all);
}

/* Whether the ranges leave out nothing that a packet may have: each is tried behind those that joined before. */
static bool covers_all(const struct wanted_condition *condition, const struct possible *possible)
{
    uint64_t next = possible->least, bits = bits_of(&condition->field);
    bool wide = field_kind_of(&condition->field) == FIELD_IPV6_ADDRESS;
    for (size_t i = 0; i <= condition->match.more_count; i++) {
        const struct aptrace_range *range = range_at(&condition->match, i);
        uint64_t high = range->high[0] ? UINT64_MAX : range->high[1];
        bool masked = range->mask[1] != UINT64_MAX;
        if (wide ? is_whole(range) : masked && (range->mask[1] & bits) == 0)
            return true;
        if (wide || masked || range->low[1] > next || high < next)
            continue;
        if (high >= possible->most)
            return true;
        next = high + 1;
        i = SIZE_MAX; /* from the first again */
    }
    return false;
}

static int check_numbers(const struct parameter_reading *reading, const struct wanted_condition *condition)
{
    struct possible possible = possible_of(&condition->field);
    for (size_t i = 0; i <= condition->match.more_count; i++) {
        const struct aptrace_range *range = range_at(&condition->match, i);
        if (check_mask(reading, &condition->field, range) != 0 || check_range(reading, &possible, range) != 0)
            return -1;
    }
    if (condition->negated && covers_all(condition, &possible))
        return parameter_refuse(reading, "that is all that a packet may have there, so that no packet would match: write %s=none",
                                condition->field.name);
    return 0;
}

static int read_numbers(const struct parameter_reading *reading, struct wanted_condition *condition)
{
    enum field_kind kind = field_kind_of(&condition->field);
    if ((kind == FIELD_IPV4 || kind == FIELD_IPV6_ADDRESS) && check_families(reading, kind) != 0)
        return -1;
    if (parameter_read_match(reading, &condition->match) != 0)
        return -1;
    return condition->match.kind == APTRACE_MATCH_RANGES ? check_numbers(reading, condition) : 0;
}

/* ---- Conditions on bytes --------------------------------------------------------------------------------------------------- */

static int read_text_pattern(const struct parameter_reading *reading, char *item, struct wanted_pattern *pattern)
{
    size_t length = strlen(item);
    if (length < 3 || item[length - 1] != '\'')
        return parameter_refuse(reading, "a text is written in quotes that the shell keeps: \"'text'\"");
    uint8_t *bytes = arena_new(reading->arena, length), *mask = arena_new(reading->arena, length);
    memcpy(bytes, item + 1, length - 2);
    memset(mask, 0xff, length - 2);
    pattern->bytes = (struct aptrace_pattern){bytes, mask, length - 2};
    return 0;
}

static int read_pattern(const struct parameter_reading *reading, char *item, struct wanted_pattern *pattern)
{
    size_t length = strlen(item);
    if (length > 0 && item[length - 1] == '$') {
        pattern->whole = true;
        item[--length] = '\0';
    }
    if (item[0] == '\'')
        return read_text_pattern(reading, item, pattern);
    struct parameter_reading part = *reading;
    part.text = item;
    part.negated = false;
    if (strspn(item, "0123456789abcdefABCDEFxX*:-. ") != length)
        return parameter_refuse(&part, "bytes are hex digits, * for any digit; a text is written \"'text'\"");
    return parameter_read(&part, &pattern->bytes);
}

/* The next of a list; commas within quotes are text. Ends it with a zero. */
static char *next_item(char **rest)
{
    char *item = *rest, *at = item;
    bool quoted = false;
    if (!item)
        return NULL;
    for (; *at && (quoted || *at != ','); at++)
        quoted = quoted != (*at == '\'');
    *rest = *at ? at + 1 : NULL;
    *at = '\0';
    return item;
}

static bool is_blank(const struct wanted_pattern *pattern)
{
    for (size_t i = 0; i < pattern->bytes.length; i++) {
        if (pattern->bytes.mask[i])
            return false;
    }
    return true;
}

/* A slice has a length of its own, so that a $ says nothing of it; stars alone tell a number of bytes, where a $ ends them. */
static int check_pattern(const struct parameter_reading *reading, const struct aptrace_field *field,
                         struct wanted_pattern *pattern)
{
    size_t length = pattern->bytes.length;
    bool slice = !field->row;
    if (slice && (length > field->slice_length || (pattern->whole && length < field->slice_length)))
        return parameter_refuse(reading, "the slice has %u bytes, and these are %zu", field->slice_length, length);
    pattern->whole = pattern->whole && !slice;
    if (!pattern->whole && is_blank(pattern))
        return parameter_refuse(reading, "where all digits are * it compares nothing: write any%s",
                                slice ? "" : ", or a $ behind them for their number");
    return 0;
}

static int read_patterns(const struct parameter_reading *reading, struct wanted_condition *condition)
{
    bool any = strcmp(reading->text, "any") == 0, none = strcmp(reading->text, "none") == 0;
    condition->match.kind = any ? APTRACE_MATCH_PRESENT : none ? APTRACE_MATCH_ABSENT : APTRACE_MATCH_RANGES;
    if (any || none)
        return reading->negated ? parameter_refuse(reading, "any and none are not negated: write the other") : 0;
    char *copy = memory_text(reading->text);
    struct wanted_pattern *patterns = arena_new(reading->arena, parameter_count_items(copy) * sizeof *patterns);
    int result = 0;
    for (char *rest = copy, *item; result == 0 && (item = next_item(&rest)) != NULL; condition->pattern_count++) {
        result = read_pattern(reading, item, &patterns[condition->pattern_count]);
        if (result == 0)
            result = check_pattern(reading, &condition->field, &patterns[condition->pattern_count]);
    }
    condition->patterns = patterns;
    condition->match.negated = reading->negated;
    free(copy);
    return result;
}

/* Where a bare name has several places a list means that one of them is enough, which may not be what was meant. */
static int refuse_twice(const struct wanted_condition *condition, struct error *error)
{
    const struct aptrace_field *field = &condition->field;
    const char *name = field->name, *sign = condition->negated ? "!" : "";
    if (!condition->negated && field_has_several(field) && field->row->any)
        return error_set(error, "parameter %s is given twice: give it once, as a list %s=A,B of which one is enough, or each by "
                         "its place, %s#1=A %s#2=B", name, name, name, name);
    return error_set(error, "parameter %s is given twice: give it once, as a list %s%s=A,B", name, name, sign);
}

static int check_twice(const struct aptrace_wanted *wanted, const struct wanted_condition *condition, struct error *error)
{
    const char *name = condition->field.name, *text = condition->text;
    if (wanted->condition_count == WANTED_CONDITIONS_MAX)
        return error_set(error, "more than %d fields are asked for at once", WANTED_CONDITIONS_MAX);
    for (size_t i = 0; i < wanted->condition_count; i++) {
        const struct wanted_condition *other = &wanted->conditions[i];
        if (strcmp(other->field.name, name) != 0)
            continue;
        if (other->negated == condition->negated)
            return refuse_twice(condition, error);
        if (strcmp(text, other->text) == 0 || strcmp(text, "none") == 0 || strcmp(other->text, "none") == 0)
            return error_set(error, "parameter %s: no packet can fulfil %s%s=%s and %s%s=%s", name, name,
                             other->negated ? "!" : "", other->text, name, condition->negated ? "!" : "", text);
    }
    return 0;
}

/* Twice as many places as before: an arena moves nothing, and most ask for a few. */
static void add_condition(struct aptrace_wanted *wanted, const struct wanted_condition *condition)
{
    if (wanted->condition_count == wanted->condition_capacity) {
        size_t capacity = wanted->condition_capacity ? 2 * wanted->condition_capacity : CONDITIONS_FIRST;
        struct wanted_condition *moved = arena_new(wanted->arena, capacity * sizeof *moved);
        if (wanted->condition_count)
            memcpy(moved, wanted->conditions, wanted->condition_count * sizeof *moved);
        wanted->conditions = moved;
        wanted->condition_capacity = capacity;
    }
    wanted->conditions[wanted->condition_count++] = *condition;
}

static int read_condition(struct aptrace_wanted *wanted, struct parameter_given *given, struct error *error)
{
    struct wanted_condition condition = {.negated = given->negated, .text = given->text};
    if (field_find(given->key, &condition.field, wanted->arena, error) != 0 || check_twice(wanted, &condition, error) != 0)
        return -1;
    struct aptrace_param entry = entry_of(&condition.field);
    const struct parameter_reading reading = {.entry = &entry, .text = given->text, .negated = given->negated,
        .arena = wanted->arena, .word = condition.field.row ? word_of : NULL, .words = condition.field.row, .error = error};
    if (given->text[0] == '\0')
        return parameter_refuse(&reading, "write %s=VALUE", condition.field.name);
    bool bytes = field_kind_of(&condition.field) == FIELD_BYTES;
    if ((bytes ? read_patterns : read_numbers)(&reading, &condition) != 0)
        return -1;
    wanted_quick_prepare(&condition);
    add_condition(wanted, &condition);
    given->key = condition.field.name;
    return 0;
}

/* ---- Packets --------------------------------------------------------------------------------------------------------------- */

static void set_packets(struct aptrace_wanted *wanted, const struct wanted_packet *packets, size_t count)
{
    wanted->packets = arena_new(wanted->arena, (count + 1) * sizeof *wanted->packets);
    wanted->packet_count = count;
    for (size_t i = 0; i < count; i++)
        wanted->packets[i].packet = packets[i];
}

/* Hex that stands for the packets wherever they came from; other links than Ethernet by name before it. */
static const char *as_hex(const struct aptrace_wanted *wanted)
{
    struct text text = {0};
    for (size_t i = 0; i < wanted->packet_count; i++) {
        const struct wanted_packet *packet = &wanted->packets[i].packet;
        text_add(&text, "%s", i ? "," : "");
        if (packet->link_type != 1)
            text_add(&text, "%s:", link_type_name(packet->link_type));
        for (uint32_t at = 0; at < packet->length; at++)
            text_add(&text, "%02x", packet->bytes[at]);
    }
    const char *kept = arena_text(wanted->arena, text_bytes(&text));
    text_fini(&text);
    return kept;
}

/* One packet in hex, perhaps with its link type before it. Leaves the mask of its stars. */
static int read_hex(struct aptrace_wanted *wanted, const char *key, const char *text, struct wanted_bytes *bytes,
                    struct error *error)
{
    struct aptrace_param entry = {.type = APTRACE_TYPE_PATTERN, .size = sizeof(struct aptrace_pattern), .name = key};
    const char *colon = strchr(text, ':');
    char link_type[32];
    struct aptrace_pattern pattern;
    bytes->packet.link_type = 1;
    bool plain = text[strspn(text, "0123456789abcdefABCDEF*:-. ")] == '\0';
    if (colon && colon - text > 2 && (size_t)(colon - text) < sizeof link_type && !plain) {
        snprintf(link_type, sizeof link_type, "%.*s", (int)(colon - text), text);
        int64_t number = link_type_by_name(link_type);
        if (number < 0)
            return error_set(error, "parameter %s: \"%s\" is no link type; expected hex, FILE#N, or LINKTYPE:HEX", key,
                             link_type);
        bytes->packet.link_type = (uint16_t)number;
        bytes->packet.of_link_type = true;
        text = colon + 1;
    }
    const struct parameter_reading reading = {.entry = &entry, .text = text, .arena = wanted->arena, .error = error};
    if (parameter_read(&reading, &pattern) != 0)
        return -1;
    bytes->packet.bytes = (uint8_t *)pattern.bytes;
    bytes->packet.length = (uint32_t)pattern.length;
    bytes->mask = (uint8_t *)pattern.mask;
    return 0;
}

static int read_hex_list(struct aptrace_wanted *wanted, const char *text, struct error *error)
{
    char *copy = memory_text(text);
    size_t count = 1;
    for (const char *c = text; *c; c++)
        count += *c == ',';
    wanted->packets = arena_new(wanted->arena, count * sizeof *wanted->packets);
    int result = 0;
    for (char *rest = copy, *item; result == 0 && (item = strsep(&rest, ",")) != NULL;)
        result = read_hex(wanted, "packets", item, &wanted->packets[wanted->packet_count++], error);
    free(copy);
    return result;
}

static int read_packet(struct aptrace_wanted *wanted, struct parameter_given *given, struct error *error)
{
    struct wanted_packet packet = {0}, *packets = &packet;
    size_t count = 1;
    bool list = wanted->form == APTRACE_WANTED_LIST;
    if (given->text[0] == '\0')
        return error_set(error, list ? "parameter packets: expected a capture, packets=FILE"
                                     : "parameter packet: expected bytes in hex, or FILE#N, the N-th packet of a capture");
    bool is_hex = list && wanted_file_is_hex(given->text);
    if (is_hex && access(given->text, F_OK) == 0)
        return error_set(error, "parameter packets: \"%.100s\" is hex and a file too; write ./%.100s for the file", given->text,
                         given->text);
    if (is_hex)
        return read_hex_list(wanted, given->text, error);
    if (!list && !strchr(given->text, '#')) {
        set_packets(wanted, &packet, 1);
        return read_hex(wanted, "packet", given->text, &wanted->packets[0], error);
    }
    int result = list ? wanted_file_all(given->text, wanted->arena, &packets, &count, error)
        : wanted_file_one(given->text, wanted->arena, &packet, error);
    if (result != 0)
        return error_context(error, "parameter %s", given->key);
    set_packets(wanted, packets, count);
    given->text = as_hex(wanted);
    return 0;
}

/* What has no bytes in the packet cannot be left out of them. */
static int find_ignored(struct aptrace_wanted *wanted, const char *name, struct aptrace_field *field, struct error *error)
{
    if (field_find(name, field, wanted->arena, error) != 0)
        return -1;
    const struct field_row *row = field->row;
    if (row && row->layer == FIELD_FRAME)
        return error_set(error, "%s has no bytes in the packet that could be left out%s", field->name,
                         wanted->form == APTRACE_WANTED_SAME ? "" : "; length=prefix takes longer packets");
    if (row && row->special == FIELD_VLAN_COUNT)
        return error_set(error, "%s has no bytes in the packet that could be left out; vlan.id and vlan.etype have", field->name);
    return 0;
}

static int read_ignore(struct aptrace_wanted *wanted, struct parameter_given *given, struct error *error)
{
    char *copy = memory_text(given->text);
    struct text names = {0};
    int result = 0;
    wanted->ignored = arena_new(wanted->arena, parameter_count_items(copy) * sizeof *wanted->ignored);
    for (char *rest = copy, *name; result == 0 && (name = strsep(&rest, ",")) != NULL; wanted->ignored_count++) {
        result = find_ignored(wanted, name, &wanted->ignored[wanted->ignored_count], error);
        if (result == 0)
            text_add(&names, "%s%s", names.length ? "," : "", wanted->ignored[wanted->ignored_count].name);
    }
    given->text = arena_text(wanted->arena, text_bytes(&names));
    text_fini(&names);
    free(copy);
    return result == 0 ? 0 : error_context(error, "parameter ignore: expected fields and slices by comma, such as "
                                           "ip.ttl,frame@16:2");
}

static int read_choice(const struct parameter_given *given, const char *first, const char *second, bool *is_second,
                       struct error *error)
{
    *is_second = strcmp(given->text, second) == 0;
    if (*is_second || strcmp(given->text, first) == 0)
        return 0;
    return error_set(error, "parameter %s: expected one of %s or %s, got \"%.100s\"", given->key, first, second, given->text);
}

static int read_key(struct aptrace_wanted *wanted, enum wanted_key key, struct parameter_given *given, struct error *error)
{
    if (given->negated)
        return error_set(error, "parameter %s: %s!= is not possible, only fields can be negated; did_not_see_packet looks for a "
                         "packet that must not come", given->key, given->key);
    if (wanted->given[key])
        return error_set(error, "parameter %s is given twice: give it once", given->key);
    wanted->given[key] = true;
    switch (key) {
    case WANTED_KEY_PACKET: return read_packet(wanted, given, error);
    case WANTED_KEY_MASK: wanted->mask_text = given->text; return 0;
    case WANTED_KEY_IGNORE: return read_ignore(wanted, given, error);
    case WANTED_KEY_LENGTH: return read_choice(given, "exact", "prefix", &wanted->prefix, error);
    case WANTED_KEY_PAD: return read_choice(given, "ignore", "exact", &wanted->pad_exact, error);
    case WANTED_KEY_NONE: break;
    }
    return -1;
}

int wanted_read(struct aptrace_wanted *wanted, struct parameter_given *given, struct error *error)
{
    enum wanted_key key = key_of(wanted->form, given->key);
    return key == WANTED_KEY_NONE ? read_condition(wanted, given, error) : read_key(wanted, key, given, error);
}

/* ---- All of them ----------------------------------------------------------------------------------------------------------- */

static int read_mask(const struct aptrace_wanted *wanted, struct aptrace_pattern *mask, struct error *error)
{
    struct aptrace_param entry = {.type = APTRACE_TYPE_BYTES, .size = sizeof(struct aptrace_bytes), .name = "mask"};
    const struct parameter_reading reading = {.entry = &entry, .text = wanted->mask_text, .arena = wanted->arena, .error = error};
    struct aptrace_bytes bytes;
    if (parameter_read(&reading, &bytes) != 0)
        return -1;
    *mask = (struct aptrace_pattern){NULL, bytes.bytes, bytes.length};
    return 0;
}

/* Far is what misses by more than one field of a few, a third of many, or by more bytes than a few fields have. */
static void prepare_near(struct aptrace_wanted *wanted)
{
    enum { FEW_FIELDS = 12 };
    wanted->near->far = (wanted->condition_count < 3 ? 1 : wanted->condition_count / 3) + (wanted->packet_count ? FEW_FIELDS : 0);
    wanted_forget(wanted);
}

int wanted_finish(struct aptrace_wanted *wanted, struct error *error)
{
    static const char *const rest[] = {"mask", "ignore", "length"};
    struct aptrace_pattern mask = {0};
    bool alone[] = {wanted->mask_text != NULL, wanted->form == APTRACE_WANTED_PACKET && wanted->given[WANTED_KEY_IGNORE],
                    wanted->given[WANTED_KEY_LENGTH]};
    bool packet = wanted->given[WANTED_KEY_PACKET];
    if (wanted->form == APTRACE_WANTED_LIST && !packet)
        return error_set(error, "parameter packets is missing: write packets=FILE with a capture of the packets that are meant");
    for (size_t i = 0; i < sizeof rest / sizeof *rest; i++) {
        if (alone[i] && !packet)
            return error_set(error, "parameter %s says how packet= is compared, and there is no packet=", rest[i]);
    }
    if (wanted->form == APTRACE_WANTED_PACKET && wanted->given[WANTED_KEY_PAD] && !packet)
        return error_set(error, "parameter pad says how packet= is compared, and there is no packet=");
    if (wanted->mask_text && read_mask(wanted, &mask, error) != 0)
        return -1;
    if (wanted->packet_count && wanted_bytes_prepare(wanted, wanted->mask_text ? &mask : NULL, error) != 0)
        return -1;
    prepare_near(wanted);
    return 0;
}

bool wanted_may_have(const struct aptrace_wanted *wanted, uint32_t link_type)
{
    bool may = wanted->packet_count == 0;
    for (size_t i = 0; i < wanted->packet_count && !may; i++)
        may = !wanted->packets[i].packet.of_link_type || wanted->packets[i].packet.link_type == link_type;
    return may;
}

size_t wanted_count(const struct aptrace_wanted *wanted)
{
    return wanted->packet_count;
}

bool wanted_is_anything(const struct aptrace_wanted *wanted)
{
    return wanted->condition_count == 0 && wanted->packet_count == 0;
}
