#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --expect: a script holds a conversation with the guest, in the same way by every technique; one that is not got through is
# said, and never status 0.
set -u
bad=0
complain() { echo "$*"; bad=1; }

printf 'expect "$ "\nsend run hello\nexpect hello\nexpect "$ "\nsend exit 0\n' >"$TMP/talk"
printf 'expect "$ "\nsend exit 0\nexpect never\nsend x\n' >"$TMP/left"
printf 'expect "$ "\nsend exit 5\nexpect never\n' >"$TMP/failed"
printf 'expect never\n' >"$TMP/vain"
printf 'expect "$ "\nquit\n' >"$TMP/quit"

for t in $TECHNIQUES; do
    "$TRAPEZE" run -t $t --expect "$TMP/talk" --stats="$TMP/$t.json" "$KERNEL" >"$TMP/out" 2>"$TMP/err" </dev/null || complain "$t: status $?: $(cat "$TMP/err")"
    [ ! -s "$TMP/err" ] || complain "$t: $(cat "$TMP/err")"
    "$BUILD"/tests/tools/json "$TMP/$t.json" expected.0 expected.1 expected.2 state_hash console_hash >"$TMP/$t"
    [ $t = pv ] || cmp "$TMP/native" "$TMP/$t" || paste "$TMP/native" "$TMP/$t"
done
"$TRAPEZE" compare --expect "$TMP/talk" "$KERNEL" >"$TMP/out" </dev/null || { complain "compare: $?"; tail -5 "$TMP/out"; }

# ends SCRIPT STATUS MESSAGE
ends() {
    "$TRAPEZE" run --expect "$TMP/$1" "$KERNEL" >"$TMP/out" 2>"$TMP/err" </dev/null
    local status=$?
    [ $status = "$2" ] || complain "$1: status $status, not $2"
    [ "$(head -1 "$TMP/err")" = "${3:+trapeze: $TMP/$1:$3}" ] || complain "$1: $(cat "$TMP/err")"
}
ends left 124 "3: what is expected was not printed"
ends failed 5 "3: what is expected was not printed"
ends vain 124 "1: what is expected was not printed"
ends quit 124 ""

echo nonsense >"$TMP/wrong"
got=$("$TRAPEZE" run --expect "$TMP/wrong" "$KERNEL" 2>&1 </dev/null)
[ $? = 125 ] && [[ $got = "trapeze: --expect $TMP/wrong:1: "* ]] || complain "a wrong script: $got"
exit $bad
