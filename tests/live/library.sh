#!/bin/bash
# SPDX-License-Identifier: MIT
# The library against live ports: the tests of library*.c, with two pairs of ports.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${LIBRARY_TESTS:=$builddir/library-tests}"
pair v0 v1
pair w0 w1

if [ -z "${SANITIZE-}" ]; then # sanitisers take these faults for their own
    ${CC:-cc} -shared -fPIC -w -O1 -I"$srcdir/core/include" -o "$scratch/faults.so" "$srcdir/tests/abi/fixtures/faults.c" ||
        { echo "Bail out! the fixture does not build"; exit 1; }
    export FAULTS=$scratch/faults.so
fi
cd "$srcdir" || exit 1
"$LIBRARY_TESTS" live
