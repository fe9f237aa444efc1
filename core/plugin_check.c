/* SPDX-License-Identifier: MIT */
/* Proves a plugin good before anything of it is called.
 *
 * A name as common as on_packet can be found in a dependency, in the program, or where a linker left a stray address. So a
 * bare dlsym proves nothing. What is proved here: the descriptor is a data symbol of the plugin's own, as long as it says; each
 * callback in it is the function that the plugin itself exports by that name, or null where it exports none; every text and
 * table that it points to lies in a loaded segment and ends there. What the plugin says of itself (versions, sizes, types)
 * is then read in the order in which one makes the next readable: the four frozen numbers, the rest, the parameters.
 *
 * One stray address is put right instead of refused: gold gives a weak function that was left out the load base of the plugin,
 * which is its ELF header and never a function. */
#include "plugin_check.h"

#include <dlfcn.h>
#include <link.h>
#include <stdint.h>
#include <string.h>

#include "parameter.h"

/* What every plugin of major 1 has: its size as of 1.0, whatever is added behind. */
#define DESCRIPTOR_SIZE_1_0 (offsetof(struct aptrace_plugin, release) + sizeof(void (*)(void)))

enum {
    EXPORTED_COUNT = 3,
    FROZEN_SIZE = 16,
    STATE_MAX = 64 << 20,
    ALIGN_MAX = 4096,
    STRIDE_MAX = 4096,
    ENTRIES_MAX = 4096,
    NAME_MAX_LENGTH = 64
};

/* ---- Loaded memory --------------------------------------------------------------------------------------------------- */

struct lookup {
    uintptr_t address;
    uint32_t flags;   /* PF_ that the segment must have */
    size_t remaining; /* bytes from the address to the end of its segment; 0: in none */
};

static int look_in_object(struct dl_phdr_info *info, size_t size, void *data)
{
    struct lookup *lookup = data;
    size_t i;
    (void)size;
    for (i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        uintptr_t begin = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type != PT_LOAD || (segment->p_flags & lookup->flags) != lookup->flags)
            continue;
        if (lookup->address >= begin && lookup->address - begin < segment->p_memsz) {
            lookup->remaining = segment->p_memsz - (lookup->address - begin);
            return 1;
        }
    }
    return 0;
}

/* Bytes from the address to the end of the loaded segment that it lies in; 0: in none with these flags. */
static size_t loaded_from(uintptr_t address, uint32_t flags)
{
    struct lookup lookup = {address, flags, 0};
    dl_iterate_phdr(look_in_object, &lookup);
    return lookup.remaining;
}

static bool is_loaded_text(const char *text)
{
    size_t remaining = loaded_from((uintptr_t)text, PF_R);
    return remaining > 0 && memchr(text, 0, remaining) != NULL;
}

/* ---- The descriptor's own words -------------------------------------------------------------------------------------- */

/* A text that may be null. loaded: it must lie in loaded memory. */
static int check_text(const char *text, const char *what, bool loaded, struct error *error)
{
    if (text && loaded && !is_loaded_text(text))
        return error_set(error, "its %s is at %p, which is no text of the plugin: was it built with other headers?", what,
                         (const void *)text);
    return 0;
}

static int check_versions(const struct aptrace_plugin *found, struct error *error)
{
    if (found->abi_major != APTRACE_ABI_MAJOR)
        return error_set(error,
                         "its ABI is %u.%u, this aptrace's is %d.%d: another major, so neither understands the other. "
                         "Build the plugin with this aptrace's headers",
                         (unsigned)found->abi_major, (unsigned)found->abi_minor, APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    if (found->abi_minor > APTRACE_ABI_MINOR)
        return error_set(error,
                         "its ABI is %u.%u, newer than this aptrace's %d.%d. Update aptrace, or build the plugin with "
                         "APTRACE_PLUGIN_MINOR %d or less",
                         (unsigned)found->abi_major, (unsigned)found->abi_minor, APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR,
                         APTRACE_ABI_MINOR);
    return 0;
}

static int check_sizes(const struct aptrace_plugin *plugin, struct error *error)
{
    uint32_t align = plugin->state_align;
    if (plugin->state_size > STATE_MAX)
        return error_set(error, "its state is %u bytes, expected at most %d", (unsigned)plugin->state_size, STATE_MAX);
    if (align == 0 || (align & (align - 1)) != 0 || align > ALIGN_MAX)
        return error_set(error, "the alignment of its state is %u, expected a power of two up to %d", (unsigned)align, ALIGN_MAX);
    if (plugin->param_size < PARAMETER_SIZE_1_0 || plugin->param_size > STRIDE_MAX || plugin->param_size % sizeof(uint64_t) != 0)
        return error_set(error,
                         "an entry of its parameter table is %u bytes (.param_size), expected %zu: was it built with other "
                         "headers?",
                         (unsigned)plugin->param_size, PARAMETER_SIZE_1_0);
    return 0;
}

static bool is_good_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_.-");
    return length > 0 && length <= NAME_MAX_LENGTH && name[length] == 0;
}

