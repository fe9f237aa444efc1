// SPDX-License-Identifier: MIT
// In C++17: a state reached as such, a template and a lambda. Yields whether the shortest packet was this long.
#include <aptrace/decode.h>
#include <aptrace/plugin.h>

struct in_cxx {
    uint32_t length;
    uint32_t shortest;
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct in_cxx, length, .min = 1, .max = 65535, .required = true, .help = "length on the wire"),
    APTRACE_PARAM_END
};

template <typename Number> static Number smaller(Number a, Number b)
{
    return a == 0 || b < a ? b : a;
}

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    auto &state = aptrace_state<struct in_cxx>(self);
    const auto keep = [&state](uint32_t length) { state.shortest = smaller(state.shortest, length); };
    keep(packet->wire_length);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *)
{
    const auto &state = aptrace_state<struct in_cxx>(self);
    if (state.shortest != state.length)
        aptrace_explain(self, "the shortest is %u bytes long", static_cast<unsigned>(state.shortest));
    return aptrace_bool(state.shortest == state.length);
}

APTRACE_PREDICATE("in_cxx", struct in_cxx, .summary = "The shortest packet was this long", .params = params,
                  .yields = APTRACE_TYPE_BOOL);
