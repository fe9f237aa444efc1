/* SPDX-License-Identifier: MIT */
/* plugin_new.h: writes the folder that a new plugin begins with. */
#ifndef PLUGIN_NEW_H
#define PLUGIN_NEW_H

#include <stdbool.h>
#include <stdio.h>

#include "core/error.h"

/* Copies the template, of C or C++, with the name in place of its placeholder, into a folder that is not there yet. folder:
 * null: it is called as the plugin. Tells what to do next. -1 after an error, with nothing left behind: a name that cannot be
 * one, a folder that is there, no template. */
int plugin_new(FILE *file, const char *name, const char *folder, bool plus_plus, struct error *error);

#endif
