#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# trapeze disasm --translated: what it prints, runs and refuses.
set -u
bad=0
complain() { echo "$*"; bad=1; }
list() { "$TRAPEZE" disasm --translated "$@" </dev/null >"$TMP/out" 2>"$TMP/err"; }

list --append run=hello "$KERNEL" || complain "the kernel: $?"
[ ! -s "$TMP/err" ] || complain "stderr: $(cat "$TMP/err")"
"$TRAPEZE" run -t bt --append run=hello --stats="$TMP/run.json" "$KERNEL" </dev/null >"$TMP/console" || complain "run: $?"
units=$("$BUILD"/tests/tools/json "$TMP/run.json" counters.bt_units)
listed=$(grep -c '^unit ' "$TMP/out")
[ "$listed" -le "$units" ] && [ "$listed" -gt $((units / 2)) ] || complain "$listed units, and the run made $units"
grep -q "translation: $listed units," "$TMP/out" || complain "the head: $(head -1 "$TMP/out")"
! grep -q "hello from" "$TMP/out" || complain "the console is shown"
sed -n 's/^unit \([0-9a-f]*\).*/\1/p' "$TMP/out" | sort -c || complain "not in the order of addresses"
grep -q '^unit 80000000 <_start>: virtual M, no paging' "$TMP/out" || complain "no first unit"
grep -q ': virtual S, root 1, physical' "$TMP/out" || grep -q ': virtual S, root 1;' "$TMP/out" || complain "nothing is paged"
list --append run=hello --max-insns 50 "$KERNEL" || complain "50 steps: $?"
grep -q 'budget of 50 steps' "$TMP/err" || complain "50 steps: $(cat "$TMP/err")"
list --append run=hello --max-insns 50 --quiet "$KERNEL"
[ ! -s "$TMP/err" ] || complain "--quiet: $(cat "$TMP/err")"
"$TRAPEZE" disasm --translated --help | grep -q -- --no-inline || complain "--help"
"$TRAPEZE" disasm --help | grep -q -- --translated || complain "disasm --help"

refused() { # words, arguments
    local words=$1 status
    shift
    "$TRAPEZE" disasm "$@" >"$TMP/out" 2>"$TMP/err"
    status=$?
    [ $status = 125 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && [ ! -s "$TMP/out" ] && grep -qF -- "$words" "$TMP/err" ||
        complain "disasm $*: status $status, $(cat "$TMP/err")"
}
refused "no image is given" --translated
refused "takes one image" --translated "$KERNEL" "$KERNEL"
refused "prints no report" --translated --stats "$KERNEL"
refused "in full" --transl "$KERNEL"
refused "no-such" --translated no-such
refused "unknown option" --translated -t te "$KERNEL"
exit $bad
