#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Types the tour of docs/debugger.md: each command works, and each line that the document shows comes out, but for its numbers.
set -u
bad=0
awk '/^```dbg$/ { on = 1; next } /^```/ { on = 0 } on' docs/debugger.md >"$TMP/tour"
sed -n 's/^(trapeze) //p' "$TMP/tour" | while read -r line; do echo "echo (trapeze) $line"; echo "$line"; done >"$TMP/tour.dbg"
[ "$(wc -l <"$TMP/tour.dbg")" -gt 40 ] || { echo "there is no tour"; exit 1; }
"$TRAPEZE" debug --append run=hello -x "$TMP/tour.dbg" "$KERNEL" </dev/null >"$TMP/out" || { tail -3 "$TMP/out"; bad=1; }
plain() { sed -E 's/0x[0-9a-f]+/N/g; s/[0-9]+/N/g' "$1"; }
plain "$TMP/tour" >"$TMP/wanted"
plain "$TMP/out" >"$TMP/got"
# In order, with anything between.
awk 'BEGIN { i = n = 0 } NR == FNR { want[n++] = $0; next } i < n && $0 == want[i] { i++ } END { if (i < n) { print "not shown: " want[i]; exit 1 } }' \
    "$TMP/wanted" "$TMP/got" || bad=1
exit $bad
