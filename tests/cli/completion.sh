#!/bin/bash
# SPDX-License-Identifier: MIT
# Completion in bash: lines are cut into COMP_WORDS as bash cuts them, the functions are called as bash calls them, and what they
# offer is what would be typed. Behind that, a bash of its own completes a line for real.
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "$0")/lib.sh"
cd "$scratch" || exit 1
mkdir bin folder
cp "$traces/three-ports/"*.pcapng ports.pcapng
cp "$traces/vlan/frames.pcap" frames.pcap
cp "$APTRACE_PLUGIN_PATH/saw_vlan.so" mine.so
: >folder/inside.pcap
: >folder/words
cp frames.pcap at@frames.pcap
ln -s "$APTRACE" bin/aptrace
PATH=$scratch/bin:$PATH
. "$srcdir/tools/aptrace.bash"
. "$srcdir/tools/aptrace-plugin.bash"
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'

# LINE: sets COMP_WORDS, COMP_CWORD, COMP_LINE and COMP_POINT for a cursor at its end.
type_line() {
    local i character word='' breaks=no
    COMP_LINE=$1 COMP_POINT=${#1} COMP_WORDS=()
    for ((i = 0; i < ${#1}; i++)); do
        character=${1:i:1}
        case $character in
        ' ') [[ -z $word ]] || COMP_WORDS+=("$word"); word='' breaks=no ;;
        [=:@\|])
            [[ $breaks == yes || -z $word ]] || { COMP_WORDS+=("$word"); word=''; }
            word+=$character breaks=yes
            ;;
        *)
            [[ $breaks == no ]] || { COMP_WORDS+=("$word"); word=''; }
            word+=$character breaks=no
            ;;
        esac
    done
    [[ -z $word && ${1: -1} != ' ' ]] || COMP_WORDS+=("$word")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
}

# LINE: what is offered, sorted, with blanks between.
offered() {
    type_line "$1"
    COMPREPLY=()
    "_${COMP_WORDS[0]//-/_}" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" 2>"$scratch/said"
    printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}

# LINE WANTED [TEXT]
offers() {
    is "$(offered "$1")$(<"$scratch/said")" "$2" "${3:-$1}"
}

# LINE PATTERN [TEXT]: among others
offers_also() {
    like " $(offered "$1") " "$2" "${3:-$1}"
}

# ---- Options ----

run --help
options=$(sed -nE 's/^  (-.,|   ) (--[a-z-]+).*/\2/p' <<<"$out" | sort | xargs)
like "$options" '--after .*--live .*--version' 'the options of --help are found'
offers 'aptrace --' "$options" 'every option of --help'
offers 'aptrace --re' '--record --replay --report'
offers 'aptrace ' "$options" 'where nothing is asked for yet: options'
offers 'aptrace --direction ' 'both in out'
offers 'aptrace --direction=o' 'out'
offers 'aptrace --colour a' 'always auto'
offers 'aptrace --report ' 'json junit tap text'
offers 'aptrace --report j' 'json junit'
offers 'aptrace --report json:fo' 'folder'
offers 'aptrace --snaplen ' ''
offers 'aptrace --timeout ' 'none'

# ---- Sources ----

offers_also 'aptrace --live l' ' lo '
offers_also 'aptrace -i 1=l' ' lo ' 'behind a name of the user'"'"'s own'
offers 'aptrace --replay fr' 'frames.pcap'
offers 'aptrace --replay 1=fr' 'frames.pcap'
offers 'aptrace --replay=1=fr' 'frames.pcap'
offers 'aptrace -r folder/' 'folder/inside.pcap folder/words'
offers 'aptrace @fo' '@folder'
offers 'aptrace @folder/w' '@folder/words'
offers 'aptrace --replay at@fr' '@frames.pcap'
offers 'aptrace --replay frames.pcap --plugin saw_vlan --on ' 'frames'
offers 'aptrace --replay ports.pcapng --plugin saw_vlan --on ' '1 2 3' 'the interfaces in a trace'
offers 'aptrace --replay ports.pcapng --plugin saw_vlan --on 1,2+' '1,2+1 1,2+2 1,2+3'
offers 'aptrace --replay a=frames.pcap --replay b=frames.pcap -p saw_vlan -o ' 'a b'
offers 'aptrace --live v0 --live 2=ns1/v1 --live ns1/v2 --plugin saw_vlan --on ' '2 v0 v2'
offers 'aptrace --replay missing.pcap --replay - --plugin saw_vlan --on ' ''

# ---- Plugins and parameters ----

names=$("$APTRACE" --list-plugins | awk '{print $1}' | sort | xargs)
offers 'aptrace --plugin ' "$names"
offers 'aptrace -p saw_v' 'saw_vlan'
offers 'aptrace --plugin ./m' './mine.so' 'a path: files that are plugins'
offers 'aptrace --plugin ./' './bin ./folder ./mine.so'
offers_also 'aptrace --describe ' ' fields .* saw_vlan '
offers 'aptrace --plugin saw_vlan t' 'tag= tpid='
offers 'aptrace --plugin saw_vlan tag=102 --tim' '--timeout'
offers 'aptrace -psaw_vlan t' 'tag= tpid='
offers 'aptrace --plugin=saw_vlan t' 'tag= tpid='
offers 'aptrace --plugin ./mine.so t' 'tag= tpid='
offers 'aptrace --plugin saw_vlan --plugin saw_packet tag' '' 'parameters of the last plugin'
offers 'aptrace --plugin nosuch ' "$options" 'of a plugin that is not there: options'
offers_also 'aptrace --plugin saw_packet ' ' eth\. .*ip\. .*packet= .*payload= .*tcp\. ' 'header fields, by what they begin with'
offers_also 'aptrace --plugin saw_packet ip.t' '^ ip.tos= ip.ttl= $|^ ip.ttl= $'
offers 'aptrace --plugin saw_packet ip.ttl' 'ip.ttl='
offers 'aptrace --plugin saw_packet inner.inner.ip.ttl' 'inner.inner.ip.ttl='
offers 'aptrace --plugin saw_packet packet=fr' 'frames.pcap'
offers 'aptrace --plugin saw_exactly packets=fr' 'frames.pcap'
offers 'aptrace --plugin saw_packet length=' 'exact prefix'
offers 'aptrace --plugin saw_packet length!=p' 'prefix'
offers 'aptrace --plugin saw_packet ignore=ip.id,ip.tt' 'ip.id,ip.ttl'
offers 'aptrace --plugin in_order field=ip.tt' 'ip.ttl'
offers 'aptrace --plugin saw_vlan --expect ' 'any false true'
offers 'aptrace --plugin saw_vlan --name first --plugin saw_vlan --name=second --plugin saw_vlan --after ' 'first second'

for name in $names; do
    keys=$("$APTRACE" --describe "$name" | sed -n 's/^  \([^ =]*=\).*/\1/p' | sort | xargs)
    is "$(offered "aptrace --plugin $name " | tr ' ' '\n' | grep -vE '^(.*\.|payload=|--.*)$' | xargs)" "$keys" "$name: every parameter"
done

# ---- Behind -- ----

offers_also 'aptrace --live v0 --plugin saw_vlan -- seq' ' seq ' 'a command'
offers 'aptrace --live v0 --plugin saw_vlan -- cat fra' 'frames.pcap' 'its words'

# ---- A line is never run ----

# shellcheck disable=SC2016
offers 'aptrace --replay $(touch${IFS}ran) --plugin `touch${IFS}ran` --on ' '' 'what stands in a line'
check 'is not run' test ! -e ran

# ---- aptrace-plugin ----

cat >bin/aptrace-plugin <<'COMMAND'
#!/bin/sh
echo 'Usage: aptrace-plugin [--quick] new NAME | check FILE.so; also --help'
COMMAND
chmod +x bin/aptrace-plugin
offers 'aptrace-plugin ' 'check frame new try'
offers 'aptrace-plugin n' 'new'
offers 'aptrace-plugin --' '--help --quick'
offers 'aptrace-plugin check m' 'mine.so'
offers 'aptrace-plugin check ' 'bin folder mine.so'
offers 'aptrace-plugin try -r fr' 'frames.pcap'
offers 'aptrace-plugin new ' ''

# ---- In a bash that reads a terminal ----

# The command that is typed there is aptrace to the completion, and shows its words to whoever looks.
cat >bin/show <<'COMMAND'
#!/bin/bash
[ -t 1 ] || exec aptrace "$@"
printf '<%s>' "$@"
echo
COMMAND
chmod +x bin/show

# KEYS WANTED: the words that come of them.
typed() {
    local line
    line=$(printf '%b\n' ". '$srcdir/tools/aptrace.bash'; complete -F _aptrace show; PS1=" "$1" exit |
        env -i PATH="$PATH" HOME="$scratch" TERM=dumb APTRACE_PLUGIN_PATH="$APTRACE_PLUGIN_PATH" INPUTRC=/dev/null \
            timeout 20 script -qec 'bash --norc --noprofile -i' /dev/null 2>&1 | tr -d '\r' | grep -oE '<.*>$' | tail -n 1)
    is "$line" "$2" "in bash: $1"
}
typed 'show --replay 1=fr\t--plugin saw_v\tta\t102 --on \t' '<--replay><1=frames.pcap><--plugin><saw_vlan><tag=102><--on><1>'
typed 'show --plugin saw_packet ip.tt\t63 packet=fr\t' '<--plugin><saw_packet><ip.ttl=63><packet=frames.pcap>'
typed 'show -r at@fr\t @folder/w\t --report json:fo\t' '<-r><at@frames.pcap><@folder/words><--report><json:folder/>'
finish
