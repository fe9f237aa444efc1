/* SPDX-License-Identifier: MIT */
/* describe.h: --list-plugins and --describe: what plugins there are, what one takes and yields, from its own table, and which
 * header fields there are. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdio.h>

#include "core/error.h"

int describe_list(FILE *file);
int describe_plugin(FILE *file, const char *name, struct error *error);
int describe_fields(FILE *file, struct error *error);

#endif
