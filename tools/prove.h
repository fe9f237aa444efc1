/* SPDX-License-Identifier: MIT */
/* prove.h: proves that a plugin keeps the contract of <aptrace/predicate.h>, or says where it does not and what to do about
 * it. */
#ifndef PROVE_H
#define PROVE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/error.h"

struct prove_request {
    const char *plugin;          /* a name or a path, as plugin_load() takes it */
    const char *const *words;    /* KEY=VALUE, of the user */
    size_t word_count;
    const char *const *captures; /* whose packets are shown too */
    size_t capture_count;
    int64_t budget_ns;           /* of one callback */
};

/* Writes a line for each thing that is proved, and for each that is wrong. Returns how many are wrong; -1 after an error:
 * there is no such plugin, a word or a capture is wrong, or parameters have to be given. */
int prove(FILE *file, const struct prove_request *request, struct error *error);

/* Shows a plugin the packets of the captures, with nothing caught: for a debugger. Returns 0, or -1 after an error. */
int prove_try(FILE *file, const struct prove_request *request, struct error *error);

/* Writes two numbers that stand for all that comes of the packets: prove() asks for them in a process that it starts. */
int prove_likeness(FILE *file, const struct prove_request *request, struct error *error);

#endif
