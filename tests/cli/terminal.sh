#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# At a terminal: keys reach the guest, Ctrl-A x leaves with 124, and compare gives the second run the keys of the first.
set -u
command -v script >/dev/null || { echo "script is not installed"; exit 77; }
bad=0
# Types words, one a line, each after a pause; then waits to be left.
keys() { for k in "$@"; do sleep 0.3; printf '%b' "$k"; done; sleep 1; }

keys 'run hello\r' '\001x' | timeout 60 script -qec "$TRAPEZE run --stats=$TMP/run.json $KERNEL" /dev/null >"$TMP/out" 2>&1
status=$?
[ $status = 124 ] && grep -q 'hello from process' "$TMP/out" || { echo "run: status $status"; cat -A "$TMP/out"; bad=1; }
[ "$("$BUILD"/tests/tools/json "$TMP/run.json" exit)" = '{"code":0,"reason":"quit","status":124}' ] || { echo "no quit"; bad=1; }

keys 'run hello\r' 'exit 3\r' | timeout 60 script -qec "$TRAPEZE compare --stats=$TMP/compare.json $KERNEL" /dev/null >"$TMP/out" 2>&1
status=$?
[ $status = 0 ] || { echo "compare: status $status"; tail "$TMP/out"; bad=1; }
[ "$("$BUILD"/tests/tools/json "$TMP/compare.json" equal runs.{0,1}.exit.code | tr '\n' ' ')" = 'true 3 3 ' ] || { echo "compare"; bad=1; }
exit $bad
