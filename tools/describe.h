/* SPDX-License-Identifier: MIT */
/* describe.h: --list-plugins and --describe: what plugins there are, and what one takes and yields, from its own table. */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <stdio.h>

#include "core/error.h"

int describe_list(FILE *file);
int describe_plugin(FILE *file, const char *name, struct error *error);

#endif
