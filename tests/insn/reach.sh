#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Together the programs reach every row of insn.def, csr.def and cause.def.
set -eu
for source in tests/insn/*.s; do
    "$TRAPEZE" asm -I tests/insn "$source" -o "$TMP/$(basename "$source" .s).elf"
done
rm "$TMP"/{budget,csr_all}.elf                # the one has no end; the other reaches every CSR, but looks at none
"$BUILD"/tests/tools/reach "$TMP"/*.elf
