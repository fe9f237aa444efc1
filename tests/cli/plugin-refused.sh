#!/bin/bash
# SPDX-License-Identifier: MIT
# Plugins that are wrong in one way each: aptrace-plugin check refuses each for its own reason, and says what to do. The same one
# without a fault passes, so that what is told is the fault.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ -n "${SANITIZE-}" ]; then
    skip 'sanitisers take these faults for their own' 'plugins that are wrong'
    finish
fi
: "${CC:=cc}" "${CXX:=c++}"
source=$srcdir/tests/cli/plugin-refused.c
flags=(-shared -fPIC -w -O1 -I"$srcdir/core/include")
export TMPDIR=$scratch

# NAME FLAG...: builds it; with .cc in the name as C++.
build() {
    local name=$1
    shift
    case $name in
    *-plus) $CXX -std=c++17 -x c++ -fvisibility=hidden "$@" "${flags[@]}" -o "$scratch/$name.so" "$source" ;;
    *) $CC "$@" "${flags[@]}" -o "$scratch/$name.so" "$source" ;;
    esac >"$scratch/log" 2>&1 || not_ok "$name builds" "$(cat "$scratch/log")"
}

# NAME: what check says of it is in $out.
prove() {
    status=0
    "$builddir/aptrace-plugin" check --plugin-budget 200ms "$scratch/$1.so" port=53 >"$scratch/out" 2>"$scratch/err" </dev/null ||
        status=$?
    out=$(<"$scratch/out") err=$(<"$scratch/err")
}

# NAME PATTERN FLAG...: refused, the first thing that is wrong being the one that matches; and the last line counts.
refused() {
    local name=$1 pattern=$2 first
    shift 2
    if [[ $name = *-plus ]] && ! command -v "${CXX%% *}" >/dev/null; then
        skip "there is no $CXX" "$name"
        return
    fi
    build "$name" "$@"
    prove "$name"
    first=$(grep -A 3 -m 1 '^WRONG' "$scratch/out" | tr '\n' ' ')
    if [ "$status" -eq 1 ] && [[ $first =~ $pattern ]] && tail -n 1 "$scratch/out" | grep -qE '[0-9] wrong, [0-9]+ proved$'; then
        ok "$name"
    else
        not_ok "$name" "expected exit status 1 and WRONG $pattern"$'\n'"got $status and $first"$'\n'"$out"$'\n'"$err"
    fi
}

# NAME: the words that it is told to be seen again by.
shows_again() {
    local again
    again=$(sed -n 's/.*See it again, in a debugger too: aptrace-plugin //p' "$scratch/out")
    (eval "\"$builddir/aptrace-plugin\" $again" >/dev/null 2>&1)
    is "$?" 139 "$1: the words that show it again do"
}

for name in good good-plus; do
    [ "$name" = good ] || command -v "${CXX%% *}" >/dev/null || continue
    build "$name"
    prove "$name"
    is "$status" 0 "$name passes"
    is "$(grep -cv '^ok ' "$scratch/out")" 1 "$name: nothing else is told"
done

# ---- What the loader refuses
refused no-descriptor 'exports no aptrace_plugin.*APTRACE_PREDICATE' -DBREAK_NO_DESCRIPTOR
refused newer-major 'its ABI is 2\.0, this aptrace.s is 1\.' '-DBEND=.abi_major = 2'
refused newer-minor 'its ABI is 1\.77, newer than this aptrace.s 1\.' '-DBEND=.abi_minor = 77'
refused short-descriptor 'says that it is 40 bytes, expected at least' '-DBEND=.size = 40'
refused wrong-stride 'entry of its parameter table is 16 bytes' '-DBEND=.param_size = 16'
refused no-end 'parameter table.*APTRACE_PARAM_END' -DBREAK_NO_END
refused beyond-state 'beyond the state' -DBREAK_BEYOND_STATE
refused undefined 'needs a symbol that nothing provides.*nobody_has_this' -DBREAK_UNDEFINED
refused constructor 'loading: the plugin ended the process by a signal' -DBREAK_CONSTRUCTOR

