#!/bin/bash
# SPDX-License-Identifier: MIT
# The README's commands run as printed, in a folder with the traces, as if the command built here and the headers were installed.
# Commands that set the project up are left to the machine that runs them.
set -u
srcdir=${srcdir:-.}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$APTRACE" "$folder/bin/aptrace"
cp -r "$srcdir/traces" "$folder/traces"
sed "s|@includedir@|$srcdir/core/include|" "$srcdir/core/aptrace.pc.in" >"$folder/aptrace.pc"
export PKG_CONFIG_PATH=$folder
cd "$folder" || exit 1
PATH=$folder/bin:$PATH

# Each ```sh block is one script; the first C block is the plugin that they build.
awk -v folder="$folder" '/^```c$/ && !c {c = 1; out = folder "/saw_port.c"; next}
    /^```sh$/ {out = sprintf("%s/block-%02d.sh", folder, ++n); next}
    /^```/ {out = ""; next}
    out {print > out}' "$srcdir/README.md"

number=0 failed=0
run_block() {
    number=$((number + 1))
    if bash -e "$1" >"$folder/out" 2>&1; then
        echo "ok $number - $(head -n 1 "$1" | cut -c1-100)"
    else
        echo "not ok $number - $(head -n 1 "$1" | cut -c1-100)"
        sed 's/^/# /' "$folder/out"
        failed=1
    fi
}
for block in block-*.sh; do
    grep -q '^tools/' "$block" && continue
    run_block "$block"
done
echo "1..$number"
[ "$number" -ge 3 ] || { echo "not ok - the README has fewer commands than it should"; exit 1; }
exit $failed
