/* SPDX-License-Identifier: MIT */
/* mac.h: what saw_dst_mac and saw_src_mac share: one Ethernet address of each packet against a match. Each defines MAC_WHICH
 * ("destination"), MAC_GET (a reader of decode.h) and MAC_NAME before it includes this.
 *
 * Addresses are compared as bytes, so that upper and lower case are the same. */
#include <aptrace/decode.h>
#include <aptrace/plugin.h>

struct saw_mac { struct aptrace_match mac; };

static const struct aptrace_param params[] = {
    APTRACE_PARAM_MATCH(struct saw_mac, mac, MAC, .required = true, .help = "the " MAC_WHICH " address, or a list, range or mask of them"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    const struct saw_mac *want = self->state;
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
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    else
        aptrace_explain(self, "no such " MAC_WHICH " address in %llu packet%s", (unsigned long long)finish->packets,
                        finish->packets == 1 ? "" : "s");
    return aptrace_bool(finish->stopped);
}

APTRACE_PREDICATE(MAC_NAME, struct saw_mac, .summary = "A packet had this " MAC_WHICH " MAC address", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true);
