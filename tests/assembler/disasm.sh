#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Disassembly agrees with objdump -d -M no-aliases, for every row and for all 65,536 short words.
# shellcheck source=tests/assembler/common.inc
. tests/assembler/common.inc

# Address and text, blanks squeezed, hexadecimal targets alike, no symbols, no comments.
ours() { "$TRAPEZE" disasm "$1" | sed -n 's/^ *\([0-9a-f]*\)\( <[^>]*>\)\?: *[0-9a-f]* */\1 /p' | sed 's/ <[^>]*>//; s/ *$//'; }
theirs() {
    riscv64-unknown-elf-objdump -d -z -M no-aliases "$1" | sed -n 's/^ *\([0-9a-f]*\):\t[0-9a-f ]*\t/\1 /p' |
        sed 's/\t/ /g; s/ *#.*//; s/ <[^>]*>//; s/ *$//'
}
# Targets are 0x... with us; c.nop with a hint is c.addi zero to objdump, which also names CSRs that the machine has not;
# what is no instruction of ours is left out, and those of the hypervisor extension, which objdump knows in files alone that say
# so (gnu_corpus.sh has them).
same_text() {
    ours "$2" | sed 's/c\.nop \(-\?[0-9]\)/c.addi zero,\1/; s/c\.nop$/c.addi zero,0/' >"$work/ours.txt"
    theirs "$2" >"$work/theirs.txt"
    paste -d '\n' "$work/ours.txt" "$work/theirs.txt" | awk -v name="$1" '
        NR % 2 { ours = $0; next }
        ours ~ /byte/ { skipped++; next }
        ours ~ / csr[a-z]* .*0x/ { split(ours, x, ","); split($0, y, ","); sub("," x[2], "", ours); sub("," y[2], "") }
        { sub(/0x8/, "8", ours); sub(/0x8/, "8") }
        ours ~ / h(fence|lv|sv)[a-z.]* / && /byte/ { skipped++; next }
        ours != $0 { if (shown++ < 10) print name ": ours \"" ours "\", objdump \"" $0 "\""; next }
        { equal++ }
        END { print name ": " equal " texts equal, " skipped + 0 " not instructions of ours"; exit shown > 0 || equal < 1000 }' || bad=1
}

"$BUILD/tests/tools/asm_corpus" rows 7 >"$work/rows.s" || exit 1
"$TRAPEZE" asm "$work/rows.s" -o "$work/rows.elf" || exit 1
same_text "every row" "$work/rows.elf"

# Two bytes each: a word that ends in 11 starts a long instruction, so those are left out.
awk 'BEGIN { for (i = 0; i < 65536; i++) if (i % 4 != 3) print ".2byte " i }' >"$work/short.s"
"$TRAPEZE" asm "$work/short.s" -o "$work/short.elf" || exit 1
same_text "short words" "$work/short.elf"
exit "$bad"
