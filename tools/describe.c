/* SPDX-License-Identifier: MIT */
/* Everything printed here comes from the descriptor, so that it cannot differ from what the plugin does. A plugin that cannot be
 * loaded is listed with the reason: a listing that leaves it out would hide the very thing that one looks for. */
#include "tools/describe.h"

#include <stdbool.h>
#include <string.h>

#include "core/parameter.h"
#include "core/plugin_load.h"
#include "tools/plugin_words.h"

int describe_list(FILE *file)
{
    char **names;
    size_t count = plugin_names(&names), width = 0;
    for (size_t i = 0; i < count; i++)
        width = strlen(names[i]) > width ? strlen(names[i]) : width;
    for (size_t i = 0; i < count; i++) {
        struct error error = {""};
        const struct plugin *plugin = plugin_load(names[i], &error);
        fprintf(file, "%-*s  %s%s\n", (int)width, names[i], plugin ? plugin->descriptor.summary : "cannot be loaded: ",
                plugin ? "" : error.text);
    }
    plugin_folders_free(names, count);
    if (count == 0)
        fprintf(file, "No plugins were found. Set APTRACE_PLUGIN_PATH to folders of plugins, by colon.\n");
    return fflush(file) == 0 ? 0 : -1;
}

/* ---- One plugin ------------------------------------------------------------------------------------------------------------ */

/* Header fields by what their names begin with, a line each: "ip: version hdr_len ...". */
static void describe_group_fields(FILE *file)
{
    fprintf(file, "  header fields, as KEY=VALUE or KEY!=VALUE; aptrace --describe fields says what each is:\n");
    for (size_t i = 0; i < field_row_count; i++) {
        const char *name = field_rows[i].name;
        size_t group = words_field_group(&field_rows[i]);
        bool same = i > 0 && words_field_group(&field_rows[i - 1]) == group && memcmp(field_rows[i - 1].name, name, group) == 0;
        if (!same)
            fprintf(file, "%s      %.*s%s", i ? "\n" : "", (int)group, name, name[group] ? ":" : "");
        if (name[group])
            fprintf(file, " %s", name + group + 1);
    }
    fprintf(file, "\n      inner.KEY inside a tunnel, KEY#2 of the second such header, LAYER@OFFSET:LENGTH=HEX any bytes\n");
}

static void describe_group(FILE *file, const struct aptrace_param *entry)
{
    const struct group_key *key;
    if (words_takes_fields(entry->of))
        describe_group_fields(file);
    for (size_t i = 0; (key = words_group_key(entry->of, i)) != NULL; i++)
        fprintf(file, "  %s=%s\n      %s\n", key->key, key->value, key->help);
}

static void describe_parameter(FILE *file, const struct aptrace_param *entry)
{
    struct text kind = {0};
    if (entry->type == APTRACE_TYPE_WANTED) {
        describe_group(file, entry);
        return;
    }
    parameter_add_kind(&kind, entry);
    fprintf(file, "  %s=%s\n", parameter_name(entry), text_bytes(&kind));
    if (entry->help)
        fprintf(file, "      %s\n", entry->help);
    if (entry->required)
        fprintf(file, "      must be given\n");
    if (entry->fallback)
        fprintf(file, "      %s where left out\n", entry->fallback);
    text_fini(&kind);
}

/* Each on a line of its own: a terminal's is not long. */
static void print_sentences(FILE *file, const char *words)
{
    for (; *words; words++) {
        bool ends = words[0] == '.' && words[1] == ' ';
        fputs(ends ? ".\n" : (char[]){*words, '\0'}, file);
        words += ends;
    }
    fputs("\n", file);
}

static void describe_head(FILE *file, const struct plugin *plugin)
{
    const struct aptrace_plugin *descriptor = &plugin->descriptor;
    struct text value = {0};
    words_add_value(&value, descriptor);
    fprintf(file, "%s: %s\n\n", descriptor->name, descriptor->summary);
    print_sentences(file, text_bytes(&value));
    print_sentences(file, words_of_loss(descriptor));
    if (descriptor->version)
        fprintf(file, "Version: %s\n", descriptor->version);
    fprintf(file, "ABI: %u.%u\nFile: %s\n\n", descriptor->abi_major, descriptor->abi_minor,
            plugin->path ? plugin->path : "in place");
    text_fini(&value);
}

int describe_plugin(FILE *file, const char *name, struct error *error)
{
    const struct plugin *plugin = plugin_load(name, error);
    if (!plugin)
        return -1;
    const struct aptrace_plugin *descriptor = &plugin->descriptor;
    size_t count = parameter_count(descriptor->params, descriptor->param_size);
    describe_head(file, plugin);
    fprintf(file, count ? "Parameters:\n" : "It takes no parameters.\n");
    for (size_t i = 0; i < count; i++)
        describe_parameter(file, parameter_entry(descriptor->params, descriptor->param_size, i));
    return fflush(file) == 0 ? 0 : error_set(error, "standard output cannot be written");
}
