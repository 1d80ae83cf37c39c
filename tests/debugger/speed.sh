#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One instruction back in a run of 100 million takes less than 0.2 s of the host; what is kept for that stays in its bound, also a
# small one, and then going back is as exact as before. (interp, at two million steps a second, has a shorter run.)
set -u
bad=0
wrong() { echo "$*"; bad=1; }
limit=0.2
nm "$BUILD/cli/main.o" | grep -q '__asan\|__gcov' && limit=6
for t in $TECHNIQUES; do
    steps=100000000
    [ $t != interp ] || steps=4000000
    [ $limit = 0.2 ] || steps=$((steps / 10))
    program="sysstorm 999999999"
    [ $t != te ] || program="primes 30000000"
    { echo "send run $program"; echo "goto $steps"; for _ in {1..5}; do echo "time reverse-stepi"; done; echo "p/u T"; echo "info checkpoints"; } >"$TMP/s.dbg"
    "$TRAPEZE" debug --quiet -t $t -x "$TMP/s.dbg" --console /dev/null "$KERNEL" </dev/null >"$TMP/out" || wrong "$t: $?"
    grep -qx $((steps - 5)) "$TMP/out" || wrong "$t: it does not get there: $(tail -2 "$TMP/out")"
    # The fastest of five: others use this computer, too.
    sed -n 's/^took \(.*\) s$/\1/p' "$TMP/out" | sort -n | head -n 1 | awk -v t=$t -v limit=$limit '{ if ($1 >= limit) { print t ": a step back takes " $1 " s"; exit 1 } } END { exit !NR }' ||
        wrong "$t: too slow"
    awk '/checkpoints,/ { exit !($1 > 1 && $3 <= $8) }' "$TMP/out" || wrong "$t: $(tail -1 "$TMP/out")"
done

# forktree's memory in 2 MiB of checkpoints.
walk=(continue "set checkpoints 2" "goto 400000" "info status" "goto 0" "goto 300000" "info status" "goto 100000" "info status" "info checkpoints")
for t in te interp; do
    printf '%s\n' "${walk[@]}" >"$TMP/small.dbg"
    printf '%s\n' "${walk[@]}" | sed '/set checkpoints/d' >"$TMP/large.dbg"
    for size in small large; do
        "$TRAPEZE" debug --quiet -t $t -x "$TMP/$size.dbg" --append run=forktree --console /dev/null "$KERNEL" </dev/null >"$TMP/$size" || wrong "$t, $size: $?"
        grep '^state' "$TMP/$size" >"$TMP/$size.states"
    done
    [ "$(wc -l <"$TMP/small.states")" = 3 ] && cmp "$TMP/small.states" "$TMP/large.states" || wrong "$t: other states with few checkpoints"
    awk '/checkpoints,/ { exit !($3 <= 2048 && $8 == 2048) }' "$TMP/small" || wrong "$t: $(tail -1 "$TMP/small")"
done
awk '/checkpoints,/ { exit !($3 > 2048) }' "$TMP/large" || wrong "more than 2 MiB was not wanted: $(tail -1 "$TMP/large")"
exit $bad
