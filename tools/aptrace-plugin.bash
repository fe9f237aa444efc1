# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# Completion of aptrace-plugin for bash: what it does and its options as --help has them, plugins and their parameters as the aptrace
# beside it does.

_aptrace_plugin_files() # END
{
    local file
    while IFS= read -r file; do
        [[ -d $file || $file == *"$1" ]] && COMPREPLY+=("$file")
    done < <(compgen -f -- "$cur")
    compopt -o filenames 2>/dev/null
}

_aptrace_plugin_words() # WORD...
{
    local word
    for word; do
        [[ $word != "$cur"* ]] || COMPREPLY+=("$word")
    done
}

# Sets does, and plugin: the first words that belong to no option.
_aptrace_plugin_read()
{
    local word value=no
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $value == yes ]]; then
            value=no
        elif [[ $word == -r || $word == --replay || $word == --plugin-budget ]]; then
            value=yes
        elif [[ $word != -* && -z $does ]]; then
            does=$word
        elif [[ $word != -* && -z $plugin ]]; then
            plugin=$word
        fi
    done
}

_aptrace_plugin_offer()
{
    local names aptrace=${command%-plugin}
    case $does in
    '')
        mapfile -t names < <("$command" --help 2>/dev/null | sed -n 's/^.*  *aptrace-plugin \([a-z]*\).*/\1/p' | sort -u)
        _aptrace_plugin_words "${names[@]}"
        ;;
    check | try)
        if [[ -n $plugin ]]; then
            mapfile -t names < <("$aptrace" --describe "$plugin" 2>/dev/null | sed -n 's/^  \([^ =]*=\).*/\1/p')
            _aptrace_plugin_words "${names[@]}"
            compopt -o nospace 2>/dev/null
        else
            [[ $cur == */* ]] || mapfile -t names < <("$aptrace" --list-plugins 2>/dev/null | sed 's/ .*//')
            _aptrace_plugin_words "${names[@]}"
            _aptrace_plugin_files .so
        fi
        ;;
    esac
}

_aptrace_plugin()
{
    local cur=${COMP_WORDS[COMP_CWORD]} command=${1/#\~\//$HOME/} does='' plugin='' names
    COMPREPLY=()
    _aptrace_plugin_read
    case ${COMP_WORDS[COMP_CWORD - 1]} in
    -r | --replay) _aptrace_plugin_files ''; return ;;
    esac
    if [[ $cur == -* ]]; then
        mapfile -t names < <("$command" --help 2>/dev/null | grep -oE -- '--[a-z][a-z+-]*' | sort -u)
        _aptrace_plugin_words "${names[@]}"
    else
        _aptrace_plugin_offer
    fi
}

complete -F _aptrace_plugin aptrace-plugin
