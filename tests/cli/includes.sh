#!/bin/bash
# SPDX-License-Identifier: MIT
# Data goes one way, and so do includes: a file of core includes headers of its own stage, of stages before it and of the
# utilities. Tools include core, never the other way round; a plugin includes the public headers and those that plugins share.
set -u
srcdir=${srcdir:-.}
cd "$srcdir" || exit 1

# The stage of a file by its name. A new file must be given one here.
stage() {
    case $1 in
    error | text | memory | number | suggest | words | signals | launcher | privileges | netns) echo 0 ;;
    hole | batch | source | groups | feed | guard) echo 1 ;;
    live | live_* | link_state | netns | recording | recorder | recorder_*) echo 2 ;;
    stream | unpack | reader | reader_* | pcap_* | pcapng_* | record_reader | snoop_reader | erf_reader) echo 2 ;;
    timeline) echo 3 ;;
    checksum | ip_extension | field | field_* | wanted | wanted_* | layers | layers_* | filter | filter_* | parameter | parameter_* | expected | plugin_*) echo 4 ;;
    expectation | expectation_* | host | host_* | dispatch | elsewhere) echo 5 ;;
    capture) echo 4 ;;
    engine) echo 6 ;;
    document) echo 7 ;;
    verdict | notes) echo 8 ;;
    report_*) echo 8 ;;
    run) echo 9 ;;
    context | context_*) echo 10 ;;
    *) echo unknown ;;
    esac
}

wrong=""
for file in core/*.c core/*.h; do
    name=$(basename "${file%.*}")
    own=$(stage "$name")
    [ "$own" != unknown ] || wrong+="# $file has no stage"$'\n'
    while read -r header; do
        other=$(stage "${header%.h}")
        if [ "$other" = unknown ] || { [ "$own" != unknown ] && [ "$other" -gt "$own" ]; }; then
            wrong+="# $file (stage $own) includes $header (stage $other)"$'\n'
        fi
    done < <(sed -n 's/^#include "\(.*\)"$/\1/p' "$file")
done
echo 1..3
if [ -z "$wrong" ]; then echo "ok 1 - core includes its own stage and those before"; else printf 'not ok 1 - core includes backwards\n%s' "$wrong"; fi

wrong=$(grep -n '#include "\(tools\|\.\.\)/' core/*.[ch] || true)
if [ -z "$wrong" ]; then echo "ok 2 - core knows no tools"; else printf 'not ok 2 - core includes tools\n%s\n' "$wrong" | sed '2,$s/^/# /'; fi

shared=$(printf '"%s"\n' plugins/*.h | sed 's,plugins/,,')
wrong=$(grep -n '#include' plugins/*.[ch] | grep -v '<aptrace/\|<std\|<math.h>\|<string.h>\|<inttypes.h>' | grep -vF "$shared" || true)
if [ -z "$wrong" ]; then echo "ok 3 - plugins include public headers"; else printf 'not ok 3 - plugins include more\n%s\n' "$wrong" | sed '2,$s/^/# /'; fi