static int check_words(const struct aptrace_plugin *plugin, bool loaded, struct error *error)
{
    if (!plugin->name)
        return error_set(error, "it has no name: the first argument of APTRACE_PREDICATE is null");
    if (check_text(plugin->name, "name", loaded, error))
        return -1;
    if (!is_good_name(plugin->name))
        return error_set(error, "its name is \"%.*s\", expected 1 to %d of a-z 0-9 _ . -", NAME_MAX_LENGTH, plugin->name,
                         NAME_MAX_LENGTH);
    if (!plugin->summary)
        return error_set(error, "it has no summary: add .summary = \"what it looks for\" to APTRACE_PREDICATE");
    if (check_text(plugin->summary, "summary", loaded, error))
        return -1;
    return check_text(plugin->version, "version", loaded, error);
}

static int check_yields(struct aptrace_plugin *plugin, struct error *error)
{
    unsigned char survives = 0;
    memcpy(&survives, (const char *)plugin + offsetof(struct aptrace_plugin, stop_survives_loss), 1);
    if (survives > 1)
        return error_set(error, "its .stop_survives_loss is %u, expected 0 or 1", (unsigned)survives);
    if (!plugin->stop_condition && !plugin->on_finish)
        return error_set(error, "it has neither stop_condition nor on_finish, so it would yield nothing. One in a static library "
                                "is left out unless the link asks for it");
    if (!plugin->on_finish && plugin->yields == 0)
        plugin->yields = APTRACE_TYPE_BOOL;
    if (!plugin->on_finish && plugin->yields != APTRACE_TYPE_BOOL)
        return error_set(error,
                         "it declares .yields = %u, but without on_finish it yields whether it stopped: expected "
                         "APTRACE_TYPE_BOOL (%d), or nothing",
                         (unsigned)plugin->yields, APTRACE_TYPE_BOOL);
    if (plugin->yields == 0)
        return error_set(error, "it has on_finish but declares no .yields: add .yields = APTRACE_TYPE_BOOL, or the type that "
                                "on_finish returns");
    if (plugin->yields > APTRACE_TYPE_STRING)
        return error_set(error, "it declares .yields = %u, expected APTRACE_TYPE_BOOL (%d) to APTRACE_TYPE_STRING (%d)",
                         (unsigned)plugin->yields, APTRACE_TYPE_BOOL, APTRACE_TYPE_STRING);
    return 0;
}

/* ---- Parameters ------------------------------------------------------------------------------------------------------ */

/* The texts of an entry; what its numbers say is parameter_check_table()'s. */
static int check_entry_texts(const struct aptrace_param *entry, struct error *error)
{
    if (check_text(entry->member, "member", true, error) || check_text(entry->name, "name", true, error) ||
        check_text(entry->choices, "choices", true, error) || check_text(entry->fallback, "fallback", true, error) ||
        check_text(entry->help, "help", true, error))
        return -1;
    return 0;
}

/* Up to the first entry whose type is none: where that stands, or that there is no end, is parameter_check_table()'s to say. */
static int check_table_texts(const struct aptrace_plugin *plugin, size_t limit, struct error *error)
{
    size_t i;
    for (i = 0; i < limit; i++) {
        const struct aptrace_param *entry = parameter_entry(plugin->params, plugin->param_size, i);
        if (entry->type < APTRACE_TYPE_BOOL || entry->type > APTRACE_TYPE_FIELD)
            return 0;
        if (check_entry_texts(entry, error))
            return error_context(error, "parameter %zu", i + 1);
    }
    return 0;
}

