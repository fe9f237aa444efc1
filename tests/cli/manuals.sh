#!/bin/bash
# SPDX-License-Identifier: MIT
# The manual pages say what the program does: they are sound mdoc, they have every option, predicate, parameter, field, key and
# word that there is and no other, and their examples run, end as the page says, and print what it shows.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$srcdir" || exit 1

command_page=tools/aptrace.1
plugin_page=tools/aptrace-plugin.1
timing_page=core/aptrace-timing.7
json_page=core/aptrace-json.5
fields_page=$builddir/core/aptrace-fields.7

# ONE OTHER TEXT: texts of the same lines, in the same order.
same_lines() {
    local said
    if [ -n "$1" ] && said=$(diff <(echo "$1") <(echo "$2")); then ok "$3"; else not_ok "$3" "${said:-nothing was found}"; fi
}

# PAGE TITLE: a part of the page, from its .Sh or .Ss to the next one of the same kind or higher.
part() {
    awk -v title="$2" '/^\.S[hs] / {on = substr($0, 5) == title} on' "$1"
}

# The text as it is read: escapes of roff undone.
unescape() {
    sed -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' -e 's/\\(ga/`/g' -e 's/\\(ha/^/g' -e 's/\\(ti/~/g' -e 's/\\&//g' -e 's/\\e/\\/g'
}

# ---- Form -----------------------------------------------------------------------------------------------------------------

for page in "$command_page" "$plugin_page" "$timing_page" "$json_page" "$fields_page" "$builddir"/plugins/aptrace-*.7; do
    name=$(basename "$page")
    if ! command -v mandoc >/dev/null; then
        skip "mandoc is not installed" "$name: mandoc has no warning"
        continue
    fi
    said=$(mandoc -Tlint -Wwarning "$page" 2>&1)
    is "$said" "" "$name: mandoc has no warning"
    check "$name: is shown" grep -q 'SEE ALSO' <(mandoc -Tascii "$page" | col -b)
done

# ---- aptrace.1: options and predicates --------------------------------------------------------------------------------------

run --help
options=$(grep -oE -- '--[a-z][a-z-]*' <<<"$out" | sort -u)
same_lines "$options" \
    "$(grep -oE 'Fl Fl [a-z][a-z-]*' "$command_page" | sed 's/Fl Fl /--/' | sort -u)" \
    'options: those of --help and of the page are the same'
same_lines "$(grep -oE -- '-[a-zA-Z], --[a-z-]+' <<<"$out" | sort -u)" \
    "$(sed -nE 's/^\.It Fl ([a-zA-Z]) , Fl Fl ([a-z-]+).*/-\1, --\2/p' "$command_page" | sort -u)" \
    'letters: those of --help and of the page'
for option in $options; do
    check "option $option has an entry of its own" grep -qE "^\.It .*Fl Fl ${option#--}( |\$)" "$command_page"
done
for variable in APTRACE_PLUGIN_PATH NO_COLOR TERM; do
    check "environment: $variable" grep -q "^\.It Ev $variable\$" "$command_page"
done

run --list-plugins
plugins=$(awk '{print $1}' <<<"$out" | sort)
same_lines "$(sed 's/  */ /' <<<"$out" | sort)" \
    "$(part "$command_page" PREDICATES | awk '/^\.It Cm / {name = $3; next} name {print name " " $0; name = ""}' | unescape | sort)" \
    'predicates: those that are there and those of the page, in the same words'

# ---- aptrace-NAME.7: predicates ---------------------------------------------------------------------------------------------

same_lines "$plugins" "$(basename -a -s .7 "$builddir"/plugins/aptrace-*.7 | sed 's/^aptrace-//' | sort)" \
    'predicates: each has a page, and each page a predicate'
for plugin in $plugins; do
    run --describe "$plugin"
    same_lines "$plugin $(sed -nE 's/^  ([a-z_.]+)=.*/\1/p' <<<"$out" | sort | xargs)" \
        "$plugin $(sed -nE 's/^\.It Cm ([a-z_.]+) Ns =.*/\1/p' "$builddir/plugins/aptrace-$plugin.7" | sort | xargs)" \
        "predicate $plugin: its parameters"
    spoken=$(part "$builddir/plugins/aptrace-$plugin.7" DESCRIPTION | unescape | grep -oE '(^|[ (])[a-z_]+!?=' | tr -d ' (!=' | sort -u)
    for key in $spoken; do
        check "predicate $plugin: $key=, which its prose speaks of, is a parameter" \
            grep -qE "^\.It Cm $key Ns = " "$builddir/plugins/aptrace-$plugin.7"
    done
done

# ---- aptrace-fields.7 --------------------------------------------------------------------------------------------------------

fields() {
    sed -n '/^\.Sh FIELDS$/,/^\.Sh COMPARING/p' "$fields_page"
}
run --describe fields
same_lines "$(sed -nE 's/^  ([a-z_0-9.]+)  .*/\1/p' <<<"$out")" \
    "$(fields | sed -nE 's/^\.It Cm ([a-z_0-9.]+)$/\1/p')" 'fields: those of --describe fields and of the page'
same_lines "$(sed -nE 's/.* \(also (.*)\)$/\1/p' <<<"$out")" \
    "$(fields | sed -nE 's/.*; also ([a-z_0-9., ]+).*/\1/p' | tr -d ',' | sed 's/\.$//')" 'fields: their other names'

# Each KEY=VALUE that the page shows can be written so.
for title in VALUES 'WHICH ONE OF SEVERAL' SLICES; do
    while read -r shown; do
        status=0
        eval "\"\$APTRACE\" --replay traces/vlan/frames.pcap --plugin saw_packet $shown" >/dev/null 2>"$scratch/err" </dev/null || status=$?
        check "fields: $shown: $(head -n 1 "$scratch/err")" test "$status" -lt 2
    done < <(part "$fields_page" "$title" | sed -nE 's/^\.Cm ([^ ]+=.*[^ ,.])( [,.])?$/\1/p' | unescape)
done

# ---- aptrace-timing.7: rules and holes ---------------------------------------------------------------------------------------

same_lines "$(printf '%s.\n' {1..10})" "$(part "$timing_page" 'THE RULES' | sed -nE 's/^\.It //p')" \
    'timing: the rules by their numbers'
kinds=$(sed -n '/^\.It Cm kind$/,/^\.It Cm packets$/p' "$json_page" | sed -nE 's/^\.Ql ([a-z ]*[a-z]).*/\1/p')
same_lines "$(part "$timing_page" HOLES | sed -nE 's/^\.It //p' | sort)" "$(sort <<<"$kinds")" \
    'kinds of holes: the same in both pages'
same_lines "$(sed -nE 's/^ *\[HOLE_[A-Z_]+\] = "([a-z ]+)",$/\1/p' core/hole.c | sort)" "$(sort <<<"$kinds")" \
    'kinds of holes: those of the program'

reasons=$(sed -nE 's/^ *case FINISH_[A-Z_]+: return "([a-z ]+)";$/\1/p' core/verdict.c | sort)
same_lines "$reasons" "$(sed -n '/^A window finishes for one reason:$/,/^\.El$/p' "$timing_page" | sed -nE 's/^\.It //p' | sort)" \
    'timing: why windows finish'
same_lines "$reasons" "$(part "$json_page" Finish | sed -n '/^\.It Cm reason$/,/^\.It Cm time_ns$/p' | sed -nE 's/^\.Ql ([a-z ]*[a-z]).*/\1/p' | sort)" \
    'words of a finish: those of the program'

# ---- aptrace-json.5: keys ---------------------------------------------------------------------------------------------------

# The first document that each of the bundled cases gives, and one with a nearest miss.
documents=()
for folder in traces/*/; do
    name=$(basename "$folder")
    run --report "json:$scratch/$name.json" "@traces/$name/args"
    documents+=("$scratch/$name.json")
done
cat >"$scratch/misses.c" <<'SOURCE'
#include <aptrace/plugin.h>

bool stop_condition(struct aptrace_instance *self, const struct aptrace_packet *packet)
{
    aptrace_near(self, packet, 1, "near");
    return false;
}

APTRACE_PREDICATE("misses", struct aptrace_stateless, .summary = "Never stops");
SOURCE
: "${CC:=cc}" # may have options
if command -v "${CC%% *}" >/dev/null && $CC -shared -fPIC -Icore/include -o "$scratch/misses.so" "$scratch/misses.c" &&
    run --replay traces/vlan/frames.pcap --plugin "$scratch/misses.so" --report "json:$scratch/misses.json" &&
    [ "$status" -eq 1 ]; then
    documents+=("$scratch/misses.json")
    near=yes
fi

# TITLE FILTER: the keys of the page's object are those of the documents' objects, in their order.
keys() {
    local printed
    printed=$(jq -c "$2 | select(. != null) | keys_unsorted" "${documents[@]}" 2>&1 | sort -u)
    same_lines "$printed" "[$(part "$json_page" "$1" | sed -nE 's/^\.It Cm ([a-z_]+)$/"\1"/p' | paste -sd, -)]" "keys: $1"
}
if command -v jq >/dev/null; then
    keys 'THE DOCUMENT' '.'
    keys Source '.sources[]'
    keys Expectation '.expectations[]'
    keys Window '.expectations[].window'
    keys Finish '.expectations[].finish'
    keys Packet '.expectations[] | .finish.packet, .cited[]'
    keys Hole '.expectations[].holes[]'
    keys Clock '.clock'
    if [ -n "${near:-}" ]; then
        keys Nearest '.expectations[].nearest'
    else
        skip 'a plugin cannot be built here' 'keys: Nearest'
    fi
    for word in $(jq -r '.expectations[] | .verdict, .direction' "${documents[@]}" | sort -u); do
        check "word: $word" grep -qE "^\.Ql $word( |\$)" "$json_page"
    done
    while read -r word; do
        check "word: $word" grep -qE "^\.Ql $word( |\$)" "$json_page"
    done < <(jq -r '(.sources[].ended | select(.)), (.expectations[] | .finish.reason, .holes[].kind)' \
        "${documents[@]}" | sort -u)
else
    skip 'jq is not installed' 'keys that are printed'
fi
# Those too that no bundled predicate gives, and the status of a command, which no run of traces has.
while read -r key; do
    check "key: $key" grep -q "^\.It Cm $key\$" "$json_page"
done < <(sed -nE 's/^ *put\([a-z]+, "([a-z_]+)".*/\1/p' tools/report_json.c | sort -u)

# ---- Examples ----------------------------------------------------------------------------------------------------------------

# Writes each command of the page's examples to $scratch/N.command, the status told for it to N.status, and what it is shown to
# print to N.shown. A display whose first line begins with aptrace has commands, any other what the last of them prints.
read_examples() {
    part "$1" EXAMPLES | awk -v folder="$scratch" '
        /^\.Bd/ {display = 1; fresh = 1; next}
        /^\.Ed/ {display = 0; next}
        display && fresh {commands = /^aptrace /; fresh = 0}
        display && commands && /^aptrace / {n++}
        display {print > (folder "/" n (commands ? ".command" : ".shown")); next}
        match($0, /^Exit status [0-9]\./) {for (; told < n; told++) print substr($0, 13, 1) > (folder "/" (told + 1) ".status")}'
}

run_example() {
    local page=$1 base=$2 text wanted
    text=$(unescape <"$base.command")
    wanted=$(cat "$base.status" 2>/dev/null)
    status=0
    (
        # shellcheck disable=SC2317
        aptrace() { "$APTRACE" "$@"; }
        eval "$text"
    ) >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
    is "$status" "${wanted:-a status that the page tells}" "$page: $(head -n 1 <<<"$text" | cut -c1-90)"
    [ ! -e "$base.shown" ] || same <(unescape <"$base.shown") "$scratch/out" "and prints what the page shows"
}

for page in "$command_page" "$timing_page" "$json_page" "$fields_page"; do
    rm -f "$scratch"/*.command "$scratch"/*.status "$scratch"/*.shown
    read_examples "$page"
    check "$page has examples" test -e "$scratch/1.command"
    for ((n = 1; ; n++)); do
        [ -e "$scratch/$n.command" ] || break
        run_example "$page" "$scratch/$n"
    done
done

# Those of a predicate's page: a display has commands, each with what it prints first behind it. Writes N.command and N.shown.
read_predicate_examples() {
    part "$1" EXAMPLES | awk -v folder="$scratch" '
        /^\.Bd/ {display = 1; goes_on = 0; next}
        /^\.Ed/ {display = 0; next}
        !display {next}
        /^aptrace / || goes_on {
            if (!goes_on) n++
            goes_on = /\\e$/
            print > (folder "/" n ".command")
            next
        }
        {print > (folder "/" n ".shown")}'
}

run_predicate_example() {
    local name=$1 base=$2 text shown
    text=$(unescape <"$base.command")
    shown=$(unescape <"$base.shown" 2>/dev/null)
    (
        # shellcheck disable=SC2317
        aptrace() { "$APTRACE" "$@"; }
        eval "$text"
    ) >"$scratch/out" 2>"$scratch/err" </dev/null
    if [ -n "$shown" ] && [[ $(<"$scratch/out") == "$shown"* ]]; then
        ok "$name: $(tail -n 1 <<<"$text" | cut -c1-90)"
    else
        not_ok "$name: $text" "expected first ${shown:-what the page shows}"$'\n'"got $(cat "$scratch/out" "$scratch/err")"
    fi
}

for plugin in $plugins; do
    rm -f "$scratch"/*.command "$scratch"/*.shown
    read_predicate_examples "$builddir/plugins/aptrace-$plugin.7"
    check "aptrace-$plugin.7 has examples" test -e "$scratch/1.command"
    for ((n = 1; ; n++)); do
        [ -e "$scratch/$n.command" ] || break
        run_predicate_example "aptrace-$plugin.7" "$scratch/$n"
    done
done
finish
