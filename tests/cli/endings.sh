#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# How runs end: exit.reason, exit.status and exit.code of the report, the status of the program and the remark, natively
# and under te; guests that go wild end, too.
set -u
bad=0

# ends REASON STATUS CODE REMARK OPTION... <SOURCE
ends() {
    local reason=$1 want=$2 code=$3 remark=$4 t status got
    shift 4
    cat >"$TMP/guest.s"
    "$TRAPEZE" asm "$TMP/guest.s" -o "$TMP/guest.elf" || exit 1
    for t in $TECHNIQUES; do
        rm -f "$TMP/stats"
        got=$("$TRAPEZE" run -t $t --stats="$TMP/stats" "$@" "$TMP/guest.elf" 2>&1 >/dev/null </dev/null)
        status=$?
        # shellcheck disable=SC2053
        if [ $status != "$want" ] || [[ $got != $remark ]]; then
            echo "$t, $reason: status $status, wanted $want; '$got'"
            bad=1
        fi
        got=$("$BUILD"/tests/tools/json "$TMP/stats" exit)
        [ "$got" = "{\"code\":$code,\"reason\":\"$reason\",\"status\":$want}" ] || { echo "$t, $reason: $got"; bad=1; }
    done
}

finisher() { printf '_start: li t0, 0x100000\n li t1, %s\n sw t1, (t0)\n1: j 1b\n' "$1"; }
ends finisher 0 0 "" < <(finisher 0x5555)
ends finisher 7 7 "" < <(finisher 0x73333)
ends finisher 123 65535 "" < <(finisher 0xffff3333)
ends finisher 0 0 "trapeze: the guest has asked for a reset, which ends the run (--no-reboot)" --no-reboot < <(finisher 0x7777)
ends budget 124 0 "trapeze: the budget of 1000 steps is used up, at 0x*" --max-insns 1000 < <(finisher 0x7777)
ends htif 5 5 "" <<<'_start: la t0, tohost
        li      t1, 11
        sd      t1, (t0)
1:      j       1b
        .data
        .balign 8
        .globl  tohost, fromhost
tohost: .dword  0
fromhost: .dword 0'
ends budget 124 0 "trapeze: the budget of 1000 steps is used up, at 0x80000000 (_start+0x0)" --max-insns 1000 <<<'_start: j _start'
ends idle 124 0 "trapeze: the guest waits for an interrupt at 0x80000004 (_start+0x4), and none can come" <<<'_start: wfi
        j       _start'
ends fault_loop 126 0 "trapeze: the guest does nothing but trap: 1000 times in a row, the last one instruction access fault at 0x0, value 0x0; the first one instruction access fault at 0x40000000, value 0x40000000" <<<'_start: li t0, 0x40000000
        jr      t0'
ends fault_loop 126 0 "trapeze: the guest does nothing but trap: 1000 times in a row, the last one illegal instruction at 0x80000010 (handler+0x0), value 0x0; the first one *" <<<'_start: la t0, handler
        csrw    mtvec, t0
        unimp
        .balign 4
handler: .2byte 0'
ends fault_loop 126 0 "trapeze: *" <<<'_start: li t0, -8
        csrw    mtvec, t0
        li      t1, 0x7000000000000000
        ld      t1, (t1)'

# The traps before the guest hung, by every technique: the last five, also of many; not those of the loop itself.
ends fault_loop 126 0 "trapeze: the guest does nothing but trap: 1000 times in a row, the last one illegal instruction at 0x80000* (stuck+0x0), value 0x0; the first one environment call from M-mode at 0x80000028 (again+0x18), value 0x0
trapeze:   trap before, step 5663: breakpoint at 0x80000016 (again+0x6), value 0x0
trapeze:   trap before, step 5672: environment call from M-mode at 0x80000010 (again+0x0), value 0x0
trapeze:   trap before, step 5682: breakpoint at 0x80000016 (again+0x6), value 0x0
trapeze:   trap before, step 5691: environment call from M-mode at 0x80000010 (again+0x0), value 0x0
trapeze:   trap before, step 5701: breakpoint at 0x80000016 (again+0x6), value 0x0" <<<'_start: la t0, handler
        csrw    mtvec, t0
        li      s0, 300
again:  ecall
        addi    s0, s0, -1
        c.ebreak
        bnez    s0, again
        nop
        la      t0, stuck
        csrw    mtvec, t0
        ecall
        .balign 4
handler: csrr   t1, mepc
        csrr    t2, mcause
        addi    t1, t1, 2
        addi    t2, t2, -3
        beqz    t2, 1f
        addi    t1, t1, 2
1:      csrw    mepc, t1
        mret
        .balign 4
stuck:  .4byte  0'

for most in 1 0; do         # lines of remarks, and none with --quiet
    options=(--max-insns 9)
    [ $most = 1 ] || options+=(--quiet)
    [ "$("$TRAPEZE" run "${options[@]}" "$TMP/guest.elf" 2>&1 | wc -l)" = $most ] || { echo "--quiet"; bad=1; }
done
"$TRAPEZE" run --append run=hello "$KERNEL" <&- >"$TMP/out" && cmp "$TMP/out" tests/golden/hello.out || { echo "stdin closed"; bad=1; }
exit $bad
