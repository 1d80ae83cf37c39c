#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The stages of a trap, and real beside virtual state, are the same after going back as on the way forward, at random moments; a life
# begins where the guest goes on or the trap comes, and the present stage ends it.
set -u
bad=0
awk 'BEGIN { srand(5); for (i = 0; i < 30; i++) print int(rand() * 440000) }' >"$TMP/steps"
look() {
    while read -r t; do
        echo "goto $t"
        printf '%s\n' "echo at $t" trap phase phase "info life" "info memory" phase phase phase phase "info life" "info state"
    done
}
pieces() { awk '/^at / { name = $0 } name { print name ": " $0 }' "$1" | sed 's/[*]/ /g' | sort -s -k 2n,2; } # what has changed depends on the way
sort -n "$TMP/steps" | look >"$TMP/forward.dbg"
{ echo continue; sort -nr "$TMP/steps" | look; } >"$TMP/back.dbg"
for t in $TECHNIQUES; do
    for way in forward back; do
        "$TRAPEZE" debug --quiet -t "$t" --append run=forktree --console /dev/null -x "$TMP/$way.dbg" "$KERNEL" </dev/null >"$TMP/out" ||
            { echo "$t, $way: $?"; bad=1; }
        pieces "$TMP/out" | grep -E ': ([a-z]+ > |\[|[a-z0-9]+ +[0-9a-f]{16}|mode |gpa |pa )' | sort >"$TMP/$way"
        [ "$(wc -l <"$TMP/$way")" -gt 1000 ] || { echo "$t, $way: little is shown"; bad=1; }
    done
    diff "$TMP/forward" "$TMP/back" >"$TMP/diff" || { echo "$t:"; head -10 "$TMP/diff"; bad=1; }
    lives=$(grep -E '\[[a-z]+\]$' "$TMP/out")
    wrong=$(grep -vE '^(\[(enter|trap|routine|reflect)\]|(enter|trap|routine|reflect) > .*\[[a-z]+\])$' <<<"$lives")
    [ -n "$lives" ] && [ -z "$wrong" ] || { echo "$t: lives: $wrong"; bad=1; }
done
exit $bad
