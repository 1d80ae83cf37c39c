# SPDX-License-Identifier: GPL-3.0-or-later
#
# Completion for bash. Subcommands and options are what --help says, so that this file need not know them.

_trapeze() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} program=${COMP_WORDS[0]} sub=${COMP_WORDS[1]:-}
    [ "$cur" = = ] && cur=
    [ "$prev" = = ] && prev=${COMP_WORDS[COMP_CWORD - 2]}
    COMPREPLY=()
    if [ "$COMP_CWORD" = 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$program" --help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p') --help --version" -- "$cur")
        return
    fi
    local words=
    case $prev in
    -t | --technique)
        words=$("$program" info techniques 2>/dev/null | awk 'NR > 1 { print $1 }')
        if [ "$sub" != run ] && [ "$sub" != debug ]; then # a list
            [[ $cur != *,* ]] || words=$(printf "${cur%,*},%s\n" $words)
            compopt -o nospace
        fi
        ;;
    --plot) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -X '!*.@(svg|png|pdf)' -- "$cur"); return ;;
    --reason)
        words=$("$program" info counters 2>/dev/null | awk 'NF == 0 { exit } NR > 1 { print $1 }')
        [[ $cur != *,* ]] || words=$(printf "${cur%,*},%s\n" $words)
        compopt -o nospace
        ;;
    --mmu) words="real shadow nested direct" ;;
    --gdb-view) words="guest machine" ;;
    --color) words="auto always never" ;;
    --shadow) words="flush traced" ;;
    --clock) words="insns cycles" ;;
    --profile) words="strict flawed" ;;
    --device) words="virtio-rng-device virtio-serial-device" ;;
    --cpu) words="rv64 rv64,h=true" ;;
    --format)
        case $sub in
        info) words="table md json asm" ;;
        classify) words="table md json" ;;
        asm) words="elf bin" ;;
        trace) words="table json csv" ;;
        *) words="table json csv md" ;;
        esac
        ;;
    --cost-set | --row) words=$("$program" info costs 2>/dev/null | awk 'NF == 0 { exit } NR > 1 { print $1 "=" }') ;;
    *)
        case $sub:$cur in
        bench:-*)
            [ "${COMP_WORDS[2]}" = "$cur" ] || sub="bench ${COMP_WORDS[2]}"
            # shellcheck disable=SC2086
            words=$("$program" $sub --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u)
            ;;
        bench:*) [ "$COMP_CWORD" != 2 ] || words=$("$program" bench --help 2>/dev/null | sed -n 's/^  \([a-z]*\)  .*/\1/p') ;;
        *:-*) words=$("$program" "$sub" --help 2>/dev/null | grep -oE -- '--[a-z-]+' | sort -u) ;;
        info:*) words="isa csrs costs counters hypercalls techniques" ;;
        esac
        ;;
    esac
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
    else
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    fi
}
complete -F _trapeze trapeze