static int check_params(const struct aptrace_plugin *plugin, bool loaded, struct error *error)
{
    size_t remaining, limit;
    if (!plugin->params)
        return 0;
    if ((uintptr_t)plugin->params % _Alignof(struct aptrace_param) != 0)
        return error_set(error, "its parameter table is at %p, which no table can be", (const void *)plugin->params);
    remaining = loaded_from((uintptr_t)plugin->params, PF_R);
    if (loaded && remaining == 0)
        return error_set(error, "its parameter table is at %p, which is not in the plugin", (const void *)plugin->params);
    limit = remaining / plugin->param_size;
    if (remaining == 0 || limit > ENTRIES_MAX) /* in place, a table may be on a stack */
        limit = ENTRIES_MAX;
    if (loaded && check_table_texts(plugin, limit, error))
        return -1;
    return parameter_check_table(plugin->params, plugin->param_size, limit, plugin->state_size, error);
}

/* ---- Both kinds ------------------------------------------------------------------------------------------------------ */

static int check_contents(struct aptrace_plugin *copy, bool loaded, struct error *error)
{
    if (check_sizes(copy, error) || check_words(copy, loaded, error) || check_yields(copy, error))
        return -1;
    return check_params(copy, loaded, error);
}

/* The smaller of both sizes, the rest zero. readable: bytes that may be read of what was found. */
static int copy_descriptor(const struct aptrace_plugin *found, size_t readable, struct aptrace_plugin *copy, struct error *error)
{
    if (check_versions(found, error))
        return -1;
    if (found->size < DESCRIPTOR_SIZE_1_0)
        return error_set(error, "its descriptor says that it is %u bytes, expected at least %zu: write it with APTRACE_PREDICATE",
                         (unsigned)found->size, DESCRIPTOR_SIZE_1_0);
    if (found->size > readable)
        return error_set(error,
                         "its descriptor says that it is %u bytes, but the plugin has %zu of it: write it with "
                         "APTRACE_PREDICATE",
                         (unsigned)found->size, readable);
    memset(copy, 0, sizeof *copy);
    memcpy(copy, found, found->size < sizeof *copy ? found->size : sizeof *copy);
    return 0;
}

int plugin_check_in_place(const struct aptrace_plugin *descriptor, struct aptrace_plugin *copy, struct error *error)
{
    if (copy_descriptor(descriptor, SIZE_MAX, copy, error))
        return -1;
    return check_contents(copy, false, error);
}

/* ---- The proofs of an ELF file --------------------------------------------------------------------------------------- */

/* What the dynamic linker knows of an address: the object that it lies in, and the symbol there. Null: none. */
struct place {
    const struct link_map *object;
    const ElfW(Sym) * symbol;
};

static struct place place_of(uintptr_t address)
{
    struct place place = {NULL, NULL};
    const void *at = (const void *)address;
    Dl_info info;
    void *map = NULL, *entry = NULL;
    if (!dladdr1(at, &info, &map, RTLD_DL_LINKMAP) || !dladdr1(at, &info, &entry, RTLD_DL_SYMENT))
        return place;
    place.object = map;
    place.symbol = entry;
    return place;
}

static const char *object_name(const struct link_map *object)
{
    if (!object)
        return "nowhere";
    return object->l_name && object->l_name[0] ? object->l_name : "the program";
}

