/* SPDX-License-Identifier: MIT */
/* aptrace/plugin.h: makes the one predicate of a .so a plugin. Only a plugin includes it.
 *
 *     #include <aptrace/decode.h>
 *     #include <aptrace/plugin.h>
 *
 *     struct saw_vlan { uint64_t tag; };
 *
 *     static const struct aptrace_param params[] = {
 *         APTRACE_PARAM_UINT(struct saw_vlan, tag, .min = 1, .max = 4094, .required = true, .help = "VLAN identifier"),
 *         APTRACE_PARAM_END
 *     };
 *
 *     bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
 *     {
 *         const struct saw_vlan *want = self->state;
 *         if (aptrace_is_cut(packet, APTRACE_STAGE_LINK))
 *             aptrace_unseen(self, packet);
 *         return aptrace_has_vlan(packet, (unsigned)want->tag);
 *     }
 *
 *     APTRACE_PREDICATE("saw_vlan", struct saw_vlan, .summary = "A packet carried this VLAN tag",
 *         .params = params, .stop_survives_loss = true);
 *
 * Build it with:  cc -shared -fPIC $(pkg-config --cflags aptrace) -o saw_vlan.so saw_vlan.c
 * It has no undefined symbols (it links with -z defs): the engine is reached through self->host.
 *
 * The three callbacks are declared here, so that one with another signature does not compile, and so that a plugin
 * exports those that it has. What each may do and must not stands in <aptrace/predicate.h>, at struct aptrace_plugin.
 * They are weak, so that one may be left out, and protected, so that no function of that name in a program or a library
 * can take the place of one, whether it is there or left out. A misspelt one would be left out in silence; so this header
 * makes a function without a prototype an error: make your own functions static. */
#ifndef APTRACE_PLUGIN_H
#define APTRACE_PLUGIN_H

#include <aptrace/predicate.h>

#define APTRACE_CALLBACK __attribute__((weak, visibility("protected")))

APTRACE_BEGIN
APTRACE_CALLBACK void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet);
APTRACE_CALLBACK bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet);
APTRACE_CALLBACK struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish);
extern const struct aptrace_plugin aptrace_plugin __attribute__((visibility("default")));
APTRACE_END

/* The state of a predicate that needs none: APTRACE_PREDICATE("any", struct aptrace_stateless, ...). */
struct aptrace_stateless { char unused; };

#ifdef __cplusplus
# define APTRACE_ALIGNOF(STATE) alignof(STATE)
# define APTRACE_CHECK(STATE) \
    static_assert(std::is_standard_layout<STATE>::value && std::is_trivial<STATE>::value, "a state is bytes: no constructor runs"); \
    static_assert(sizeof(decltype(&on_packet)) + sizeof(decltype(&stop_condition)) + sizeof(decltype(&on_finish)), "overloaded")
#else
# define APTRACE_ALIGNOF(STATE) __alignof__(STATE)
# define APTRACE_CHECK(STATE) APTRACE_ASSERT(sizeof(STATE) <= UINT32_MAX, "a state has at most 4 GiB")
#endif

/* APTRACE_PREDICATE(name, state, members...): once in a plugin, at its end. The members are the author's of struct
 * aptrace_plugin, from .summary on, in their order. */
#define APTRACE_PREDICATE(NAME, STATE, ...) \
    APTRACE_CHECK(STATE); \
    const struct aptrace_plugin aptrace_plugin = { \
        .abi_major = APTRACE_ABI_MAJOR, .abi_minor = APTRACE_PLUGIN_MINOR, .size = (uint32_t)sizeof(struct aptrace_plugin), \
        .state_size = (uint32_t)sizeof(STATE), .state_align = (uint32_t)APTRACE_ALIGNOF(STATE), \
        .param_size = (uint32_t)sizeof(struct aptrace_param), .name = (NAME), \
        .on_packet = on_packet, .stop_condition = stop_condition, .on_finish = on_finish, __VA_ARGS__ }

#if defined __clang__
# pragma clang diagnostic error "-Wmissing-prototypes"
#elif defined __cplusplus
# pragma GCC diagnostic error "-Wmissing-declarations"
#else
# pragma GCC diagnostic error "-Wmissing-prototypes"
#endif

#endif
