/* SPDX-License-Identifier: MIT */
/* A reader of words in the manner of getopt_long, with no state outside the struct, so that a library can use it on any thread,
 * and with names looked for when an option is unknown. Options are not abbreviated: a script would break when one is added. */
#include "words.h"

#include <string.h>

#include "suggest.h"
#include "text.h"

enum { OPTIONS_MAX = 64 };

static int unknown(const char *word, const struct words_option *options, size_t count, struct error *error)
{
    const char *names[OPTIONS_MAX];
    struct text near = {0};
    size_t length = strcspn(word, "=");
    size_t known = count < OPTIONS_MAX ? count : OPTIONS_MAX;
    char name[64] = "";
    for (size_t i = 0; i < known; i++)
        names[i] = options[i].name;
    if (length > 2 && length < sizeof name + 2)
        memcpy(name, word + 2, length - 2);
    if (name[0] && suggest_nearest(&near, name, names, known) > 0)
        error_set(error, "unknown option %.*s; did you mean --%s?", (int)length, word, text_bytes(&near));
    else
        error_set(error, "unknown option %.*s; aptrace --help lists them", (int)length, word);
    text_fini(&near);
    return -1;
}

static const struct words_option *find_long(const char *name, size_t length, const struct words_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(options[i].name) == length && memcmp(options[i].name, name, length) == 0)
            return &options[i];
    }
    return NULL;
}

static const struct words_option *find_letter(char letter, const struct words_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (options[i].letter != '\0' && options[i].letter == letter)
            return &options[i];
    }
    return NULL;
}

/* attached: what stood in the word itself behind the name; null: nothing. */
static int take_value(struct words *words, const struct words_option *option, const char *attached, struct words_item *item,
                      struct error *error)
{
    item->id = option->id;
    item->value = attached;
    if (!option->has_value && attached)
        return error_set(error, "option --%s takes no value, got \"%s\"", option->name, attached);
    if (!option->has_value || attached)
        return 1;
    if (words->next == words->count)
        return error_set(error, "option --%s needs a value", option->name);
    item->value = words->list[words->next++];
    return 1;
}

int words_next(struct words *words, const struct words_option *options, size_t option_count, struct words_item *item,
               struct error *error)
{
    if (words->next == words->count)
        return 0;
    const char *word = words->list[words->next++];
    if (strcmp(word, "--") == 0)
        return 0;
    if (word[0] != '-' || word[1] == '\0') {
        *item = (struct words_item){WORDS_BARE, word};
        return 1;
    }
    bool is_long = word[1] == '-';
    const char *equals = is_long ? strchr(word, '=') : NULL;
    size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const struct words_option *option = is_long ? find_long(word + 2, length - 2, options, option_count)
                                                : find_letter(word[1], options, option_count);
    if (!option)
        return unknown(word, options, option_count, error);
    const char *attached = is_long ? (equals ? equals + 1 : NULL) : (word[2] ? word + 2 : NULL);
    return take_value(words, option, attached, item, error);
}
