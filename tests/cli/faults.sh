#!/bin/bash
# SPDX-License-Identifier: MIT
# Plugins that crash, hang or ask for too much: each in each callback. It is an error of their expectation, which names plugin,
# callback and packet; the others go on to their own right verdicts, and reports are written.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ -n "${SANITIZE-}" ]; then
    skip 'sanitisers take these faults for their own' 'plugins that fault'
    finish
fi
if ! ${CC:-cc} -shared -fPIC -w -O1 -I"$srcdir/core/include" -o "$scratch/faults.so" "$srcdir/tests/abi/fixtures/faults.c"; then
    echo "Bail out! the fixture does not build"
    exit 1
fi
trace=$traces/vlan/frames.pcap
others=(--plugin packet_count --expect 4 --plugin saw_vlan tag=102 --plugin saw_vlan tag=7)

said() {
    jq -r "$1" "$scratch/out"
}

# WHERE HOW PATTERN [ARG...]: the second packet makes it fault so, and nothing else is touched.
faults() {
    local where=$1 how=$2 pattern=$3
    shift 3
    run --replay "$trace" --plugin "$scratch/faults.so" "where=$where" "how=$how" at=2 "${others[@]}" --report json "$@"
    is "$status" 4 "$where, $how: exit status 4"
    like "$(said '.expectations[0].explanation')" "^$where of faults.so.*$pattern" "$where, $how: says what happened"
    is "$(said '[.expectations[].verdict] | join(" ")')" 'error pass pass fail' "$where, $how: the others have their own verdicts"
}

hows=(segv bus fpe ill abort stack arena explain)
declare -A says=(
    [segv]='crashed \(SIGSEGV' [bus]='crashed \(SIGBUS' [fpe]='crashed \(SIGFPE' [ill]='crashed \(SIGILL' [abort]='aborted'
    [stack]='used up its stack' [arena]='asked for 1099511627776 bytes more than the 16777216' [explain]='crashed \(SIGSEGV'
    [loop]='did not come back within 0.2 s' [sleep]='did not come back within 0.2 s' [write]="wrote to the packet's bytes"
)
for where in on_packet stop_condition on_finish release; do
    for how in "${hows[@]}"; do
        faults "$where" "$how" "${says[$how]}"
    done
done
for where in on_packet stop_condition; do
    faults "$where" write 'at packet frames#2: it wrote'
    faults "$where" loop "${says[loop]}" --plugin-budget 200ms
    is "$(said '.expectations[0] | .finish.reason + " " + (.finish.packet.number | tostring) + " " + (.packets | tostring)')" \
        'plugin fault 2 2' "$where: the window ends at the packet"
done
faults on_finish sleep "${says[sleep]}" --plugin-budget 200ms
is "$(said '.expectations[0] | .finish.reason + " " + (.value | tostring)')" 'plugin fault null' 'what faults yields nothing'

# Packets that are picked from a batch are counted up to the fault
run --replay "$trace" --plugin "$scratch/faults.so" where=on_packet how=segv at=2 --filter udp --report json
is "$(said '.expectations[0] | .finish.packet.number, .packets' | tr '\n' ' ')" '4 2 ' 'the second of two that pass a filter is packet 4'

# What waits for it never opens
run --replay "$trace" --plugin "$scratch/faults.so" where=on_packet how=segv --name first --plugin packet_count --after first \
    --expect any --report json
is "$(said '.expectations[1].finish.reason')" 'never opened' 'a window that waits for it never opens'

for how in "${hows[@]}"; do
    refuses 2 "prepare of faults.so: .*${says[$how]}" "prepare, $how: set-up error" \
        --replay "$trace" --plugin "$scratch/faults.so" where=prepare "how=$how"
done
refuses 2 "prepare of faults.so: .*${says[loop]}" 'prepare, loop: set-up error' \
    --replay "$trace" --plugin "$scratch/faults.so" where=prepare how=loop --plugin-budget 200ms

# The heap: it cannot be mended, but the process ends with the reason, and soon
run --replay "$trace" --plugin "$scratch/faults.so" where=on_packet how=free at=2 "${others[@]}" --plugin-budget 200ms
is "$status" 4 'a heap that is destroyed: exit status 4'
like "$out$err" 'on_packet of faults.so at packet frames#2: it aborted' 'and says who did it'

refuses 2 'expected how long one callback may take' 'a budget that is too small' \
    --replay "$trace" --plugin packet_count --expect any --plugin-budget 1ms
finish
