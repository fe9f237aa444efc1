/* SPDX-License-Identifier: MIT */
/* Everything printed here comes from the descriptor, so that it cannot differ from what the plugin does. A plugin that cannot be
 * loaded is listed with the reason: a listing that leaves it out would hide the very thing that one looks for. */
#include "tools/describe.h"

#include <string.h>

#include "core/expected.h"
#include "core/parameter.h"
#include "core/plugin_load.h"

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

static void describe_parameter(FILE *file, const struct aptrace_param *entry)
{
    struct text kind = {0};
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

/* Only prepare can say what to expect by the parameters. */
static const char *what_to_expect(const struct aptrace_plugin *descriptor)
{
    if (descriptor->yields == APTRACE_TYPE_BOOL)
        return " (--expect true where left out)";
    return descriptor->prepare ? " (say what to expect: --expect, where the parameters do not)" : " (say what to expect: --expect)";
}

int describe_plugin(FILE *file, const char *name, struct error *error)
{
    const struct plugin *plugin = plugin_load(name, error);
    if (!plugin)
        return -1;
    const struct aptrace_plugin *descriptor = &plugin->descriptor;
    size_t count = parameter_count(descriptor->params, descriptor->param_size);
    fprintf(file, "%s: %s\n\n", descriptor->name, descriptor->summary);
    fprintf(file, "Yields: %s%s\n", value_type_name(descriptor->yields), what_to_expect(descriptor));
    fprintf(file, "A stop %s lost packets.\n", descriptor->stop_survives_loss ? "stands in spite of" : "does not stand against");
    if (descriptor->version)
        fprintf(file, "Version: %s\n", descriptor->version);
    fprintf(file, "ABI: %u.%u\nFile: %s\n\n", descriptor->abi_major, descriptor->abi_minor, plugin->path ? plugin->path : "in place");
    fprintf(file, count ? "Parameters:\n" : "It takes no parameters.\n");
    for (size_t i = 0; i < count; i++)
        describe_parameter(file, parameter_entry(descriptor->params, descriptor->param_size, i));
    return fflush(file) == 0 ? 0 : error_set(error, "standard output cannot be written");
}
