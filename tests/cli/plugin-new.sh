#!/bin/bash
# SPDX-License-Identifier: MIT
# What aptrace-plugin new writes builds without a warning, by each compiler, passes its test and is proved good, against an
# installed aptrace. The examples of the manual do what they say. Names and folders that will not do are refused, and nothing is
# touched.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
unset APTRACE_PLUGIN_PATH LD_LIBRARY_PATH MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES TESTS
export TMPDIR=$scratch TRACES=$traces
cd "$scratch" || exit 1

# STATUS PATTERN TEXT WORD...: what aptrace-plugin says to these words.
says() {
    local wanted=$1 pattern=$2 text=$3 said
    shift 3
    status=0
    said=$(aptrace-plugin "$@" 2>&1 </dev/null) || status=$?
    if [ "$status" -eq "$wanted" ] && [[ $said =~ $pattern ]]; then
        ok "$text"
    else
        not_ok "$text" "expected exit status $wanted and $pattern"$'\n'"got $status and $said"
    fi
}

# ---- Words, in the build tree ----

PATH=$builddir:$PATH
says 0 'cd saw_mine.*make check' 'a plugin' new saw_mine
is "$(cd saw_mine && echo *)" 'Makefile README.md saw_mine.c test_saw_mine.c' 'its files'
is "$(grep -rc plugin_name saw_mine | grep -v ':0$')" '' 'no placeholder is left'
says 0 'cd else' 'one in C++, in another folder' new --c++ saw_mine else
is "$(cd else && echo *)" 'Makefile README.md saw_mine.cc test_saw_mine.c' 'its files'
for name in '' Saw_mine saw-mine 3ports _mine ../mine 'a b' $'a\nb' "$(printf 'a%.0s' {1..65})"; do
    says 2 'cannot be the name of a plugin: expected' "no name: $(head -n 1 <<<"$name" | cut -c 1-20)" new "$name"
done
says 2 'a word of C or C\+\+; saw_template would do' 'a keyword' new template
says 2 'aptrace has that name itself; my_on_packet would do' 'a callback' new on_packet
echo mine >saw_mine/saw_mine.c
says 2 'saw_mine is there already.*Nothing was touched' 'a folder that is there' new saw_mine
is "$(cat saw_mine/saw_mine.c)" mine 'is not touched'
says 2 'cannot be made' 'a folder that cannot be' new saw_other no/such/folder
says 2 'expected NAME' 'no name at all' new
says 2 'unknown option --c' 'another option' new --c saw_other
says 0 '^0000000000020000000000010800' 'a frame' frame 'eth | ipv4 10.0.0.1 > 10.0.0.2 | udp 1 > 2'
says 2 'expected a layer' 'a frame that is none' frame 'eht'
says 0 'vlan +ID' 'which layers there are' frame

# What --help says and what the manual has
page=$srcdir/tools/aptrace-plugin.1
said=$(aptrace-plugin --help)
is "$(grep -oE -- '--[a-z][a-z+-]*' <<<"$said" | sort -u | xargs)" \
    "$(grep -oE 'Fl Fl [a-z][a-z+-]*' "$page" | sed 's/Fl Fl /--/' | sort -u | xargs)" 'options: those of --help and of the page'
rm -rf saw_mine else

# ---- Installed ----

prefix=$scratch/prefix
chmod 755 "$scratch"
make -s -j2 -C "$builddir" install prefix="$prefix" exec_prefix="$prefix" bindir="$prefix/bin" libdir="$prefix/lib" \
    includedir="$prefix/include" datarootdir="$prefix/share" datadir="$prefix/share" mandir="$prefix/share/man" \
    >"$scratch/made" 2>&1 || { tail -n 20 "$scratch/made"; exit 1; }
mv "$prefix" "$scratch/moved"
prefix=$scratch/moved
sed -i "s|^prefix=.*|prefix=$prefix|" "$prefix/lib/pkgconfig/aptrace.pc"
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
PATH=$prefix/bin:$PATH

