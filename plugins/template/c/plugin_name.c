/* plugin_name: packets went to a TCP or UDP port, as many as times= says. A predicate that works, to be made into yours.
 *
 * What each function here may do, and what else there is (on_packet for predicates that never stop, values that are numbers
 * or texts, prepare and release), stands in <aptrace/predicate.h>. All fields of packets are read through <aptrace/decode.h>,
 * or by the names that users write, through <aptrace/wanted.h>. */
#include <inttypes.h>

#include <aptrace/decode.h>
#include <aptrace/plugin.h>

/* The state: each use of the predicate has its own, which starts as zeros with the parameters written into it. All that you
 * want to remember goes here, never into a global: the same plugin can be asked for several things at once. */
struct plugin_name {
    uint16_t port;  /* the parameters */
    uint64_t times;
    uint64_t seen;  /* how many there were so far */
};

/* What a user can write behind --plugin plugin_name. The engine reads it, checks it and explains it: aptrace --describe. */
static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct plugin_name, port, .min = 1, .max = 65535, .required = true, .help = "TCP or UDP destination port"),
    APTRACE_PARAM_UINT(struct plugin_name, times, .min = 1, .max = -1, .fallback = "1", .help = "how many packets have to come"),
    APTRACE_PARAM_END
};

/* For each packet: true ends the search here. The packet is lent until the function returns. */
bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct plugin_name *want = self->state;
    unsigned source, destination;
    if (!aptrace_get_ports(packet, &source, &destination)) {
        /* No ports: a packet without any, or one that was captured too short. The second must be said, or a packet that nobody
         * could see would count as one that did not come. */
        if (aptrace_is_cut(packet, APTRACE_STAGE_TRANSPORT))
            aptrace_unseen(self, packet);
        return false;
    }
    if (destination != want->port) {
        aptrace_near(self, packet, 1, "it went to port %u", destination); /* shown where none comes nearer */
        return false;
    }
    aptrace_cite(self, packet); /* evidence: the report tells where it stands in the capture */
    want->seen++;
    return want->seen == want->times;
}

/* Once, at the end: the value, and why it is what it is. The user says by --expect what it should be. */
struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct plugin_name *want = self->state;
    aptrace_explain(self, "%" PRIu64 " of %" PRIu64 " wanted packets went to port %u, of %" PRIu64 " that came", want->seen,
                    want->times, (unsigned)want->port, finish->packets);
    return aptrace_bool(finish->stopped);
}

/* stop_survives_loss: packets that were lost could not have made it false, so that a stop is trusted although some were. */
APTRACE_PREDICATE("plugin_name", struct plugin_name, .summary = "Packets went to this port", .version = "1",
    .params = params, .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true);
