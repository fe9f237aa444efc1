/* SPDX-License-Identifier: MIT */
/* A callback that is misspelt: it would be left out in silence.
 * languages: c c++
 * expect: on_finsh.*(missing-prototypes|missing-declarations)|(prototype|declaration).*on_finsh */
#include <aptrace/plugin.h>

#ifdef BROKEN
struct aptrace_value on_finsh(struct aptrace_instance *self, const struct aptrace_finish *finish)
#else
struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
#endif
{
    (void)self;
    return aptrace_bool(!finish->stopped);
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused", .yields = APTRACE_TYPE_BOOL);
