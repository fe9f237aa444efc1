/* SPDX-License-Identifier: MIT */
/* The words that --describe and the manual pages share, so that one cannot say what the other does not.
 *
 * Which keys a group takes is asked of the engine; only what they are for stands here, for no table has it. */
#include "tools/plugin_words.h"

#include <string.h>

#include "core/expected.h"
#include "core/wanted.h"

/* Only prepare can have taken from the parameters what is right. */
void words_add_value(struct text *text, const struct aptrace_plugin *plugin)
{
    bool vowel = plugin->yields == APTRACE_TYPE_INT || plugin->yields == APTRACE_TYPE_UINT;
    text_add(text, "It yields %s %s. ", vowel ? "an" : "a", value_type_name(plugin->yields));
    if (plugin->yields == APTRACE_TYPE_BOOL) {
        text_add(text, "It should be true; --expect false asks for the opposite.");
        return;
    }
    text_add(text, "What it should be is said by --expect%s: a value%s, or any.", plugin->prepare ? ", where the parameters do not" : "",
             plugin->yields == APTRACE_TYPE_STRING ? "" : ", a range such as 900..1500");
}

const char *words_of_loss(const struct aptrace_plugin *plugin)
{
    if (!plugin->stop_condition)
        return "It never stops before its window ends, and where packets were lost in the window the verdict is inconclusive.";
    if (plugin->stop_survives_loss)
        return "Once it has stopped, its verdict stands although packets were lost: what stopped it was seen, and no lost packet "
               "could change that. Where it has not stopped, lost packets make the verdict inconclusive.";
    return "Where packets were lost in its window the verdict is inconclusive, also if it has stopped: a lost packet could have "
           "changed it.";
}

/* ---- Groups of keys -------------------------------------------------------------------------------------------------------- */

static const struct group_key group_keys[] = {
    {"packet", "HEX|FILE#N", "all bytes of the packet: in hex, * for any digit, or those of the N-th packet of a capture", false},
    {"packets", "FILE", "all packets of a capture", true},
    {"mask", "HEX", "as many bytes as packet= has; bits that are 0 do not count", false},
    {"ignore", "FIELD,...", "header fields and slices whose bytes do not count", false},
    {"length", "exact|prefix", "whether more bytes may follow; exact where left out", false},
    {"pad", "ignore|exact", "whether padding of short frames counts; ignore where left out", false},
};

const struct group_key *words_group_key(uint32_t form, size_t index)
{
    for (size_t i = 0; i < sizeof group_keys / sizeof *group_keys; i++) {
        if (wanted_takes((enum aptrace_wanted_form)form, group_keys[i].key) && index-- == 0)
            return &group_keys[i];
    }
    return NULL;
}

bool words_takes_fields(uint32_t form)
{
    return wanted_takes((enum aptrace_wanted_form)form, "ip.ttl");
}

/* ---- Header fields --------------------------------------------------------------------------------------------------------- */

size_t words_field_group(const struct field_row *row)
{
    return strcspn(row->name, ".");
}

void words_add_field_kind(struct text *text, const struct field_row *row)
{
    switch ((enum field_kind)row->kind) {
    case FIELD_NUMBER: text_add(text, "%u bits", row->bits); break;
    case FIELD_FLAG: text_add(text, "0 or 1"); break;
    case FIELD_MAC: text_add(text, "MAC address"); break;
    case FIELD_IPV4: text_add(text, "IPv4 address"); break;
    case FIELD_IPV6_ADDRESS: text_add(text, "IPv6 address"); break;
    case FIELD_BYTES: text_add(text, "bytes"); break;
    }
}
