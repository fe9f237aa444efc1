/* SPDX-License-Identifier: MIT */
/* Filters in libpcap's language. A filter's program depends on the link type, so one filter holds a program for each link
 * type of its sources; they are compiled before the run, against a dead handle, and run by libpcap's own interpreter on the
 * frame as it was recorded. No filter goes into the kernel: that sees frames without their VLAN tags, and would count
 * otherwise live than replayed.
 *
 * What it keeps true: programs do not change once compiled, so that filter_passes() may be called on several threads; the one
 * thing that it writes is a hint, which of the programs was used last.
 *
 * libpcap's own numbers of link types, DLT_, are its operating system's; those in files, LINKTYPE_, are the same everywhere.
 * They agree but for the few in link_types. See https://www.tcpdump.org/linktypes.html. */
#include "filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pcap/pcap.h>

#include "filter_run.h"
#include "memory.h"
#include "number.h"

enum { SNAP_LENGTH = 262144, LINK_TYPE_MAX = UINT16_MAX };

struct program {
    uint32_t link_type;
    struct bpf_program code;
};

struct aptrace_filter {
    char *text;
    struct program *programs;
    size_t count, capacity;
    size_t last; /* relaxed atomic: a hint */
};

/* ---- Link types ------------------------------------------------------------------------------------------------------------ */

/* Where the two differ. Names of LINKTYPE_ stand behind their numbers, as the system's headers do not have them. */
static const struct { uint32_t link_type; int dlt; } link_types[] = {
    {100, DLT_ATM_RFC1483}, /* ATM_RFC1483 */
    {101, DLT_RAW},         /* RAW */
    {102, DLT_SLIP_BSDOS},  /* SLIP_BSDOS */
    {103, DLT_PPP_BSDOS},   /* PPP_BSDOS */
    {106, DLT_ATM_CLIP},    /* ATM_CLIP */
    {108, DLT_LOOP},        /* LOOP: 12 on OpenBSD */
    {109, DLT_ENC},         /* ENC: 13 on OpenBSD */
    {246, DLT_PFSYNC},      /* PFSYNC */
    {258, DLT_PKTAP},       /* PKTAP: 149 on macOS */
};

enum { LINK_TYPE_COUNT = sizeof link_types / sizeof *link_types };

static int dlt_of(uint32_t link_type)
{
    for (size_t i = 0; i < LINK_TYPE_COUNT; i++) {
        if (link_types[i].link_type == link_type)
            return link_types[i].dlt;
    }
    return (int)link_type;
}

static uint32_t link_type_of(int dlt)
{
    for (size_t i = 0; i < LINK_TYPE_COUNT; i++) {
        if (link_types[i].dlt == dlt)
            return link_types[i].link_type;
    }
    return (uint32_t)dlt;
}

const char *link_type_name(uint32_t link_type)
{
    static _Thread_local char number[sizeof "LINKTYPE_4294967295"];
    const char *name = link_type > LINK_TYPE_MAX ? NULL : pcap_datalink_val_to_name(dlt_of(link_type));
    if (name)
        return name;
    snprintf(number, sizeof number, "LINKTYPE_%u", (unsigned)link_type);
    return number;
}

int64_t link_type_by_name(const char *name)
{
    static const char prefix[] = "LINKTYPE_";
    bool prefixed = strncasecmp(name, prefix, sizeof prefix - 1) == 0;
    const char *rest = prefixed ? name + sizeof prefix - 1 : name;
    uint64_t number;
    if (number_uint(rest, &number))
        return number > LINK_TYPE_MAX ? -1 : (int64_t)number;
    if (strcasecmp(rest, "ETHERNET") == 0) /* the registry's name of libpcap's EN10MB */
        return 1;
    int dlt = pcap_datalink_name_to_val(rest);
    return dlt < 0 ? -1 : (int64_t)link_type_of(dlt);
}

/* ---- Filters --------------------------------------------------------------------------------------------------------------- */

struct aptrace_filter *filter_new(const char *text)
{
    struct aptrace_filter *filter = memory_new(1, sizeof *filter);
    filter->text = memory_text(text);
    return filter;
}

