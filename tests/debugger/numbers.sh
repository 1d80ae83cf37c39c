#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The timeline's counts and cycles, added up by reason, are those that the monitor has counted; `cycles by owner` sum to their total;
# also after going back.
set -u
bad=0
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
for t in $TECHNIQUES; do
    [ "$t" != native ] || continue
    for way in "break exit if T > 95" "goto 90
reverse-stepi 60
reverse-trap
break exit if T > 95"; do
        printf '%s\n' "$way" continue "echo timeline" "info timeline 4096" "echo exits" "info exits" "echo cycles" "info cycles" >"$TMP/s.dbg"
        "$TRAPEZE" debug --quiet -t "$t" -x "$TMP/s.dbg" "$TMP/guest.elf" </dev/null >"$TMP/out" || { echo "$t: $?"; bad=1; }
        # What came before the first exit is no exit's; the last one is still open.
        awk -v t="$t" '
            /^timeline$|^exits$|^cycles$/ { part = $1; next }
            part == "timeline" && $1 != "T" { n[$2]++; sum[$2] += $4; if ($4 == "-") open[$2] = 1 }
            part == "exits" && $1 != "total" {
                seen++
                if (n[$1] != $2 || (!open[$1] && sum[$1] != $3) || (open[$1] && sum[$1] > $3)) { print t ", " $1 ": " n[$1] ", " sum[$1] ", and not " $2 ", " $3; bad = 1 }
            }
            part == "cycles" { if ($1 == "total") { if ($2 != all) { print t ": owners"; bad = 1 } } else all += $2 }
            END { if (!seen) { print t ": no exits"; bad = 1 } exit bad }' "$TMP/out" || bad=1
    done
done
exit $bad
