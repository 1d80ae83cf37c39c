# SPDX-License-Identifier: GPL-3.0-or-later
#
# TVM, TW, TSR; SUM, MXR and MPRV over pages of every kind; which mode may do what to which page.
        .include "test.inc"
        START

        # TVM: satp and sfence.vma belong to M-mode. TSR: sret. TW: wfi.
        li t5, TVM
        csrs mstatus, t5
        csrr a0, satp
        sfence.vma
        ENTER 1
        ILLEGAL_HERE 1, 1, csrr a0, satp
        ILLEGAL_HERE 1, 1, csrw satp, zero
        ILLEGAL_HERE 1, 1, sfence.vma
        ILLEGAL_HERE 1, 1, sfence.vma a0, a1
        LEAVE
        li t5, TVM
        csrc mstatus, t5
        ENTER 1
        csrr a0, satp
        TEST_CASE 2, a0, 0
        csrw satp, zero
        sfence.vma
        sfence.vma a0, a1
        LEAVE
        li t5, TSR
        csrs mstatus, t5
        ENTER 1
        ILLEGAL_HERE 3, 1, sret
        LEAVE
        la t5, 1f
        csrw sepc, t5
        sret                            # M-mode may
        j fail
1:      LEAVE
        li t5, TSR
        csrc mstatus, t5
        li t5, TW
        csrs mstatus, t5
        ENTER 1
        ILLEGAL_HERE 4, 1, wfi
        LEAVE
        li t5, TW
        csrc mstatus, t5
        csrci mstatus, MIE
        csrwi mip, 2                    # SSIP: wfi goes on at once, though nothing is taken
        csrwi mie, 2
        wfi
        csrwi mideleg, 2
        csrci mstatus, SIE
        ENTER 1
        wfi
        LEAVE
        csrwi mie, 0
        csrwi mideleg, 0
        csrwi mip, 0

        # Every kind of page, every mode, every access: an oracle in a few lines of the manual (4.3.1, 4.3.2), computed
        # here by the program: see allowed.
        MAKE_TABLES
        li s3, 0                        # rights: bits R W X U of the entry
next_rights:
        li s4, 0                        # status: SUM, MXR in bits 0 and 1
next_status:
        li s2, 0                        # mode and access: bit 0 S-mode; bits 2:1 load, store, fetch
next_access:
        # The entry, with A and D; the page holds jr ra, for a user ecall.
        slli t5, s3, 1
        li t6, DATA >> 2 | V | A | D
        or t5, t5, t6
        li t6, LEAVES + 8
        sd t5, 0(t6)
        li t5, 0x00008067
        li t6, 4
        bne s2, t6, 1f
        li t5, 0x00000073
1:      li t6, DATA
        sw t5, 0(t6)
        fence.i
        li t5, SUM | MXR
        csrc mstatus, t5
        andi t5, s4, 1
        slli t5, t5, 18
        andi t6, s4, 2
        slli t6, t6, 18
        or t5, t5, t6
        csrs mstatus, t5
        PAGING_ON
        li s7, 0
        li s8, 0
        li a1, PAGES + 0x1000
        la ra, back
        la s6, back
        andi t5, s2, 1
        bnez t5, supervisor
        # The user has no page but this: loads and stores by MPRV, fetches by mret.
        srli t5, s2, 1
        li t6, 2
        beq t5, t6, user_fetch
        li t6, MPP
        csrc mstatus, t6
        li t6, MPRV
        csrs mstatus, t6
        j access
supervisor:
        srli t5, s2, 1
        ENTER 1
        srli t5, s2, 1
        li t6, 2
        bne t5, t6, access
        jr a1
access: beqz t5, 1f
        sw zero, 0(a1)
        j back
1:      lw a0, 0(a1)
back:   li t5, MPRV
        andi t6, s2, 1
        bnez t6, 1f
        csrc mstatus, t5
        j judge
1:      mv a0, s7
        mv a1, s8
        mv a2, s9
        li s6, 0
        LEAVE
        mv s7, a0
        mv s8, a1
        mv s9, a2
        j judge
user_fetch:
        li t5, MPP
        csrc mstatus, t5
        csrw mepc, a1
        la s6, 1f
        li a7, TO_M
        mret
1:      li t5, ECALL_U
        bne s8, t5, judge
        li s8, 0
judge:  li s6, 0
        csrw satp, zero
        sfence.vma
        call allowed                    # a0 = 1 or 0
        xori a0, a0, 1
        bnez a0, 1f
        TEST_CASE 10, s8, 0
        j 2f
1:      srli t5, s2, 1
        li a2, LOAD_PAGE
        beqz t5, 1f
        li a2, STORE_PAGE
        addi t5, t5, -1
        beqz t5, 1f
        li a2, INSN_PAGE
1:      TEST_SAME 11, s8, a2
        li t5, PAGES + 0x1000
        TEST_SAME 12, s9, t5
2:      addi s2, s2, 1
        li t5, 6
        bne s2, t5, next_access
        addi s4, s4, 1
        li t5, 4
        bne s4, t5, next_status
        addi s3, s3, 1
        li t5, 16
        bne s3, t5, next_rights
        j pass

        # May the access s2 use rights s3 under status s4?
allowed: andi t0, s3, 1                 # R
        srli t1, s3, 1
        andi t1, t1, 1                  # W
        srli t2, s3, 2
        andi t2, t2, 1                  # X
        srli t3, s3, 3                  # U
        li a0, 0
        bnez t0, 1f                     # a pointer at the last level (R = X = 0), or W without R
        bnez t1, 9f
        beqz t2, 9f
1:      andi t4, s2, 1
        srli t5, s2, 1
        beqz t4, 3f
        beqz t3, 4f                     # S-mode and a user page
        li t6, 2
        beq t5, t6, 9f                  # never fetches there
        andi t6, s4, 1
        beqz t6, 9f
        j 4f
3:      beqz t3, 9f                     # U-mode and a supervisor page
4:      li t6, 1
        beq t5, t6, 5f
        bgtu t5, t6, 6f
        mv a0, t0                       # load: R, or X under MXR
        bnez a0, 9f
        srli t6, s4, 1
        and a0, t2, t6
        ret
5:      mv a0, t1
        ret
6:      mv a0, t2
9:      ret
        FINISH
