/* SPDX-License-Identifier: MIT */
/* The manual page of a predicate: aptrace-NAME(7).
 *
 * All that a table can tell is taken from the plugin, in the words of the parameter parser and of --describe; what it is for,
 * and how it is used, from its prose. A parameter without help, or a plugin whose prose is missing, is refused: a page with a
 * gap would look whole. */
#include "tools/manual_make.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/parameter.h"
#include "core/parameter_reading.h"
#include "core/plugin_load.h"
#include "tools/plugin_words.h"

/* Of the last change to what all pages say. */
static const char date[] = "November 26, 2026";

static const struct aptrace_param *parameter_at(const struct aptrace_plugin *plugin, size_t index)
{
    return parameter_entry(plugin->params, plugin->param_size, index);
}

static const struct aptrace_param *find_group(const struct aptrace_plugin *plugin)
{
    size_t count = parameter_count(plugin->params, plugin->param_size);
    for (size_t i = 0; i < count; i++) {
        if (parameter_at(plugin, i)->type == APTRACE_TYPE_WANTED)
            return parameter_at(plugin, i);
    }
    return NULL;
}

/* ---- Head ------------------------------------------------------------------------------------------------------------------ */

static void add_head(struct text *page, const struct aptrace_plugin *plugin)
{
    text_add(page, ".\\\" SPDX-License-Identifier: MIT\n");
    text_add(page, ".\\\" Made by manual-make from the plugin and its prose: change those.\n");
    text_add(page, ".Dd %s\n.Dt APTRACE-", date);
    for (const char *at = plugin->name; *at; at++)
        text_add(page, "%c", toupper((unsigned char)*at));
    text_add(page, " 7\n.Os\n.Sh NAME\n.Nm aptrace-%s\n.Nd ", plugin->name);
    roff_add_argument(page, plugin->summary);
    text_add(page, "\n");
}

static void add_synopsis_key(struct text *page, const char *key, bool required)
{
    text_add(page, required ? ".Cm " : ".Op Cm ");
    roff_add_argument(page, key);
    text_add(page, " Ns = Ns Ar value\n");
}

static void add_synopsis_group(struct text *page, uint32_t form)
{
    const struct group_key *key;
    if (words_takes_fields(form))
        text_add(page, ".Op Ar header-field Ns = Ns Ar value ...\n");
    for (size_t i = 0; (key = words_group_key(form, i)) != NULL; i++)
        add_synopsis_key(page, key->key, key->required);
}

static void add_synopsis(struct text *page, const struct aptrace_plugin *plugin)
{
    size_t count = parameter_count(plugin->params, plugin->param_size);
    text_add(page, ".Sh SYNOPSIS\n.Nm aptrace\n.Ar source ...\n.Fl Fl plugin Cm %s\n", plugin->name);
    for (size_t i = 0; i < count; i++) {
        const struct aptrace_param *entry = parameter_at(plugin, i);
        if (entry->type == APTRACE_TYPE_WANTED)
            add_synopsis_group(page, entry->of);
        else
            add_synopsis_key(page, parameter_name(entry), parameter_is_required(entry));
    }
    text_add(page, ".Op Ar option ...\n");
}

/* ---- Parameters ------------------------------------------------------------------------------------------------------------ */

/* A sentence from words that begin with a small letter and end without a stop. */
static void add_sentence(struct text *page, const char *words)
{
    struct text sentence = {0};
    text_add(&sentence, "%s.", words);
    sentence.bytes[0] = (char)toupper((unsigned char)sentence.bytes[0]);
    roff_add_prose(page, text_bytes(&sentence));
    text_fini(&sentence);
}

static void add_kind(struct text *page, const struct aptrace_param *entry)
{
    struct text kind = {0};
    parameter_add_expected(&kind, entry);
    add_sentence(page, text_bytes(&kind));
    text_fini(&kind);
    if (entry->type == APTRACE_TYPE_MATCH)
        text_add(page, "Such matches are told in\n.Xr aptrace-fields 7 .\n");
    if (entry->type == APTRACE_TYPE_FIELD)
        text_add(page, "Fields are listed in\n.Xr aptrace-fields 7 .\n");
}

static int add_parameter(struct text *page, const struct aptrace_param *entry, struct error *error)
{
    if (!entry->help)
        return error_set(error, "parameter %s has no .help in the plugin's table: write one line", parameter_name(entry));
    text_add(page, ".It Cm ");
    roff_add_argument(page, parameter_name(entry));
    text_add(page, " Ns = Ns Ar value\n");
    add_sentence(page, entry->help);
    add_kind(page, entry);
    if (parameter_is_required(entry))
        text_add(page, "It must be given.\n");
    if (entry->fallback) {
        text_add(page, "Where left out,\n.Cm ");
        roff_add_argument(page, entry->fallback);
        text_add(page, " .\n");
    }
    return 0;
}

