#!/bin/bash
# SPDX-License-Identifier: MIT
# The reports as other programs read them: jq, xmllint, prove. What they say must agree with each other and with the exit status.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1

run --report text --report json:j --report tap:t --report junit:x "@$traces/switch-ports/args" --plugin saw_vlan --name '<&> "quoted"'
is "$status" 1 'four reports at once: the exit status is the run'"'"'s'
like "$out" 'FAIL  no packet left with time to live 0' 'text is on standard output'

check 'json: jq reads it' jq -e . j
is "$(jq -r .schema j)" 1 'json: the schema is 1'
is "$(jq -r 'keys_unsorted | join(" ")' j)" 'schema verdict sources expectations command clock' 'json: its keys, in order'
is "$(jq -r '.sources[0] | keys_unsorted | join(" ")' j)" 'name link_type packets dropped late ended' 'json: keys of a source'
is "$(jq -r '.expectations[0] | keys_unsorted | join(" ")' j)" \
    'label plugin parameters on direction filter after expected verdict value window packets finish explanation nearest cited holes likely' \
    'json: keys of an expectation'
is "$(jq -r '.expectations[0].finish | keys_unsorted | join(" ")' j)" 'reason time_ns packet' 'json: keys of a finish'
is "$(jq -r '.clock | keys_unsorted | join(" ")' j)" end_ns 'json: keys of the clock'
is "$(jq -r '[.sources[].name] | join(" ")' j)" '1 2 1.out' 'json: sources in the order named'
is "$(jq -r '[.sources[].packets] | map(tostring) | join(" ")' j)" '22 21 0' 'json: packets of each'
is "$(jq -c '[.. | numbers | select(. != floor)]' j)" '[]' 'json: all numbers are whole'
is "$(grep -cE '/|s1-eth|1700000000|aptrace' j)" 0 'json: no path, no file name, no time of day, no version'

check 'junit: xmllint reads it' xmllint --noout x
is "$(xmllint --xpath 'count(//testcase)' x)" 7 'junit: a test case for each expectation'
is "$(xmllint --xpath 'count(//failure)' x)" "$(jq '[.expectations[] | select(.verdict == "fail")] | length' j)" 'junit: failures are the fails'
is "$(xmllint --xpath 'string(//testcase[7]/@name)' x)" '<&> "quoted"' 'junit: a label with marks of XML'
like "$(head -n 1 t)" '^TAP version 14$' 'tap: version 14'
is "$(grep -c '^not ok' t)" 2 'tap: two are not ok'
is "$(grep -cE '^(not )?ok' t)" 7 'tap: seven in all'
like "$(cat t)" '1\.\.7' 'tap: the plan'
sed 1d t >older # prove knows version 13, which is the same but for the first line
prove -e cat older >proved 2>&1
like "$(cat proved)" 'Failed 2/7 subtests' 'tap: prove counts the same'

"$APTRACE" "@$traces/vlan/args" --report tap | sed 1d >older
check 'tap: prove passes a pass' prove -Q -e cat older

run "@$traces/drops/args" --report junit
is "$status" 3 'inconclusive: exit status 3'
xmllint --xpath 'count(//error)' <(printf '%s' "$out") >counted 2>&1
is "$(cat counted)" 3 'junit: inconclusive is an error'
is "$(xmllint --xpath 'count(//failure)' <(printf '%s' "$out") 2>&1)" 0 'junit: and no failure'

run "@$traces/wrong-tag/args"
like "$(tail -n 1 <<<"$out")" '2 failed, 1 passed.*Exit 1\.$' 'text: the last line stands alone'
again=$(sed -n 's/^again: aptrace //p' <<<"$out")
first=$out
# shellcheck disable=SC2086
eval "run $again"
is "$status" 1 'text: the command to paste fails too'
is "$(sed -n 's/^FAIL *\([^ ]* [^ ]*\).*/\1/p' <<<"$out")" "$(sed -n 's/^FAIL *\([^ ]* [^ ]*\).*/\1/p' <<<"$first")" 'text: and in the same expectations'
run "@$traces/wrong-tag/args" --colour always
like "$out" $'\033\\[' '--colour always colours'
run "@$traces/wrong-tag/args"
if [[ $out == *$'\033'* ]]; then not_ok 'no colour in a file'; else ok 'no colour in a file'; fi

run --replay "x=$traces/vlan/frames.pcap" --plugin saw_vlan --name $'tab\tnew\nline \xff' --report json
check 'json: a label that is not UTF-8 is still valid' jq -e . <<<"$out"
run --replay "x=$traces/vlan/frames.pcap" --plugin saw_vlan --name $'tab\tnew\nline \xff\x01' --report junit
printf '%s' "$out" >x
check 'junit: the same' xmllint --noout x
run --replay "x=$traces/vlan/frames.pcap" --plugin saw_vlan --name $'new\nline # SKIP' --report tap
printf '%s\n' "$out" >t
is "$(grep -cE '^ok|^not ok' t)" 1 'tap: a label with a line break stays in its line'
sed 1d t >older
prove -e cat older >proved 2>&1
if grep -q skipped proved; then not_ok 'tap: a label cannot skip a test' "$(cat proved)"; else ok 'tap: a label cannot skip a test'; fi

"$APTRACE" "@$traces/vlan/args" >/dev/full 2>err
is "$?" 2 'a report that cannot be written whole is told: exit status 2'
like "$(cat err)" 'standard output' 'and where'
finish
