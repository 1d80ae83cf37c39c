#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each kind of mistake gives its message, status 125 and no output: errors/*.s against errors/*.err.
# UPDATE=1 writes the .err files anew.
set -u
TRAPEZE=$(realpath "${TRAPEZE:-build/trapeze}") work=${TMP:-$(mktemp -d)} bad=0
work=$(realpath "$work")
cd tests/assembler/errors || exit 1
for source in *.s; do
    "$TRAPEZE" asm "$source" -o "$work/out.elf" -l "$work/out.lst" >"$work/out" 2>"$work/err"
    status=$?
    [ $status = 125 ] || { echo "$source: status $status"; bad=1; }
    [ -e "$work/out.elf" ] || [ -e "$work/out.lst" ] && { echo "$source: left an output file"; bad=1; }
    [ -s "$work/out" ] && { echo "$source: wrote to stdout"; bad=1; }
    [ "${UPDATE:-}" = 1 ] && cp "$work/err" "${source%.s}.err"
    diff -u "${source%.s}.err" "$work/err" || bad=1
    rm -f "$work"/out.*
done
exit "$bad"
