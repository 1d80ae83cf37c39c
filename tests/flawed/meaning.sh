#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the four instructions do natively, bit by bit, as flawed.def says; and so do the techniques that interpret the kernel.
set -u
cat >"$TMP/meaning.s" <<'END'
# Ends with the number of the first check that fails, 0 if none does.
        .macro  check number, got, expected
        li      s11, \number
        li      t6, \expected
        bne     \got, t6, failed
        .endm
.equ UXL, 2 << 32
.equ ROOT, 0x80010000
.equ LEAF1G, 0x80000000 >> 2 | 0xf
_start: la      t0, m_trap
        csrw    mtvec, t0
        csrwi   mideleg, 2              # the supervisor's software interrupt
        li      t0, 1 << 8
        csrw    medeleg, t0             # ecall from U
        li      t0, -1
        csrw    pmpaddr0, t0
        csrwi   pmpcfg0, 0x1f
        # M-mode
        smsw    a0
        li      t6, UXL | 3 << 11
        li      s11, 1
        bne     a0, t6, failed
        li      t0, -1
        popf    t0                      # SIE and SPIE, and nothing else
        csrr    a0, mstatus
        li      t6, 0xa00000022
        li      s11, 2
        bne     a0, t6, failed
        popf    zero
        csrr    a0, sstatus
        li      t6, UXL
        li      s11, 3
        bne     a0, t6, failed
        li      t0, 32
        popf    t0
        smsw    a0
        li      t6, UXL | 3 << 11 | 32
        li      s11, 4
        bne     a0, t6, failed
        popf    zero
        smsw    zero
        bnez    zero, failed
        # era: paging is on below M only, but counts where loads are translated
        li      t0, ROOT
        li      t1, LEAF1G
        sd      t1, 16(t0)              # no A: era does not set it
        li      t1, 0x80000000 >> 2 | 0x59  # V X U A, no R: not looked at
        sd      t1, 24(t0)
        li      t1, 0x80200000 >> 2 | 0xf   # misaligned: no translation
        sd      t1, 32(t0)
        li      t1, 0x4000000000 >> 2 | 1   # a table outside of RAM
        sd      t1, 40(t0)
        li      t0, 8 << 60 | ROOT >> 12
        csrw    satp, t0
        li      t1, 0xc0000123
        era     a0, t1
        li      s11, 5
        bne     a0, t1, failed          # M-mode: as it is
        li      t0, 1 << 17 | 1 << 11   # MPRV, MPP = S
        csrs    mstatus, t0
        era     a0, t1
        csrc    mstatus, t0
        li      t6, 0x80000123
        li      s11, 6
        bne     a0, t6, failed
        la      t0, supervisor
        csrw    mepc, t0
        li      t0, 1 << 11
        csrs    mstatus, t0
        csrwi   satp, 0
        mret
supervisor:
        la      t0, s_trap
        csrw    stvec, t0
        li      t1, 0xc0000123
        era     a0, t1
        li      s11, 7
        bne     a0, t1, failed          # bare: as it is
        li      t0, 8 << 60 | ROOT >> 12
        li      t2, ROOT
        ld      t3, 16(t2)
        li      t6, LEAF1G
        li      s11, 8
        bne     t3, t6, failed
        li      t4, 0xcf                # the page that we run in, and the devices
        li      t5, 0x80000000 >> 2
        or      t5, t5, t4
        sd      t5, 16(t2)
        sd      t4, 0(t2)
        csrw    satp, t0
        sfence.vma
        era     a0, t1
        li      t6, 0x80000123
        li      s11, 9
        bne     a0, t6, failed
        li      t1, 0x100000000
        era     a0, t1
        check   10, a0, -1
        li      t1, 0x140000000
        era     a0, t1
        check   11, a0, -1
        li      t1, 0x180000000
        era     a0, t1
        check   12, a0, -1
        li      t1, 1 << 40
        era     a0, t1
        check   13, a0, -1              # not canonical
        # popf lets an interrupt in before the next instruction
        csrwi   sie, 2
        csrsi   sip, 2
        li      a0, 0
        li      a1, 2
        la      s0, 1f
popped: popf    a1
        addi    a0, a0, 1
1:      check   14, a0, 1
        la      t0, popped + 4
        li      s11, 15
        bne     s1, t0, failed
        check   16, s2, 0x100           # SPP: it came from S
        # and so does jrst, on whose other side interrupts are always on
        csrci   sstatus, 2
        csrsi   sip, 2
        li      s1, 0
        la      t0, target + 1          # the lowest bit is dropped
        csrsi   sstatus, 0
        jrst    t0
        .balign 4
target: j       failed                  # U-mode cannot fetch here anyway
        # in: s_trap has seen the interrupt
after:  la      t0, target
        li      s11, 17
        bne     s1, t0, failed
        check   18, s2, 0               # SPP: it came from U
        # user mode
        li      t0, 0x80000000 >> 2 | 0xdf  # the page at 0xc0000000 is the user's
        li      t2, ROOT
        sd      t0, 24(t2)
        sfence.vma
        la      t0, user - 0x80000000 + 0xc0000000
        csrw    sepc, t0
        li      t0, 1 << 5 | 1 << 18    # SPIE, SUM
        csrs    sstatus, t0
        la      s3, user_done
        sret
user:   smsw    a0                      # mode 0; SIE, SPIE, SUM
        popf    zero
        smsw    a1
        li      t0, -1
        popf    t0
        smsw    a2
        li      t0, 0x80000456          # not the user's: not looked at
        era     a3, t0
        auipc   t0, 0
        addi    t0, t0, 16
        jrst    t0
        li      a0, 0
        ecall
user_done:
        li      t6, UXL | 1 << 18 | 1 << 5 | 1 << 1
        li      s11, 19
        bne     a0, t6, failed
        li      s11, 20
        bne     a1, t6, failed
        li      s11, 21
        bne     a2, t6, failed
        li      t6, 0x80000456
        li      s11, 22
        bne     a3, t6, failed
        li      t0, 0x5555
        j       stop
failed: slli    t0, s11, 16
        li      t1, 0x3333
        or      t0, t0, t1
stop:   li      t1, 0x100000
        sw      t0, (t1)
        .balign 4
m_trap: li      s11, 99
        j       failed
# Interrupts note where they came from; from U-mode they end the check there. ecall ends the user.
        .balign 4
s_trap: csrr    t0, scause
        bgez    t0, called
        csrr    s1, sepc
        csrr    s2, sstatus
        andi    s2, s2, 0x100
        csrci   sip, 2
        beqz    s2, after
        sret
called: jr      s3
END
bad=0
"$TRAPEZE" asm --profile flawed --no-compress "$TMP/meaning.s" -o "$TMP/meaning.elf" || exit 1
"$TRAPEZE" run -t native --profile flawed --max-insns 100000 "$TMP/meaning.elf" || { echo "native: check $?"; bad=1; }
# What user mode does is the hardware's business there: smsw and era see the monitor's state, the first of them in check 19.
for t in interp bt; do
    "$TRAPEZE" run -t $t --profile flawed /nowhere 2>&1 </dev/null | grep -q "technique '$t'" && continue
    "$TRAPEZE" run -t $t --profile flawed --max-insns 100000 "$TMP/meaning.elf" >/dev/null
    [ $? = 19 ] || { echo "$t: check $?"; bad=1; }
done
exit $bad
