#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Many changes: at one moment only the last one matters, and is kept; at different ones all are, more than there are other checkpoints.
set -u
bad=0
printf '%s\n' '.globl _start' '_start: nop' 'j _start' >"$TMP/loop.s"
"$TRAPEZE" asm "$TMP/loop.s" -o "$TMP/loop.elf" || exit 1
{
    for i in $(seq 300); do echo "set x7 = $i"; done
    echo 'print $x7'
    echo 'info checkpoints'
    for i in $(seq 400); do printf 'stepi 2\nset x7 = $x7 + 1000\n'; done
    printf 'info checkpoints\nprint $x7\n'
    for i in 799 515 3 1; do printf 'goto %d\nprint $x7\n' $i; done
} >"$TMP/changes.dbg"
printf '%s\n' '0x12c = 300' '1 checkpoints' '401 checkpoints' '0x61bac = 400300' '0x617c4 = 399300' '0x3ed14 = 257300' '0x514 = 1300' '0x12c = 300' >"$TMP/want"
for t in native te; do
    timeout 100 "$TRAPEZE" debug --quiet -t $t -m 2 -x "$TMP/changes.dbg" "$TMP/loop.elf" </dev/null >"$TMP/out" || { echo "$t: $?"; bad=1; }
    sed -nE 's/^(0x[0-9a-f]+ = [0-9]+|[0-9]+ checkpoints).*/\1/p' "$TMP/out" | diff "$TMP/want" - || { echo "$t: that is not what was set"; bad=1; }
done
exit $bad
