/* SPDX-License-Identifier: MIT */
/* A format that does not fit its argument.
 * languages: c c++
 * flags: -Wformat -Werror
 * expect: W(error=)?format */
#include <aptrace/plugin.h>

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
#ifdef BROKEN
    aptrace_explain(self, "%s packets", (int)finish->packets);
#else
    aptrace_explain(self, "%d packets", (int)finish->packets);
#endif
    return aptrace_bool(false);
}

APTRACE_PREDICATE("refused", struct aptrace_stateless, .summary = "Refused", .yields = APTRACE_TYPE_BOOL);
