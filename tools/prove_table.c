/* SPDX-License-Identifier: MIT */
/* The section about what a plugin says of itself: --describe and manual pages are made of these words, so they have to be
 * there, and in the form that those put them in: lines without a full stop. */
#include "tools/prove_parts.h"

#include <string.h>

/* Null: it is a line as it should be. */
static const char *lack_of(const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length == 0)
        return "is missing";
    if (strpbrk(text, "\n\r\t"))
        return "is more than a line";
    if (text[length - 1] == '.')
        return "ends in a full stop";
    return text[0] == ' ' || text[length - 1] == ' ' ? "begins or ends with a blank" : NULL;
}

static bool prove_text(struct prover *prover, const char *what, const char *text, const char *how)
{
    struct text line = {0};
    const char *lack = lack_of(text);
    if (!lack)
        return true;
    text_add(&line, "documented: %s %s", what, lack);
    prove_wrong(prover, text_bytes(&line), how);
    text_fini(&line);
    return false;
}

/* Keys of a group are described by the engine. */
static bool prove_help(struct prover *prover, const struct aptrace_param *entry)
{
    struct text what = {0};
    if (entry->type == APTRACE_TYPE_WANTED && !entry->help)
        return true;
    text_add(&what, "the help of parameter %s", parameter_name(entry));
    bool good = prove_text(prover, text_bytes(&what), entry->help,
                           "Give its entry of the table .help = \"what it is\", one line without a full stop.");
    text_fini(&what);
    return good;
}

void prove_parameters(struct prover *prover)
{
    const struct aptrace_plugin *plugin = &prover->plugin->descriptor;
    size_t count = parameter_count(plugin->params, plugin->param_size);
    bool good = prove_text(prover, "the summary", plugin->summary,
                           "Give APTRACE_PREDICATE .summary = \"What it looks for\", one line without a full stop.");
    for (size_t i = 0; i < count; i++)
        good = prove_help(prover, parameter_entry(plugin->params, plugin->param_size, i)) && good;
    if (good)
        prove_good(prover, "documented: the summary and %zu parameter%s", count, count == 1 ? "" : "s");
}
