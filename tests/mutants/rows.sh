#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each row of the mutants' lists changes its file: `make mutants` takes long, so that a row could be stale for long.
set -u
bad=0 rows=0
for list in tests/mutants/{list,engine.list,instructions.list,classify.list,debugger.list}; do
    while IFS=$'\t' read -r name file edit _; do
        [[ $name = \#* || -z $name ]] && continue
        rows=$((rows + 1))
        [ -f "$file" ] || { echo "$list: $name: there is no $file"; bad=1; continue; }
        sed -E "$edit" "$file" >"$TMP/changed" || { echo "$list: $name: $edit"; bad=1; }
        ! cmp -s "$TMP/changed" "$file" || { echo "$list: $name changes nothing: $edit"; bad=1; }
    done <"$list"
done
[ $rows -gt 200 ] || { echo "only $rows rows"; bad=1; }
exit $bad
