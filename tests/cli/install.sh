#!/bin/bash
# SPDX-License-Identifier: MIT
# What make install gives: the files that tests/cli/installed names and no others; a command that finds its plugins from its own
# place, wherever that is; all that a plugin and a program of the library are built with. And make uninstall takes all of it away.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2317
unset APTRACE_PLUGIN_PATH LD_LIBRARY_PATH MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES TESTS
chmod 755 "$scratch"
prefix=$scratch/prefix
trace=$traces/vlan/frames.pcap

# TARGET PREFIX [WORD...]: make, with all places below a prefix, whatever configure was told.
make_target() {
    local target=$1 below=$2
    shift 2
    make -s -j2 -C "$builddir" "$target" prefix="$below" exec_prefix="$below" bindir="$below/bin" libdir="$below/lib" \
        includedir="$below/include" datarootdir="$below/share" datadir="$below/share" mandir="$below/share/man" "$@" \
        >"$scratch/made" 2>&1 || { tail -n 20 "$scratch/made"; return 1; }
}

# FOLDER: its files, relative to it.
files_of() {
    (cd "$1" && find . ! -type d | sed 's,^\./,,' | sort)
}

# FILE TEXT: symbols that it exports are those of the third word on.
exports() {
    local file=$1 text=$2
    shift 2
    is "$(nm -D --defined-only "$file" | awk '$2 != "A" {print $3}' | sort | xargs)" "$*" "$text"
}

# ---- Files ----

check 'make install with DESTDIR' make_target install /usr DESTDIR="$scratch/stage"
wanted=$(grep -v '^#' "$srcdir/tests/cli/installed" | sort)
is "$(diff <(echo "$wanted") <(files_of "$scratch/stage/usr"))" '' 'it installs what tests/cli/installed names'
is "$(files_of "$scratch/stage" | grep -v '^usr/')" '' 'all of it below DESTDIR'
like "$(<"$scratch/stage/usr/lib/pkgconfig/aptrace.pc")" $'\nprefix=/usr\n' 'which aptrace.pc does not speak of'
is "$(grep -rlF "$builddir" "$scratch/stage" | grep -vE '/(bin/.*|lib/.*\.so.*)$')" '' 'no file speaks of the folder of the build'
check 'make install prefix=' make_target install "$prefix"
is "$(diff <(echo "$wanted") <(files_of "$prefix"))" '' 'it installs the same'
same "$srcdir/tools/aptrace.bash" "$prefix/share/bash-completion/completions/aptrace" 'completion is found by the name of the command'

# ---- Building on it ----

export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
is "$(pkg-config --variable=plugindir aptrace)" "$prefix/lib/aptrace/plugins" 'pkg-config --variable=plugindir'
is "$(pkg-config --modversion aptrace)" "$("$APTRACE" --version | sed 's/^aptrace \(.*\),.*/\1/')" 'pkg-config --modversion'
is "$(pkg-config --cflags aptrace | xargs)" "-I$prefix/include" 'pkg-config --cflags'
is "$(pkg-config --libs aptrace | xargs)" "-L$prefix/lib -laptrace" 'pkg-config --libs'
mkdir "$scratch/author" "$scratch/author/plugins"
cd "$scratch/author" || exit 1
aptrace=$prefix/bin/aptrace

awk '/^```c$/ && !done {on = 1; next} /^```/ {done = done || on; on = 0} on' "$srcdir/README.md" >saw_port.c
# shellcheck disable=SC2016
line='cc -shared -fPIC $(pkg-config --cflags aptrace) -o saw_port.so saw_port.c'
check 'the README has the line that builds a plugin' grep -qxF "$line" "$srcdir/README.md"
for compiler in gcc clang; do
    command -v $compiler >/dev/null || { skip "there is no $compiler" "a plugin by $compiler"; continue; }
    rm -f saw_port.so
    cc() { $compiler -Wall -Wextra -Werror -Wl,-z,defs "$@"; }
    check "a plugin by $compiler, as the README says" eval "$line"
    unset -f cc
    exports saw_port.so "$compiler: it exports what it has" aptrace_plugin stop_condition
    mv saw_port.so plugins/
    APTRACE=$aptrace APTRACE_PLUGIN_PATH=$PWD/plugins ends 0 "$compiler: it passes" --replay "$trace" --plugin saw_port port=2000
    APTRACE=$aptrace APTRACE_PLUGIN_PATH=$PWD/plugins ends 1 "$compiler: it fails" --replay "$trace" --plugin saw_port port=2001
