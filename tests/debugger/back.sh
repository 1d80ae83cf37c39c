#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# At 1,000 random moments the state after going back is that of a run that has only gone forward; and the same under every technique
# (where a step costs the host more, at fewer of them: PLACES=1000 takes all).
set -u
bad=0
awk 'BEGIN { srand(7); for (i = 0; i < 1000; i++) print int(rand() * 460000) }' >"$TMP/all"
look() { sed "s/.*/goto &\ninfo status/"; }
states() { awk '/^T/ { t = $2 } /^state/ { print t, $2 }' "$1" | sort -u; }
for t in $TECHNIQUES; do
    case $t in
    native | hw) places=1000 ;;
    interp) places=60 ;;
    *) places=300 ;;
    esac
    head -n "${PLACES:-$places}" "$TMP/all" >"$TMP/steps"
    sort -n "$TMP/steps" | look >"$TMP/forward.dbg"
    { echo continue; look <"$TMP/steps"; } >"$TMP/back.dbg"
    for way in forward back; do
        "$TRAPEZE" debug --quiet -t "$t" --append run=forktree --console /dev/null -x "$TMP/$way.dbg" "$KERNEL" </dev/null >"$TMP/out" ||
            { echo "$t, $way: $?"; bad=1; }
        states "$TMP/out" >"$TMP/$t.$way"
    done
    [ "$(wc -l <"$TMP/$t.forward")" = "$(sort -u "$TMP/steps" | wc -l)" ] || { echo "$t: too few states"; bad=1; }
    diff "$TMP/$t.forward" "$TMP/$t.back" || { echo "$t: back is not where it was"; bad=1; }
    awk 'NR == FNR { wanted[$1] = $2; next } wanted[$1] != $2 { bad = 1 } END { exit bad }' "$TMP/native.forward" "$TMP/$t.forward" || { echo "$t is not native"; bad=1; }
done

# A disk that is written, and the console, go back, too.
dd if=/dev/zero of="$TMP/disk" bs=1024 count=64 2>/dev/null
for t in native te; do
    "$TRAPEZE" run -t $t --append run=diskcopy --drive "$TMP/disk" --stats="$TMP/a.json" "$KERNEL" </dev/null >"$TMP/console" || true
    hash=$("$BUILD"/tests/tools/json "$TMP/a.json" state_hash | tr -d '"')
    dd if=/dev/zero of="$TMP/disk" bs=1024 count=64 2>/dev/null
    printf '%s\n' continue 'goto 20000' 'goto 400' continue 'goto 60000' 'reverse-stepi 30000' continue 'info console' 'info status' >"$TMP/disk.dbg"
    "$TRAPEZE" debug --quiet -t $t --append run=diskcopy --drive "$TMP/disk" --console /dev/null -x "$TMP/disk.dbg" "$KERNEL" \
        </dev/null >"$TMP/out" || { echo "$t: disk: $?"; bad=1; }
    grep -q "^state $hash\$" "$TMP/out" || { echo "$t: with a disk the end is another one"; bad=1; }
    cmp "$TMP/disk" <(head -c 65536 /dev/zero) || { echo "$t: the drive was written"; bad=1; }
    while read -r line; do grep -qxF -- "$line" "$TMP/out" || { echo "$t: the console lacks '$line'"; bad=1; }; done <"$TMP/console"
done
exit $bad
