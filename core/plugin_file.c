/* SPDX-License-Identifier: MIT */
/* Looks into the ELF file of a plugin before it is given to dlopen.
 *
 * The dynamic linker's own messages say little ("invalid ELF header"), and two kinds of file do worse than fail: one that
 * is cut short faults when its missing pages are touched, and one built with -fsanitize=address ends the process, because
 * its run-time library insists on being loaded first. So the header, the segments and the dependencies are read here, with
 * pread and every length checked: nothing in the file is trusted, and nothing of it is run.
 *
 * What is read follows the System V ABI, chapters 4 and 5 (ELF header, program header, dynamic section). Once the header
 * is known to be of this machine and byte order, the structures of <elf.h> fit as they are. */
#include "plugin_file.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"

#define OUR_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
#define OUR_DATA (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB)

enum { SEGMENTS_MAX = 256, DYNAMIC_MAX = 4096 };

struct elf {
    int file;
    uint64_t size;
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[SEGMENTS_MAX];
    size_t segment_count;
};

/* Reads length bytes from the offset; false where the file does not have them. */
static bool read_at(const struct elf *elf, void *bytes, size_t length, uint64_t offset)
{
    if (offset > elf->size || length > elf->size - offset)
        return false;
    return pread(elf->file, bytes, length, (off_t)offset) == (ssize_t)length;
}

static const char *machine_name(unsigned machine)
{
    switch (machine) {
    case EM_386:
        return "i386";
    case EM_X86_64:
        return "x86-64";
    case EM_ARM:
        return "ARM";
    case EM_AARCH64:
        return "AArch64";
    case EM_PPC:
        return "PowerPC";
    case EM_PPC64:
        return "64-bit PowerPC";
    case EM_S390:
        return "S/390";
    case EM_MIPS:
        return "MIPS";
    case EM_RISCV:
        return "RISC-V";
    default:
        return "machine";
    }
}

/* The machine of this process: what the header of its own program says; 0 where that cannot be read. */
static unsigned own_machine(void)
{
    ElfW(Ehdr) header;
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ssize_t length;
    if (file < 0)
        return 0;
    length = read(file, &header, sizeof header);
    close(file);
    return length == (ssize_t)sizeof header ? header.e_machine : 0;
}

static int not_elf(const struct elf *elf, struct error *error)
{
    char begin[16] = "";
    read_at(elf, begin, elf->size < sizeof begin ? (size_t)elf->size : sizeof begin, 0);
    if (elf->size == 0)
        return error_set(error, "not an ELF file: it is empty. Build it again");
    if (memcmp(begin, "!<arch>\n", 8) == 0)
        return error_set(error, "not an ELF shared object but a static library. Link it with: cc -shared");
    if (memcmp(begin, ELFMAG, SELFMAG) == 0)
        return error_set(error, "cut short: the file has %llu bytes, less than an ELF header. Build or copy it again",
                         (unsigned long long)elf->size);
    if (strncmp(begin, "# ", 2) == 0)
        return error_set(error, "not an ELF file but a text. A plugin that libtool built is .libs/NAME.so, not NAME.la");
    return error_set(error,
                     "not an ELF file: it begins with bytes %02x %02x %02x %02x, expected 7f 45 4c 46. "
                     "A plugin is a shared object, made with: cc -shared -fPIC",
                     begin[0] & 0xffu, begin[1] & 0xffu, begin[2] & 0xffu, begin[3] & 0xffu);
}

/* e_type and e_machine stand at the same place in every class; only their byte order may be another. */
static int check_machine(const ElfW(Ehdr) * header, struct error *error)
{
    unsigned own = own_machine();
    unsigned machine = header->e_ident[EI_DATA] == OUR_DATA ? header->e_machine : __builtin_bswap16(header->e_machine);
    if (header->e_ident[EI_CLASS] == OUR_CLASS && header->e_ident[EI_DATA] == OUR_DATA && (!own || machine == own))
        return 0;
    return error_set(error, "built for another machine: it is %d-bit %s (%u), %s endian; this program is %d-bit %s (%u)",
                     header->e_ident[EI_CLASS] == ELFCLASS64 ? 64 : 32, machine_name(machine), machine,
                     header->e_ident[EI_DATA] == ELFDATA2LSB ? "little" : "big", (int)sizeof(void *) * 8, machine_name(own), own);
}

