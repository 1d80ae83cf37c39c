#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each source says what it is and under which licence; no tabs in C, no blanks at the end of a line, none too long.
set -u
bad=0
say() { echo "$1"; bad=1; }
while read -r f; do
    head -3 "$f" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || say "$f: no licence line"
    grep -nE ' +$' "$f" /dev/null && say "$f: blanks at the end of a line"
    case $f in guestos/*) ;; *.[ch] | *.def) grep -nP '\t' "$f" /dev/null && say "$f: a tab" ;; esac
done < <(find isa vmm assembler debugger bench cli guestos tests labs -name '*.[chsS]' -o -name '*.def' -o -name '*.inc' -o -name '*.sh')
exit $bad
