/* SPDX-License-Identifier: MIT */
/* expectation_stored.h: an expectation as it stands in a recording: JSON, with the words that one would type. */
#ifndef EXPECTATION_STORED_H
#define EXPECTATION_STORED_H

#include "expectation.h"
#include "text.h"

/* {"words":["saw_vlan","tag=102","--timeout","5000000000ns"]} */
void expectation_store(const struct expectation_spec *spec, struct text *text);

/* Back again. Texts live in the arena. */
int expectation_restore(const char *stored, struct expectation_spec *spec, struct arena *arena, struct error *error);

#endif
