/* SPDX-License-Identifier: MIT */
/* A recording says what was asked, so that it can be asked again with no words but the file's name. It is kept as the words of
 * the command line: they are checked on the way back by the same parser, a person can read them in Wireshark, and an option that
 * is added later needs nothing here but its line. */
#include "expectation_stored.h"

#include <json-c/json.h>
#include <string.h>

#include "expectation_words.h"

static void add_word(struct json_object *words, const char *word)
{
    json_object_array_add(words, json_object_new_string(word));
}

static void add_option(struct json_object *words, const char *option, const char *value)
{
    if (!value)
        return;
    add_word(words, option);
    add_word(words, value);
}

static void add_windows(struct json_object *words, const struct expectation_spec *spec)
{
    struct text text = {0};
    if (spec->timeout_kind == TIMEOUT_NONE)
        add_option(words, "--timeout", "none");
    text_add(&text, "%lldns", (long long)spec->timeout_ns);
    if (spec->timeout_kind == TIMEOUT_GIVEN)
        add_option(words, "--timeout", text_bytes(&text));
    text.length = 0;
    text_add(&text, "%llu", (unsigned long long)spec->count);
    if (spec->count)
        add_option(words, "--count", text_bytes(&text));
    text_fini(&text);
}

void expectation_store(const struct expectation_spec *spec, struct text *text)
{
    struct json_object *object = json_object_new_object(), *words = json_object_new_array();
    struct text word = {0};
    json_object_object_add(object, "words", words);
    add_word(words, spec->plugin);
    for (size_t i = 0; i < spec->parameter_count; i++) {
        const struct parameter_given *parameter = &spec->parameters[i];
        word.length = 0;
        text_add(&word, "%s%s%s", parameter->key, parameter->negated ? "!=" : "=", parameter->text);
        add_word(words, text_bytes(&word));
    }
    word.length = 0;
    expectation_words_add_on(&word, spec);
    add_option(words, "--on", spec->on_count ? text_bytes(&word) : NULL);
    add_windows(words, spec);
    add_option(words, "--expect", spec->expect);
    add_option(words, "--filter", spec->filter);
    add_option(words, "--direction", spec->direction == DIRECTION_IN ? NULL : direction_name(spec->direction));
    add_option(words, "--name", spec->name);
    add_option(words, "--after", spec->after);
    text_add(text, "%s", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
    text_fini(&word);
    json_object_put(object);
}

int expectation_restore(const char *stored, struct expectation_spec *spec, struct arena *arena, struct error *error)
{
    struct expectation_spec defaults = {0};
    struct json_object *object = json_tokener_parse(stored), *words = NULL;
    bool found = json_object_is_type(object, json_type_object) && json_object_object_get_ex(object, "words", &words);
    size_t count = found && json_object_is_type(words, json_type_array) ? json_object_array_length(words) : 0;
    const char **list = arena_new(arena, (count + 1) * sizeof *list);
    for (size_t i = 0; i < count; i++) {
        const char *word = json_object_get_string(json_object_array_get_idx(words, i));
        list[i] = arena_text(arena, word ? word : "");
    }
    json_object_put(object);
    if (count == 0)
        return error_set(error, "an expectation of the recording cannot be read: expected {\"words\": [...]}, got %.200s",
                         stored);
    if (expectation_words_parse(list, count, &defaults, spec, arena, error) != 0)
        return error_context(error, "an expectation of the recording");
    return 0;
}
