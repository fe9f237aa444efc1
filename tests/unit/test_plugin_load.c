/* SPDX-License-Identifier: MIT */
/* What can be said of the loader without a compiler: where it looks, what it suggests, which files it refuses before they are
 * loaded, and what it refuses in a descriptor. tests/abi has the plugins that are really built and loaded. */
#include <check.h>
#include <elf.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/field.h"
#include "core/memory.h"
#include "core/plugin_file.h"
#include "core/plugin_find.h"
#include "core/plugin_load.h"
#include "core/plugin_suggest.h"
#include "suites.h"

#if defined __has_feature
#    if __has_feature(address_sanitizer)
#        define SANITISED
#    endif
#endif
#if defined __SANITIZE_ADDRESS__
#    define SANITISED
#endif

static char folder[64];

static void setup(void)
{
    snprintf(folder, sizeof folder, "/tmp/aptrace-unit.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("APTRACE_PLUGIN_PATH", folder, 1);
}

static void teardown(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    ck_assert_int_eq(system(command), 0);
    unsetenv("APTRACE_PLUGIN_PATH");
}

/* A path in the test's folder, in a buffer that the next but two calls reuse. */
static const char *in_folder(const char *name)
{
    static char paths[3][256];
    static unsigned next;
    char *path = paths[next++ % 3];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static const char *write_file(const char *name, const void *bytes, size_t length)
{
    const char *path = in_folder(name);
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

static void assert_says(const char *text, const char *words)
{
    ck_assert_msg(strstr(text, words) != NULL, "expected \"%s\" in \"%s\"", words, text);
}

/* ---- Folders and names ----------------------------------------------------------------------------------------------- */

START_TEST(folders_of_the_environment_come_first_and_once)
{
    char path[512];
    char **folders;
    size_t count;
    ck_assert_int_eq(mkdir(in_folder("second"), 0755), 0);
    snprintf(path, sizeof path, ":%s:/nowhere/at/all:%s/second:%s/second/../:", folder, folder, folder);
    setenv("APTRACE_PLUGIN_PATH", path, 1);
    count = plugin_folders(&folders);
    ck_assert_uint_ge(count, 2);
    ck_assert_str_eq(folders[0], folder);
    ck_assert_str_eq(folders[1], in_folder("second"));
    for (size_t i = 2; i < count; i++)
        ck_assert_msg(!strstr(folders[i], "aptrace-unit"), "%s is listed twice", folders[i]);
    plugin_folders_free(folders, count);
}
END_TEST

START_TEST(names_are_sorted_and_once)
{
    char path[512];
    char **names;
    size_t count, found = 0;
    const char *seen[8] = {NULL};
    ck_assert_int_eq(mkdir(in_folder("second"), 0755), 0);
    ck_assert_int_eq(mkdir(in_folder("zz_folder.so"), 0755), 0);
    write_file("zz_b.so", "", 0);
    write_file("zz_a.so", "", 0);
    write_file("zz_c.la", "", 0);
    write_file(".zz_hidden.so", "", 0);
    write_file("second/zz_b.so", "", 0);
    snprintf(path, sizeof path, "%s:%s/second", folder, folder);
    setenv("APTRACE_PLUGIN_PATH", path, 1);
    count = plugin_names(&names);
    for (size_t i = 0; i < count; i++) {
        ck_assert(i == 0 || strcmp(names[i - 1], names[i]) < 0);
        if (strncmp(names[i], "zz_", 3) == 0 && found < 8)
            seen[found++] = names[i];
    }
    ck_assert_uint_eq(found, 2);
    ck_assert_str_eq(seen[0], "zz_a");
    ck_assert_str_eq(seen[1], "zz_b");
    plugin_folders_free(names, count);
}
END_TEST

static void assert_found(const char *name, const char *wanted)
{
    struct error error = {""};
    char *path = plugin_find(name, &error);
    ck_assert_msg(path != NULL, "%s: %s", name, error.text);
    ck_assert_str_eq(path, wanted);
    free(path);
}

static void assert_missing(const char *name, const char *words)
{
    struct error error = {""};
    char *path = plugin_find(name, &error);
    ck_assert_ptr_null(path);
    assert_says(error.text, words);
}

START_TEST(a_name_is_found_with_and_without_its_ending)
{
    const char *path = write_file("zz_mine.so", "", 0);
    assert_found("zz_mine", path);
    assert_found("zz_mine.so", path);
    assert_found(path, path);
    assert_found(in_folder("zz_mine"), path);
}
END_TEST

START_TEST(the_first_folder_wins)
{
    char path[512];
    const char *first;
    ck_assert_int_eq(mkdir(in_folder("second"), 0755), 0);
    write_file("second/zz_mine.so", "", 0);
    first = write_file("zz_mine.so", "", 0);
    snprintf(path, sizeof path, "%s:%s/second", folder, folder);
    setenv("APTRACE_PLUGIN_PATH", path, 1);
    assert_found("zz_mine", first);
}
END_TEST

START_TEST(a_relative_folder_gives_a_path)
{
    char here[512];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    write_file("zz_mine.so", "", 0);
    ck_assert_int_eq(mkdir(in_folder("sub"), 0755), 0);
    write_file("sub/zz_other.so", "", 0);
    ck_assert_int_eq(chdir(folder), 0);
    setenv("APTRACE_PLUGIN_PATH", "sub", 1);
    assert_found("zz_other", "./sub/zz_other.so");
    assert_missing("zz_mine", "There is zz_mine.so in the working folder: write ./zz_mine to mean it.");
    ck_assert_int_eq(chdir(here), 0);
}
END_TEST

START_TEST(what_is_not_there_is_told)
{
    assert_missing("", "name of a plugin is missing");
    assert_missing("./zz_none", "there is no plugin file ./zz_none, nor one with .so behind it");
    assert_missing("./zz_none.so", "there is no plugin file ./zz_none.so");
    assert_missing(folder, "is a directory");
    assert_missing("zz_none", folder);
    assert_missing("zz_none", "Looked in: ");
}
END_TEST

/* ---- Suggestions ----------------------------------------------------------------------------------------------------- */

static const char *suggested(const char *word, const char *const *names, size_t count)
{
    static char said[512];
    struct text text = {0};
    plugin_suggest(&text, word, names, count);
    snprintf(said, sizeof said, "%s", text_bytes(&text));
    text_fini(&text);
    return said;
}

static const char *const all[] = {
    "checksums_ok",          "count_packets",       "did_not_see_dst_mac", "did_not_see_packet", "did_not_see_packet_equaling",
    "did_not_see_src_mac",   "did_not_see_vlan",    "every_packet",        "in_order",           "max_gap",
    "no_duplicates",         "packet_count",        "packet_count_was",    "packet_count_was_at_least",
    "packet_count_was_less_than", "rate_within",    "received_count_of",   "received_packet",    "saw_dst_mac",
    "saw_exactly",           "saw_nothing",         "saw_on_each",         "saw_on_one",         "saw_packet",
    "saw_packet_equaling",   "saw_src_mac",         "saw_vlan",            "spread_evenly",      "timed_out",
};
enum { ALL = sizeof all / sizeof all[0] };

START_TEST(other_tools_words_get_ours)
{
    static const char *const pairs[][2] = {
        {"verify_packet", "did you mean saw_packet?"},
        {"verify-packet", "did you mean saw_packet?"},
        {"verify_no_packet", "did you mean did_not_see_packet?"},
        {"verify_packets", "did you mean saw_exactly?"},
        {"verify_no_other_packets", "did you mean saw_exactly?"},
        {"verify_packet_any_port", "did you mean saw_on_one?"},
        {"verify_each_packet_on_each_port", "did you mean saw_on_each?"},
        {"count_matched_packets", "did you mean count_packets?"},
        {"AsyncSniffer", "did you mean received_packet?"},
        {"sniff", "did you mean received_packet?"},
        {"haslayer", "did you mean saw_packet?"},
        {"saw_vlan_tag", "did you mean saw_vlan?"},
        {"did_not_see_vlan_tag", "did you mean did_not_see_vlan?"},
        {"min_packet_count_was", "did you mean packet_count_was_at_least?"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        assert_says(suggested(pairs[i][0], all, ALL), pairs[i][1]);
}
END_TEST

START_TEST(only_plugins_that_are_there_are_suggested)
{
    static const char *const few[] = {"packet_count", "received_packet", "saw_vlan"};
    static const char *const typed[] = {
        "verify_packet", "verify_no_packet",     "verify_packets",      "count_matched_packets", "sniff",      "timed_out",
        "haslayer",      "min_packet_count_was", "saw_packet_equaling", "packet_count_was",      "saw_packet", "sport",
    };
    assert_says(suggested("verify_packet", few, 3), "received_packet");
    assert_says(suggested("count_matched_packets", few, 3), "packet_count?");
    for (size_t i = 0; i < sizeof typed / sizeof typed[0]; i++) {
        for (size_t k = 0; k < ALL; k++) {
            char question[64], list[64];
            bool there = strcmp(all[k], few[0]) == 0 || strcmp(all[k], few[1]) == 0 || strcmp(all[k], few[2]) == 0;
            snprintf(question, sizeof question, " %s?", all[k]);
            snprintf(list, sizeof list, " %s,", all[k]);
            ck_assert_msg(there || (!strstr(suggested(typed[i], few, 3), question) && !strstr(suggested(typed[i], few, 3), list)),
                          "%s: suggests %s", typed[i], all[k]);
        }
    }
    assert_says(suggested("verify_packet", NULL, 0), ".");
}
END_TEST

START_TEST(fields_and_parameters_are_no_plugins)
{
    static const char *const fields[][2] = {
        {"sport", ": did you mean saw_packet tcp.srcport=... or udp.srcport=...? "},
        {"TTL", ": did you mean saw_packet ip.ttl=... or ipv6.hlim=...? "}, {"ip.dst", ": did you mean saw_packet ip.dst=...? "},
        {"tcp_dport", ": did you mean saw_packet tcp.dstport=...? "}, {"IP-Src", ": did you mean saw_packet ip.src=...? "},
        {"ip6.dst", ": did you mean saw_packet ipv6.dst=...? "}, {"vlan.id#2", ": did you mean saw_packet vlan.id#2=...? "},
        {"udp@8:3", ": did you mean saw_packet udp@8:3=...? "}, {"dst_mac", ": did you mean saw_packet eth.dst=...? "},
        {"inner.ip.src", ": did you mean saw_packet inner.ip.src=...? "}, {"ip.nosuch", ". "}, {"eth@x", ". "}};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *said = suggested(fields[i][0], all, ALL);
        ck_assert_msg(strncmp(said, fields[i][1], strlen(fields[i][1])) == 0, "%s: %s", fields[i][0], said);
        assert_says(said, "Header fields are parameters, not plugins");
        assert_says(said, "aptrace --describe saw_packet");
    }
    assert_says(suggested("tag=102", all, ALL), "--plugin PLUGIN tag=102");
    assert_says(suggested("tag!=102", all, ALL), "--plugin PLUGIN tag!=102");
    assert_says(suggested("ip.ttl!=64", all, ALL), "--plugin saw_packet ip.ttl!=64");
    assert_says(suggested("ip.nosuch=64", all, ALL), "--plugin PLUGIN ip.nosuch=64");
    ck_assert_ptr_null(strstr(suggested("iptables.x", all, ALL), "Header fields"));
}
END_TEST

/* A key that is advised can be written. */
START_TEST(words_for_fields_get_keys_that_there_are)
{
    static const char *const words[] = {
        "sport", "dport", "srcport", "dstport", "src_port", "dst_port", "port", "src", "dst", "src_ip", "dst_ip", "src_mac",
        "dst_mac", "mac", "ttl", "hlim", "tos", "dscp", "ecn", "proto", "protocol", "ethertype", "vid", "tag", "pcp", "vni", "flags",
        "chksum", "checksum", "payload", "seq", "ack", "tcp_seq", "tcp_ack", "window", "len"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *said = memory_text(suggested(words[i], all, ALL)), *rest = said;
        size_t keys = 0;
        for (char *word, *end; (word = strsep(&rest, " ")) != NULL;) {
            struct aptrace_field field;
            struct arena arena = {0};
            struct error error = {""};
            if ((end = strstr(word, "=...")) == NULL)
                continue;
            *end = '\0';
            keys++;
            ck_assert_msg(field_find(word, &field, &arena, &error) == 0, "%s: %s", words[i], error.text);
            arena_fini(&arena);
        }
        ck_assert_msg(keys > 0, "%s", words[i]);
        free(said);
    }
}
END_TEST

START_TEST(absence_is_presence_not_expected)
{
    static const char *const few[] = {"saw_dst_mac", "saw_nothing", "saw_vlan"};
    assert_says(suggested("did_not_see_vlan", few, 3), "did you mean saw_vlan with --expect false?");
    assert_says(suggested("did_not_see_vlan_tag", few, 3), "did you mean saw_vlan with --expect false?");
    assert_says(suggested("did_not_see_dst_mac", few, 3), "did you mean saw_dst_mac with --expect false?");
    assert_says(suggested("verify_no_packet", few, 3), "did you mean saw_nothing?");
}
END_TEST

START_TEST(a_slip_gets_the_nearest)
{
    assert_says(suggested("saw_vlna", all, ALL), "did you mean saw_vlan");
    ck_assert_str_eq(suggested("qqqqqqqqqqqqqqqq", all, ALL), ".");
}
END_TEST

/* ---- Files ----------------------------------------------------------------------------------------------------------- */

static void assert_file_refused(const char *path, const char *words)
{
    struct error error = {""};
    ck_assert_int_eq(plugin_file_check(path, &error), -1);
    assert_says(error.text, words);
}

START_TEST(what_is_no_shared_object_is_refused)
{
    assert_file_refused(in_folder("none.so"), "no such file");
    assert_file_refused(folder, "directory");
    assert_file_refused("/dev/null", "not a regular file");
    assert_file_refused(write_file("empty.so", "", 0), "it is empty");
    assert_file_refused(write_file("short.so", "ab", 2), "begins with bytes 61 62 00 00");
    assert_file_refused(write_file("text.so", "int main(void);\n", 16), "expected 7f 45 4c 46");
    assert_file_refused(write_file("a.so", "!<arch>\nabcdefgh", 16), "static library");
    assert_file_refused(write_file("elf.so", ELFMAG, SELFMAG), "cut short: the file has 4 bytes");
}
END_TEST

/* The header of this very program, to bend. */
static ElfW(Ehdr) own_header(void)
{
    ElfW(Ehdr) header;
    FILE *file = fopen("/proc/self/exe", "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fread(&header, sizeof header, 1, file), 1);
    fclose(file);
    return header;
}

START_TEST(headers_are_checked)
{
    ElfW(Ehdr) good = own_header(), bent;
    bent = good;
    bent.e_machine = EM_SPARC;
    assert_file_refused(write_file("machine.so", &bent, sizeof bent), "another machine");
    bent = good;
    bent.e_ident[EI_CLASS] = sizeof(void *) == 8 ? ELFCLASS32 : ELFCLASS64;
    assert_file_refused(write_file("class.so", &bent, sizeof bent), "another machine");
    bent = good;
    bent.e_ident[EI_DATA] = bent.e_ident[EI_DATA] == ELFDATA2LSB ? ELFDATA2MSB : ELFDATA2LSB;
    assert_file_refused(write_file("data.so", &bent, sizeof bent), "endian");
    bent = good;
    bent.e_type = ET_REL;
    assert_file_refused(write_file("object.so", &bent, sizeof bent), "not linked yet");
    bent.e_type = ET_CORE;
    assert_file_refused(write_file("core.so", &bent, sizeof bent), "not a shared object");
    bent.e_type = ET_DYN;
    assert_file_refused(write_file("cut.so", &bent, sizeof bent), "cut short: its table of segments");
    bent.e_phentsize = 3;
    assert_file_refused(write_file("entry.so", &bent, sizeof bent), "damaged");
    bent = good;
    bent.e_type = ET_DYN;
    bent.e_phnum = 0xffff;
    assert_file_refused(write_file("many.so", &bent, sizeof bent), "damaged");
}
END_TEST

/* A header with two segments, the second of which may be bent: offsets and sizes at the limits must not wrap. */
START_TEST(segments_are_checked)
{
    struct {
        ElfW(Ehdr) header;
        ElfW(Phdr) segments[2];
        ElfW(Dyn) dynamic[2];
    } file;
    memset(&file, 0, sizeof file);
    file.header = own_header();
    file.header.e_type = ET_DYN;
    file.header.e_phoff = offsetof(__typeof__(file), segments);
    file.header.e_phnum = 2;
    file.segments[0].p_type = PT_LOAD;
    file.segments[0].p_offset = (ElfW(Off)) - 8;
    file.segments[0].p_filesz = 16;
    assert_file_refused(write_file("wrap.so", &file, sizeof file), "cut short: a segment needs 16 bytes");
    file.segments[0].p_offset = 0;
    file.segments[0].p_filesz = sizeof file;
    assert_file_refused(write_file("static.so", &file, sizeof file), "no dynamic section");
    file.segments[1].p_type = PT_DYNAMIC;
    file.segments[1].p_offset = offsetof(__typeof__(file), dynamic);
    file.segments[1].p_filesz = sizeof file.dynamic;
    file.dynamic[0].d_tag = DT_FLAGS_1;
    file.dynamic[0].d_un.d_val = DF_1_PIE;
    assert_file_refused(write_file("pie.so", &file, sizeof file), "a program");
}
END_TEST

START_TEST(a_sanitised_file_is_refused_by_a_plain_program)
{
    struct {
        ElfW(Ehdr) header;
        ElfW(Phdr) segments[2];
        ElfW(Dyn) dynamic[3];
        char strings[32];
    } file;
    struct error error = {""};
    memset(&file, 0, sizeof file);
    file.header = own_header();
    file.header.e_type = ET_DYN;
    file.header.e_phoff = offsetof(__typeof__(file), segments);
    file.header.e_phnum = 2;
    file.segments[0].p_type = PT_LOAD;
    file.segments[0].p_filesz = sizeof file;
    file.segments[0].p_vaddr = 0x1000;
    file.segments[1].p_type = PT_DYNAMIC;
    file.segments[1].p_offset = offsetof(__typeof__(file), dynamic);
    file.segments[1].p_filesz = sizeof file.dynamic;
    file.dynamic[0].d_tag = DT_NEEDED;
    file.dynamic[0].d_un.d_val = 1;
    file.dynamic[1].d_tag = DT_STRTAB;
    file.dynamic[1].d_un.d_ptr = 0x1000 + offsetof(__typeof__(file), strings);
    memcpy(file.strings, "\0libm.so.6", 11);
    ck_assert_int_eq(plugin_file_check(write_file("plain.so", &file, sizeof file), &error), 0);
    memcpy(file.strings, "\0libasan.so.8", 14);
#if !defined SANITISED
    assert_file_refused(write_file("asan.so", &file, sizeof file), "sanitiser: it needs libasan.so.8");
#endif
    file.dynamic[0].d_un.d_val = (ElfW(Xword)) - 1; /* a name beyond the file is the dynamic linker's to refuse */
    ck_assert_int_eq(plugin_file_check(write_file("beyond.so", &file, sizeof file), &error), 0);
}
END_TEST

START_TEST(a_refusal_names_the_file)
{
    struct error error = {""};
    const char *path = write_file("zz_bad.so", "int", 3);
    ck_assert_ptr_null(plugin_load("zz_bad", &error));
    assert_says(error.text, path);
    assert_says(error.text, "not an ELF file");
}
END_TEST

/* ---- Predicates in place --------------------------------------------------------------------------------------------- */

struct place {
    uint64_t tag;
};

static const struct aptrace_param params[] = {APTRACE_PARAM_UINT(struct place, tag, .min = 1, .max = 4094, .help = "a tag"),
                                              APTRACE_PARAM_END};

static bool stop(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    (void)self;
    return packet->number == 42;
}

static struct aptrace_value yield_stopped(struct aptrace_instance *self, const struct aptrace_finish *finish)
{
    (void)self;
    return aptrace_bool(finish->stopped);
}

static struct aptrace_plugin good_one(void)
{
    struct aptrace_plugin plugin = {
        .abi_major = APTRACE_ABI_MAJOR,
        .abi_minor = APTRACE_ABI_MINOR,
        .size = sizeof plugin,
        .state_size = sizeof(struct place),
        .state_align = _Alignof(struct place),
        .param_size = sizeof(struct aptrace_param),
        .name = "in_place",
        .stop_condition = stop,
        .summary = "In place",
        .params = params,
    };
    return plugin;
}

START_TEST(a_predicate_in_place_is_copied)
{
    struct error error = {""};
    struct aptrace_plugin plugin = good_one();
    const struct plugin *loaded = plugin_in_place(&plugin, &error);
    ck_assert_msg(loaded != NULL, "%s", error.text);
    ck_assert_str_eq(loaded->descriptor.name, "in_place");
    ck_assert_ptr_null(loaded->path);
    ck_assert_uint_eq(loaded->descriptor.yields, APTRACE_TYPE_BOOL);
    ck_assert_ptr_ne(&loaded->descriptor, &plugin);
    ck_assert(plugin_in_place(&plugin, &error) == loaded);
    plugin.state_size = 64;
    ck_assert(plugin_in_place(&plugin, &error) != loaded);
    ck_assert_uint_eq(loaded->descriptor.state_size, sizeof(struct place));
}
END_TEST

/* What a newer header of the same major has behind our last member is not read. */
START_TEST(a_longer_descriptor_is_cut)
{
    struct {
        struct aptrace_plugin plugin;
        uint64_t newer[4];
    } longer = {good_one(), {1, 2, 3, 4}};
    struct error error = {""};
    longer.plugin.size = sizeof longer;
    ck_assert_ptr_nonnull(plugin_in_place(&longer.plugin, &error));
}
END_TEST

static void assert_refused(const struct aptrace_plugin *plugin, const char *words)
{
    struct error error = {""};
    ck_assert_ptr_null(plugin_in_place(plugin, &error));
    assert_says(error.text, words);
}

#define BENT(MEMBER, VALUE, WORDS)                                                                                               \
    do {                                                                                                                         \
        struct aptrace_plugin bent_ = good_one();                                                                                \
        bent_.MEMBER = (VALUE);                                                                                                  \
        assert_refused(&bent_, WORDS);                                                                                           \
    } while (0)

START_TEST(bent_descriptors_are_refused)
{
    char words[64];
    snprintf(words, sizeof words, "its ABI is 2.0, this aptrace's is %d.%d", APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    BENT(abi_major, 2, words);
    snprintf(words, sizeof words, "its ABI is 1.99, newer than this aptrace's %d.%d", APTRACE_ABI_MAJOR, APTRACE_ABI_MINOR);
    BENT(abi_minor, 99, words);
    BENT(size, 96, "says that it is 96 bytes");
    BENT(state_size, (64u << 20) + 1, "its state is 67108865 bytes");
    BENT(state_align, 0, "alignment of its state is 0");
    BENT(state_align, 12, "alignment of its state is 12");
    BENT(state_align, 8192, "alignment of its state is 8192");
    BENT(param_size, sizeof(struct aptrace_param) - 8, "an entry of its parameter table is");
    BENT(param_size, sizeof(struct aptrace_param) + 4, "an entry of its parameter table is");
    BENT(name, NULL, "no name");
    BENT(name, "", "its name is \"\"");
    BENT(name, "Saw", "its name is \"Saw\"");
    BENT(name, "a/b", "its name is \"a/b\"");
    BENT(summary, NULL, "no summary");
    BENT(stop_condition, NULL, "neither stop_condition nor on_finish");
    BENT(on_finish, yield_stopped, "declares no .yields");
    BENT(yields, APTRACE_TYPE_UINT, "without on_finish it yields whether it stopped");
    BENT(state_size, 4, "tag");
}
END_TEST

START_TEST(every_value_type_may_be_yielded)
{
    struct error error = {""};
    struct aptrace_plugin plugin = good_one();
    plugin.on_finish = yield_stopped;
    for (uint32_t type = APTRACE_TYPE_BOOL; type <= APTRACE_TYPE_STRING; type++) {
        plugin.yields = type;
        ck_assert_msg(plugin_in_place(&plugin, &error) != NULL, "%s", error.text);
    }
    plugin.yields = APTRACE_TYPE_DURATION;
    assert_refused(&plugin, "declares .yields = 6");
}
END_TEST

START_TEST(a_null_predicate_is_refused)
{
    assert_refused(NULL, "null");
}
END_TEST

static void add_tests_of_finding(Suite *suite)
{
    TCase *finding = tcase_create("finding");
    tcase_add_checked_fixture(finding, setup, teardown);
    tcase_add_test(finding, folders_of_the_environment_come_first_and_once);
    tcase_add_test(finding, names_are_sorted_and_once);
    tcase_add_test(finding, a_name_is_found_with_and_without_its_ending);
    tcase_add_test(finding, the_first_folder_wins);
    tcase_add_test(finding, a_relative_folder_gives_a_path);
    tcase_add_test(finding, what_is_not_there_is_told);
    suite_add_tcase(suite, finding);
}

static void add_tests_of_files(Suite *suite)
{
    TCase *files = tcase_create("files");
    tcase_add_checked_fixture(files, setup, teardown);
    tcase_add_test(files, what_is_no_shared_object_is_refused);
    tcase_add_test(files, headers_are_checked);
    tcase_add_test(files, segments_are_checked);
    tcase_add_test(files, a_sanitised_file_is_refused_by_a_plain_program);
    tcase_add_test(files, a_refusal_names_the_file);
    suite_add_tcase(suite, files);
}

Suite *plugin_load_suite(void)
{
    Suite *suite = suite_create("plugin_load");
    TCase *suggesting = tcase_create("suggesting");
    TCase *in_place = tcase_create("in place");
    add_tests_of_finding(suite);
    add_tests_of_files(suite);
    tcase_add_test(suggesting, other_tools_words_get_ours);
    tcase_add_test(suggesting, only_plugins_that_are_there_are_suggested);
    tcase_add_test(suggesting, fields_and_parameters_are_no_plugins);
    tcase_add_test(suggesting, words_for_fields_get_keys_that_there_are);
    tcase_add_test(suggesting, absence_is_presence_not_expected);
    tcase_add_test(suggesting, a_slip_gets_the_nearest);
    suite_add_tcase(suite, suggesting);
    tcase_add_test(in_place, a_predicate_in_place_is_copied);
    tcase_add_test(in_place, a_longer_descriptor_is_cut);
    tcase_add_test(in_place, bent_descriptors_are_refused);
    tcase_add_test(in_place, every_value_type_may_be_yielded);
    tcase_add_test(in_place, a_null_predicate_is_refused);
    suite_add_tcase(suite, in_place);
    return suite;
}
