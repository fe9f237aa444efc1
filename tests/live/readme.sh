#!/bin/bash
# SPDX-License-Identifier: MIT
# The README's C test, built and run as it is printed, as if the library were installed; and what it says where nothing was sent.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
if ! pkg-config --exists check 2>/dev/null; then
    skip 'Check is not installed' 'the C test of the README'
    finish
fi
pair veth0 veth1
cd "$scratch" || exit 1
sed -e "s|@includedir@|$srcdir/core/include|; s|@libdir@|$builddir/.libs|; s|@VERSION@|0|" "$srcdir/core/aptrace.pc.in" >aptrace.pc
export PKG_CONFIG_PATH=$PWD${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH} LD_LIBRARY_PATH=$builddir/.libs

# LANGUAGE: the blocks of the part, each as it is printed.
block() {
    awk -v fence="\`\`\`$1" '/^## / {part = $0 == "## Assert from a C test"} /^```/ {on = part && $0 == fence; next} on' "$srcdir/README.md"
}

# Builds and runs it.
run_block() {
    status=0
    (
        # shellcheck disable=SC2317,SC2086
        cc() { command ${CC:-cc} -Wall -Wextra -Werror ${SANITIZE-} "$@"; }
        eval "$(block console)"
    ) >out 2>&1 || status=$?
    out=$(<out)
}

block c >test_switch.c
check 'it is there' test -s test_switch.c
run_block
is "$status" 0 'it passes'
like "$out" '100%: Checks: 1, Failures: 0, Errors: 0' 'and Check says so'

# What it says where nothing is sent, but for the number of its line
sed -i '/^    send_broadcast/s,send.*,(void)send_broadcast;,' test_switch.c
run_block
is "$status" 1 'it fails where nothing comes'
check 'and says what the README shows' diff <(block text) <(sed -n '/^test_switch.c/,/Looked at/p' out)
finish
