#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The programs of tests/vmm under verify: everything holds, but equality is not promised to those that look into the
# translator's window. One takes long: only with VERIFY_ALL=1, as make stress does.
set -u
bad=0
seq -f %07.0f 1 4096 >"$TMP/disk"
for source in tests/vmm/*.s; do
    name=$(basename "$source" .s) want=0 verdict=true
    [ $name != hostile ] || [ -n "${VERIFY_ALL:-}" ] || continue
    case $name in hostile) want=1 verdict=null ;; esac
    "$TRAPEZE" asm -I tests/vmm "$source" -o "$TMP/$name.elf" || exit 1
    printf 'some input\r\n' | "$TRAPEZE" verify -m 6M --quiet --drive "$TMP/disk" --stats="$TMP/$name.json" "$TMP/$name.elf" >"$TMP/$name.out" 2>&1
    status=$?
    runs=$("$BUILD"/tests/tools/json "$TMP/$name.json" techniques | grep -o '"technique":' | wc -l)
    [ $status = $want ] && [ "$runs" -ge 1 ] || { echo "$name: status $status, $runs runs:"; cat "$TMP/$name.out"; bad=1; }
    for ((i = 0; i < runs; i++)); do
        got=$("$BUILD"/tests/tools/json "$TMP/$name.json" techniques.$i.{equivalence,resource_control,efficiency}.holds | paste -sd' ')
        [ "$got" = "$verdict true true" ] || { echo "$name: run $i: $got"; bad=1; }
    done
done
exit $bad
