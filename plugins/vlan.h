/* SPDX-License-Identifier: MIT */
/* vlan.h: what saw_vlan and did_not_see_vlan share. Each defines VLAN_NAME, VLAN_SUMMARY, VLAN_FOUND (what a frame with the tag
 * makes of the value) and VLAN_PRIORITY ("yes" or "no": whether a priority tag counts unless said) before it includes this.
 *
 * Every tag of the stack counts, whatever its TPID (0x8100, 0x88a8, 0x9100): a frame of a provider network is tagged 102 when
 * 102 stands inside its outer tag too. Where the captured bytes end before the tags do, nobody can know: said so, not taken
 * for "no tag". A frame that stops was seen with its tag, whatever was lost. */
#include "say.h"

enum search { SEARCH_ANY, SEARCH_TAG, SEARCH_EACH }; /* the first two need no walk along the tags */

struct vlan {
    uint16_t tag;
    uint8_t search;
    bool has_tag, priority_tags;
    uint32_t depth;
    struct aptrace_match tpid;
    uint64_t tagged; /* packets with tags, none of them the one */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct vlan, tag, .min = 0, .max = 4095, .help = "VLAN identifier to look for; any tag when left out"),
    APTRACE_PARAM_MATCH(struct vlan, tpid, UINT, .min = 0, .max = 0xffff,
        .help = "what the tag's TPID has to be: 0x8100, 0x88a8 or 0x9100; any of them when left out"),
    APTRACE_PARAM_UINT(struct vlan, depth, .min = 1, .max = 255,
        .help = "where in the stack the tag has to stand, 1 is the outermost; anywhere when left out"),
    APTRACE_PARAM_BOOL(struct vlan, priority_tags, .fallback = VLAN_PRIORITY,
        .help = "whether a priority tag, which has identifier 0 and names no VLAN, counts as a tag"),
    APTRACE_PARAM_END
};

/* Whoever asks for identifier 0 means priority tags. */
static int prepare(struct aptrace_instance *self)
{
    struct vlan *want = self->state;
    want->has_tag = aptrace_given(self, &want->tag);
    if (want->has_tag && want->tag == 0 && !want->priority_tags && aptrace_given(self, &want->priority_tags))
        return aptrace_refuse(self, "tag=0 is a priority tag, and priority_tags=no leaves these out");
    want->priority_tags = want->priority_tags || want->has_tag;
    want->search = want->has_tag ? SEARCH_TAG : SEARCH_ANY;
    if (want->tpid.kind != APTRACE_MATCH_ANYTHING || want->depth || !want->priority_tags)
        want->search = SEARCH_EACH;
    return 0;
}

static bool is_the_one(const struct vlan *want, const struct aptrace_packet *packet, unsigned depth)
{
    unsigned identifier = 0;
    uint16_t tpid = 0;
    if (!aptrace_get_vlan(packet, depth, &identifier) || !aptrace_get_vlan_tpid(packet, depth, &tpid))
        return false;
    if (want->depth && want->depth != depth + 1)
        return false;
    return (identifier != 0 || want->priority_tags) && (!want->has_tag || identifier == want->tag)
        && aptrace_matches(&want->tpid, 0, tpid);
}

__attribute__((noinline)) static bool search_each(const struct vlan *want, const struct aptrace_packet *packet, unsigned count)
{
    unsigned depth;
    for (depth = 0; depth < count; depth++) {
        if (is_the_one(want, packet, depth))
            return true;
    }
    return false;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct vlan *want = self->state;
    unsigned count = aptrace_vlan_count(packet);
    bool found;
    if (__builtin_expect(want->search == SEARCH_EACH, 0))
        found = search_each(want, packet, count);
    else
        found = want->search == SEARCH_ANY ? count > 0 : aptrace_has_vlan(packet, want->tag);
    want->tagged += count > 0;
    if (__builtin_expect(!found && aptrace_is_cut(packet, APTRACE_STAGE_LINK), 0))
        aptrace_unseen(self, packet);
    return found;
}

/* "tag 102", "VLAN tag", "such tag". */
static void add_tag(const struct vlan *want, struct say *say)
{
    if (want->search == SEARCH_EACH && (want->depth || want->tpid.kind != APTRACE_MATCH_ANYTHING))
        say_add(say, "such tag");
    else if (want->has_tag)
        say_add(say, "tag %u", (unsigned)want->tag);
    else
        say_add(say, "VLAN tag");
}

/* Of any tag at all that is looked for, how many were tagged says nothing. */
static void explain(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct vlan *want = self->state;
    struct say say = {0};
    say_add(&say, finish->stopped ? "wanted no " : "no ");
    add_tag(want, &say);
    if (finish->stopped) {
        say_add(&say, ", this packet has it");
    } else {
        say_add(&say, " in ");
        say_add_count(&say, finish->packets, "packet");
    }
    if (!finish->stopped && want->search != SEARCH_ANY)
        say_add(&say, ", %" PRIu64 " of them tagged", want->tagged);
    aptrace_explain(self, "%s", say.text);
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    if (finish->stopped)
        aptrace_cite(self, finish->packet);
    if (!finish->stopped || !VLAN_FOUND)
        explain(self, finish);
    return aptrace_bool(finish->stopped == VLAN_FOUND);
}

APTRACE_PREDICATE(VLAN_NAME, struct vlan, .summary = VLAN_SUMMARY, .params = params, .yields = APTRACE_TYPE_BOOL,
    .stop_survives_loss = true, .prepare = prepare);
