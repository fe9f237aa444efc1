/* SPDX-License-Identifier: MIT */
/* The grammar of an expectation's words. Values are checked here as far as they can be without the plugin: durations, counts,
 * directions, the form KEY=VALUE. What they mean to the predicate is checked in expectation.c. */
#include "expectation_words.h"

#include <string.h>

#include "number.h"

const struct words_option expectation_options[EXPECTATION_OPTIONS_END - 1] = {
    {"on", 'o', true, EXPECTATION_ON},
    {"timeout", 0, true, EXPECTATION_TIMEOUT},
    {"count", 0, true, EXPECTATION_COUNT},
    {"expect", 0, true, EXPECTATION_EXPECT},
    {"filter", 'f', true, EXPECTATION_FILTER},
    {"direction", 0, true, EXPECTATION_DIRECTION},
    {"name", 0, true, EXPECTATION_NAME},
    {"after", 0, true, EXPECTATION_AFTER},
};

/* Names with commas between, or pluses, which join them to one group. */
static int read_on(struct expectation_spec *spec, const char *value, struct arena *arena, struct error *error)
{
    size_t count = 1;
    for (const char *c = value; *c; c++)
        count += *c == ',' || *c == '+';
    const char **on = arena_new(arena, count * sizeof *on);
    bool *joined = arena_new(arena, count * sizeof *joined);
    spec->on = on;
    spec->on_joined = joined;
    spec->on_count = 0;
    bool plus = false;
    for (char *name = arena_text(arena, value), *end; name; name = end) {
        joined[spec->on_count] = plus;
        on[spec->on_count++] = name;
        end = strpbrk(name, ",+");
        plus = end && *end == '+';
        if (end)
            *end++ = '\0';
        if (name[0] == '\0')
            return error_set(error, "--on \"%s\": a name is empty; expected names of sources with commas between, or pluses "
                             "between those that count as one", value);
    }
    return 0;
}

void expectation_words_add_on(struct text *text, const struct expectation_spec *spec)
{
    for (size_t i = 0; i < spec->on_count; i++) {
        bool joined = spec->on_joined && spec->on_joined[i];
        text_add(text, "%s%s", i == 0 ? "" : joined ? "+" : ",", spec->on[i]);
    }
}

static int read_timeout(struct expectation_spec *spec, const char *value, struct error *error)
{
    if (strcmp(value, "none") == 0) {
        spec->timeout_kind = TIMEOUT_NONE;
        return 0;
    }
    spec->timeout_kind = TIMEOUT_GIVEN;
    if (!number_duration(value, &spec->timeout_ns))
        return error_set(error, "--timeout \"%s\": expected a duration such as 500ms, 5s or 1m, or none", value);
    return 0;
}

static int read_count(struct expectation_spec *spec, const char *value, struct error *error)
{
    if (!number_uint(value, &spec->count) || spec->count == 0)
        return error_set(error, "--count \"%s\": expected how many packets, 1 or more", value);
    return 0;
}

static int read_direction(struct expectation_spec *spec, const char *value, struct error *error)
{
    for (enum direction direction = DIRECTION_IN; direction <= DIRECTION_BOTH; direction++) {
        if (strcmp(value, direction_name(direction)) == 0) {
            spec->direction = direction;
            return 0;
        }
    }
    return error_set(error, "--direction \"%s\": expected in, out or both", value);
}

int expectation_words_option(struct expectation_spec *spec, int id, const char *value, struct arena *arena, struct error *error)
{
    switch ((enum expectation_option)id) {
    case EXPECTATION_ON: return read_on(spec, value, arena, error);
    case EXPECTATION_TIMEOUT: return read_timeout(spec, value, error);
    case EXPECTATION_COUNT: return read_count(spec, value, error);
    case EXPECTATION_DIRECTION: return read_direction(spec, value, error);
    case EXPECTATION_EXPECT: spec->expect = value; return 0;
    case EXPECTATION_FILTER: spec->filter = value; return 0;
    case EXPECTATION_NAME: spec->name = value; return 0;
    case EXPECTATION_AFTER: spec->after = value; return 0;
    case EXPECTATION_OPTIONS_END: break;
    }
    return error_set(error, "no such option");
}

/* KEY=VALUE or KEY!=VALUE. */
static int read_parameter(const char *word, struct parameter_given *parameter, struct arena *arena, struct error *error)
{
    const char *equals = strchr(word, '=');
    if (!equals || equals == word)
        return error_set(error, "\"%s\" is no parameter: expected KEY=VALUE or KEY!=VALUE", word);
    parameter->negated = equals[-1] == '!';
    size_t length = (size_t)(equals - word) - parameter->negated;
    if (length == 0)
        return error_set(error, "\"%s\" is no parameter: the key is empty", word);
    char *key = arena_text(arena, word);
    key[length] = '\0';
    parameter->key = key;
    parameter->text = equals + 1;
    return 0;
}

int expectation_words_parse(const char *const *words, size_t count, const struct expectation_spec *defaults,
                            struct expectation_spec *spec, struct arena *arena, struct error *error)
{
    struct parameter_given *parameters = arena_new(arena, (count + 1) * sizeof *parameters);
    struct words cursor = {words, count, 1};
    struct words_item item;
    int found;
    *spec = *defaults;
    spec->parameters = parameters;
    spec->parameter_count = 0;
    if (count == 0)
        return error_set(error, "an expectation begins with the name of its plugin");
    spec->plugin = words[0];
    while ((found = words_next(&cursor, expectation_options, EXPECTATION_OPTIONS_END - 1, &item, error)) > 0) {
        int result = item.id == WORDS_BARE ? read_parameter(item.value, &parameters[spec->parameter_count++], arena, error)
                                           : expectation_words_option(spec, item.id, item.value, arena, error);
        if (result != 0)
            return error_context(error, "--plugin %s", spec->plugin);
    }
    return found;
}
