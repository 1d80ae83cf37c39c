#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Cycles are charged to the rows of cost.def and to nothing else: doubling a row changes the total by exactly its count
# times its cost, and owners sum to the total.
set -eu
value() { "$BUILD"/tests/tools/json "$TMP/$1.json" "${@:2}"; }

for technique in $TECHNIQUES; do
    run() { "$TRAPEZE" run -t $technique --append run=hello --stats="$TMP/$1.json" "${@:2}" "$KERNEL" >/dev/null </dev/null; }
    run base
    total=$(value base cycles.total)
    sum=0
    for cycles in $(value base cycles.{guest,trap,switch,walk,monitor,device,idle}); do sum=$((sum + cycles)); done
    [ "$sum" = "$total" ] || { echo "$technique: owners sum to $sum, total $total"; exit 1; }

    rows=0 weighted=0
    while read -r row cycles; do
        rows=$((rows + 1))
        run double --cost-set "$row=$((2 * cycles))"
        count=$(value base "events.$row")
        weighted=$((weighted + count * cycles))
        difference=$(($(value double cycles.total) - total))
        if [ $difference != $((count * cycles)) ] || [ "$(value double state_hash)" != "$(value base state_hash)" ]; then
            echo "$technique: $row doubled: $difference cycles more, for $count events of $cycles cycles"
            exit 1
        fi
    done < <("$TRAPEZE" info costs | awk 'NR > 1 && NF == 0 { exit } NR > 1 { print $1, $2 }')
    [ $rows -gt 15 ] && [ $weighted = "$total" ] || { echo "$technique: $rows rows make $weighted, total $total"; exit 1; }
done
