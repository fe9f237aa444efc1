/* SPDX-License-Identifier: MIT */
/* plugin_suggest.h: what a user may have meant by a plugin name that is none. */
#ifndef PLUGIN_SUGGEST_H
#define PLUGIN_SUGGEST_H

#include <stddef.h>

#include "text.h"

/* Goes on with a message that has said 'no plugin "WORD"', and closes the sentence. names: all plugins that are there; only
 * these are ever suggested. */
void plugin_suggest(struct text *text, const char *word, const char *const *names, size_t count);

#endif