void filter_free(struct aptrace_filter *filter)
{
    if (!filter)
        return;
    for (size_t i = 0; i < filter->count; i++)
        pcap_freecode(&filter->programs[i].code);
    free(filter->programs);
    free(filter->text);
    free(filter);
}

const char *filter_text(const struct aptrace_filter *filter)
{
    return filter->text;
}

static const struct program *find_program(const struct aptrace_filter *filter, uint32_t link_type)
{
    for (size_t i = 0; i < filter->count; i++) {
        if (filter->programs[i].link_type == link_type)
            return &filter->programs[i];
    }
    return NULL;
}

/* libpcap's words, and what they leave out. */
static int refuse(const struct aptrace_filter *filter, uint32_t link_type, const char *why, struct error *error)
{
    const char *hint = "";
    if (link_type > LINK_TYPE_MAX || !pcap_datalink_val_to_name(dlt_of(link_type)))
        hint = "; libpcap does not know this link type: leave the filter out, or give the right one with --link-type";
    return error_set(error, "the filter \"%s\" cannot be compiled for link type %s: %s%s", filter->text,
                     link_type_name(link_type), why, hint);
}

/* On Linux libpcap takes a dead handle for a live one, and lets "inbound", "outbound" and "ifindex" load from beyond the packet
 * (SKF_AD_OFF), where only the kernel has an answer: run on a frame, such a program is always false, whatever was meant. */
static bool asks_the_kernel(const struct bpf_program *code)
{
    for (unsigned i = 0; i < code->bf_len; i++) {
        const struct bpf_insn *instruction = &code->bf_insns[i];
        if (BPF_CLASS(instruction->code) == BPF_LD && BPF_MODE(instruction->code) == BPF_ABS && instruction->k > INT32_MAX)
            return true;
    }
    return false;
}

static int add_program(struct aptrace_filter *filter, uint32_t link_type, struct bpf_program *code, struct error *error)
{
    if (asks_the_kernel(code)) {
        pcap_freecode(code);
        return refuse(filter, link_type, "it asks for what the kernel knows of a packet (inbound, outbound, ifindex), which no "
                      "frame holds; to choose by direction or interface, use --direction and --on", error);
    }
    filter->programs = memory_grow(filter->programs, &filter->capacity, filter->count, sizeof *filter->programs);
    filter->programs[filter->count++] = (struct program){link_type, *code};
    return 0;
}

int filter_compile(struct aptrace_filter *filter, uint32_t link_type, struct error *error)
{
    struct bpf_program code;
    if (find_program(filter, link_type))
        return 0;
    if (link_type > LINK_TYPE_MAX)
        return refuse(filter, link_type, "there is no such link type", error);
    pcap_t *handle = pcap_open_dead(dlt_of(link_type), SNAP_LENGTH);
    if (!handle)
        return refuse(filter, link_type, "libpcap gave no handle for it", error);
    int result = pcap_compile(handle, &code, filter->text, 1, PCAP_NETMASK_UNKNOWN);
    if (result == 0)
        result = add_program(filter, link_type, &code, error);
    else
        result = refuse(filter, link_type, pcap_geterr(handle), error);
    pcap_close(handle);
    return result;
}

bool filter_passes(const struct aptrace_filter *filter, const struct aptrace_packet *packet)
{
    size_t last = __atomic_load_n(&filter->last, __ATOMIC_RELAXED);
    if (__builtin_expect(last >= filter->count || filter->programs[last].link_type != packet->link_type, 0)) {
        const struct program *program = find_program(filter, packet->link_type);
        if (!program)
            return false;
        last = (size_t)(program - filter->programs);
        __atomic_store_n((size_t *)&filter->last, last, __ATOMIC_RELAXED); /* filters are made by filter_new(): never const */
    }
    return bpf_filter(filter->programs[last].code.bf_insns, packet->bytes, packet->wire_length, packet->capture_length) != 0;
}

bool filter_is_cut(const struct aptrace_filter *filter, const struct aptrace_packet *packet)
{
    const struct program *program = packet->flags & APTRACE_PACKET_TRUNCATED ? find_program(filter, packet->link_type) : NULL;
    return program && filter_program_is_cut(&program->code, packet);
}
