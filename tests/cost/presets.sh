#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each cost model of bench/cost can be read, has every row of cost.def with a word on where its value is from, and is called as its
# file; `default` is what holds without it.
set -u
bad=0 presets=0
wrong() { echo "$*"; bad=1; }
value() { "$BUILD"/tests/tools/json "$TMP/stats.json" "$@"; }
printf '.globl _start\n_start:\n li t1, 0x5555\n li t0, 0x100000\n sw t1, 0(t0)\n' >"$TMP/ends.s"
"$TRAPEZE" asm "$TMP/ends.s" -o "$TMP/ends.elf" || exit 1
run() { "$TRAPEZE" run -t native --stats="$TMP/stats.json" "$@" "$TMP/ends.elf" || wrong "$*: $?"; }

"$TRAPEZE" info costs | awk 'NR > 1 && NF == 0 { exit } NR > 1 { print $1, $2 }' >"$TMP/rows"
[ "$(wc -l <"$TMP/rows")" -gt 20 ] || wrong "only $(wc -l <"$TMP/rows") rows"
for file in bench/cost/*.ini; do
    presets=$((presets + 1))
    name=$(basename "$file" .ini)
    run --cost "$file"
    [ "$(value cost_model.name)" = "$name" ] || wrong "$file is called $(value cost_model.name)"
    while read -r row _; do
        [ "$(grep -cE "^$row = [0-9]+ +; .{10,}" "$file")" = 1 ] || wrong "$file: $row is not there once, with a source"
    done <"$TMP/rows"
    # What a row says is what is charged for it.
    while read -r row cycles; do
        count=$(value "events.$row")
        [ "$count" = 0 ] || sum=$((${sum:-0} + count * cycles))
    done < <(sed -n 's/^\([a-z_]*\) = \([0-9][0-9]*\).*/\1 \2/p' "$file")
    [ "${sum:-}" = "$(value cycles.total)" ] || wrong "$file: ${sum:-nothing} charged, total $(value cycles.total)"
    unset sum
done
[ $presets -ge 3 ] || wrong "only $presets presets"
diff "$TMP/rows" <(sed -n 's/^\([a-z_]*\) = \([0-9][0-9]*\).*/\1 \2/p' bench/cost/default.ini) || wrong "default.ini is not cost.def"
run --cost bench/cost/default.ini
hash=$(value cost_model.hash)
run
[ "$hash" = "$(value cost_model.hash)" ] || wrong "default.ini: another hash than without it"
run --cost bench/cost/inorder.ini
[ "$hash" != "$(value cost_model.hash)" ] || wrong "inorder.ini: the same hash as the default's"
exit $bad
