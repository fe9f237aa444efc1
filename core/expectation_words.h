/* SPDX-License-Identifier: MIT */
/* expectation_words.h: the words of one expectation, "saw_vlan tag=102 --on eth0 --timeout 5s", made into a spec. The command
 * line and the library read the same words. */
#ifndef EXPECTATION_WORDS_H
#define EXPECTATION_WORDS_H

#include "expectation.h"
#include "text.h"
#include "words.h"

enum expectation_option {
    EXPECTATION_ON = 1, EXPECTATION_TIMEOUT, EXPECTATION_COUNT, EXPECTATION_EXPECT, EXPECTATION_FILTER, EXPECTATION_DIRECTION,
    EXPECTATION_NAME, EXPECTATION_AFTER, EXPECTATION_OPTIONS_END
};

/* The options, by words.h; EXPECTATION_OPTIONS_END - 1 of them, with the ids above. */
extern const struct words_option expectation_options[EXPECTATION_OPTIONS_END - 1];

/* Reads one option into the spec. The arena keeps what has to be made; the value is borrowed. */
int expectation_words_option(struct expectation_spec *spec, int id, const char *value, struct arena *arena, struct error *error);

/* The value of --on as it would be written: "1,5+6". */
void expectation_words_add_on(struct text *text, const struct expectation_spec *spec);

/* Reads words: the plugin, then parameters and options in any order. The spec begins as the defaults, which may be zero. */
int expectation_words_parse(const char *const *words, size_t count, const struct expectation_spec *defaults,
                            struct expectation_spec *spec, struct arena *arena, struct error *error);

#endif
