#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A technique that does remw wrong is found out, by a program of a few instructions, which can be run again.
set -u
suite=$BUILD/tests/random/suite
"$suite" --count 25 --technique broken --keep "$TMP" >"$TMP/out" && { echo "the broken technique passes"; exit 1; }
grep -q 'first difference after step .* in [MSU]-mode: ' "$TMP/out" || { cat "$TMP/out"; exit 1; }
grep -q '^  0x.*  remw ' "$TMP/out" || { echo "no remw in it:"; cat "$TMP/out"; exit 1; }
n=$(sed -n 's/^\([0-9]*\) instructions$/\1/p' "$TMP/out")
[ "$n" -le 30 ] || { echo "$n instructions are many:"; cat "$TMP/out"; exit 1; }

file=$(echo "$TMP"/random-*.s)
"$suite" --replay "$file" --technique broken >"$TMP/out" && { echo "the short program passes"; exit 1; }
grep -q '^broken *DIFFERENT$' "$TMP/out" || { cat "$TMP/out"; exit 1; }
"$suite" --replay "$file" --technique native >"$TMP/out" || { echo "natively it fails, too:"; cat "$TMP/out"; exit 1; }

# It is a source like any other.
"$TRAPEZE" asm "$file" -o "$TMP/program.elf" && "$TRAPEZE" compare -m 6M --max-insns 5000 "$TMP/program.elf" >"$TMP/out" 2>&1
[ $? = 0 ] || { cat "$TMP/out"; exit 1; }

# The same seed gives the same program.
for i in 1 2; do "$suite" --count 30 --seed 77 --technique native,one | sed 1q >"$TMP/$i"; done
cmp "$TMP/1" "$TMP/2"
