#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The commands asm and disasm: their options, what they refuse (one line, status 125, nothing half-written), their files.
# shellcheck source=tests/assembler/common.inc
. tests/assembler/common.inc
asm() { "$TRAPEZE" asm "$@"; }

# refused TEXT COMMAND...: status 125, and just this line.
refused() {
    local text=$1 status
    shift
    "$@" >"$work/out" 2>"$work/err"
    status=$?
    if [ $status != 125 ] || [ -s "$work/out" ] || [ "$(wc -l <"$work/err")" != 1 ] || ! grep -qF -- "$text" "$work/err"; then
        echo "$*: status $status, not \"$text\" but:"; cat "$work/out" "$work/err"; bad=1
    fi
}
want() { [ "$1" = "$2" ] || { echo "wanted '$2', got '$1'"; bad=1; }; }

printf '_start: nop\n.data\n.word X\n' >"$work/a.s"
printf '.globl f\nf: la a0, f\ncall g\n.bss\n.skip 4096\n' >"$work/f.s"
printf '.globl g\ng: ret\n' >"$work/g.s"
out=$work/out.elf

refused "no source file" asm -o "$out"
refused "no output file" asm "$work/a.s"
refused "nowhere.s: No such file" asm "$work/nowhere.s" -o "$out"
refused "Is a directory" asm "$work" -o "$out"
refused "unknown option '--nonsense'; see trapeze asm --help" asm --nonsense
refused "unknown option '--lsting' (did you mean '--listing'?)" asm "$work/g.s" --lsting x -o "$out"
refused "option '--output' needs a value" asm "$work/g.s" -o
refused "unknown option '--bse' (did you mean '--base'?)" "$TRAPEZE" disasm --bse 0 x
refused "unknown option '-z'; see trapeze disasm --help" "$TRAPEZE" disasm -z
refused "No space left" asm "$work/g.s" -o /dev/full
refused "not an address" asm "$work/g.s" -o "$out" --text 12x
refused "format is elf or bin" asm "$work/g.s" -o "$out" -f coff
refused "not a number" asm "$work/g.s" -o "$out" -D X=y
refused "No such file" asm "$work/g.s" -o "$work/no/such/folder"
refused "No space left" asm "$work/g.s" -f bin -o /dev/full
refused "No space left" asm "$work/g.s" -o "$out" -l /dev/full
rm -f "$out"

asm "$work/a.s" -D X=7 -o "$work/a.bin" --text 0x1000 || bad=1
want "$(od -An -tx1 "$work/a.bin" | tr -d ' \n')" 010007000000
asm "$work/a.s" -D X -Ttext 0x2000 -o "$work/b.elf" || bad=1
want "$(riscv64-unknown-elf-readelf -h "$work/b.elf" | sed -n 's/.*Entry point address: *//p')" 0x2000
asm "$work/f.s" "$work/g.s" -o "$out" -l "$work/list" || bad=1
grep -q "f: la a0, f" "$work/list" || { echo "the listing lacks a line"; bad=1; }
want "$(riscv64-unknown-elf-readelf -lW "$out" | grep -c '^ *LOAD')" 2
riscv64-unknown-elf-readelf -aW "$out" >/dev/null 2>"$work/err"; want "$(cat "$work/err")" ""
want "$(riscv64-unknown-elf-nm "$out" | sed -n 's/.* T //p' | tr '\n' ' ')" "f g "
want "$(riscv64-unknown-elf-addr2line -e "$out" 0x80000008)" "$work/f.s:3"
asm "$work/g.s" --no-compress -o "$work/g.bin" && want "$(stat -c %s "$work/g.bin")" 4
asm --help | grep -q 'Examples:' || { echo "--help has no examples"; bad=1; }
want "$(find "$work" -name '*.??????' -newer "$work/g.s" | grep -c '\.[A-Za-z0-9]\{6\}$')" 0

# A file that cannot be replaced is left as it was.
echo old >"$work/kept.bin"
printf 'bogus\n' >"$work/bogus.s"
asm "$work/bogus.s" -o "$work/kept.bin" 2>/dev/null; want "$?" 125
want "$(cat "$work/kept.bin")" old

refused "No such file" "$TRAPEZE" disasm "$work/nowhere"
refused "no image is given" "$TRAPEZE" disasm
refused "only one image" "$TRAPEZE" disasm a b
refused "not an address" "$TRAPEZE" disasm --base x a
head -c 40 "$out" >"$work/cut.elf"
refused "malformed" "$TRAPEZE" disasm "$work/cut.elf"
refused "not an ELF64 file" "$TRAPEZE" disasm "$(command -v riscv64-unknown-elf-as)"
"$TRAPEZE" disasm "$work/g.bin" --base 0x100 | grep -q '100:  00008067  jalr zero,0(ra)' || { echo "raw disassembly differs"; bad=1; }
"$TRAPEZE" disasm "$out" | grep -q '^f:$' || { echo "no label in the disassembly"; bad=1; }
"$TRAPEZE" disasm "$out" >/dev/full 2>/dev/null && { echo "a full standard output went unnoticed"; bad=1; }
exit "$bad"
