/* SPDX-License-Identifier: MIT */
/* plugin_file.h: looks into a file before the dynamic linker does. */
#ifndef PLUGIN_FILE_H
#define PLUGIN_FILE_H

#include "error.h"

/* -1 with a message where the file cannot be a plugin of this process: not there, a directory, not ELF, another machine's,
 * not linked, a program, cut short, or in need of a sanitiser's run-time library that only a program can bring. */
int plugin_file_check(const char *path, struct error *error);

#endif
