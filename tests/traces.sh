#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs every folder under traces/: the captures are what their descriptions say, the verdict document is the one that is wanted,
# twice over, and the exit status goes with it. A case is added by adding its folder.
# shellcheck source-path=SCRIPTDIR source=cli/lib.sh
. "$(dirname "$0")/cli/lib.sh"

# A packer of another version packs into other bytes: what was packed is compared.
unpacked() {
    case $(head -c 4 "$1" | od -An -tx1 | tr -d ' ') in
    1f8b*) gzip -dc <"$1" ;;
    28b52ffd) zstd -dcq <"$1" ;;
    *) cat "$1" ;;
    esac
}

check_captures() {
    local description capture
    for description in "$1"/*.trace; do
        capture=${description%.trace}
        if ! "$TRACE_MAKE" -o "$scratch/made" "$description" 2>"$scratch/err"; then
            not_ok "${description#"$traces"/} makes a capture" "$(<"$scratch/err")"
            continue
        fi
        unpacked "$capture" >"$scratch/one"
        unpacked "$scratch/made" >"$scratch/other"
        same "$scratch/one" "$scratch/other" "${capture#"$traces"/} is what its description says"
    done
}

status_of() {
    case $(jq -r .verdict "$1") in
    pass) echo 0 ;; fail) echo 1 ;; inconclusive) echo 3 ;; error) echo 4 ;; *) echo unknown ;;
    esac
}

check_verdict() {
    local name=$1
    run --report "json:$scratch/one.json" "@$traces/$name/args"
    is "$status" "$(status_of "$traces/$name/want.json")" "$name: exit status"
    same "$traces/$name/want.json" "$scratch/one.json" "$name: verdict document"
    run --report "json:$scratch/other.json" "@$traces/$name/args"
    same "$scratch/one.json" "$scratch/other.json" "$name: twice the same bytes"
}

cases=0
for folder in "$traces"/*/; do
    name=$(basename "$folder")
    cases=$((cases + 1))
    check "$name: README says where it came from" test -s "$folder/README"
    check_captures "${folder%/}"
    rm -f "$scratch"/*.json
    check_verdict "$name"
done
check "there are at least 12 cases ($cases)" test "$cases" -ge 12
finish
