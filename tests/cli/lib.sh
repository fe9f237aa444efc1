# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the shell tests share: TAP, a scratch folder, and the command with what it said.
#
# A test file sources this, calls check, is and like, and ends with finish. Where things lie comes from the environment that
# make check sets; by hand, the current folder is taken for the build folder.
set -u

: "${srcdir:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${builddir:=$PWD}"
: "${APTRACE:=$builddir/aptrace}"
: "${TRACE_MAKE:=$builddir/trace-make}"
: "${APTRACE_PLUGIN_PATH:=$builddir/plugins/.libs}"
: "${captures:=$srcdir/../shared/captures}"
export APTRACE_PLUGIN_PATH captures traces=$srcdir/traces LC_ALL=C TZ=UTC
unset TERM NO_COLOR

for program in "$APTRACE" "$TRACE_MAKE"; do
    [ -x "$program" ] || { echo "Bail out! there is no $program: make first"; exit 1; }
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

tests=0 failures=0

# TEXT: an assertion that held.
ok() {
    tests=$((tests + 1))
    echo "ok $tests - $1"
}

# TEXT [DETAIL]: one that did not.
not_ok() {
    tests=$((tests + 1)) failures=$((failures + 1))
    echo "not ok $tests - $1"
    [ $# -lt 2 ] || echo "$2" | head -n 60 | sed 's/^/# /'
}

# WHY TEXT: one that cannot be made here.
skip() {
    tests=$((tests + 1))
    echo "ok $tests - $2 # SKIP $1"
}

# TEXT COMMAND...: the command succeeds.
check() {
    local text=$1 said
    shift
    if said=$("$@" 2>&1); then ok "$text"; else not_ok "$text" "$*: $said"; fi
}

# GOT WANTED TEXT: equal.
is() {
    if [ "$1" = "$2" ]; then ok "$3"; else not_ok "$3" "expected $2"$'\n'"got      $1"; fi
}

# GOT PATTERN TEXT: matches an extended regular expression.
like() {
    if [[ $1 =~ $2 ]]; then ok "$3"; else not_ok "$3" "expected a match of $2"$'\n'"got $1"; fi
}

# ONE OTHER TEXT: files of equal bytes.
same() {
    local said
    if said=$(cmp "$1" "$2" 2>&1); then ok "$3"; else not_ok "$3" "$said"$'\n'"$(diff "$1" "$2" | head -n 20)"; fi
}

# ARG...: runs aptrace. $status, $out and $err are what came of it.
run() {
    status=0
    "$APTRACE" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
    out=$(<"$scratch/out") err=$(<"$scratch/err")
}

# STATUS PATTERN TEXT ARG...: aptrace is refused with this status, nothing on standard output, and one message that matches.
refuses() {
    local wanted=$1 pattern=$2 text=$3
    shift 3
    run "$@"
    if [ "$status" -eq "$wanted" ] && [[ $err =~ $pattern ]] && [ -z "$out" ]; then
        ok "$text"
    else
        not_ok "$text" "expected exit status $wanted and on standard error: $pattern"$'\n'"got $status and: $err"$'\n'"standard output: $out"
    fi
}

# STATUS TEXT ARG...: aptrace ends with this status.
ends() {
    local wanted=$1 text=$2
    shift 2
    run "$@"
    if [ "$status" -eq "$wanted" ]; then
        ok "$text"
    else
        not_ok "$text" "expected exit status $wanted, got $status: aptrace $*"$'\n'"$err"$'\n'"$out"
    fi
}

# FILE: makes a capture from the description on standard input.
make_trace() {
    "$TRACE_MAKE" -o "$1" || echo "Bail out! $1 could not be made"
}

finish() {
    echo "1..$tests"
    [ "$failures" -eq 0 ]
    exit
}