# ---- Names
refused export 'exports: helper_of_mine beside those of the ABI.*static' -DBREAK_EXPORT
refused export-plus 'exports: helper_of_mine beside' -DBREAK_EXPORT
refused time 'imports: time, which is a clock.*packet->time_ns' -DBREAK_TIME
refused time-plus 'imports: .*chrono.*which is a clock' -DBREAK_TIME
refused random 'imports: rand, which is randomness' -DBREAK_RANDOM
refused random-plus 'imports: .*random_device.*which is randomness' -DBREAK_RANDOM
refused sleep 'imports: usleep, which is waiting.*packets are lost' -DBREAK_SLEEP
refused environment 'imports: getenv, which is the machine' -DBREAK_ENVIRONMENT
refused exit 'imports: exit, which is the end of the process' -DBREAK_EXIT
like "$out" 'the plugin ended the process with exit status 0, in stop_condition.*The packet, link type 1, 0 of its 0 bytes' \
    'and it is seen to end it'

# ---- Words
refused no-help 'the help of parameter port is missing.*\.help' -DBREAK_NO_HELP
refused help-with-stop 'the help of parameter port ends in a full stop' -DBREAK_HELP_WITH_STOP
refused summary 'the summary ends in a full stop' -DBREAK_SUMMARY

# ---- Callbacks
refused prepare 'prepare: prepare of prepare.so: it crashed' -DBREAK_PREPARE
refused finish 'orders of callbacks: on_finish of finish.so: it crashed .*null pointer' -DBREAK_FINISH
refused value 'orders of callbacks: on_finish of broken yielded unsigned integer .*declares bool' -DBREAK_VALUE
refused print 'the plugin printed: a packet .*aptrace_explain' -DBREAK_PRINT
refused global 'a second run: what comes of the same packets differs.*outside of the state' -DBREAK_GLOBAL
refused address 'another process: what comes of the same packets differs' -DBREAK_ADDRESS
refused batch 'batches: what comes of the same packets differs .*256 packets at a time.*one at a time' -DBREAK_BATCH
refused keep 'batches: what comes of the same packets differs' -DBREAK_KEEP

# ---- Packets
refused short "stop_condition of short.so at packet [12]#[0-9]+: it went to byte [0-9]+ behind the packet's [0-9]+ captured" \
    -DBREAK_SHORT
like "$out" 'The packet, link type 1, [0-9]+ of its [0-9]+ bytes captured:' 'short: and the packet is shown'
shows_again short
refused null 'it crashed .*null pointer.*The packet' -DBREAK_NULL
refused before "it went to byte [0-9]+ before the packet's [0-9]+ captured bytes" -DBREAK_BEFORE
shows_again before
refused write "it wrote to the packet's bytes, which are not its own" -DBREAK_WRITE
refused loop 'it did not come back within 0.2 s.*The packet, link type 1' -DBREAK_LOOP
refused recursion 'it used up its stack' -DBREAK_RECURSION
refused exception-plus 'it aborted \(SIGABRT\)' -DBREAK_EXCEPTION
refused unseen 'packets captured short: the value is false, and with all bytes it is true .*aptrace_unseen' -DBREAK_UNSEEN

# ---- Memory
refused leak 'memory: each run that ends keeps [0-9]+ bytes .*release' -DBREAK_LEAK
refused leak-in-finish 'memory: each run that is released without on_finish keeps [0-9]+ bytes' -DBREAK_LEAK_IN_FINISH

# ---- Usage
usage() {
    local pattern=$1 text=$2
    shift 2
    status=0
    err=$("$builddir/aptrace-plugin" "$@" 2>&1 >/dev/null </dev/null) || status=$?
    if [ "$status" -eq 2 ] && [[ $err =~ $pattern ]]; then ok "$text"; else not_ok "$text" "got $status and $err"; fi
}
usage 'there is no plugin file' 'a file that is not there' check "$scratch/missing.so"
usage 'no plugin "saw_vlna": did you mean saw_vlan' 'a name that is not there' check saw_vlna
usage 'is no parameter' 'a word that is none' check "$scratch/good.so" port
usage 'prot.*Give parameters that it takes' 'a parameter that is not there' check "$scratch/good.so" prot=53
usage 'expected a plugin' 'nothing to check' check
usage 'cannot open' 'a capture that is not there' check -r "$scratch/missing.pcap" "$scratch/good.so"
usage 'expected new, check' 'another word' prove
finish
