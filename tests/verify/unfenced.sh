#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Guests to which equality is not promised: verify names the use of a stale translation, or the touch of the translator's
# window, and says so with status 1; fenced and kept away, the same programs hold.
set -u
bad=0
json=$BUILD/tests/tools/json
complain() { echo "$*"; bad=1; }

# address FILE SYMBOL
address() { "$TRAPEZE" disasm "$1" | sed -n "s/^ *\([0-9a-f]*\) <$2>:.*/0x\1/p"; }

# try NAME SOURCE STATUS OPTION...: assembles and verifies; the report is $TMP/NAME.json.
try() {
    local name=$1 source=$2 want=$3 status
    "$TRAPEZE" asm -I tests/verify "${@:4}" "tests/verify/$source" -o "$TMP/$name.elf" || { bad=1; return; }
    "$TRAPEZE" verify --quiet --stats="$TMP/$name.json" "$TMP/$name.elf" </dev/null >"$TMP/$name.out" 2>&1
    status=$?
    [ $status = "$want" ] || { complain "$name: status $status, not $want"; cat "$TMP/$name.out"; }
}

# is NAME PATH VALUE
is() {
    local got
    got=$("$json" "$TMP/$1.json" "$2")
    [ "$got" = "$3" ] || complain "$1: $2 is $got, not $3"
}

try fenced unfenced.s 0 -D FENCED
is fenced promised true
is fenced stale_use null
is fenced techniques.0.equivalence.holds true

for way in unfenced evicted; do
    options=()
    [ $way = unfenced ] || options=(-D EVICT)
    try $way unfenced.s 1 "${options[@]}"
    is $way holds false
    is $way promised false
    is $way stale_use.pc "$(address "$TMP/$way.elf" again)"
    is $way stale_use.address 0x40000000
    is $way stale_use.access load
    is $way stale_use.leads_to 0x80200000
    is $way stale_use.memory_leads_to 0x80201000
    is $way techniques.0.equivalence.holds null
    is $way techniques.0.equivalence.promised false
    is $way techniques.0.resource_control.holds true
done
is unfenced stale_use.in_tlb true
is evicted stale_use.in_tlb false
grep -q "not fenced: after [0-9]* steps pc 0x8" "$TMP/unfenced.out" || complain "the table does not say where"

try window window.s 1
is window promised false
is window window_touch.pc "$(address "$TMP/window.elf" touch)"
is window window_touch.address 0xfffffffffffffff0
exit $bad