done

cat >saw_size.cc <<'PLUGIN'
#include <aptrace/plugin.h>

struct saw_size { uint32_t bytes; };

static const struct aptrace_param params[] = {
    APTRACE_PARAM_UINT(struct saw_size, bytes, .required = true, .help = "length on the wire"),
    APTRACE_PARAM_END
};

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    return packet->wire_length == aptrace_state<struct saw_size>(self).bytes;
}

APTRACE_PREDICATE("saw_size", struct saw_size, .summary = "A packet was this long", .params = params, .yields = APTRACE_TYPE_BOOL,
                  .stop_survives_loss = true);
PLUGIN
for compiler in g++ clang++; do
    command -v $compiler >/dev/null || { skip "there is no $compiler" "a plugin by $compiler"; continue; }
    # shellcheck disable=SC2046
    check "a plugin by $compiler" $compiler -std=c++17 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags aptrace) \
        -o plugins/saw_size.so saw_size.cc
    exports plugins/saw_size.so "$compiler: it exports what it has" aptrace_plugin stop_condition
    APTRACE=$aptrace APTRACE_PLUGIN_PATH=$PWD/plugins ends 0 "$compiler: it passes" --replay "$trace" --plugin saw_size bytes=52
    APTRACE=$aptrace APTRACE_PLUGIN_PATH=$PWD/plugins ends 1 "$compiler: it fails" --replay "$trace" --plugin saw_size bytes=53
done

cat >t.c <<'PROGRAM'
#include <aptrace/check.h>
#include <stdlib.h>

START_TEST(a_tag_was_seen)
{
    struct aptrace_context *context = aptrace_context_new();
    ck_assert_msg(aptrace_replay(context, getenv("TRACE")) == 0, "%s", aptrace_context_error(context));
    struct aptrace_expectation *seen = aptrace_expect(context, "saw_vlan", getenv("TAG"), NULL);
    struct aptrace_expectation *counted = aptrace_expect(context, "packet_count", NULL);
    ck_assert_aptrace_true(seen);
    ck_assert_aptrace_uint_eq(counted, 4);
    aptrace_context_free(context);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("t");
    TCase *test = tcase_create("t");
    tcase_add_test(test, a_tag_was_seen);
    suite_add_tcase(suite, test);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed;
}
PROGRAM

# COMPILER WORD...: a program of the library, as its page says.
library_program() {
    local compiler=$1 said
    command -v "$compiler" >/dev/null || { skip "there is no $compiler" "a program by $compiler"; return; }
    # shellcheck disable=SC2046
    check "a program by $*" "$@" -Wall -Wextra -Werror t.c -o t $(pkg-config --cflags --libs aptrace check)
    check "$compiler: it passes" env LD_LIBRARY_PATH="$prefix/lib" TRACE="$trace" TAG=tag=102 ./t
    said=$(LD_LIBRARY_PATH="$prefix/lib" TRACE="$trace" TAG=tag=7 ./t)
    is "$?" 1 "$compiler: it fails"
    like "$said" 'ck_assert_aptrace_true\(seen\).*got    false.*FAIL  saw_vlan tag=7 .*no tag 7 in 4 packets' "$compiler: and says why"
    is "$(nm -D --defined-only t | awk '/aptrace/')" '' "$compiler: it exports nothing of aptrace"
}
if [ -n "${SANITIZE-}" ]; then
    skip 'a sanitised library needs sanitised programs' 'programs with Check'
elif pkg-config --exists check; then
    library_program gcc
    library_program clang
    library_program g++ -x c++ -std=c++17
else
    skip 'Check is not installed' 'programs with Check'
fi

# Guards and plugins within the library, linked and opened
fixtures=$srcdir/tests/abi/fixtures
if [ -n "${SANITIZE-}" ]; then
    skip 'sanitisers take these faults for their own' 'faults of plugins and programs'
