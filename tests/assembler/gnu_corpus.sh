#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same bytes as GNU as on a generated corpus: every row of the tables, every pseudo-instruction, li, relaxation.
# SEED=N tries another.
# shellcheck source=tests/assembler/common.inc
. tests/assembler/common.inc
seed=${SEED:-1}
echo "seed $seed"
for kind in rows compress pseudo li relax; do
    "$BUILD/tests/tools/asm_corpus" $kind "$seed" >"$work/$kind.s" || exit 1
    same_bytes "$kind, $(wc -l <"$work/$kind.s") lines" "" "$work/$kind.s"
done
for n in $(seq "$seed" $((seed + 19))); do
    "$BUILD/tests/tools/asm_corpus" random "$n" >"$work/random.s" || exit 1
    same_bytes "random program $n" "" "$work/random.s"
done

# Every mnemonic of the tables is in the corpus.
cat "$work"/{rows,pseudo}.s | sed 's/^\t*//; s/ .*//; s/\.\(aq\|rl\|aqrl\)$//' | sort -u >"$work/seen"
while read -r mnemonic; do
    grep -qxF "$mnemonic" "$work/seen" || { echo "$mnemonic is not in the corpus"; bad=1; }
done < <(sed -n 's/^[CH]\?INSN([a-z0-9_]*, *"\([^"]*\)".*/\1/p; s/^\(PSEUDO\|EXPAND\)("\([^"]*\)".*/\2/p' isa/insn.def assembler/pseudo.def)
exit "$bad"