static int check_header(struct elf *elf, struct error *error)
{
    ElfW(Ehdr) header;
    if (!read_at(elf, &header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
        return not_elf(elf, error);
    elf->header = header;
    if (check_machine(&header, error))
        return -1;
    if (header.e_type == ET_REL)
        return error_set(error, "an object file that is not linked yet. Link it with: cc -shared");
    if (header.e_type != ET_DYN)
        return error_set(error, "not a shared object (ELF type %u, expected %d). Link it with: cc -shared -fPIC",
                         (unsigned)header.e_type, ET_DYN);
    return 0;
}

static int check_segments(struct elf *elf, struct error *error)
{
    size_t i;
    elf->segment_count = elf->header.e_phnum;
    if (elf->header.e_phentsize != sizeof elf->segments[0] || elf->segment_count > SEGMENTS_MAX)
        return error_set(error, "damaged: its header tells %zu segments of %u bytes", elf->segment_count,
                         (unsigned)elf->header.e_phentsize);
    if (!read_at(elf, elf->segments, elf->segment_count * sizeof elf->segments[0], elf->header.e_phoff))
        return error_set(error, "cut short: its table of segments is not in the file's %llu bytes",
                         (unsigned long long)elf->size);
    for (i = 0; i < elf->segment_count; i++) {
        const ElfW(Phdr) *segment = &elf->segments[i];
        if (segment->p_type != PT_LOAD)
            continue;
        if (segment->p_offset > elf->size || segment->p_filesz > elf->size - segment->p_offset)
            return error_set(
                error, "cut short: a segment needs %llu bytes from %llu on, the file has %llu. Build or copy it again",
                (unsigned long long)segment->p_filesz, (unsigned long long)segment->p_offset, (unsigned long long)elf->size);
    }
    return 0;
}

/* Where in the file an address of the loaded object lies; UINT64_MAX: nowhere. */
static uint64_t file_offset(const struct elf *elf, uint64_t address)
{
    size_t i;
    for (i = 0; i < elf->segment_count; i++) {
        const ElfW(Phdr) *segment = &elf->segments[i];
        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr && address - segment->p_vaddr < segment->p_filesz)
            return address - segment->p_vaddr + segment->p_offset;
    }
    return UINT64_MAX;
}

/* A run-time library that must be there before main(): loading it later ends the process. */
static bool must_come_first(const char *library)
{
    static const char *const names[] = {"libasan.so", "libclang_rt.asan", "libhwasan.so", "libclang_rt.hwasan"};
    size_t i;
    for (i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(library, names[i], strlen(names[i])) == 0)
            return true;
    }
    return false;
}

static int check_needed(const struct elf *elf, uint64_t strings, uint64_t name, struct error *error)
{
    char library[64] = "";
    uint64_t at = file_offset(elf, strings);
    size_t length;
    if (at > elf->size || name > elf->size - at)
        return 0; /* the dynamic linker will say so */
    at += name;
    length = elf->size - at < sizeof library - 1 ? (size_t)(elf->size - at) : sizeof library - 1;
    if (!read_at(elf, library, length, at) || !must_come_first(library))
        return 0;
    if (dlsym(RTLD_DEFAULT, "__asan_init") || dlsym(RTLD_DEFAULT, "__hwasan_init"))
        return 0; /* this program brought it */
    return error_set(error,
                     "built with a sanitiser: it needs %s, which would end a program that was built without. "
                     "Build the plugin without -fsanitize=address, or run with LD_PRELOAD=%s",
                     library, library);
}

static int check_entries(const struct elf *elf, const ElfW(Dyn) * entries, size_t count, struct error *error)
{
    uint64_t strings = UINT64_MAX;
    size_t i;
    for (i = 0; i < count && entries[i].d_tag != DT_NULL; i++) {
        if (entries[i].d_tag == DT_STRTAB)
            strings = entries[i].d_un.d_ptr;
        if (entries[i].d_tag == DT_FLAGS_1 && (entries[i].d_un.d_val & DF_1_PIE))
            return error_set(error, "a program, not a plugin. Link it with: cc -shared -fPIC");
    }
    for (i = 0; i < count && entries[i].d_tag != DT_NULL; i++) {
        if (entries[i].d_tag == DT_NEEDED && check_needed(elf, strings, entries[i].d_un.d_val, error))
            return -1;
    }
    return 0;
}

static int check_dynamic(const struct elf *elf, struct error *error)
{
    ElfW(Dyn) * entries;
    size_t i, count;
    int result = 0;
    for (i = 0; i < elf->segment_count && elf->segments[i].p_type != PT_DYNAMIC; i++)
        ;
    if (i == elf->segment_count)
        return error_set(error, "not a shared object: it has no dynamic section. Link it with: cc -shared -fPIC");
    count = elf->segments[i].p_filesz / sizeof *entries;
    if (count > DYNAMIC_MAX)
        count = DYNAMIC_MAX;
    entries = memory_new(count ? count : 1, sizeof *entries);
    if (read_at(elf, entries, count * sizeof *entries, elf->segments[i].p_offset))
        result = check_entries(elf, entries, count, error);
    free(entries);
    return result;
}

static int open_file(const char *path, struct elf *elf, struct error *error)
{
    struct stat status;
    elf->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* never waits, should it be a pipe */
    if (elf->file < 0)
        return error_set(error, errno == ENOENT ? "there is no such file" : "it cannot be opened: %s", strerror(errno));
    if (fstat(elf->file, &status))
        return error_set(error, "it cannot be looked at: %s", strerror(errno));
    if (S_ISDIR(status.st_mode))
        return error_set(error, "it is a directory, expected a shared object. For a folder of plugins set APTRACE_PLUGIN_PATH");
    if (!S_ISREG(status.st_mode))
        return error_set(error, "it is not a regular file, expected a shared object");
    elf->size = (uint64_t)status.st_size;
    return 0;
}

int plugin_file_check(const char *path, struct error *error)
{
    struct elf *elf = memory_new(1, sizeof *elf);
    int result = -1;
    if (open_file(path, elf, error) || check_header(elf, error) || check_segments(elf, error) || check_dynamic(elf, error))
        goto out;
    result = 0;
out:
    if (elf->file >= 0)
        close(elf->file);
    free(elf);
    return result;
}
