#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# One more load, from a page that no TLB holds, is one more miss; and 15 references by Sv39 on Sv39x4, 3 by either stage alone.
set -u
bad=0
cat >"$TMP/refs.s" <<'S'
        .include "hext.inc"
        START
        .balign 4
guest:  li t0, PLACE + 3 * 4096
        .ifdef TWICE
        ld a0, 0(t0)
        .endif
        li t0, PLACE + 5 * 4096
        ld a0, 0(t0)
        ecall
guest_end:
main:   MAKE_SECOND_STAGE
        MAKE_FIRST_STAGE
        PUT_CODE 0, guest, guest_end
        .ifdef SECOND
        li t0, HGATP
        csrw hgatp, t0
        .endif
        .ifndef SECOND                  # the first stage's tables, where they are without a second one
        PTE VROOT + 8, VMIDDLE, V
        PTE VMIDDLE, VLEAVES, V
        PTE VLEAVES, RAM, V|R|W|X|A|D
        PTE VLEAVES + 24, RAM + 3 * 4096, V|R|W|X|A|D
        PTE VLEAVES + 40, RAM + 5 * 4096, V|R|W|X|A|D
        .endif
        .ifdef FIRST
        li t0, VSATP
        csrw vsatp, t0
        .endif
        hfence.gvma
        hfence.vvma
        li a0, PLACE
        .ifndef SECOND                  # page 0 is then this program's own first page
        la t0, guest
        add a0, a0, t0
        la t0, _start
        sub a0, a0, t0
        .endif
        RUN IN_VS
        FINISH
S

counted() {     # counter, stages: symbols for the assembler
    local counter=$1 once twice
    shift
    for n in once twice; do
        [ $n = once ] && more=() || more=(-D TWICE=1)
        "$TRAPEZE" asm -I tests/hext "$@" "${more[@]}" "$TMP/refs.s" -o "$TMP/$n.elf" || exit 1
        "$TRAPEZE" run -t native --cpu rv64,h=true --quiet --max-insns 100000 --stats="$TMP/$n.json" "$TMP/$n.elf" >/dev/null || exit 1
    done
    once=$("$BUILD"/tests/tools/json "$TMP/once.json" "$counter")
    twice=$("$BUILD"/tests/tools/json "$TMP/twice.json" "$counter")
    echo $((twice - once))
}

check() {       # name, references, symbols
    local refs misses
    refs=$(counted counters.walk_refs "${@:3}")
    misses=$(counted counters.tlb_misses "${@:3}")
    [ "$refs $misses" = "$2 1" ] || { echo "$1: $refs references, $misses misses, not $2, 1"; bad=1; }
}

check "both stages" 15 -D SECOND=1 -D FIRST=1 -D PLACE=0x40000000
check "the second alone" 3 -D SECOND=1 -D PLACE=0x80000000
check "the first alone" 3 -D FIRST=1 -D PLACE=0x40000000
exit $bad
