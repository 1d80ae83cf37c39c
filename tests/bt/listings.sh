#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each rule of the translator: the small programs of this folder are translated as their listings say (`record` writes those
# anew), and come to the same state, status 0, natively and by that translation.
set -u
bad=0 programs=0
for source in tests/bt/*.s; do
    name=$(basename "$source" .s)
    programs=$((programs + 1))
    read -r -a options <<<"$(sed -n 's/^# options: //p' "$source")"
    "$TRAPEZE" asm "$source" -o "$TMP/$name.elf" || { bad=1; continue; }
    "$TRAPEZE" disasm --translated "${options[@]}" "$TMP/$name.elf" >"$TMP/$name.lst" || { echo "$name: $?"; bad=1; }
    diff -u "tests/bt/$name.lst" "$TMP/$name.lst" | head -30
    cmp -s "tests/bt/$name.lst" "$TMP/$name.lst" || { echo "$name: is translated otherwise"; bad=1; }
    "$TRAPEZE" compare -t native,bt "${options[@]}" --quiet --stats="$TMP/$name.json" "$TMP/$name.elf" >"$TMP/log" 2>&1 ||
        { echo "$name: the two runs differ:"; tail -3 "$TMP/log"; bad=1; }
    end=$("$BUILD"/tests/tools/json "$TMP/$name.json" runs.0.exit.reason runs.1.exit.reason runs.0.exit.code | tr '\n' ' ')
    [ "$end" = "finisher finisher 0 " ] || { echo "$name: ended so: $end"; bad=1; }
done
[ $programs -ge 10 ] || { echo "only $programs programs"; bad=1; }
exit $bad