/* The plugin's own descriptor and how many bytes its symbol has. */
static const struct aptrace_plugin *find_descriptor(void *handle, const struct link_map *own, size_t *readable,
                                                    struct error *error)
{
    const void *found = dlsym(handle, "aptrace_plugin");
    struct place place = place_of((uintptr_t)found);
    if (!found) {
        error_set(error,
                  "it exports no aptrace_plugin, so it is no plugin. One ends with APTRACE_PREDICATE(...); a version script "
                  "that hides it, or -flto objects linked by another compiler, lose it");
        return NULL;
    }
    if (place.object != own || !place.symbol) {
        error_set(error, "it has no aptrace_plugin of its own: the one found is %s's", object_name(place.object));
        return NULL;
    }
    if (ELF64_ST_TYPE(place.symbol->st_info) != STT_OBJECT) {
        error_set(error, "its aptrace_plugin is %s, expected a descriptor: write it with APTRACE_PREDICATE",
                  ELF64_ST_TYPE(place.symbol->st_info) == STT_FUNC ? "a function" : "no data");
        return NULL;
    }
    *readable = loaded_from((uintptr_t)found, PF_R);
    if (*readable > place.symbol->st_size)
        *readable = place.symbol->st_size;
    if (*readable < FROZEN_SIZE || (uintptr_t)found % _Alignof(struct aptrace_plugin) != 0) {
        error_set(error, "its aptrace_plugin is %zu bytes at %p, expected at least %d: write it with APTRACE_PREDICATE",
                  *readable, found, FROZEN_SIZE);
        return NULL;
    }
    return found;
}

/* Pointers to functions are compared as addresses: ISO C gives them no other way into dlsym's world. */
struct callback {
    const char *name;
    size_t offset; /* in the descriptor */
};

static uintptr_t callback_address(const struct aptrace_plugin *plugin, const struct callback *callback)
{
    uintptr_t address = 0;
    memcpy(&address, (const char *)plugin + callback->offset, sizeof address);
    return address;
}

static int refuse_callback(const struct link_map *own, const struct callback *callback, uintptr_t address, uintptr_t exported,
                           struct error *error)
{
    const struct link_map *object = place_of(address).object;
    if (address == 0)
        return error_set(error, "it exports %s, but its descriptor leaves it out: write it with APTRACE_PREDICATE",
                         callback->name);
    if (!exported && object == own)
        return error_set(error, "its %s is not exported: a version script or -fvisibility hides it, or it is another function",
                         callback->name);
    return error_set(error, "its descriptor has %s at %p (%s), but the plugin %s: was something put in its place?",
                     callback->name, (const void *)address, object_name(object), exported ? "exports another" : "exports none");
}

/* The descriptor's callback must be what the plugin itself exports by that name; null where it exports none. */
static int check_exported(void *handle, const struct link_map *own, struct aptrace_plugin *copy, const struct callback *callback,
                          struct error *error)
{
    static const uintptr_t none = 0;
    uintptr_t exported = (uintptr_t)dlsym(handle, callback->name);
    uintptr_t address = callback_address(copy, callback);
    if (exported && place_of(exported).object != own)
        exported = 0;
    if (!exported && address == own->l_addr) {
        memcpy((char *)copy + callback->offset, &none, sizeof none);
        return 0;
    }
    return address == exported ? 0 : refuse_callback(own, callback, address, exported, error);
}

static int check_callbacks(void *handle, const struct link_map *own, struct aptrace_plugin *copy, struct error *error)
{
    static const struct callback all[] = {
        /* the exported ones first */
        {"on_packet", offsetof(struct aptrace_plugin, on_packet)},
        {"stop_condition", offsetof(struct aptrace_plugin, stop_condition)},
        {"on_finish", offsetof(struct aptrace_plugin, on_finish)},
        {".prepare", offsetof(struct aptrace_plugin, prepare)},
        {".release", offsetof(struct aptrace_plugin, release)},
    };
    size_t i;
    for (i = 0; i < EXPORTED_COUNT; i++) {
        if (check_exported(handle, own, copy, &all[i], error))
            return -1;
    }
    for (i = 0; i < sizeof all / sizeof all[0]; i++) {
        uintptr_t address = callback_address(copy, &all[i]);
        if (address && loaded_from(address, PF_X) == 0)
            return error_set(error, "its %s is at %p, where there is no code", all[i].name, (const void *)address);
    }
    return 0;
}

int plugin_check_loaded(void *handle, struct aptrace_plugin *copy, struct error *error)
{
    const struct aptrace_plugin *found;
    struct link_map *own = NULL;
    size_t readable = 0;
    if (dlinfo(handle, RTLD_DI_LINKMAP, &own) || !own)
        return error_set(error, "the dynamic linker does not say what it loaded: %s", dlerror());
    found = find_descriptor(handle, own, &readable, error);
    if (!found || copy_descriptor(found, readable, copy, error) || check_callbacks(handle, own, copy, error))
        return -1;
    return check_contents(copy, true, error);
}
