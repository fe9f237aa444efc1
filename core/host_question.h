/* SPDX-License-Identifier: MIT */
/* host_question.h: what a predicate says of its question, and asks of how the user put it: for the table in host.c. */
#ifndef HOST_QUESTION_H
#define HOST_QUESTION_H

#include <aptrace/predicate.h>

void host_expect(struct aptrace_instance *self, const char *format, va_list arguments);
uint32_t host_group_count(struct aptrace_instance *self);
uint32_t host_group_of(struct aptrace_instance *self, uint32_t source);
const char *host_group_name(struct aptrace_instance *self, uint32_t group);
void host_look_elsewhere(struct aptrace_instance *self, const struct aptrace_wanted *wanted);

#endif
