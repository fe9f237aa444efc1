/* SPDX-License-Identifier: MIT */
/* checksums_ok: all checksums of all packets are right: IPv4, TCP, UDP, ICMP, ICMPv6, in tunnels too. It stops, false, at the
 * first that is wrong: that one was seen, whatever was lost.
 *
 * A checksum may be impossible to check, in four ways that are not the same. Left to the card by a sender on this machine: the
 * card, or nobody, makes it later; left=wrong takes it for wrong. Not made: UDP over IPv4 may leave it out. Spread over
 * fragments: no packet has all that it covers. Captured too short: nobody can know, and that is said. Where no checksum at all
 * was found right, nothing was shown: the value is false. */
#include "say.h"

enum { CHECKSUMS_MAX = 16 }; /* of a packet */
enum { LEFT_OK, LEFT_WRONG };

struct checksums_ok {
    const struct aptrace_wanted *wanted;
    uint8_t left;
    uint64_t count;                  /* packets that are meant */
    uint64_t right, left_to_card, unused, spread;
    bool cut;                        /* of the packet at hand: something of it cannot be known */
    struct aptrace_checksum wrong;   /* of the packet that stopped */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_CHOICE(struct checksums_ok, left, .choices = "ok|wrong", .fallback = "ok",
        .help = "what a checksum is that the sender left to its network card"),
    APTRACE_PARAM_WANTED(struct checksums_ok, wanted, .help = "which packets are checked"),
    APTRACE_PARAM_END
};

/* Of the headers at this depth of tunnels. */
static bool is_fragment(const struct aptrace_packet *packet, uint32_t depth)
{
    struct aptrace_packet at = *packet, inner;
    for (; depth > 0 && aptrace_get_inner(&at, &inner); depth--)
        at = inner;
    return depth == 0 && aptrace_ip_fragment(&at) != 0;
}

static void note_cut(struct checksums_ok *want, const struct aptrace_packet *packet, const struct aptrace_checksum *checksum)
{
    if (checksum->kind != APTRACE_CHECKSUM_IPV4 && is_fragment(packet, checksum->depth))
        want->spread++;
    else
        want->cut = true;
}

/* True where it is wrong. */
static bool judge(struct checksums_ok *want, const struct aptrace_packet *packet, const struct aptrace_checksum *checksum)
{
    switch (checksum->state) {
    case APTRACE_CHECKSUM_RIGHT: want->right++; return false;
    case APTRACE_CHECKSUM_WRONG: return true;
    case APTRACE_CHECKSUM_LEFT: want->left_to_card++; return want->left == LEFT_WRONG;
    case APTRACE_CHECKSUM_UNUSED: want->unused++; return false;
    case APTRACE_CHECKSUM_CUT: note_cut(want, packet, checksum); return false;
    default: want->cut = true; return false;
    }
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct checksums_ok *want = self->state;
    struct aptrace_checksum list[CHECKSUMS_MAX];
    size_t count, i;
    if (!is_meant(self, want->wanted, packet, want->count))
        return false;
    want->count++;
    want->cut = aptrace_is_cut(packet, APTRACE_STAGE_TUNNEL);
    count = aptrace_checksums(self, packet, list, CHECKSUMS_MAX);
    for (i = 0; i < count && i < CHECKSUMS_MAX; i++) {
        if (!judge(want, packet, &list[i]))
            continue;
        want->wrong = list[i];
        return true;
    }
    if (want->cut || count > CHECKSUMS_MAX)
        aptrace_unseen(self, packet);
    return false;
}

/* ---- Reasons ---- */

static const char *name_of(uint32_t kind)
{
    switch (kind) {
    case APTRACE_CHECKSUM_IPV4: return "IPv4";
    case APTRACE_CHECKSUM_TCP: return "TCP";
    case APTRACE_CHECKSUM_UDP: return "UDP";
    case APTRACE_CHECKSUM_ICMP: return "ICMP";
    case APTRACE_CHECKSUM_ICMPV6: return "ICMPv6";
    default: return "unknown";
    }
}

static void add_wrong(struct say *say, const struct aptrace_checksum *wrong)
{
    say_add(say, "The %s checksum", name_of(wrong->kind));
    if (wrong->depth)
        say_add(say, " inside %" PRIu32 " tunnel%s", wrong->depth, wrong->depth == 1 ? "" : "s");
    if (wrong->found == wrong->computed)
        say_add(say, " covers more than the packet has.");
    else
        say_add(say, " is 0x%04x, and should be 0x%04x.", (unsigned)wrong->found, (unsigned)wrong->computed);
    if (wrong->state == APTRACE_CHECKSUM_LEFT)
        say_add(say, " The sender left it to its network card.");
}

/* A line: "12 checksums were left to the card by the sender." */
static void add_others(struct say *say, uint64_t count, const char *what)
{
    if (count == 0)
        return;
    say_add(say, "\n");
    say_add_count(say, count, "checksum");
    say_add(say, " %s %s.", count == 1 ? "was" : "were", what);
}

static void explain(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct checksums_ok *want = self->state;
    struct say say = {0};
    if (finish->stopped) {
        add_wrong(&say, &want->wrong);
    } else if (want->right == 0) {
        say_add(&say, "No checksum could be checked in ");
        say_add_count(&say, want->count, "packet");
        say_add(&say, ".");
    } else {
        say_add_count(&say, want->right, "checksum");
        say_add(&say, " of ");
        say_add_count(&say, want->count, "packet");
        say_add(&say, want->right == 1 ? " is right." : " are right.");
    }
    if (want->left == LEFT_OK)
        add_others(&say, want->left_to_card, "left to the card by the sender");
    add_others(&say, want->unused, "not made by the sender (UDP)");
    add_others(&say, want->spread, "spread over fragments");
    aptrace_explain(self, "%s", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct checksums_ok *want = self->state;
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    if (want->count == 0)
        explain_none(self, finish->packets);
    else
        explain(self, finish);
    return aptrace_bool(!finish->stopped && want->right > 0);
}

APTRACE_PREDICATE("checksums_ok", struct checksums_ok, .summary = "All checksums are right", .params = params,
    .yields = APTRACE_TYPE_BOOL, .stop_survives_loss = true);
