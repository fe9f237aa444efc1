/* SPDX-License-Identifier: MIT */
/* What a user may have meant by a plugin name that is none.
 *
 * Three mistakes are told apart, since each wants another answer. A name that another tool has for the same thing (PTF, scapy,
 * the Python original) gets the plugin that does it here. A header field, or KEY=VALUE, is a parameter: no spelling of it
 * is a plugin, and its key is said. Anything else is taken for a slip of the fingers, and gets the nearest names. Only plugins
 * that are there are ever named: a suggestion that fails in its turn is worse than none. */
#include "plugin_suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "field.h"
#include "memory.h"
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
    {"the Python original", "min_packet_count_was", {"packet_count_was_at_least", "packet_count_was", "packet_count"}},
};

/* Words for header fields that are no field's name with a stroke for the point (tcp_dport), and the keys that they may mean. */
enum { KEYS_MAX = 2 };
static const struct field_habit {
    const char *word;
    const char *keys[KEYS_MAX];
} field_habits[] = {
    {"sport", {"tcp.srcport", "udp.srcport"}},
    {"dport", {"tcp.dstport", "udp.dstport"}},
    {"srcport", {"tcp.srcport", "udp.srcport"}},
    {"dstport", {"tcp.dstport", "udp.dstport"}},
    {"src_port", {"tcp.srcport", "udp.srcport"}},
    {"dst_port", {"tcp.dstport", "udp.dstport"}},
    {"port", {"tcp.port", "udp.port"}},
    {"src", {"ip.src", "eth.src"}},
    {"dst", {"ip.dst", "eth.dst"}},
    {"src_ip", {"ip.src", "ipv6.src"}},
    {"dst_ip", {"ip.dst", "ipv6.dst"}},
    {"src_mac", {"eth.src"}},
    {"dst_mac", {"eth.dst"}},
    {"mac", {"eth.src", "eth.dst"}},
    {"ttl", {"ip.ttl", "ipv6.hlim"}},
    {"hlim", {"ipv6.hlim"}},
    {"tos", {"ip.dsfield"}},
    {"dscp", {"ip.dsfield.dscp", "ipv6.tclass.dscp"}},
    {"ecn", {"ip.dsfield.ecn", "ipv6.tclass.ecn"}},
    {"proto", {"ip.proto", "ipv6.nxt"}},
    {"protocol", {"ip.proto", "ipv6.nxt"}},
    {"ethertype", {"eth.type"}},
    {"vid", {"vlan.id"}},
    {"tag", {"vlan.id"}},
    {"pcp", {"vlan.priority"}},
    {"vni", {"vxlan.vni", "geneve.vni"}},
    {"flags", {"tcp.flags", "ip.flags"}},
    {"chksum", {"ip.checksum", "tcp.checksum"}},
    {"checksum", {"ip.checksum", "tcp.checksum"}},
    {"payload", {"payload"}},
    {"seq", {"tcp.seq_raw"}},
    {"ack", {"tcp.ack_raw"}},
    {"tcp_seq", {"tcp.seq_raw"}},
    {"tcp_ack", {"tcp.ack_raw"}},
    {"window", {"tcp.window_size_value"}},
    {"len", {"frame.len", "ip.len"}},
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

/* ---- Header fields ---- */

/* Lower case, and with this instead of its first stroke. */
static const char *as_field(const char *word, char point, struct arena *arena)
{
    char *name = arena_text(arena, word);
    for (char *c = name; *c; c++)
        *c = *c == '-' ? '_' : (char)tolower((unsigned char)*c);
    char *stroke = strchr(name, '_');
    if (stroke)
        *stroke = point;
    return name;
}

static size_t find_word(const char *word, const char *keys[KEYS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof field_habits / sizeof *field_habits; i++) {
        if (!is_same_word(word, strlen(word), field_habits[i].word))
            continue;
        for (; count < KEYS_MAX && field_habits[i].keys[count]; count++)
            keys[count] = field_habits[i].keys[count];
    }
    return count;
}

/* The keys that a word may stand for: how many. They live in the arena, or for ever. */
static size_t find_keys(const char *word, const char *keys[KEYS_MAX], struct arena *arena)
{
    struct aptrace_field field;
    struct error error = {""};
    size_t count = find_word(word, keys);
    if (count > 0)
        return count;
    if (field_find(as_field(word, '_', arena), &field, arena, &error) != 0
        && field_find(as_field(word, '.', arena), &field, arena, &error) != 0)
        return 0;
    keys[0] = field.name;
    return 1;
}

/* A name with a layer in front, whether there is such a field or not. */
static bool is_like_field(const char *word)
{
    return word[strcspn(word, ".@#")] && field_is_like(word);
}

/* ---- What there is to say ---- */

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

/* The first of the plugins that read header fields. */
static const char *find_reader(const char *const *names, size_t count)
{
    static const char *const readers[] = {"saw_packet", "received_packet", "saw_vlan"};
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        if (is_one_of(readers[i], strlen(readers[i]), names, count))
            return readers[i];
    }
    return count > 0 ? names[0] : "PLUGIN";
}

/* No keys are known where the word only looks like a field, or where no plugin takes them. */
static void add_field(struct text *text, const char *word, const char *const *keys, size_t key_count, const char *plugin)
{
    if (key_count == 0) {
        text_add(text,
                 ". Header fields are parameters, not plugins: %s is written KEY=VALUE behind the plugin that looks for it. "
                 "'aptrace --describe %s' lists the parameters of one.",
                 word, plugin);
        return;
    }
    text_add(text, ": did you mean %s ", plugin);
    for (size_t i = 0; i < key_count; i++)
        text_add(text, "%s%s=...", i ? " or " : "", keys[i]);
    text_add(text, "? Header fields are parameters, not plugins; 'aptrace --describe %s' tells more.", plugin);
}

/* word: KEY=VALUE. */
static void add_parameter(struct text *text, const char *word, const char *const *names, size_t count)
{
    struct arena arena = {0};
    char *key = arena_text(&arena, word);
    const char *keys[KEYS_MAX];
    key[strcspn(key, "!=")] = '\0';
    bool taken = is_one_of("saw_packet", strlen("saw_packet"), names, count) && strchr(key, '.') && find_keys(key, keys, &arena) > 0;
    text_add(text, ". KEY=VALUE is a parameter, and belongs behind its plugin: --plugin %s %s.", taken ? "saw_packet" : "PLUGIN", word);
    arena_fini(&arena);
}

static bool add_field_advice(struct text *text, const char *word, const char *const *names, size_t count)
{
    struct arena arena = {0};
    const char *keys[KEYS_MAX], *plugin = find_reader(names, count);
    size_t key_count = find_keys(word, keys, &arena);
    bool is_field = key_count > 0 || is_like_field(word);
    if (is_field)
        add_field(text, word, keys, strcmp(plugin, "saw_packet") == 0 ? key_count : 0, plugin);
    arena_fini(&arena);
    return is_field;
}

void plugin_suggest(struct text *text, const char *word, const char *const *names, size_t count)
{
    struct text near = {0};
    if (add_habit(text, word, names, count) || add_opposite(text, word, names, count))
        return;
    if (strchr(word, '='))
        add_parameter(text, word, names, count);
    else if (add_field_advice(text, word, names, count))
        return;
    else if (suggest_nearest(&near, word, names, count) > 0)
        text_add(text, ": did you mean %s?", text_bytes(&near));
    else
        text_add(text, ".");
    text_fini(&near);
}
