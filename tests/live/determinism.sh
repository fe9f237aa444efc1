#!/bin/bash
# SPDX-License-Identifier: MIT
# The promise: a live run and the replay of its recording give one document, to the byte. Random traffic, random questions, and
# whatever can go wrong with a host while it captures: each run is recorded, replayed and compared.
#
# RUNS says how many (20); SEED where they begin (1). A run that fails names its seed: SEED=17 RUNS=1 makes it again.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
: "${RUNS:=20}" "${SEED:=1}"
cd "$scratch" || exit 1

for port in a b c d; do pair "$port"0 "$port"1; done
pair r0 r1 # from the sender to the relay
taps=yes
if ! tap tap0 2>"$scratch/err" || ! tap tap1; then
    taps=no
    skip "TAP devices are refused here: $(<"$scratch/err")" 'runs with TAP devices'
fi
declare -A seen=()

any() { # WORD...: one of them
    shift $((RANDOM % $#))
    echo "$1"
}

# The questions: a chain on what the sender does round deadlines, and others at random. In the array questions.
make_questions() {
    local i kind after=() names=("$@") on=()
    questions=(--plugin saw_vlan tag=101 --name opener
        --plugin packet_count --after opener --timeout 1ms --expect "$(any 1 0..1 2..)"
        --plugin saw_vlan tag=102 --after opener --timeout "$(any 5ms 20ms)" --name second
        --plugin saw_nothing --after second --timeout "$(any 1ms 20ms 100ms)" --filter 'not vlan'
        --plugin packet_count --after second --expect any)
    for ((i = RANDOM % 8; i > 0; i--)); do
        after=() on=()
        [ $((RANDOM % 3)) -ne 0 ] || after=(--after "$(any opener second)")
        [ $((RANDOM % 2)) -ne 0 ] || on=(--on "$(any "${names[@]}")")
        [ $((RANDOM % 3)) -ne 0 ] || on+=(--timeout "$(any 1ms 5ms 20ms 100ms 500ms 1s 2s)")
        [ $((RANDOM % 5)) -ne 0 ] || on+=(--count "$(any 1 5 100)")
        kind=$((RANDOM % 18))
        case $kind in
        0) questions+=(--plugin saw_vlan "tag=$((100 + RANDOM % 8))") ;;
        1) questions+=(--plugin packet_count --expect "$(any any 0 100..)") ;;
        2) questions+=(--plugin packet_count_was "n=$(any 1 10 1000)") ;;
        3) questions+=(--plugin saw_nothing --filter 'vlan 105') ;;
        4) questions+=(--plugin received_packet --filter 'ether[6] == 2') ;;
        5) questions+=(--plugin saw_dst_mac mac=02:00:00:00:01:01) ;;
        6) questions+=(--plugin saw_packet "vlan.id=$((100 + RANDOM % 12))" "frame.len=$(any 60 64..200 1..)") ;;
        7) questions+=(--plugin did_not_see_packet 'eth.dst!=02:00:00:00:01:01' "vlan.count=$(any 0 1 2)") ;;
        8) questions+=(--plugin count_packets vlan.id=any --expect "$(any any 0 10..)") ;;
        9) questions+=(--plugin every_packet "frame.len=$(any 60.. 100..)") ;;
        10) questions+=(--plugin saw_on_each "vlan.id=$((100 + RANDOM % 4))") ;;
        11) questions+=(--plugin saw_on_one "vlan.id=$((104 + RANDOM % 6))") ;;
        12) questions+=(--plugin spread_evenly "within=$(any 10% 50% 100%)") ;;
        13) questions+=(--plugin in_order "field=$(any frame.len frame@14:2 eth.src)") ;;
        14) questions+=(--plugin no_duplicates "within=$(any 1ms 100ms)") ;;
        15) questions+=(--plugin rate_within "min=$(any 100 1000)" "max=$(any 1000 100000)" "over=$(any 10ms 100ms)") ;;
        16) questions+=(--plugin max_gap "within=$(any 1ms 50ms)") ;;
        17) questions+=(--plugin saw_packet packet=020000000101 length=prefix) ;;
        esac
        questions+=(--name "random $i" "${on[@]}" "${after[@]}")
    done
}

