/* SPDX-License-Identifier: MIT */
/* plugin_check.h: proves that what was loaded is a plugin, before anything of it is called. */
#ifndef PLUGIN_CHECK_H
#define PLUGIN_CHECK_H

#include <aptrace/predicate.h>

#include "error.h"

/* Finds the descriptor of what dlopen returned, proves it the plugin's own and good, and fills the engine's copy: the smaller
 * of both sizes, the rest zero; a callback that was left out is null; a yields that may be left out is APTRACE_TYPE_BOOL.
 * Texts and the table are borrowed from the plugin. -1 with what is wrong. */
int plugin_check_loaded(void *handle, struct aptrace_plugin *copy, struct error *error);

/* The same for a descriptor that is no plugin's, without the proofs that only an ELF file allows. */
int plugin_check_in_place(const struct aptrace_plugin *descriptor, struct aptrace_plugin *copy, struct error *error);

#endif
