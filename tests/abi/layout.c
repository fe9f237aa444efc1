/* SPDX-License-Identifier: MIT */
/* Prints where every member of every public struct lies: what a compiled plugin relies on. The C and the C++ side must say the
 * same, and both what layout.golden says. A line that is new at the end of a struct that grows is a new minor; a line that
 * changes is a new major. Compiles as C and as C++. */
#include <stdio.h>

#include <aptrace/decode.h>
#include <aptrace/packet.h>
#include <aptrace/plugin.h>
#include <aptrace/predicate.h>
#include <aptrace/wanted.h>

#ifdef __cplusplus
#    define ALIGNOF(S) alignof(S)
#else
#    define ALIGNOF(S) _Alignof(S)
#endif

#define STRUCT(S)                                                                                                                \
    printf("struct %s: size %zu align %zu\n", #S, sizeof(struct S), (size_t)ALIGNOF(struct S));                                  \
    print = #S
#define MEMBER(S, M) printf("  %s.%s at %zu, %zu\n", print, #M, offsetof(struct S, M), sizeof(((struct S *)0)->M))
#define NUMBER(N) printf("%s %ld\n", #N, (long)(N))

static const char *print;

static void packet(void)
{
    STRUCT(aptrace_packet);
    MEMBER(aptrace_packet, bytes);
    MEMBER(aptrace_packet, capture_length);
    MEMBER(aptrace_packet, wire_length);
    MEMBER(aptrace_packet, time_ns);
    MEMBER(aptrace_packet, timestamp_ns);
    MEMBER(aptrace_packet, number);
    MEMBER(aptrace_packet, position);
    MEMBER(aptrace_packet, source);
    MEMBER(aptrace_packet, link_type);
    MEMBER(aptrace_packet, flags);
    MEMBER(aptrace_packet, layers);
}

static void layers(void)
{
    STRUCT(aptrace_layers);
    MEMBER(aptrace_layers, decode);
    MEMBER(aptrace_layers, stage);
    MEMBER(aptrace_layers, cut);
    MEMBER(aptrace_layers, vlan_count);
    MEMBER(aptrace_layers, mpls_count);
    MEMBER(aptrace_layers, vlan);
    MEMBER(aptrace_layers, ether_type);
    MEMBER(aptrace_layers, ethernet);
    MEMBER(aptrace_layers, tags);
    MEMBER(aptrace_layers, mpls);
    MEMBER(aptrace_layers, network);
    MEMBER(aptrace_layers, transport);
    MEMBER(aptrace_layers, payload);
    MEMBER(aptrace_layers, source_port);
    MEMBER(aptrace_layers, destination_port);
    MEMBER(aptrace_layers, ip_version);
    MEMBER(aptrace_layers, ip_protocol);
    MEMBER(aptrace_layers, fragment);
    MEMBER(aptrace_layers, inner);
}

static void values(void)
{
    STRUCT(aptrace_value);
    MEMBER(aptrace_value, type);
    MEMBER(aptrace_value, as);
    STRUCT(aptrace_finish);
    MEMBER(aptrace_finish, reason);
    MEMBER(aptrace_finish, stopped);
    MEMBER(aptrace_finish, time_ns);
    MEMBER(aptrace_finish, opens_ns);
    MEMBER(aptrace_finish, closes_ns);
    MEMBER(aptrace_finish, packets);
    MEMBER(aptrace_finish, packet);
}

static void members(void)
{
    STRUCT(aptrace_mac);
    STRUCT(aptrace_ip);
    MEMBER(aptrace_ip, version);
    MEMBER(aptrace_ip, bytes);
    STRUCT(aptrace_prefix);
    MEMBER(aptrace_prefix, address);
    MEMBER(aptrace_prefix, length);
    STRUCT(aptrace_bytes);
    MEMBER(aptrace_bytes, bytes);
    MEMBER(aptrace_bytes, length);
    STRUCT(aptrace_pattern);
    MEMBER(aptrace_pattern, bytes);
    MEMBER(aptrace_pattern, mask);
    MEMBER(aptrace_pattern, length);
    STRUCT(aptrace_sources);
    MEMBER(aptrace_sources, numbers);
    MEMBER(aptrace_sources, count);
    STRUCT(aptrace_range);
    MEMBER(aptrace_range, mask);
    MEMBER(aptrace_range, low);
    MEMBER(aptrace_range, high);
    STRUCT(aptrace_match);
    MEMBER(aptrace_match, kind);
    MEMBER(aptrace_match, negated);
    MEMBER(aptrace_match, first);
    MEMBER(aptrace_match, more);
    MEMBER(aptrace_match, more_count);
}

static void parameters(void)
{
    STRUCT(aptrace_param);
    MEMBER(aptrace_param, type);
    MEMBER(aptrace_param, of);
    MEMBER(aptrace_param, offset);
    MEMBER(aptrace_param, size);
    MEMBER(aptrace_param, member);
    MEMBER(aptrace_param, name);
    MEMBER(aptrace_param, min);
    MEMBER(aptrace_param, max);
    MEMBER(aptrace_param, choices);
    MEMBER(aptrace_param, fallback);
    MEMBER(aptrace_param, required);
    MEMBER(aptrace_param, help);
    MEMBER(aptrace_param, id);
}

static void sides(void)
{
    STRUCT(aptrace_instance);
    MEMBER(aptrace_instance, host);
    MEMBER(aptrace_instance, state);
    MEMBER(aptrace_instance, nearest);
    STRUCT(aptrace_host);
    MEMBER(aptrace_host, size);
    MEMBER(aptrace_host, abi_major);
    MEMBER(aptrace_host, abi_minor);
    MEMBER(aptrace_host, explain);
    MEMBER(aptrace_host, note_near);
    MEMBER(aptrace_host, cite);
    MEMBER(aptrace_host, unseen);
    MEMBER(aptrace_host, refuse);
    MEMBER(aptrace_host, allocate);
    MEMBER(aptrace_host, given);
    MEMBER(aptrace_host, source_name);
    MEMBER(aptrace_host, passes);
    MEMBER(aptrace_host, expect);
    MEMBER(aptrace_host, group_count);
    MEMBER(aptrace_host, group_of);
    MEMBER(aptrace_host, group_name);
    MEMBER(aptrace_host, is_wanted);
    MEMBER(aptrace_host, wanted_count);
    MEMBER(aptrace_host, look_elsewhere);
    MEMBER(aptrace_host, digest);
    MEMBER(aptrace_host, get_field);
    MEMBER(aptrace_host, field_name);
    MEMBER(aptrace_host, field_bits);
    MEMBER(aptrace_host, field_text);
    MEMBER(aptrace_host, checksums);
    MEMBER(aptrace_host, forget_near);
}

static void checksums(void)
{
    STRUCT(aptrace_checksum);
    MEMBER(aptrace_checksum, kind);
    MEMBER(aptrace_checksum, state);
    MEMBER(aptrace_checksum, depth);
    MEMBER(aptrace_checksum, found);
    MEMBER(aptrace_checksum, computed);
    MEMBER(aptrace_checksum, offset);
}

static void descriptor(void)
{
    STRUCT(aptrace_plugin);
    MEMBER(aptrace_plugin, abi_major);
    MEMBER(aptrace_plugin, abi_minor);
    MEMBER(aptrace_plugin, size);
    MEMBER(aptrace_plugin, state_size);
    MEMBER(aptrace_plugin, state_align);
    MEMBER(aptrace_plugin, param_size);
    MEMBER(aptrace_plugin, name);
    MEMBER(aptrace_plugin, on_packet);
    MEMBER(aptrace_plugin, stop_condition);
    MEMBER(aptrace_plugin, on_finish);
    MEMBER(aptrace_plugin, summary);
    MEMBER(aptrace_plugin, version);
    MEMBER(aptrace_plugin, params);
    MEMBER(aptrace_plugin, yields);
    MEMBER(aptrace_plugin, stop_survives_loss);
    MEMBER(aptrace_plugin, prepare);
    MEMBER(aptrace_plugin, release);
}

static void numbers(void)
{
    NUMBER(APTRACE_TYPE_BOOL);
    NUMBER(APTRACE_TYPE_INT);
    NUMBER(APTRACE_TYPE_UINT);
    NUMBER(APTRACE_TYPE_DOUBLE);
    NUMBER(APTRACE_TYPE_STRING);
    NUMBER(APTRACE_TYPE_DURATION);
    NUMBER(APTRACE_TYPE_MAC);
    NUMBER(APTRACE_TYPE_IP);
    NUMBER(APTRACE_TYPE_PREFIX);
    NUMBER(APTRACE_TYPE_BYTES);
    NUMBER(APTRACE_TYPE_PATTERN);
    NUMBER(APTRACE_TYPE_CHOICE);
    NUMBER(APTRACE_TYPE_FILTER);
    NUMBER(APTRACE_TYPE_SOURCE);
    NUMBER(APTRACE_TYPE_SOURCES);
    NUMBER(APTRACE_TYPE_MATCH);
    NUMBER(APTRACE_TYPE_WANTED);
    NUMBER(APTRACE_TYPE_FIELD);
    NUMBER(APTRACE_TYPE_END);
    NUMBER(APTRACE_FINISH_STOPPED);
    NUMBER(APTRACE_FINISH_COUNTED);
    NUMBER(APTRACE_FINISH_TIMED_OUT);
    NUMBER(APTRACE_FINISH_ENDED);
    NUMBER(APTRACE_FINISH_INTERRUPTED);
    NUMBER(APTRACE_MATCH_ANYTHING);
    NUMBER(APTRACE_MATCH_RANGES);
    NUMBER(APTRACE_MATCH_PRESENT);
    NUMBER(APTRACE_MATCH_ABSENT);
    NUMBER(APTRACE_PACKET_RECEIVED);
    NUMBER(APTRACE_PACKET_SENT);
    NUMBER(APTRACE_PACKET_LATE);
    NUMBER(APTRACE_PACKET_TRUNCATED);
    NUMBER(APTRACE_STAGE_LINK);
    NUMBER(APTRACE_STAGE_TRANSPORT);
    NUMBER(APTRACE_STAGE_TUNNEL);
}

static void numbers_of_wanted(void)
{
    NUMBER(APTRACE_WANTED_PACKET);
    NUMBER(APTRACE_WANTED_LIST);
    NUMBER(APTRACE_WANTED_SAME);
    NUMBER(APTRACE_WANTED_NEAR);
    NUMBER(APTRACE_WANTED_ANY);
    NUMBER(APTRACE_FIELD_ABSENT);
    NUMBER(APTRACE_FIELD_PRESENT);
    NUMBER(APTRACE_FIELD_CUT);
    NUMBER(APTRACE_CHECKSUM_IPV4);
    NUMBER(APTRACE_CHECKSUM_TCP);
    NUMBER(APTRACE_CHECKSUM_UDP);
    NUMBER(APTRACE_CHECKSUM_ICMP);
    NUMBER(APTRACE_CHECKSUM_ICMPV6);
    NUMBER(APTRACE_CHECKSUM_RIGHT);
    NUMBER(APTRACE_CHECKSUM_WRONG);
    NUMBER(APTRACE_CHECKSUM_LEFT);
    NUMBER(APTRACE_CHECKSUM_UNUSED);
    NUMBER(APTRACE_CHECKSUM_CUT);
}

int main(void)
{
    printf("ABI %d.%d, pointers of %zu bytes\n", APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR, sizeof(void *));
    packet();
    layers();
    values();
    members();
    parameters();
    sides();
    descriptor();
    checksums();
    numbers();
    numbers_of_wanted();
    return 0;
}
