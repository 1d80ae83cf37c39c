#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One bit of the final state turned, in each register, each CSR and in RAM: the hash changes, compare ends with 1 and
# names what differs. (That each single bit counts is for tests/unit/test_state.c.)
set -u
image=$TMP/guest.elf
cat >"$TMP/guest.s" <<'END'
_start: li      t0, 0x100000
        li      t1, 0x5555
        la      t2, word
        sd      t0, (t2)
        sw      t1, (t0)
1:      j       1b
        .balign 8
word:   .dword  0
END
"$TRAPEZE" asm "$TMP/guest.s" -o "$image" || exit 1
bad=0

check() {       # what:bit, the name that compare must give
    "$TRAPEZE" compare -t native,te --flip "$1" --stats="$TMP/c.json" "$image" >"$TMP/out" </dev/null
    local status=$? found
    found=$("$BUILD"/tests/tools/json "$TMP/c.json" equal verdicts.0.state verdicts.0.first_difference.what | tr '\n' ' ')
    if [ $status != 1 ] || [ "$found" != "false different $2 " ]; then
        echo "--flip $1: status $status, $found; wanted $2"
        bad=1
    fi
    grep -q "^te: differs from native after .*: $2 is " "$TMP/out" || { echo "--flip $1: no line says so"; bad=1; }
}

for r in {1..31}; do check "x$r:$((r * 2))" "x$r"; done
check pc:40 pc
check 0x80000000:5 0x80000000
check 0x80000013:7 0x80000010
check 0x87fff000:0 0x87fff000

# CSRs that hold a value of their own; mhartid and its like are constants.
"$TRAPEZE" info csrs --format json >"$TMP/csrs.json"
i=0
while read -r name && read -r bits && [ "$name" != missing ]; do
    i=$((i + 1))
    case $name in
    mstatus) check mstatus:3 mstatus ;;
    mip) check mip:9 mip ;;
    satp | mcycle | minstret) check "$name:44" "$(case $name in mcycle) echo cycle ;; minstret) echo instret ;; *) echo satp ;; esac)" ;;
    *) [ -z "$bits" ] || case $name in
        scounteren | senvcfg | mcounteren) check "$name:0" "$name" ;;
        mie | mideleg) check "$name:1" "$name" ;;
        *) check "$name:6" "$name" ;;
        esac ;;
    esac
done < <("$BUILD"/tests/tools/json "$TMP/csrs.json" csrs.{0..79}.{name,mask})
[ $i -gt 40 ] || { echo "only $i CSRs"; bad=1; }

"$TRAPEZE" compare --flip x32:1 "$image" >"$TMP/out" 2>&1 </dev/null
[ $? = 125 ] && grep -q 'no such bit' "$TMP/out" || { cat "$TMP/out"; bad=1; }
exit $bad