else
    check 'a plugin that crashes' "${CC:-cc}" -shared -fPIC -w -I"$prefix/include" -o plugins/faults.so "$fixtures/faults.c"
    check 'a program that opens the library' "${CC:-cc}" -Wall -I"$prefix/include" -o opens "$fixtures/opens_library.c" -ldl
    # shellcheck disable=SC2046
    check 'one that is linked with it' "${CC:-cc}" -Wall -DLINKED -o linked "$fixtures/opens_library.c" $(pkg-config --cflags --libs aptrace) -ldl
fi
for program in opens linked; do
    [ -x $program ] || continue
    said=$(LD_LIBRARY_PATH=$prefix/lib ./$program "$prefix/lib/libaptrace.so.1" "$trace" plugins/faults.so where=on_packet how=segv at=2 2>&1)
    is "$?" 139 "$program: a fault of the program's own ends it"
    like "$said" '^error: on_packet of faults\.so.*crashed \(SIGSEGV' "$program: one of a plugin is told"
    said=$(LD_LIBRARY_PATH=$prefix/lib ./$program "$prefix/lib/libaptrace.so.1" "$trace" saw_vlan tag=7 2>&1)
    like "$said" '^fail: no tag 7' "$program: plugins are found beside the library"
done

# ---- Another place ----

cp -a "$prefix" "$scratch/moved"
check 'make uninstall' make_target uninstall "$prefix"
is "$(files_of "$prefix")" '' 'make uninstall leaves no file'
is "$(cd "$prefix" && find . -type d -name '*aptrace*')" '' 'nor a folder of its own'

# COMMAND TEXT: run from nowhere in particular, it finds its own plugins.
finds_plugins() {
    local said
    said=$(cd / && "$1" --describe saw_vlan 2>&1 | sed -n 's/^File: //p')
    is "$said" "$scratch/moved/lib/aptrace/plugins/saw_vlan.so" "$2"
}
mkdir "$scratch/links"
ln -s ../moved/bin/aptrace "$scratch/links/aptrace"
ln -s moved "$scratch/linked"
finds_plugins "$scratch/moved/bin/aptrace" 'moved to another folder'
finds_plugins "$scratch/links/aptrace" 'through a symbolic link'
finds_plugins "$scratch/linked/bin/aptrace" 'through a link of its folder'
PATH=$scratch/links:$PATH finds_plugins aptrace 'by the path'
said=$(cd "$scratch/moved" && ./bin/aptrace --replay "$trace" --plugin saw_vlan tag=102)
like "$said" '^PASS' 'by a relative path'

# With file capabilities, by somebody else, in a network of its own
granted() {
    if ! [ "$(id -u)" -eq 0 ] || ! setcap cap_net_raw+ep "$scratch/moved/bin/aptrace" 2>"$scratch/said"; then
        echo "setcap is refused here: $(cat "$scratch/said" 2>/dev/null)"
    elif findmnt -no OPTIONS -T "$scratch" | grep -qw nosuid; then
        echo 'the temporary folder is mounted nosuid'
    elif ! unshare --net true 2>/dev/null; then
        echo 'network namespaces are refused here'
    fi
}
as_nobody=(unshare --net sh -c 'ip link set lo up && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"' sh)
why=$(granted)
if [ -n "$why" ]; then
    skip "$why" 'a command with file capabilities finds its plugins and captures'
else
    words=(--live lo --plugin saw_nothing --timeout 10ms)
    cp "$scratch/moved/bin/aptrace" "$scratch/moved/bin/plain"
    for command in moved/bin/aptrace links/aptrace; do
        check "with file capabilities, by nobody, as $command" "${as_nobody[@]}" "$scratch/$command" "${words[@]}"
    done
    said=$("${as_nobody[@]}" "$scratch/moved/bin/plain" "${words[@]}" 2>&1)
    is "$?" 2 'without them nobody captures'
    said=$("${as_nobody[@]}" "$scratch/links/aptrace" --describe saw_vlan | sed -n 's/^File: //p')
    is "$said" "$scratch/moved/lib/aptrace/plugins/saw_vlan.so" 'the plugins are its own'
fi
finish
