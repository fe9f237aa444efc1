/* SPDX-License-Identifier: MIT */
/* All that a plugin and its engine share, in one object for libabigail: the three callbacks and the descriptor, and every struct and
 * enum of the headers that a plugin includes. tests/abi/differences.sh holds that none is left out. */
#include <aptrace/decode.h>
#include <aptrace/plugin.h>
#include <aptrace/wanted.h>

#define SHARED(KIND, NAME) \
    void share_##NAME(KIND NAME *shared); \
    void share_##NAME(KIND NAME *shared) { (void)shared; }

SHARED(enum, aptrace_checksum_kind)
SHARED(enum, aptrace_checksum_state)
SHARED(enum, aptrace_match_kind)
SHARED(enum, aptrace_packet_flag)
SHARED(enum, aptrace_presence)
SHARED(enum, aptrace_reason)
SHARED(enum, aptrace_stage)
SHARED(enum, aptrace_type)
SHARED(enum, aptrace_wanted_form)
SHARED(enum, aptrace_wanted_how)
SHARED(struct, aptrace_bytes)
SHARED(struct, aptrace_checksum)
SHARED(struct, aptrace_finish)
SHARED(struct, aptrace_host)
SHARED(struct, aptrace_instance)
SHARED(struct, aptrace_ip)
SHARED(struct, aptrace_layers)
SHARED(struct, aptrace_mac)
SHARED(struct, aptrace_match)
SHARED(struct, aptrace_packet)
SHARED(struct, aptrace_param)
SHARED(struct, aptrace_pattern)
SHARED(struct, aptrace_plugin)
SHARED(struct, aptrace_prefix)
SHARED(struct, aptrace_range)
SHARED(struct, aptrace_sources)
SHARED(struct, aptrace_stateless)
SHARED(struct, aptrace_value)

void on_packet(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    (void)packet;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 1;
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)self;
    return aptrace_bool(finish->stopped);
}

APTRACE_PREDICATE("plugin_side", struct aptrace_stateless, .summary = "A packet came", .yields = APTRACE_TYPE_BOOL);
