# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of aptrace-plugin for bash: what it does, its options, the plugins to check.

_aptrace_plugin()
{
    local cur=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} does='' word file
    COMPREPLY=()
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        [[ $word == -* ]] || { does=$word; break; }
    done
    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("${1/#\~\//$HOME/}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z+-]*' | sort -u)" -- "$cur")
    elif [[ -z $does ]]; then
        mapfile -t COMPREPLY < <(compgen -W 'new check try frame' -- "$cur")
    elif [[ $does == check || $does == try ]]; then
        while IFS= read -r file; do
            [[ -d $file || $file == *.so || $before == -r || $before == --replay ]] && COMPREPLY+=("$file")
        done < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
    fi
}

complete -F _aptrace_plugin aptrace-plugin
