#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# `trapeze trace`: what its options choose is what one would pick by hand from the whole; technique switches and several guests.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json
"$TRAPEZE" run -t te --append run=hello --switch 20000:bt,30000:interp --trace "$TMP/t.json" --stats="$TMP/stats" "$KERNEL" </dev/null >/dev/null

# CSV without the texts that can have commas: guest T cycles pc symbol mode cause tval reason part cost technique
csv() { "$TRAPEZE" trace --format csv "$@" "$TMP/t.json" | cut -d, -f1-12 | sed 1d; }
csv >"$TMP/all"
# chosen 'AWK CONDITION' OPTION...
chosen() {
    local condition=$1
    shift
    csv "$@" >"$TMP/got"
    awk -F, "$condition" "$TMP/all" >"$TMP/wanted"
    cmp "$TMP/got" "$TMP/wanted" || wrong "$*: others than wanted"
    [ -s "$TMP/wanted" ] || wrong "$*: nothing was to be chosen"
}
chosen '$9 == "csr"' --reason csr
chosen '$9 == "csr" || $9 == "ecall"' --reason csr,ecall
chosen '$2 >= 100 && $2 <= 25000' --steps 100-25000
chosen '$2 == 9' --steps 9
chosen '$12 == "\"bt\""' -t bt
chosen '$12 == "\"interp\""' --technique interp
chosen '$5 ~ /^"_start\+/' --pc _start
chosen '$4 == "0x8000000a"' --pc 0x8000000a
chosen '$4 ~ /^0x800000[0-9a-f][0-9a-f]$/' --pc 0x80000000-0x800000ff
chosen '$5 ~ /^"_start\+/ || $4 == "0x1000"' --pc _start,0x1000
chosen '$7 ~ /page fault/' --cause 'page fault'
chosen '$9 == "page_hidden" && $2 <= 25000 && $12 == "\"te\""' --reason page_hidden --steps 0-25000 -t te
chosen '1' --guest A
for t in te bt interp; do grep -q ",\"$t\"$" "$TMP/all" || wrong "nothing under $t"; done
awk -F, '$9 != "budget" && $12 != "\"" (($2 < 20000) ? "te" : ($2 < 30000) ? "bt" : "interp") "\""' "$TMP/all" | grep . && wrong "a technique out of its steps"
"$TRAPEZE" trace "$TMP/t.json" >"$TMP/table"
[ "$(awk '/from here on/ { print $1, $NF }' "$TMP/table" | tr '\n' ';')" = "20000 bt;30000 interp;" ] || wrong "switches: $(grep 'from here on' "$TMP/table")"
[ "$(grep -vc 'from here on' "$TMP/table")" = $(($(wc -l <"$TMP/all") + 1)) ] || wrong "the table has another number of lines"
"$TRAPEZE" trace --format json "$TMP/t.json" >"$TMP/t.out.json"
[ "$("$json" "$TMP/t.out.json" schema traps.0.T traps.0.pc traps.0.reason | tr '\n' ' ')" = "trapeze.traps/1 0 0x1000 mmio " ] || wrong "json"

# What the monitor did: the instruction itself.
"$TRAPEZE" trace --pc 0x8000000a "$TMP/t.json" | grep -q ' M .*illegal instruction .* csr .* csrrw zero,mtvec,t0$' || wrong "no csrrw mtvec"
"$TRAPEZE" trace --reason ecall -t te --steps 0-20000 "$TMP/t.json" | grep -q ' U .*environment call from U-mode .*reflected$' || wrong "no ecall"

# Several guests: each has its own sums; none lacks what its turns have cut off.
"$TRAPEZE" run -t te --append run=primes --trace "$TMP/two.json" --stats="$TMP/two" "$KERNEL" "$KERNEL" --append run=tick,hello </dev/null >/dev/null
for i in 0 1; do
    guest=$([ $i = 0 ] && echo A || echo B)
    for reason in csr page_hidden mmio ecall timer budget; do
        wanted=$("$json" "$TMP/two" $i.exits.$reason.count $i.exits.$reason.cycles | tr '\n' ,)
        got=$("$TRAPEZE" trace --summary --guest $guest --format csv "$TMP/two.json" | sed -n "s/^$reason,//p"),
        [ "$got" = "$wanted" ] || wrong "guest $guest, $reason: $got instead of $wanted"
    done
done
"$TRAPEZE" trace "$TMP/two.json" | grep -q "^A .*(the rest, in the guest's next turn)$" || wrong "no turn was cut off"
exit $bad
