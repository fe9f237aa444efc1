#!/bin/bash
# SPDX-License-Identifier: MIT
# The library on traces: its own tests, and every case of traces/: verdicts, values and explanations are those of the document
# that is wanted of the command.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${LIBRARY_TESTS:=$builddir/library-tests}"

said=$(cd "$srcdir" && "$LIBRARY_TESTS" replay 2>&1) && status=0 || status=$?
while read -r line; do
    case $line in
    'ok '*) ok "${line#ok * - }" ;;
    'not ok '*) not_ok "${line#not ok * - }" ;;
    esac
done <<<"$said"
is "$status" 0 'the tests of the library have run'

# FOLDER: its args, as words for library-tests: options before sources, as a context wants them.
words_of() {
    local line
    options=() sources=() expectations=()
    while IFS= read -r line; do
        eval "set -- $line"
        case ${1-} in
        '') ;;
        --*) add_words "$@" ;;
        *) expectations+=(--plugin "$@") ;;
        esac
    done <"$1/args"
}

add_words() {
    while [ $# -gt 0 ]; do
        case $1 in
        --replay) sources+=("$1" "$2"); shift 2 ;;
        --strict-end) options+=("$1"); shift ;;
        *) options+=("$1" "$2"); shift 2 ;;
        esac
    done
}

for folder in "$traces"/*/; do
    words_of "$folder"
    jq -r '.expectations[] | [.verdict, (.value | tostring), (.explanation // "-" | gsub("\n"; "\\n"))] | join("\t")' \
        "$folder/want.json" >"$scratch/wanted"
    (cd "$folder" && "$LIBRARY_TESTS" verdicts "${options[@]}" "${sources[@]}" "${expectations[@]}") >"$scratch/got" 2>&1
    same "$scratch/wanted" "$scratch/got" "$(basename "$folder"): the library says what the command says"
done
finish
