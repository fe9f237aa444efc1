/* SPDX-License-Identifier: MIT */
/* What a user may have meant by a plugin name that is none.
 *
 * Three mistakes are told apart, since each wants another answer. A name that another tool has for the same thing (PTF, scapy,
 * the Python original) gets the plugin that does it here. A header field, or KEY=VALUE, is a parameter: no spelling of it
 * is a plugin. Anything else is taken for a slip of the fingers, and gets the nearest names. Only plugins that are there are
 * ever named: a suggestion that fails in its turn is worse than none. */
#include "plugin_suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "suggest.h"

/* The word, and what does the same here, best first. */
static const struct habit {
    const char *tool, *word;
    const char *ours[4];
} habits[] = {
    {"PTF", "verify_packet", {"saw_packet", "received_packet"}},
    {"PTF", "verify_packets", {"saw_exactly", "saw_packet", "packet_count_was"}},
    {"PTF", "verify_packets_any", {"saw_packet", "received_packet"}},
    {"PTF", "verify_packet_prefix", {"saw_packet", "saw_packet_equaling"}},
    {"PTF", "verify_packet_any_port", {"saw_on_one", "saw_packet", "received_packet"}},
    {"PTF", "verify_any_packet_any_port", {"saw_on_one", "saw_packet", "received_packet"}},
    {"PTF", "verify_each_packet_on_each_port", {"saw_on_each", "saw_packet"}},
    {"PTF", "verify_each_packet_on_multiple_port_lists", {"saw_on_each", "saw_packet"}},
    {"PTF", "verify_multiple_packets_on_ports", {"saw_on_each", "saw_packet"}},
    {"PTF", "verify_no_packet", {"did_not_see_packet", "did_not_see_packet_equaling", "saw_nothing"}},
    {"PTF", "verify_no_packet_any", {"did_not_see_packet", "did_not_see_packet_equaling", "saw_nothing"}},
    {"PTF", "verify_no_other_packets", {"saw_exactly", "saw_nothing", "timed_out"}},
    {"PTF", "count_matched_packets", {"count_packets", "packet_count"}},
    {"PTF", "count_matched_packets_all_ports", {"count_packets", "packet_count"}},
    {"PTF", "dp_poll", {"received_packet", "saw_packet"}},
    {"PTF", "match_exp_pkt", {"saw_packet", "saw_packet_equaling"}},
    {"PTF", "mask", {"saw_packet"}},
    {"scapy", "sniff", {"received_packet", "saw_packet"}},
    {"scapy", "asyncsniffer", {"received_packet", "saw_packet"}},
    {"scapy", "srp1", {"received_packet", "saw_packet"}},
    {"scapy", "sr1", {"received_packet", "saw_packet"}},
    {"scapy", "haslayer", {"saw_packet"}},
    {"scapy", "getlayer", {"saw_packet"}},
    {"scapy", "lfilter", {"saw_packet", "received_packet"}},
    {"the Python original", "saw_vlan_tag", {"saw_vlan"}},
    {"the Python original", "did_not_see_vlan_tag", {"did_not_see_vlan"}},
    {"the Python original", "saw_packet_equaling", {"saw_packet"}},
    {"the Python original", "did_not_see_packet_equaling", {"did_not_see_packet"}},
    {"the Python original", "min_packet_count_was", {"packet_count_was_at_least", "packet_count_was", "packet_count"}},
    {"the Python original", "packet_count_was_less_than", {"packet_count_was_below", "packet_count_was", "packet_count"}},
    {"the Python original", "packet_count", {"count_packets", "packet_count_was"}},
    {"the Python original", "received_count_of", {"count_packets", "packet_count"}},
    {"the Python original", "received_packet", {"saw_packet"}},
    {"the Python original", "timed_out", {"saw_nothing", "received_packet"}},
};

/* What stands before the point of a field's name, and names of fields that are written bare. */
static const char *const protocols[] = {
    "frame", "eth",  "ether", "vlan",   "dot1q", "mpls",  "arp",    "ip",  "ipv4",   "ipv6", "ip6",   "tcp",
    "udp",   "sctp", "icmp",  "icmpv6", "gre",   "vxlan", "geneve", "gtp", "erspan", "macc", "inner",
};
static const char *const fields[] = {
    "sport",     "dport",     "srcport",   "dstport",   "port",     "src",     "dst",     "src_ip",   "dst_ip", "ip_src",
    "ip_dst",    "eth_src",   "eth_dst",   "src_mac",   "dst_mac",  "mac",     "ttl",     "hlim",     "tos",    "dscp",
    "ecn",       "proto",     "protocol",  "ethertype", "eth_type", "ip_ttl",  "vlan_id", "vlan_vid", "vid",    "pcp",
    "vni",       "tag",       "flags",     "chksum",    "checksum", "payload", "seq",     "ack",      "window", "len",
    "tcp_sport", "tcp_dport", "udp_sport", "udp_dport", "ip_proto", "ip_tos",
};

