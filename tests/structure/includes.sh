#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Includes go downward only: isa <- vmm <- debugger, bench <- cli. The assembler sees the tables, insn.h and search.h. Techniques do
# not see each other. Only the debugger knows the terminal's libraries.
set -u
bad=0

# May a file of $1 include a file of $2?
allowed() {
    case "$1:$2" in
    isa/*:isa/* | vmm/*:isa/*) ;;
    vmm/technique/*/*:vmm/technique/*/*) [ "$(dirname "$1")" = "$(dirname "$2")" ] ;;
    vmm/technique/*:vmm/technique/*) [ "$2" = vmm/technique/technique.h ] || [ "${1%.c}" = "${2%.h}" ] ;;
    vmm/*:vmm/*) ;;
    assembler/*:assembler/* | assembler/*:isa/*.def | assembler/*:isa/insn.h | assembler/*:isa/search.h) ;;
    debugger/*:isa/* | debugger/*:vmm/* | debugger/*:assembler/* | debugger/*:debugger/*) ;;
    bench/*:isa/* | bench/*:vmm/* | bench/*:bench/*) ;;
    cli/*) ;;
    *) false ;;
    esac
}

# The included file as a path from the root: beside the includer, or named from the root.
resolve() {
    realpath -m --relative-to=. "$(if [ -e "$(dirname "$1")/$2" ]; then dirname "$1"; else echo .; fi)/$2"
}

checked=0
while IFS=: read -r file line; do
    name=${line#*\"}
    name=${name%%\"*}
    target=$(resolve "$file" "$name")
    checked=$((checked + 1))
    if ! allowed "$file" "$target"; then
        echo "$file includes $target"
        bad=1
    fi
done < <(grep -rHE --include='*.[ch]' --include='*.def' '^ *# *include *"' isa vmm assembler debugger bench cli)

if grep -rnE --include='*.[ch]' '# *include *<(readline|curses|ncurses|panel)' isa vmm assembler bench cli; then
    echo "only debugger/ may include these"
    bad=1
fi
[ "$checked" -gt 0 ] || { echo "no include found"; bad=1; }
exit $bad
