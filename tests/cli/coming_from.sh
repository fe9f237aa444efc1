#!/bin/bash
# SPDX-License-Identifier: MIT
# plugins/COMING_FROM.md: every call of aptrace in it runs as printed, and ends with the word that stands behind it. Calls of
# tcpdump print what the page says, where there is a tcpdump.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$srcdir" || exit 1

# Writes N.title, N.call, N.word, and of a tcpdump's row N.old and N.printed, for each heading of the third level.
awk -v folder="$scratch" '
    /^### / {n++; print substr($0, 5) > (folder "/" n ".title")}
    /^```sh$/ {out = folder "/" n ".call"; next}
    /^```console$/ {out = folder "/" n ".old"; next}
    /^```$/ {out = ""; next}
    out {print > out; next}
    match($0, /^`[A-Z]+`/) && !told[n]++ {print substr($0, 2, RLENGTH - 2) > (folder "/" n ".word")}
    match($0, /^It prints `[0-9]+`/) {print substr($0, 12, RLENGTH - 12) > (folder "/" n ".printed")}' plugins/COMING_FROM.md

# The word that goes with an exit status.
word_of() {
    case $1 in 0) echo PASS ;; 1) echo FAIL ;; 3) echo INCONCLUSIVE ;; *) echo "exit status $1" ;; esac
}

check_call() {
    local base=$1 title=$2 wanted status=0
    wanted=$(cat "$base.word" 2>&1)
    (
        # shellcheck disable=SC2317
        aptrace() { "$APTRACE" "$@"; }
        eval "$(cat "$base.call")"
    ) >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
    if [ "$(word_of "$status") $(head -n 1 "$scratch/out" | cut -d ' ' -f 1)" = "$wanted $wanted" ]; then
        ok "$title: $wanted"
    else
        not_ok "$title: $wanted" "$(cat "$base.call")"$'\n'"exit status $status"$'\n'"$(cat "$scratch/out" "$scratch/err")"
    fi
}

check_old() {
    local base=$1 title=$2
    if command -v tcpdump >/dev/null; then
        is "$(bash "$base.old" 2>/dev/null)" "$(cat "$base.printed" 2>&1)" "$title: what it prints"
    else
        skip 'there is no tcpdump' "$title: what it prints"
    fi
}

for ((n = 1; ; n++)); do
    base=$scratch/$n
    [ -e "$base.title" ] || break
    title=$(tr -d '`' <"$base.title" | cut -c1-70)
    check_call "$base" "$title"
    [ ! -e "$base.old" ] || check_old "$base" "$title"
done
check "there are at least 20 calls ($((n - 1)))" test "$n" -gt 20
check 'six rows of tcpdump' test "$(find "$scratch" -name '*.old' | wc -l)" -ge 6
check 'the README has the way to it' grep -q 'plugins/COMING_FROM.md' README.md
finish
