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

# At a terminal one that waits for a key does not hold up the other, which prints when it has counted down; Ctrl-A x leaves both.
cat >"$TMP/count.s" <<'END'
_start: li      s0, 0x10000000
        li      s1, 20000000
1:      addi    s1, s1, -1
        bnez    s1, 1b
        li      t0, 'd'
        sb      t0, (s0)
        li      t0, '\n'
        sb      t0, (s0)
2:      j       2b
END
"$TRAPEZE" asm "$TMP/count.s" -o "$TMP/count.elf" || fail "count.s"
printf '%s\n' 'expect "[B] d"' 'send ps' 'expect "[A] "' 'type "\x01x"' >"$TMP/script"
for t in te hw; do
    status=0
    timeout 100 "$BUILD/tests/tools/terminal" "$TMP/script" "$TRAPEZE" run -t $t --quiet "$KERNEL" "$TMP/count.elf" >"$TMP/out" 2>&1 || status=$?
    [ $status = 124 ] || fail "$t, a guest waits at a terminal: $status: $(cat "$TMP/out")"
done
