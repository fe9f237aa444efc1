#!/bin/bash
# SPDX-License-Identifier: MIT
# aptrace-plugin check proves every predicate of the project good; a few with every packet of the bundled traces too.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
export TMPDIR=$scratch

# Words with which some packets match, where those that are chosen have none.
declare -A words=([rate_within]='min=1 max=2000 over=1s')

# NAME [OPTION]...: what is said of it goes into $scratch/NAME.
prove() {
    local name=$1
    shift
    # shellcheck disable=SC2086
    "$builddir/aptrace-plugin" check "$@" "$APTRACE_PLUGIN_PATH/$name.so" ${words[$name]-} >"$scratch/$name" 2>&1 </dev/null
    echo "exit status $?" >>"$scratch/$name"
}

# NAME TEXT: nothing is wrong, and nothing was left unproved.
is_good() {
    if [ "$(tail -n 1 "$scratch/$1")" = 'exit status 0' ] && ! grep -qE '^(WRONG|note)' "$scratch/$1"; then
        ok "$2"
    else
        not_ok "$2" "$(grep -v '^ok ' "$scratch/$1")"
    fi
}

names=$(basename -a -s .so "$APTRACE_PLUGIN_PATH"/*.so | sort)
jobs=0
for name in $names; do
    prove "$name" &
    jobs=$((jobs + 1))
    [ "$jobs" -lt 2 ] || { wait -n; jobs=$((jobs - 1)); }
done
wait
for name in $names; do
    is_good "$name" "$name"
done
is "$(grep -c '^ok ' "$scratch/saw_vlan")" "$(sed -n '/^\.Ss Proving/,/^\.Ss Looking/p' "$srcdir/tools/aptrace-plugin.1" |
    sed -n 's/^\.It //p' | tr , '\n' | grep -c .)" 'the manual has an entry for each proof'

captures=()
for capture in "$traces"/*/*.pcap "$traces"/*/*.pcapng "$traces"/*/*.gz "$traces"/*/*.zst; do
    captures+=(-r "$capture")
done
for name in saw_vlan max_gap checksums_ok; do
    prove "$name" "${captures[@]}"
    is_good "$name" "$name, with every packet of the bundled traces"
done
finish