if [ -n "${SANITIZE-}" ]; then
    skip 'a sanitised library needs sanitised programs' 'the plugin of the template'
    finish
fi
if ! pkg-config --exists check; then
    skip 'Check is not installed' 'the plugin of the template'
    finish
fi

# TEXT COMMAND...: it says nothing on standard error, where warnings stand, and succeeds.
silent() {
    local text=$1
    shift
    if "$@" >"$scratch/out" 2>"$scratch/err" && ! [ -s "$scratch/err" ]; then
        ok "$text"
    else
        not_ok "$text" "$(cat "$scratch/err" "$scratch/out")"
    fi
}

for compiler in 'gcc g++' 'clang clang++'; do
    read -r cc cxx <<<"$compiler"
    if ! command -v "$cc" >/dev/null || ! command -v "$cxx" >/dev/null; then
        skip "there is no $cc with $cxx" "$cc, $cxx"
        continue
    fi
    for language in c c++; do
        options=()
        [ "$language" = c ] || options=(--c++)
        check "$language: written" aptrace-plugin new "${options[@]}" "saw_$cc" "$cc-$language"
        silent "$language, $cc: builds without a warning" make -s -C "$cc-$language" CC="$cc" CXX="$cxx"
        silent "$language, $cc: its tests build without one too, pass, and it is proved good" \
            make -s -C "$cc-$language" CC="$cc" CXX="$cxx" check
        check "$language, $cc: four tests" grep -q '100%: Checks: 4, Failures: 0, Errors: 0' "$scratch/out"
        check "$language, $cc: and all proofs" grep -qE "^\./saw_$cc.so is good: [0-9]+ proved" "$scratch/out"
        is "$(nm -D --defined-only "$cc-$language/saw_$cc.so" | awk '{print $3}' | sort | xargs)" \
            'aptrace_plugin on_finish stop_condition' "$language, $cc: it exports what it has"
    done
done

silent 'make install' make -s -C gcc-c install
is "$(aptrace --describe saw_gcc | sed -n 's/^File: //p')" "$prefix/lib/aptrace/plugins/saw_gcc.so" 'puts it among the plugins'
silent 'make install elsewhere' make -s -C gcc-c install PLUGINDIR="$scratch/elsewhere"
is "$(APTRACE_PLUGIN_PATH=$scratch/elsewhere aptrace --describe saw_gcc | sed -n 's/^File: //p')" \
    "$scratch/elsewhere/saw_gcc.so" 'puts it there'
rm "$prefix/lib/aptrace/plugins/saw_gcc.so"
make -s -C gcc-c clean
is "$(cd gcc-c && echo *)" 'Makefile README.md saw_gcc.c test_saw_gcc.c' 'make clean leaves what was written'

# A test that does not hold says why
sed -i 's/udp 1000 > 53"/udp 1000 > 54"/' gcc-c/test_saw_gcc.c
said=$(make -s -C gcc-c check 2>&1)
like "$said" 'counts_up_to_times|Failure' 'a test that fails'

# ---- What the README says, and the examples of the manual ----

awk '/^```console$/ {on = 1; block = ""; next}
    /^```/ {if (on && block ~ /aptrace-plugin new/) printf "%s", block; on = 0}
    on {block = block $0 "\n"}' "$srcdir/README.md" >readme
check "the README: $(paste -sd ';' readme)" bash -e readme
check 'it has them' test -s readme

awk '/^\.Sh EXAMPLES/ {on = 1} /^\.Sh SEE/ {on = 0} on && /^\.Bd/ {n++; shown = 1; next} /^\.Ed/ {shown = 0}
    on && shown {print > ("example-" n)}' "$page"
for example in example-*; do
    sed -i 's/\\-/-/g' "$example"
    mkdir "in-$example"
    check "$example: $(head -n 1 "$example")" bash -ec "cd 'in-$example'; . '../$example'"
done
finish
