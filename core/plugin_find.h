/* SPDX-License-Identifier: MIT */
/* plugin_find.h: from what a user wrote to the file of a plugin. The folders and their names stand in plugin_load.h. */
#ifndef PLUGIN_FIND_H
#define PLUGIN_FIND_H

#include "error.h"

/* The path of a plugin, always with a '/', for the caller to free: of a name ("saw_vlan", "saw_vlan.so") in the plugin folders,
 * or of a path, whose ".so" may be left out. Null with a message where there is none. */
char *plugin_find(const char *name, struct error *error);

#endif
