/* SPDX-License-Identifier: MIT */
/* plugin_load.h: finds plugins, loads them, and proves them good before anything of theirs is called.
 *
 * A loaded plugin is never unloaded. The engine keeps its own copy of the descriptor: the smaller of both sizes, the rest
 * zero. A plugin that is loaded twice (two expectations) is the same struct plugin. */
#ifndef PLUGIN_LOAD_H
#define PLUGIN_LOAD_H

#include <stddef.h>

#include <aptrace/predicate.h>

#include "error.h"

struct plugin {
    struct aptrace_plugin descriptor; /* the engine's copy */
    char *path;                       /* the .so; null: a predicate in place */
};

/* Where plugins are looked for, in order: $APTRACE_PLUGIN_PATH (folders by colon), then the folder that the command's own
 * place gives: PREFIX/lib/aptrace/plugins beside PREFIX/bin, or plugins/.libs and plugins/ of an unpacked build tree, or
 * the folder that was configured. Folders that are not there are left out. The texts are the caller's to free. */
size_t plugin_folders(char ***folders);
void plugin_folders_free(char **folders, size_t count);

/* Loads by name ("saw_vlan", "saw_vlan.so") or path (with a '/'). Null with a message after a refusal: not found (with the
 * nearest names, and the right one for what users of PTF, scapy and the Python original would type), not an ELF file,
 * another machine's, missing dependency, unresolved symbol, no descriptor, another major, newer minor (both numbers),
 * anything else that plugin_check refuses. The result lives as long as the process. */
const struct plugin *plugin_load(const char *name, struct error *error);

/* The same checks and copy for a descriptor in place (a program's own predicate). */
const struct plugin *plugin_in_place(const struct aptrace_plugin *descriptor, struct error *error);

/* Names of all plugins in the folders, sorted, each once; the caller frees with plugin_folders_free(). */
size_t plugin_names(char ***names);

#endif