/* Equal where case and the kind of stroke are left out of account: verify-packet, AsyncSniffer. */
static bool is_same_word(const char *word, size_t length, const char *name)
{
    size_t i;
    for (i = 0; i < length && name[i]; i++) {
        int letter = word[i] == '-' ? '_' : tolower((unsigned char)word[i]);
        if (letter != name[i])
            return false;
    }
    return i == length && name[i] == 0;
}

static bool is_one_of(const char *word, size_t length, const char *const *names, size_t count)
{
    size_t i;
    for (i = 0; i < count; i++) {
        if (is_same_word(word, length, names[i]))
            return true;
    }
    return false;
}

static bool is_field(const char *word)
{
    size_t length = strcspn(word, ".@#");
    if (word[length] && is_one_of(word, length, protocols, sizeof protocols / sizeof protocols[0]))
        return true;
    return is_one_of(word, strlen(word), fields, sizeof fields / sizeof fields[0]);
}

/* Of the plugins that are there, the one that does what the habit's word says; null: none. */
static const char *pick(const struct habit *habit, const char *const *names, size_t count)
{
    size_t i;
    for (i = 0; i < sizeof habit->ours / sizeof habit->ours[0] && habit->ours[i]; i++) {
        if (is_one_of(habit->ours[i], strlen(habit->ours[i]), names, count))
            return habit->ours[i];
    }
    return NULL;
}

static bool add_habit(struct text *text, const char *word, const char *const *names, size_t count)
{
    size_t i;
    for (i = 0; i < sizeof habits / sizeof habits[0]; i++) {
        const char *ours = is_same_word(word, strlen(word), habits[i].word) ? pick(&habits[i], names, count) : NULL;
        if (!ours)
            continue;
        text_add(text, ": did you mean %s? It is the nearest to %s of %s.", ours, habits[i].word, habits[i].tool);
        return true;
    }
    return false;
}

/* did_not_see_X: where only saw_X is there, that with --expect false asks the same. */
static bool add_opposite(struct text *text, const char *word, const char *const *names, size_t count)
{
    static const char prefix[] = "did_not_see_", tail[] = "_tag";
    size_t length = strlen(word), i;
    if (length <= sizeof prefix - 1 || !is_same_word(word, sizeof prefix - 1, prefix))
        return false;
    word += sizeof prefix - 1;
    length -= sizeof prefix - 1;
    if (length > sizeof tail - 1 && is_same_word(word + length - (sizeof tail - 1), sizeof tail - 1, tail))
        length -= sizeof tail - 1;
    for (i = 0; i < count; i++) {
        if (strncmp(names[i], "saw_", 4) == 0 && is_same_word(word, length, names[i] + 4)) {
            text_add(text, ": did you mean %s with --expect false?", names[i]);
            return true;
        }
    }
    return false;
}

static void add_field(struct text *text, const char *word, const char *const *names, size_t count)
{
    static const char *const readers[] = {"saw_packet", "received_packet", "saw_vlan"};
    const char *plugin = count > 0 ? names[0] : "PLUGIN";
    size_t i;
    for (i = sizeof readers / sizeof readers[0]; i-- > 0;) {
        if (is_one_of(readers[i], strlen(readers[i]), names, count))
            plugin = readers[i];
    }
    text_add(text,
             ". Header fields are parameters, not plugins: %s is written KEY=VALUE behind the plugin that looks for it. "
             "'aptrace --describe %s' lists the parameters of one.",
             word, plugin);
}

static void add_parameter(struct text *text, const char *word)
{
    text_add(text, ". KEY=VALUE is a parameter, and belongs behind its plugin: --plugin PLUGIN %s.", word);
}

void plugin_suggest(struct text *text, const char *word, const char *const *names, size_t count)
{
    struct text near = {0};
    if (add_habit(text, word, names, count) || add_opposite(text, word, names, count))
        return;
    if (strchr(word, '='))
        add_parameter(text, word);
    else if (is_field(word))
        add_field(text, word, names, count);
    else if (suggest_nearest(&near, word, names, count) > 0)
        text_add(text, ": did you mean %s?", text_bytes(&near));
    else
        text_add(text, ".");
    text_fini(&near);
}
