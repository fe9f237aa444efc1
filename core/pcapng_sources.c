/* SPDX-License-Identifier: MIT */
/* The sources of a pcapng file.
 *
 * People write these names behind --on, so they must not depend on chance. What a user called the file (NAME=) comes first;
 * else an interface's own name; else the file's. Numbers tell apart what would be called the same, and only then.
 *
 * What a later section describes is compared with what earlier ones did: same name and link type, the same source. Two of one
 * name in one section are two interfaces all the same. Without a name the place in the section stands for it. The comparison is
 * by hash first, as a capture of a host with thousands of virtual ports has thousands of them in each section. */
#include "pcapng_sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"

enum { NAME_LENGTH_MAX = 255 };

/* A source of the file, whatever section describes it. */
struct pcapng_known {
    char *name;         /* [may be null] if_name */
    uint32_t hash;      /* of the name */
    uint16_t link_type; /* by the file */
    uint32_t index;     /* of the interface in the section that described it first */
    uint32_t section;   /* that described it last */
    uint32_t source;    /* 0: not named yet */
    int64_t last_ns;    /* event time of its last packet, by earlier sections; INT64_MIN: none */
};

/* FNV-1a. */
static uint32_t hash_of(const char *name)
{
    uint32_t hash = UINT32_C(2166136261);
    for (; name && *name; name++)
        hash = (hash ^ (uint8_t)*name) * UINT32_C(16777619);
    return hash;
}

static bool is_again(const struct pcapng_known *known, const struct pcapng_known *described)
{
    if (known->hash != described->hash || known->section == described->section || known->link_type != described->link_type)
        return false;
    if (!known->name || !described->name)
        return !known->name && !described->name && known->index == described->index;
    return strcmp(known->name, described->name) == 0;
}

/* Finds what an interface is, or makes a place for it. Takes the name. Returns its index. */
static uint32_t know(struct pcapng_sources *sources, const struct pcapng_known *described)
{
    for (size_t i = 0; i < sources->known_count; i++) {
        struct pcapng_known *known = &sources->known[i];
        if (!is_again(known, described))
            continue;
        known->section = described->section;
        free(described->name);
        return (uint32_t)i;
    }
    sources->known = memory_grow(sources->known, &sources->known_capacity, sources->known_count, sizeof *sources->known);
    sources->known[sources->known_count] = *described;
    return (uint32_t)sources->known_count++;
}

static unsigned count_unnamed(const struct pcapng_sources *sources)
{
    unsigned count = 0;
    for (size_t i = 0; i < sources->known_count; i++)
        count += !sources->known[i].name;
    return count;
}

/* With NAME=: NAME, or NAME.IFNAME and NAME.0 of several. Without: IFNAME; where it has none FILE, or FILE.0 of several. The
 * group lets NAME stand for all of them. */
static void add_source(const struct pcapng_sources *sources, struct pcapng_known *known, bool several)
{
    const struct file_reader *file = sources->file;
    uint32_t link_type = file->link_type >= 0 ? (uint32_t)file->link_type : known->link_type;
    const char *first = file->name ? file->name : known->name ? known->name : file->stem;
    char number[16], *name;
    size_t size = strlen(first) + NAME_LENGTH_MAX + sizeof number;
    snprintf(number, sizeof number, "%u", known->index);
    name = memory_new(size, 1);
    if (several && (file->name || !known->name))
        snprintf(name, size, "%s.%s", first, known->name ? known->name : number);
    else
        snprintf(name, size, "%s", first);
    known->source = source_add(file->reader.sources, name, file->name, file->reader.path, link_type);
    free(name);
}

static bool has_several(const struct pcapng_sources *sources)
{
    return sources->file->name ? sources->known_count > 1 : count_unnamed(sources) > 1;
}

void pcapng_sources_new_section(struct pcapng_sources *sources)
{
    for (size_t i = 0; i < sources->count; i++)
        sources->known[sources->interfaces[i].known].last_ns = sources->interfaces[i].last_ns;
    sources->count = 0;
    sources->section++;
}

bool pcapng_sources_describe(struct pcapng_sources *sources, const struct pcapng_description *description, int64_t clock_ns)
{
    const struct file_reader *file = sources->file;
    size_t length = description->name_length < NAME_LENGTH_MAX ? description->name_length : NAME_LENGTH_MAX;
    struct pcapng_known described = {.name = length ? memory_text_of((const char *)description->name, length) : NULL,
                                     .link_type = description->link_type,
                                     .index = (uint32_t)sources->count,
                                     .section = sources->section,
                                     .last_ns = INT64_MIN};
    described.hash = hash_of(described.name);
    uint32_t index = know(sources, &described);
    struct pcapng_known *known = &sources->known[index];
    bool added = sources->named && known->source == 0;
    if (added)
        add_source(sources, known, has_several(sources));
    sources->interfaces = memory_grow(sources->interfaces, &sources->capacity, sources->count, sizeof *sources->interfaces);
    sources->interfaces[sources->count++] =
        (struct pcapng_interface){.source = known->source,
                                  .known = index,
                                  .snap_length = description->snap_length,
                                  .time = description->time,
                                  .link_type = file->link_type >= 0 ? (uint16_t)file->link_type : description->link_type,
                                  .last_ns = known->last_ns,
                                  .counted_ns = sources->section == 1 ? INT64_MIN : clock_ns};
    return added;
}

void pcapng_sources_name(struct pcapng_sources *sources)
{
    bool several = has_several(sources);
    for (size_t i = 0; i < sources->known_count; i++)
        add_source(sources, &sources->known[i], several);
    for (size_t i = 0; i < sources->count; i++)
        sources->interfaces[i].source = pcapng_sources_of(sources, sources->interfaces[i].known);
    sources->named = true;
}

uint32_t pcapng_sources_of(const struct pcapng_sources *sources, uint32_t known)
{
    return sources->known[known].source;
}

uint32_t pcapng_sources_find(const struct pcapng_sources *sources, const char *name)
{
    for (size_t i = 0; i < sources->known_count; i++) {
        if (sources->known[i].name && strcmp(sources->known[i].name, name) == 0)
            return (uint32_t)i + 1;
    }
    return 0;
}

void pcapng_sources_fini(struct pcapng_sources *sources)
{
    for (size_t i = 0; i < sources->known_count; i++)
        free(sources->known[i].name);
    free(sources->known);
    free(sources->interfaces);
}