static int add_parameters(struct text *page, const struct aptrace_plugin *plugin, struct error *error)
{
    size_t count = parameter_count(plugin->params, plugin->param_size);
    if (count == (find_group(plugin) ? 1 : 0))
        return 0;
    text_add(page, ".Sh PARAMETERS\n.Bl -tag -width Ds\n");
    for (size_t i = 0; i < count; i++) {
        if (parameter_at(plugin, i)->type != APTRACE_TYPE_WANTED && add_parameter(page, parameter_at(plugin, i), error) != 0)
            return -1;
    }
    text_add(page, ".El\n");
    return 0;
}

/* ---- The group of keys ----------------------------------------------------------------------------------------------------- */

static void add_group_layers(struct text *page)
{
    for (unsigned layer = 0; layer < FIELD_LAYERS; layer++)
        text_add(page, "%s.Ql %s", layer ? " ,\n" : "", field_layer_name((enum field_layer)layer));
    text_add(page, " .\n");
}

static void add_group(struct text *page, const struct aptrace_param *entry)
{
    const struct group_key *key;
    text_add(page, ".Sh WHICH PACKETS\n.Bl -tag -width Ds\n");
    if (words_takes_fields(entry->of)) {
        text_add(page, ".It Ar header-field Ns = Ns Ar value , Ar header-field Ns != Ns Ar value\n");
        text_add(page, "A header field by name, or a slice of a layer's bytes; all that are given must match.\nThe layers are\n");
        add_group_layers(page);
    }
    for (size_t i = 0; (key = words_group_key(entry->of, i)) != NULL; i++) {
        text_add(page, ".It Cm %s Ns = Ns Ar ", key->key);
        roff_add_argument(page, key->value);
        text_add(page, "\n");
        add_sentence(page, key->help);
    }
    text_add(page, ".El\n.Pp\nFields, their values and the rules for bytes are told in\n.Xr aptrace-fields 7 .\n");
}

/* ---- The rest -------------------------------------------------------------------------------------------------------------- */

static void add_value(struct text *page, const struct aptrace_plugin *plugin)
{
    struct text value = {0};
    words_add_value(&value, plugin);
    text_add(page, ".Sh VALUE AND EVIDENCE\n");
    roff_add_prose(page, text_bytes(&value));
    text_add(page, ".Pp\n");
    roff_add_prose(page, words_of_loss(plugin));
    text_fini(&value);
}

static int by_letters(const void *one, const void *other)
{
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The pages of the predicates that the prose speaks of, and those that every page points to. */
static void add_see_also(struct text *page, const struct aptrace_plugin *plugin, const struct lines *prose)
{
    char **names;
    size_t count = plugin_names(&names), pages = 0;
    const char **list = memory_new(count + 2, sizeof *list);
    list[pages++] = "fields";
    list[pages++] = "timing";
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], plugin->name) != 0 && prose_mentions(prose, "DESCRIPTION", names[i]))
            list[pages++] = names[i];
    }
    qsort(list, pages, sizeof *list, by_letters);
    text_add(page, ".Sh SEE ALSO\n.Xr aptrace 1");
    for (size_t i = 0; i < pages; i++)
        text_add(page, " ,\n.Xr aptrace-%s 7", list[i]);
    text_add(page, "\n");
    free(list);
    plugin_folders_free(names, count);
}

static int add_all(struct text *page, const struct aptrace_plugin *plugin, const struct lines *prose, struct error *error)
{
    const struct aptrace_param *group = find_group(plugin);
    if (prose_check(prose, error) != 0)
        return -1;
    add_head(page, plugin);
    add_synopsis(page, plugin);
    prose_add(page, prose, "DESCRIPTION");
    if (add_parameters(page, plugin, error) != 0)
        return -1;
    if (group)
        add_group(page, group);
    add_value(page, plugin);
    prose_add(page, prose, "EXAMPLES");
    add_see_also(page, plugin, prose);
    return 0;
}

int page_add_predicate(struct text *page, const char *name, const char *prose, struct error *error)
{
    struct lines lines = {0};
    const struct plugin *plugin = plugin_load(name, error);
    int result = plugin ? lines_read(&lines, prose, error) : -1;
    if (result == 0 && add_all(page, &plugin->descriptor, &lines, error) != 0)
        result = error_context(error, "the page of %s", plugin->descriptor.name);
    lines_fini(&lines);
    return result;
}
