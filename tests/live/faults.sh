#!/bin/bash
# SPDX-License-Identifier: MIT
# A plugin that crashes in a live run: the others go on, the recording is completed, and it replays to the same document.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"

if [ -n "${SANITIZE-}" ]; then
    skip 'sanitisers take these faults for their own' 'plugins that fault'
    finish
fi
${CC:-cc} -shared -fPIC -w -O1 -I"$srcdir/core/include" -o "$scratch/faults.so" "$srcdir/tests/abi/fixtures/faults.c" ||
    { echo "Bail out! the fixture does not build"; exit 1; }
pair v0 v1
cd "$scratch" || exit 1

for how in segv loop write; do
    run --live v0 --record run.pcapng --report json:live.json --plugin-budget 200ms \
        --plugin "$scratch/faults.so" where=on_packet "how=$how" at=3 --plugin packet_count --expect 20 --settle 200ms \
        -- "$TRAFFIC" flood 20 100 v1
    is "$status" 4 "$how: exit status 4"
    is "$(jq -r '[.expectations[].verdict] | join(" ")' live.json)" 'error pass' "$how: the others go on"
    run --replay run.pcapng --report json:replay.json --plugin-budget 200ms
    same live.json replay.json "$how: the recording is whole, and its replay says the same"
done
finish