# What happens to the host, or to aptrace, while it runs. $live is aptrace.
stop_for() { kill -STOP "$live"; sleep "$1"; kill -CONT "$live"; }
pause() { sleep "0.$((RANDOM % 4))$((RANDOM % 10))"; }

one_run() {
    local seed=$1 mode length ports=(a b) sources=() sender=() options=(--settle "$(any 20ms 100ms 300ms)") helper=() busy=()
    RANDOM=$seed
    mode=${MODE:-$((seed % 10))}
    [ "$mode$taps" != 2no ] || mode=0
    length=$((200 + RANDOM % 700))
    [ "$mode" -ne 1 ] || ports=(a b c d)
    for port in "${ports[@]}"; do
        sources+=(--live "$port=${port}0")
        sender+=("${port}1")
    done
    command=("$TRAFFIC" "$seed" "$length" "${sender[@]}")
    case $mode in
    2) # TAP devices, which are held open while aptrace arms
        sources=(--live a=tap0 --live b=tap1)
        rm -f go said
        mkfifo go said
        "$TRAFFIC" --wait "$seed" "$length" tap:tap0 tap:tap1 <go >said &
        helper=($!)
        exec 5>go 6<said
        read -r -u 6 _
        command=(sh -c 'echo >go; read -r _ <&6')
        ;;
    3) # a line that delays, drops and reorders
        rm -f go said
        mkfifo go said
        "$RELAY" "$seed" "$((RANDOM % 30000))" "$(any 0 100 5000)" "$(any 0 1 20)" r0 a1 <go >said &
        helper=($!)
        exec 5>go 6<said
        read -r -u 6 _
        command=("$TRAFFIC" "$seed" "$length" r1 b1)
        ;;
    5) options+=(--buffer 4M) ;;
    6) for _ in 1 2 3; do
        (while :; do :; done) &
        busy+=($!)
    done ;;
    9) command=(sh -c '"$@"; exit 5' sh "${command[@]}") ;;
    esac
    make_questions "${ports[@]}"
    start "${sources[@]}" "${options[@]}" --record run.pcapng --report json:live.json "${questions[@]}" -- "${command[@]}" 5>&-
    case $mode in
    2) : ;;
    4) pause; stop_for 0.3 ;;
    5) pause
        kill -STOP "$live"
        "$TRAFFIC" flood $((4000 + RANDOM % 4000)) 1200 a1
        kill -CONT "$live" ;;
    7) pause; kill -INT "$live" ;;
    8) pause; ip link set a1 down; ip link set a1 up ;;
    9) pause
        if [ $((seed % 50)) -eq 49 ]; then stop_for 10; else stop_for "$(any 1 2)"; fi ;;
    esac
    ended
    [ ${#busy[@]} -eq 0 ] || { kill "${busy[@]}"; wait "${busy[@]}" 2>/dev/null; }
    if [ ${#helper[@]} -gt 0 ]; then
        exec 5>&- 6<&-
        wait "${helper[@]}"
    fi
    if ! [ -s live.json ]; then
        not_ok "run $seed (mode $mode)" "aptrace: status $status"$'\n'"$err"
        return
    fi
    replays run.pcapng live.json "run $seed (mode $mode): $(says '"\(.verdict), \([.sources[].packets] | add) packets, \([.sources[].dropped] | add) dropped, \([.sources[].late] | add) late"' live.json)"
    tally
    [ -z "${KEEP-}" ] || cp run.pcapng live.json again.json "$KEEP"
    rm -f live.json again.json
}

# What this run had, so that a test that compares nothing is found out.
tally() {
    local what
    while read -r what; do
        seen[$what]=$((${seen[$what]-0} + 1))
    done < <(says '(.expectations[] | .verdict, .finish.reason, (.holes[].kind | "hole " + .)), (.sources[] | select(.dropped > 0) | "dropped")' live.json | sort -u)
}

for ((run = SEED; run < SEED + RUNS; run++)); do
    one_run "$run"
done
if [ "$RUNS" -ge 20 ]; then
    for what in pass fail inconclusive stopped 'timed out' ended interrupted 'never opened' dropped 'hole drop' 'hole link' 'hole command'; do
        check "runs had: $what (${seen[$what]-0})" test "${seen[$what]-0}" -gt 0
    done
fi
finish
