#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Guests on one machine: each has its console, its drive and the hashes of its single run.
set -eu
json=$BUILD/tests/tools/json
fail() { echo "$*"; exit 1; }
hashes() { "$json" "$TMP/$1.json" "$2"{state_hash,console_hash,trap_hash,disk_hash,instructions,exit}; }

seq -f %07.0f 1 10000 | head -c 65536 >"$TMP/disk"
cp "$TMP/disk" "$TMP/disk1"
cp "$TMP/disk" "$TMP/disk2"
copy="$(cat tests/golden/diskcopy.args)" tree="$(cat tests/golden/forktree.args)"

"$TRAPEZE" run --stats="$TMP/a.json" --append "$copy" --drive "$TMP/disk1" "$KERNEL" >"$TMP/a.out" </dev/null || fail "a alone: $?"
"$TRAPEZE" run --stats="$TMP/b.json" --append "$tree" "$KERNEL" >"$TMP/b.out" </dev/null || fail "b alone: $?"
"$TRAPEZE" run --stats="$TMP/both.json" "$KERNEL" --append "$copy" --drive "$TMP/disk2" "$KERNEL" --append "$tree" \
    >"$TMP/both.out" </dev/null || fail "both: $?"

[ "$(hashes both 0.)" = "$(hashes a '')" ] || { hashes both 0.; hashes a ''; fail "the first guest is another than alone"; }
[ "$(hashes both 1.)" = "$(hashes b '')" ] || { hashes both 1.; hashes b ''; fail "the second guest is another than alone"; }
cmp "$TMP/disk1" "$TMP/disk2" || fail "disks"
sed -n 's/^\[A\] //p' "$TMP/both.out" | cmp - "$TMP/a.out" || fail "console of A"
sed -n 's/^\[B\] //p' "$TMP/both.out" | cmp - "$TMP/b.out" || fail "console of B"

# Eight at once; and statuses: the greatest counts.
for _ in {1..8}; do eight+=("$KERNEL" --append "$tree"); done
"$TRAPEZE" run -m 16M --stats="$TMP/eight.json" "${eight[@]}" >/dev/null </dev/null
for i in {0..7}; do
    [ "$("$json" "$TMP/eight.json" $i.console_hash)" = "$("$json" "$TMP/b.json" console_hash)" ] || fail "guest $i of eight"
done
