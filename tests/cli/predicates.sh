#!/bin/bash
# SPDX-License-Identifier: MIT
# The predicates, by tables: tests/predicates/NAME.cases says of traces what NAME answers. A file has two kinds of part:
#
#   trace NAME                      the trace NAME.pcap, as trace-make describes it, up to the line that says end; those of
#   format pcap                     common.cases are there for every file
#   ...
#   end
#
#   TRACE [OPTION]... | PLUGIN [WORD]... | VERDICT [VALUE] | REASON | CONDITION
#
# A line runs one expectation on one trace. One that begins with a bar adds an expectation to the run of the line before. VALUE
# is as in the json report. REASON is a part of the explanation; CONDITION is jq's, about the expectation in the json report. What
# is left out is not looked at. The verdict "refused" is exit status 2, and REASON a part of what is said then. # begins a
# comment.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cases=$srcdir/tests/predicates
cd "$scratch" || exit 1
ln -s "$srcdir/traces" traces

if ! command -v jq >/dev/null; then
    skip 'jq is not installed' 'the predicates'
    finish
fi

# ---- Reading -----------------------------------------------------------------------------------------------------------------

# The run that is being put together: its trace, and of each expectation a place in these.
run_trace=() run_words=() asked=() verdicts=() reasons=() conditions=()

trim() {
    local text=$1
    text=${text#"${text%%[![:space:]]*}"}
    printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# LINE: of the table.
read_case() {
    local trace words verdict reason condition
    IFS='|' read -r trace words verdict reason condition <<<"$1"
    trace=$(trim "$trace") words=$(trim "$words")
    if [ -n "$trace" ]; then
        judge_run
        eval "run_trace=($trace)"
        asked=() verdicts=() reasons=() conditions=() run_words=()
    fi
    eval "run_words+=(--plugin $words)"
    asked+=("$words") verdicts+=("$(trim "$verdict")") reasons+=("$(trim "$reason")") conditions+=("$(trim "$condition")")
}

# FILE: makes its traces and runs its cases.
read_cases() {
    local line name='' description=''
    while IFS= read -r line; do
        if [ -n "$name" ] && [ "$line" = end ]; then
            make_trace "$name.pcap" <<<"$description"
            name='' description=''
        elif [ -n "$name" ]; then
            description+=$line$'\n'
        elif [[ $line = 'trace '* ]]; then
            name=${line#trace }
        elif [[ $line = *'|'* && $line != '#'* ]]; then
            read_case "$line"
        fi
    done <"$1"
    judge_run
    run_trace=()
}

# ---- Judging -----------------------------------------------------------------------------------------------------------------

judge_refusal() {
    local text="${run_trace[0]}: ${asked[0]}"
    if [ "$status" -eq 2 ] && [[ $err = *"${reasons[0]}"* ]]; then
        ok "$text: refused"
    else
        not_ok "$text: refused" "expected exit status 2 and on standard error: ${reasons[0]}"$'\n'"got $status and: $err"
    fi
}

# PLACE VERDICT VALUE REASON: what came of an expectation.
judge_case() {
    local text="${run_trace[0]}: ${asked[$1]}" wanted=${verdicts[$1]} got="$2 $3"
    [[ $wanted = *' '* ]] || got=$2
    if [ "$got" != "$wanted" ] || [[ $4 != *"${reasons[$1]}"* ]]; then
        not_ok "$text" "expected $wanted: ${reasons[$1]}"$'\n'"got $2 $3: $4"$'\n'"$err"
    elif [ -n "${conditions[$1]}" ] && ! jq -e ".expectations[$1] | ${conditions[$1]}" report.json >/dev/null; then
        not_ok "$text" "expected that ${conditions[$1]}"$'\n'"got $(jq ".expectations[$1]" report.json)"
    else
        ok "$text"
    fi
}

# The run that was put together, if there is one.
judge_run() {
    local place=0 verdict value reason
    [ "${#run_trace[@]}" -gt 0 ] || return 0
    rm -f report.json
    run --replay "${run_trace[0]}.pcap" "${run_trace[@]:1}" --report json:report.json "${run_words[@]}"
    if [ "${verdicts[0]}" = refused ]; then
        judge_refusal
        return
    fi
    while IFS=$'\t' read -r verdict value reason; do
        judge_case "$place" "$verdict" "$value" "$reason"
        place=$((place + 1))
    done < <(jq -r '.expectations[] | [.verdict, (.value | tojson), (.explanation // "" | gsub("\n"; " "))] | join("\t")' \
        report.json 2>&1)
    [ "$place" -eq "${#asked[@]}" ] || not_ok "${run_trace[0]}: ${asked[0]}" "exit status $status: $err"
}

# ---- The tables --------------------------------------------------------------------------------------------------------------

read_cases "$cases/common.cases"
for file in "$cases"/*.cases; do
    [ "$file" = "$cases/common.cases" ] || read_cases "$file"
done

# What each declares: the type of its value, and whether its stop stands against lost packets. It has cases and a manual.
declared=$(while read -r name yields stands; do
    [ "$name" != '#' ] && printf '%s %s %s\n' "$name" "$yields" "$stands"
done <"$cases/declared")
told=$(for so in "$APTRACE_PLUGIN_PATH"/*.so; do
    name=$(basename "$so" .so)
    "$APTRACE" --describe "$name" | awk -v name="$name" '
        /^It yields an? /{ sub(/^It yields an? /, ""); sub(/\.$/, ""); gsub(/ /, "-"); yields = $0 }
        /^Once it has stopped, its verdict stands/{ stands = 1 }
        END { print name, yields, stands ? "stands" : "falls" }'
done)
is "$told" "$declared" 'each predicate yields what is declared, and its stop stands where it should'
while read -r name _; do
    check "$name has cases" test -s "$cases/$name.cases"
    check "$name has a manual" test -s "$srcdir/plugins/$name.text"
done <<<"$declared"
finish
