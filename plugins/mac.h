/* SPDX-License-Identifier: MIT */
/* mac.h: what the predicates share that hold one Ethernet address of each packet against a match. Each defines MAC_NAME,
 * MAC_SUMMARY, MAC_WHICH ("destination"), MAC_GET (a reader of decode.h) and MAC_FOUND (what a packet with the address makes of
 * the value) before it includes this.
 *
 * Addresses are compared as bytes, so that upper and lower case are the same. The packet that stops was seen, whatever was
 * lost. */
#include "say.h"

struct mac { struct aptrace_match mac; };

static const struct aptrace_param params[] = {
    APTRACE_PARAM_MATCH(struct mac, mac, MAC, .required = true,
        .help = "the " MAC_WHICH " address, or a list, range or mask of them"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct mac *want = self->state;
    const uint8_t *address;
    if (MAC_GET(packet, &address))
        return aptrace_match_mac(&want->mac, address);
    if (aptrace_is_cut(packet, APTRACE_STAGE_LINK)) {
        aptrace_unseen(self, packet);
        return false;
    }
    return aptrace_matches_absent(&want->mac);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    struct say say = {0};
    say_add_count(&say, finish->packets, "packet");
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    else
        aptrace_explain(self, "no such " MAC_WHICH " address in %s", say.text);
    if (finish->stopped && !MAC_FOUND)
        aptrace_explain(self, "wanted no such " MAC_WHICH " address, this packet has it");
    return aptrace_bool(finish->stopped == MAC_FOUND);
}

APTRACE_PREDICATE(MAC_NAME, struct mac, .summary = MAC_SUMMARY, .params = params, .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true);
