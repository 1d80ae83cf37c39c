# SPDX-License-Identifier: GPL-3.0-or-later
#
# Interrupts: their order, delegation, vectors and masks; the CLINT's timer and stimecmp to the exact step; wfi.
        .include "prelude.inc"
        start vectors + 1
        li s1, CLINT + 0x4000           # mtimecmp
        li s2, CLINT + 0xbff8           # mtime
        li s3, CLINT                    # msip
        li s4, 0                        # taken so far

        # All that can be pending at once, from the highest to the lowest.
        sd zero, 0(s1)
        li t5, 1
        sw t5, 0(s3)
        li t5, 0x222
        csrs mip, t5
        li t5, 0xaaa
        csrw mie, t5
        csrr a0, mip
        log a0
        csrsi mstatus, 8                # they come now, each handler masks its own
        nop
        nop
        csrci mstatus, 8
        log s4
        sw zero, 0(s3)
        li t5, 0x222
        csrc mip, t5
        li t5, -1
        sd t5, 0(s1)
        csrr a0, mip
        log a0

        # The timer, a little later each time: the handler logs the cycle at which it came.
        li s5, 40
1:      ld t5, 0(s2)
        addi t5, t5, 1
        sd t5, 0(s1)
        li t5, 0x80
        csrw mie, t5
        csrsi mstatus, 8
        mv s6, s4
2:      addi s7, s7, 1                  # until it comes
        mul s8, s7, s7
        beq s6, s4, 2b
        log s7
        addi s5, s5, -1
        bnez s5, 1b

        # The same by waiting: with interrupts on, and off (then wfi only goes on).
        li s5, 4
3:      ld t5, 0(s2)
        addi t5, t5, 100
        sd t5, 0(s1)
        li t5, 0x80
        csrw mie, t5
        wfi
        csrr a0, mcycle
        log a0
        csrci mstatus, 8
        ld t5, 0(s2)
        addi t5, t5, 100
        sd t5, 0(s1)
        li t5, 0x80
        csrw mie, t5
        wfi
        csrr a0, mip
        log a0
        csrr a0, mcycle
        log a0
        csrsi mstatus, 8
        nop
        addi s5, s5, -1
        bnez s5, 3b

        # Delegated to S-mode: stimecmp, software, and not while in M-mode.
        li t5, 0x222
        csrw mideleg, t5
        csrw mie, t5
        la t5, svectors + 1
        csrw stvec, t5
        li t5, 1 << 63
        csrs menvcfg, t5
        li t5, 7
        csrw mcounteren, t5
        csrwi mip, 2                    # pending for S-mode, which is not here
        csrw stimecmp, zero
        nop
        csrr a0, mip
        log a0
        csrr a0, sip
        log a0
        enter 1
        nop                             # in S-mode with SIE = 0: not yet
        csrsi sstatus, 2                # now both
        nop
        nop
        log s4
        li s5, 20
4:      rdtime t5
        addi t5, t5, 2
        csrw stimecmp, t5
        li t5, 0x20
        csrs sie, t5
        mv s6, s4
5:      addi s7, s7, 1
        beq s6, s4, 5b
        log s7
        addi s5, s5, -1
        bnez s5, 4b
        rdtime t5
        addi t5, t5, 50
        csrw stimecmp, t5
        li t5, 0x20
        csrs sie, t5
        wfi
        log s4
        li t5, -1
        csrw stimecmp, t5
        csrci sstatus, 2
        ecall                           # in the vectored table's first place: to M-mode
        enter 0                         # U-mode is interrupted whatever SIE says
        ecall
        li t5, 0x2
        csrw mie, t5
        enter 0
        nop
        ecall
        csrwi mip, 2
        enter 0
        nop
        nop
        ecall
        # Of M-mode's own, while below: whatever MIE says.
        csrci mstatus, 8
        li t5, 0x8
        csrw mie, t5
        li t5, 1
        sw t5, 0(s3)
        nop
        enter 1
        nop
        ecall
        sw zero, 0(s3)
        csrr a0, mip
        log a0
        # STIP without STCE is only a bit.
        li t5, 1 << 63
        csrc menvcfg, t5
        li t5, 0x20
        csrs mip, t5
        csrr a0, mip
        log a0
        csrs menvcfg, t6
        # mtime is written, and the comparison with it.
        li t5, 0x80
        csrw mie, t5
        ld t5, 0(s2)
        addi t5, t5, 1000
        sd t5, 0(s1)
        csrr a0, mip
        log a0
        sd t5, 0(s2)
        csrr a0, mip
        log a0
        li t5, 0x100000000
        sd t5, 0(s1)
        csrr a0, mip
        log a0
        pass

        .balign 256
vectors:
        j exception
        .rept 11
        j interrupt
        .endr
exception:
        csrr t5, mcause
        log t5
        csrr t6, mepc
        addi t6, t6, 4
        csrw mepc, t6
        li t6, MPP
        csrs mstatus, t6
        mret
interrupt:
        csrr t5, mcause
        log t5
        li t6, 1
        sll t6, t6, t5
        csrc mie, t6
        csrr t6, mepc
        log t6
        csrr t6, mcycle
        log t6
        addi s4, s4, 1
        mret
        .balign 256
svectors:
        j sexception
        .rept 9
        j sinterrupt
        .endr
sexception:
        csrr t5, scause
        log t5
        sret
sinterrupt:
        csrr t5, scause
        log t5
        li t6, 1
        sll t6, t6, t5
        csrc sie, t6
        csrci sip, 2
        csrr t6, sepc
        log t6
        rdtime t6
        log t6
        addi s4, s4, 1
        sret
