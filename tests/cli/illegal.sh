#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A guest that ends by an illegal instruction: it is said what that was probably meant to be, by every technique.
set -u
bad=0
wrong() { echo "$*"; bad=1; }

# hint TEXT < source: the remark after the one that the guest does nothing but trap; with TEXT empty none.
hint() {
    local text=$1 t
    shift
    cat >"$TMP/x.s"
    "$TRAPEZE" asm --profile flawed:1 "$TMP/x.s" -o "$TMP/x.elf" || { wrong "$text: not assembled"; return; }
    for t in $TECHNIQUES; do
        "$TRAPEZE" run -t "$t" "$@" "$TMP/x.elf" >"$TMP/out" 2>"$TMP/err"
        [ $? = 126 ] || wrong "$t, $text: $?"
        if [ -n "$text" ]; then
            sed -n 2p "$TMP/err" | grep -qF -- "$text" || { wrong "$t, $text:"; cat "$TMP/err"; }
        else
            [ "$(grep -c ' is ' "$TMP/err")" = 0 ] || { wrong "$t, a hint:"; cat "$TMP/err"; }
        fi
    done
}
mode_u='_start: la t0, user
        csrw    mepc, t0
        csrw    mstatus, zero
        mret
user:   '
hint "0x5b is \`odd1\` of a flawed machine: --profile flawed:SEED has it" <<<'_start: odd1 x0, x0'
hint "0x100b is \`smsw\` of a flawed machine: --profile flawed has it" <<<'_start: .4byte 0x100b'
hint "0x52007 is a floating-point or vector instruction, and the machine has none: compile with -march=rv64imac" <<<'_start: .4byte 0x00052007'
hint "0x2108 is a floating-point" <<<'_start: .2byte 0x2108'
hint "0x2a757553 is a floating-point" <<<'_start: .4byte 0x2a757553'
hint "is \`csrrs\` of CSR 0x123, which the machine has not (trapeze info csrs)" <<<'_start: csrr a0, 0x123'
hint "is \`csrrw\` of mhartid, which the mode or the register does not allow there" <<<'_start: csrw mhartid, a0'
hint "is \`csrrs\` of sstatus, which the mode or the register" <<<"${mode_u}csrr a0, sstatus"
hint "is \`sret\`, which the mode or mstatus does not allow there" <<<"${mode_u}sret"
hint "" <<<'_start: .4byte 0'
hint "" <<<"_start: li t0, 0x40000000
        jr t0"
exit $bad
