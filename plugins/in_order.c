/* SPDX-License-Identifier: MIT */
/* in_order: each packet's number is greater than that of the packet before it: a sequence number of a stream.
 *
 * Fields of 16 bits and more are counters that wrap around: greater is what lies less than half of the range ahead (serial number
 * arithmetic, RFC 1982 section 3.2). Narrower ones are plain numbers. Packets that lack the field are passed over.
 *
 * A packet that was lost looks like a gap, and one that was lost between two others may have made their order right. So a stop
 * here never stands against lost packets. Less than two numbers have no order: nothing was shown then. */
#include "say.h"

enum { SERIAL_BITS = 16 };

struct in_order {
    const struct aptrace_field *field;
    const struct aptrace_wanted *wanted;
    uint64_t step;
    uint32_t bits;
    bool stepped;
    uint64_t last[2], last_number; /* of the packet before: its field, and which packet it was */
    uint32_t last_source;
    uint64_t count, lacking;       /* packets with and without the field */
    uint64_t broken[2];            /* what the packet that stopped has */
};

static const struct aptrace_param params[] = {
    APTRACE_PARAM_FIELD(struct in_order, field, .required = true, .help = "the field that has to rise, ip.id for example"),
    APTRACE_PARAM_UINT(struct in_order, step, .min = 1, .max = -1, .help = "by exactly how much; left out: by any number"),
    APTRACE_PARAM_WANTED(struct in_order, wanted, .help = "which packets are looked at"),
    APTRACE_PARAM_END
};

static int prepare(struct aptrace_instance *self)
{
    struct in_order *want = self->state;
    want->bits = aptrace_field_bits(self, want->field);
    want->stepped = aptrace_given(self, &want->step);
    if (want->bits < 64 && want->step >> want->bits)
        return aptrace_refuse(self, "step=%" PRIu64 " is beyond what %s can rise by: it has %" PRIu32 " bits", want->step,
                              aptrace_field_name(self, want->field), want->bits);
    return 0;
}

/* How far ahead of the number before this one is, wrapped around. */
static void get_ahead(const struct in_order *want, const uint64_t number[2], uint64_t ahead[2])
{
    uint32_t bits = want->bits;
    ahead[1] = number[1] - want->last[1];
    ahead[0] = number[0] - want->last[0] - (number[1] < want->last[1]);
    if (bits < 64)
        ahead[1] &= (UINT64_C(1) << bits) - 1;
    if (bits <= 64)
        ahead[0] = 0;
    else if (bits < 128)
        ahead[0] &= (UINT64_C(1) << (bits - 64)) - 1;
}

/* Whether it is less than half of the range. */
static bool is_near_half(uint32_t bits, const uint64_t ahead[2])
{
    uint32_t top = bits - 1;
    return top < 64 ? !(ahead[1] >> top & 1) : !(ahead[0] >> (top - 64) & 1);
}

static bool follows(const struct in_order *want, const uint64_t number[2])
{
    uint64_t ahead[2];
    get_ahead(want, number, ahead);
    if (want->bits < SERIAL_BITS && number[1] <= want->last[1])
        return false;
    if (want->stepped)
        return ahead[0] == 0 && ahead[1] == want->step;
    return (ahead[0] || ahead[1]) && (want->bits < SERIAL_BITS || is_near_half(want->bits, ahead));
}

static void remember(struct in_order *want, const struct aptrace_packet *packet, const uint64_t number[2])
{
    want->last[0] = number[0];
    want->last[1] = number[1];
    want->last_number = packet->number;
    want->last_source = packet->source;
    want->count++;
}

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    struct in_order *want = self->state;
    uint64_t number[2] = {0, 0};
    uint32_t presence;
    if (!is_meant(self, want->wanted, packet, want->count + want->lacking))
        return false;
    presence = aptrace_get_field(self, want->field, packet, number);
    if (presence == APTRACE_FIELD_CUT)
        aptrace_unseen(self, packet);
    if (presence != APTRACE_FIELD_PRESENT) {
        want->lacking++;
        return false;
    }
    if (want->count > 0 && !follows(want, number)) {
        want->broken[0] = number[0];
        want->broken[1] = number[1];
        return true;
    }
    remember(want, packet, number);
    return false;
}

/* ---- Reasons ---- */

static void add_number(struct say *say, struct aptrace_instance *self, const uint64_t number[2])
{
    const struct in_order *want = self->state;
    char text[64];
    aptrace_field_text(self, want->field, number, text, sizeof text);
    say_add(say, "%s", text);
}

/* "ip.id is 7 here, behind 9 in 2#12; step=1 is wanted." */
static void add_break(struct say *say, struct aptrace_instance *self)
{
    const struct in_order *want = self->state;
    say_add(say, "%s is ", aptrace_field_name(self, want->field));
    add_number(say, self, want->broken);
    say_add(say, " here, behind ");
    add_number(say, self, want->last);
    say_add(say, " in ");
    say_add_packet(say, self, want->last_source, want->last_number);
    if (want->stepped)
        say_add(say, "; it should rise by %" PRIu64, want->step);
}

static void add_order(struct say *say, struct aptrace_instance *self)
{
    const struct in_order *want = self->state;
    say_add(say, "%s is in ", aptrace_field_name(self, want->field));
    say_add_count(say, want->count, "packet");
    if (want->count < 2)
        say_add(say, ": too few for an order");
    else
        say_add(say, ", in order");
}

struct aptrace_value on_finish(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    const struct in_order *want = self->state;
    struct say say = {0};
    if (want->count + want->lacking == 0) {
        explain_none(self, finish->packets);
        return aptrace_bool(false);
    }
    if (finish->stopped) {
        aptrace_cite(self, finish->packet);
        add_break(&say, self);
    } else {
        add_order(&say, self);
    }
    if (want->lacking) {
        say_add(&say, "; ");
        say_add_count(&say, want->lacking, "packet");
        say_add(&say, " without it passed over");
    }
    aptrace_explain(self, "%s.", say.text);
    return aptrace_bool(!finish->stopped && want->count >= 2);
}

APTRACE_PREDICATE("in_order", struct in_order, .summary = "A field rose from each packet to the next", .params = params,
    .yields = APTRACE_TYPE_BOOL, .prepare = prepare);
