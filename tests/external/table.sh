#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# tests/external/run on guests of ours: it says what passes and what does not, and writes its table into a document.
set -u
bad=0
complain() { echo "$*"; bad=1; }
dir=$TMP/guests
mkdir -p "$dir/insn"

cp "$KERNEL" "$dir/kernel.elf"
printf 'expect "$ "\nsend run hello\nexpect hello\nexpect "$ "\nsend exit 3\n' >"$dir/kernel.expect"
printf 'version=ours\nstatus=3\n' >"$dir/kernel.info"
cp "$KERNEL" "$dir/disk.elf"
seq -f %07.0f 1 4096 >"$dir/disk.disk"
printf 'append=run=diskcopy\n' >"$dir/disk.info"
[ ! -e "$BUILD/guestos/c-hello.elf" ] || cp "$BUILD/guestos/c-hello.elf" "$dir/hello.elf"
for t in alu jumps traps; do "$TRAPEZE" asm -I tests/insn tests/insn/$t.s -o "$dir/insn/$t.elf" || exit 1; done
echo version=tests/insn >"$dir/insn/info"

tests/external/run "$dir" >"$TMP/table" 2>"$TMP/err" || complain "status $?"
[ ! -s "$TMP/err" ] || complain "$(cat "$TMP/err")"
n=$(wc -w <<<"${TECHNIQUES//pv/}")
[ "$(grep -c '| passes |' "$TMP/table")" = $((n * $(find "$dir" -maxdepth 1 -name '*.elf' | wc -l))) ] || complain "not all guests pass"
[ "$(grep -c '| insn | tests/insn | 3 images | .* | 3 of 3 pass |' "$TMP/table")" = "$n" ] || complain "not all of insn pass"
grep -q '^| kernel | ours | `[0-9a-f]\{16\}` | te | passes | [0-9,]* | [0-9,]* | [0-9]*\.[0-9][0-9] | 20[0-9-]* |$' "$TMP/table" || complain "no row of kernel under te"
cmp -s <(seq -f %07.0f 1 4096) "$dir/disk.disk" || complain "a drive was written to"
[ $bad = 0 ] || cat "$TMP/table"

# What fails is seen: a status, a script that is not got through, one of a suite.
rm "$dir"/{disk,hello}.*
echo 'version=ours' >"$dir/kernel.info"
printf '_start: li a0, 0x100000\n li a1, 0x53333\n sw a1, (a0)\n' >"$TMP/fails.s"
"$TRAPEZE" asm "$TMP/fails.s" -o "$dir/insn/fails.elf" || exit 1
printf 'before\n<!-- guests -->\nold\n<!-- end of guests -->\nafter\n' >"$TMP/document"
TECHNIQUES="native te" tests/external/run "$dir" "$TMP/document" && complain "failures, and status 0"
[ "$(grep -c '| \*\*status 3\*\* |' "$TMP/document")" = 2 ] || complain "a wrong status is not seen"
[ "$(grep -c '| 3 of 4 pass; \*\*not fails\*\* |' "$TMP/document")" = 2 ] || complain "a failure in a suite is not seen"
[ "$(sed -n '1,2p;$p' "$TMP/document" | tr '\n' ' ')" = "before <!-- guests --> after " ] || complain "the document is damaged"
grep -q old "$TMP/document" && complain "the old table is still there"

# Rows of other guests, or other techniques, can stay: in their order, and each once.
mv "$dir/insn" "$TMP/other"
TECHNIQUES=te KEEP=1 tests/external/run "$dir" "$TMP/document" && complain "a failure, and status 0"
[ "$(grep -c '^| kernel | ours |' "$TMP/document")" = 2 ] && [ "$(grep -c '3 of 4 pass' "$TMP/document")" = 2 ] || complain "rows are lost, or twice"
[ "$(grep -c '^| guest |' "$TMP/document")" = 1 ] || complain "the table has no head, or two"
mv "$dir/kernel.elf" "$dir/again.elf"
TECHNIQUES=native KEEP=1 tests/external/run "$dir" "$TMP/document"
[ "$(sed -n 's/^| \([a-z]*\) |.*| \(native\|te\) |.*/\1 \2/p' "$TMP/document" | tr '\n' ' ')" = "kernel native kernel te insn native insn te again native " ] ||
    complain "rows are in another order"
[ $bad = 0 ] || cat "$TMP/document"
exit $bad
