# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of aptrace for bash. What is offered is what the command itself tells: the options of --help, the plugins of
# --list-plugins, the parameters of --describe, the sources of the traces named so far. Nothing of it stands here twice.
#
# bash cuts a word like 1=in.pcap into several and completes the last: here words are put together again as aptrace will see them,
# and at the end what bash holds for done is taken off.

# Sets words, the last of them up to the cursor.
_aptrace_join()
{
    local rest=${COMP_LINE:0:COMP_POINT} trimmed piece i
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        trimmed=${rest#"${rest%%[![:space:]]*}"}
        piece=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || piece=$trimmed
        if ((i == 0)) || [[ $trimmed != "$rest" ]]; then
            words+=("$piece")
        else
            words[-1]+=$piece
        fi
        rest=${trimmed#"$piece"}
    done
}

# A word without its quoting. Nothing in it is expanded: a completion must not run what stands in a line.
_aptrace_unquote()
{
    unquoted=${1//[\"\'\\]/}
}

# Sets takes: what each option wants, as --help has it; and long: the options by letter.
_aptrace_read_help()
{
    local line
    while IFS= read -r line; do
        [[ $line =~ ^\ {2}(-(.),\ |\ {4})--([a-z-]+)(\ ([^ ]+)|\ {2}|$) ]] || continue
        takes[${BASH_REMATCH[3]}]=${BASH_REMATCH[5]}
        [[ -z ${BASH_REMATCH[2]} ]] || long[${BASH_REMATCH[2]}]=${BASH_REMATCH[3]}
    done < <("$command" --help 2>/dev/null)
}

# ---- Offers: each is the whole word, of which $before stands already ----

_aptrace_offer()
{
    local candidate
    for candidate; do
        [[ $before$candidate != "$cur"* ]] || COMPREPLY+=("$before$candidate")
    done
}

# END CANDIDATE...: each with END behind it
_aptrace_offer_ending()
{
    local end=$1
    shift
    _aptrace_offer "${@/%/$end}"
}

# [END]: files that end so, and folders
_aptrace_offer_files()
{
    local file
    while IFS= read -r file; do
        [[ -d $file || $file == *"${1-}" ]] && COMPREPLY+=("$before$file")
    done < <(compgen -f -- "${cur#"$before"}")
    compopt -o filenames 2>/dev/null
}

# A list by comma or plus: only its last item is looked at.
_aptrace_offer_list()
{
    local stem=${cur#"$before"}
    before+=${stem%"${stem##*[,+]}"}
    _aptrace_offer "$@"
}

_aptrace_offer_options()
{
    local before=--
    _aptrace_offer "${!takes[@]}"
}

_aptrace_offer_plugins()
{
    local names
    if [[ $cur == "$before"*/* || $cur == "$before"[.~]* ]]; then
        _aptrace_offer_files .so
    else
        mapfile -t names < <("$command" --list-plugins 2>/dev/null | sed 's/ .*//')
        _aptrace_offer "${names[@]}" "$@"
    fi
}

# The names of a trace's sources, from its beginning.
_aptrace_sources_of()
{
    [[ -f ${1#*=} || -f $1 ]] || return
    "$command" --replay "$1" --plugin packet_count --expect any --direction both --count 1 --report json 2>/dev/null |
        sed -n '/^  "expectations"/q; s/^      "name": "\(.*\)",$/\1/p'
}

_aptrace_offer_sources()
{
    local port trace names=()
    for port in "${ports[@]}"; do
        [[ $port =~ ^[A-Za-z0-9_.-]+= ]] && port=${port%%=*}
        names+=("${port##*/}")
    done
    for trace in "${traces[@]}"; do
        mapfile -t -O "${#names[@]}" names < <(_aptrace_sources_of "$trace")
    done
    _aptrace_offer_list "${names[@]}"
}

# NAME= before a port or a file is a name of the user's own.
_aptrace_skip_name()
{
    [[ ${cur#"$before"} =~ ^[A-Za-z0-9_.-]+= ]] && before+=${BASH_REMATCH[0]}
}

_aptrace_offer_ports()
{
    local found=() path
    for path in /sys/class/net/*; do
        [[ ! -d $path ]] || found+=("${path##*/}")
    done
    for path in /run/netns/*; do
        [[ ! -e $path ]] || found+=("${path##*/}/")
    done
    _aptrace_offer "${found[@]}"
}

# ---- What a word can be ----

_aptrace_offer_value() # OPTION
{
    local choices
    case $1 in
    live) _aptrace_skip_name; _aptrace_offer_ports ;;
    replay) _aptrace_skip_name; _aptrace_offer_files ;;
    record) _aptrace_offer_files ;;
    plugin) _aptrace_offer_plugins ;;
    describe) _aptrace_offer_plugins fields ;;
    on) _aptrace_offer_sources ;;
    after) _aptrace_offer "${labels[@]}" ;;
    expect) _aptrace_offer true false any ;;
    timeout | duration) _aptrace_offer none ;;
    user) mapfile -t choices < <(compgen -u); _aptrace_offer "${choices[@]}" ;;
    link-type) _aptrace_offer EN10MB IEEE802_11 LINUX_SLL LINUX_SLL2 NULL RAW ;;
    report)
        if [[ ${cur#"$before"} == *:* ]]; then
            before=${cur%%:*}:
            _aptrace_offer_files
        else
            _aptrace_offer text json tap junit
        fi
        ;;
    *)
        IFS='|' read -ra choices <<<"${takes[$1]}"
        ((${#choices[@]} < 2)) || _aptrace_offer "${choices[@]}"
        ;;
    esac
}

# Sets kinds: what each parameter of the plugin wants; fields: the header fields, where it takes them.
_aptrace_read_plugin()
{
    local line
    while IFS= read -r line; do
        if [[ $line =~ ^\ {2}([^\ =]+)=(.*) ]]; then
            kinds[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
        elif [[ $line == '  header fields,'* ]]; then
            _aptrace_read_fields
        fi
    done < <("$command" --describe "$plugin" 2>/dev/null)
}

_aptrace_read_fields()
{
    mapfile -t fields < <("$command" --describe fields 2>/dev/null | sed -n 's/^  \([a-z0-9_.]*\)  .*/\1/p')
}

# Fields by what they begin with, as folders: there are too many for one list.
_aptrace_offer_fields() # END of a field that is whole
{
    local field stem
    local -A groups=()
    while [[ ${cur#"$before"} == inner.* ]]; do before+=inner.; done
    stem=${cur#"$before"}
    for field in "${fields[@]}"; do
        if [[ $stem != *.* && $field == *.* ]]; then
            groups[${field%%.*}.]=1
        else
            _aptrace_offer "$field$1"
        fi
    done
    _aptrace_offer "${!groups[@]}"
}

_aptrace_offer_parameters()
{
    local -A kinds=()
    local fields=() kind key=${cur%%=*} choices
    _aptrace_read_plugin
    if [[ $cur != *=* ]]; then
        _aptrace_offer_ending '=' "${!kinds[@]}"
        _aptrace_offer_fields '='
        return
    fi
    before=$key=
    kind=${kinds[${key%!}]-}
    case $kind in
    'true or false'*) _aptrace_offer true false ;;
    *FILE*) _aptrace_offer_files ;;
    'name of a header field'* | FIELD*)
        _aptrace_read_fields
        before+=${cur#"$before"}
        before=${before%"${before##*[=,]}"}
        _aptrace_offer_fields ''
        ;;
    'name of a source'* | 'names of sources'*) _aptrace_offer_sources ;;
    *'|'*) IFS='|' read -ra choices <<<"${kind%% *}"; _aptrace_offer "${choices[@]}" ;;
    esac
}

# The words before the last one: sets plugin, traces, ports and labels, and wanting: the option whose value comes next.
_aptrace_note() # OPTION VALUE
{
    _aptrace_unquote "$2"
    case $1 in
    plugin) plugin=$unquoted ;;
    replay) traces+=("$unquoted") ;;
    live) ports+=("$unquoted") ;;
    name) labels+=("$unquoted") ;;
    esac
}

_aptrace_read_word()
{
    if [[ -n $wanting ]]; then
        _aptrace_note "$wanting" "$1"
        wanting=
    elif [[ $1 == --*=* ]]; then
        local option=${1%%=*}
        _aptrace_note "${option#--}" "${1#*=}"
    elif [[ $1 == --* && -n ${takes[${1#--}]-} ]]; then
        wanting=${1#--}
    elif [[ $1 == -[!-]* && -n ${long[${1:1:1}]-} && -n ${takes[${long[${1:1:1}]}]} ]]; then
        wanting=${long[${1:1:1}]}
        [[ ${#1} -eq 2 ]] || { _aptrace_note "$wanting" "${1:2}"; wanting=; }
    fi
}

_aptrace_offer_word()
{
    local before=''
    if [[ -n $wanting ]]; then
        _aptrace_offer_value "$wanting"
    elif [[ $cur == --*=* ]]; then
        before=${cur%%=*}=
        wanting=${cur%%=*}
        _aptrace_offer_value "${wanting#--}"
    elif [[ $cur == @* ]]; then
        before=@
        _aptrace_offer_files
    elif [[ $cur == -* || -z $plugin ]]; then
        _aptrace_offer_options
    else
        _aptrace_offer_parameters
        [[ -n $cur || ${#COMPREPLY[@]} -gt 0 ]] || _aptrace_offer_options
    fi
}

# Behind --: a command and its words.
_aptrace_offer_command() # INDEX of the command among the words
{
    local before='' names
    if (($1 == ${#words[@]} - 1)) && [[ $cur != */* ]]; then
        mapfile -t names < <(compgen -c -- "$cur")
        _aptrace_offer "${names[@]}"
    else
        _aptrace_offer_files
    fi
}

# bash replaces what stands behind the last break of the word only; an @ it replaces too. In a quoted word it sees no breaks.
_aptrace_strip()
{
    local breaks=${COMP_WORDBREAKS//@/} rest kept
    rest=${cur##*["$breaks"]}
    [[ $COMP_WORDBREAKS != *@* || $rest != *@* ]] || rest=@${rest##*@}
    kept=${cur%"$rest"}
    [[ -n $quoted ]] || COMPREPLY=("${COMPREPLY[@]#"$kept"}")
    [[ ${COMPREPLY[0]-} != *[=/:.] ]] || compopt -o nospace 2>/dev/null
}

_aptrace()
{
    local words cur quoted='' command=${1/#\~\//$HOME/} unquoted plugin='' wanting='' i
    local traces=() ports=() labels=()
    local -A takes=() long=()
    COMPREPLY=()
    _aptrace_join
    cur=${words[-1]}
    [[ $cur != [\"\']* ]] || quoted=yes
    _aptrace_unquote "$cur"
    cur=$unquoted
    _aptrace_read_help
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        if [[ -z $wanting && ${words[i]} == -- ]]; then
            _aptrace_offer_command $((i + 1))
            _aptrace_strip
            return
        fi
        _aptrace_read_word "${words[i]}"
    done
    _aptrace_offer_word
    _aptrace_strip
}

complete -F _aptrace aptrace
