# SPDX-License-Identifier: GPL-3.0-or-later
#
# A small hypervisor in HS-mode. Its guest has a kernel in VS-mode, with paging, and a program in VU-mode; what they call is
# taken by VS-mode itself, by HS-mode, or by nobody. Nothing is mapped in the second stage until it is touched; a timer
# interrupt is injected at each tenth page; the kernel's forbidden instruction is told to it as an illegal one.
        .include "hext.inc"
        START

        .equ KERNEL, BASE               # page 0; the program is in page 16, as U-mode's page 0 of the second half
        .equ TICKS, 8 * 4096 + BASE     # a word that the kernel counts in

        .balign 4
guest:                                  # the kernel's handler: all registers but t5, t6 are the interrupted one's
        csrr t5, scause
        bltz t5, tick
        li t6, 8
        beq t5, t6, call_from_user
        li t6, 2
        beq t5, t6, forbidden
        j give_up
tick:   li t6, TICKS
        ld t5, 0(t6)
        addi t5, t5, 1
        sd t5, 0(t6)
        li a7, 2                        # "I have seen it"
        ecall
        sret
call_from_user:                         # a0: a letter, passed on; 0: the end
        csrr t5, sepc
        addi t5, t5, 4
        csrw sepc, t5
        li a7, 1
        beqz a0, shut_down
        ecall
        sret
forbidden:
        csrr t5, sepc
        addi t5, t5, 4
        csrw sepc, t5
        addi s1, s1, 1
        sret
give_up:
        li a0, 63                       # "?"
        li a7, 1
        ecall
shut_down:
        li t6, TICKS
        ld a0, 0(t6)
        mv a1, s1
        li a7, 3
        ecall
guest_main:
        li s1, 0
        csrr t0, hstatus                # virtual-instruction faults
        hfence.gvma
        li t1, KERNEL + 9 * 4096
        li t2, 6
1:      sd t2, 0(t1)
        li t0, 4096
        add t1, t1, t0
        addi t2, t2, -1
        bnez t2, 1b
        li t0, UPAGES
        addi t0, t0, 1024
        csrw sepc, t0
        csrw sstatus, zero
        sret
guest_end:

user:   li a0, 104                      # "hi!", newline
        ecall
        li a0, 105
        ecall
        li t0, UPAGES + 7 * 4096
        ld a0, 0(t0)
        addi a0, a0, 33
        ecall
        li a0, 10
        ecall
        csrr t1, hgatp                  # nor may this one
        li a0, 0
        ecall
user_end:

        .macro REGISTERS op, base       # all but t6 and x0
        .irp n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
        \op x\n, \n * 8(\base)
        .endr
        .endm

main:   MAKE_SECOND_STAGE
        MAKE_FIRST_STAGE
        PUT_CODE 0, guest, guest_end
        li s1, RAM + OFFSET + 1024      # the program, in the same frame
        la t0, user
        la t1, user_end
        mv t2, s1
1:      lw t3, 0(t0)
        sw t3, 0(t2)
        addi t0, t0, 4
        addi t2, t2, 4
        blt t0, t1, 1b
        fence.i
        li t0, GLEAVES                  # nothing is mapped yet
        li t1, 512
2:      sd zero, 0(t0)
        addi t0, t0, 8
        addi t1, t1, -1
        bnez t1, 2b
        li t0, 0xf0b1ff | 1 << 10
        csrw medeleg, t0
        TO_HS
        la t0, exit
        csrw stvec, t0
        li t0, 1 << 8                   # the guest's own: calls from VU
        csrw hedeleg, t0
        li t0, 0x444
        csrw hideleg, t0
        csrw hie, t0
        li t0, HGATP
        csrw hgatp, t0
        li t0, VSATP
        csrw vsatp, t0
        hfence.gvma
        hfence.vvma
        li t0, KERNEL
        csrw vstvec, t0
        la t0, entry
        ld t0, 0(t0)
        csrw sepc, t0
        li s2, 0                        # second-stage faults; virtual-instruction faults in s3
        li s3, 0
        li s4, 0
        li t0, SPP | SPVP
        csrs sstatus, t0
        csrs hstatus, t0
enter:  li t0, SPV
        csrs hstatus, t0
        la t6, guest_registers
        la t5, own_registers
        REGISTERS sd, t5
        csrw sscratch, t6
        REGISTERS ld, t6
        ld t6, 31 * 8(t6)
        sret
        .balign 4
exit:   csrrw t6, sscratch, t6
        REGISTERS sd, t6
        mv s0, t6
        csrr t0, sscratch
        sd t0, 31 * 8(t6)
        la t6, own_registers
        REGISTERS ld, t6
        csrr t0, scause
        li t1, 10
        beq t0, t1, hypercall
        li t1, 22
        beq t0, t1, virtual_instruction
        li t1, 20
        blt t0, t1, unexpected
        li t1, 23
        bgt t0, t1, unexpected
        addi s2, s2, 1                  # a guest-page fault: the page comes
        csrr t0, htval
        slli t0, t0, 2
        li t1, RAM
        sub t0, t0, t1
        srli t0, t0, 12
        slli t1, t0, 3
        li t2, GLEAVES
        add t1, t1, t2
        slli t0, t0, 10
        li t2, ((RAM + OFFSET) >> 2) | V|R|W|X|U
        add t0, t0, t2
        sd t0, 0(t1)
        hfence.gvma
        li t0, 5
        remu t0, s2, t0
        bnez t0, enter
        li t0, 0x40                     # now and then, a timer interrupt
        csrw hvip, t0
        j enter
virtual_instruction:                    # reflected, as the hardware would have: illegal instruction
        addi s3, s3, 1
        csrr t0, sepc
        csrw vsepc, t0
        li t0, 2
        csrw vscause, t0
        csrr t0, stval
        csrw vstval, t0
        csrr t0, sstatus
        andi t0, t0, SPP
        li t1, SPP
        csrc vsstatus, t1
        csrs vsstatus, t0
        csrr t0, vstvec
        csrw sepc, t0
        csrs sstatus, t1
        csrs hstatus, t1
        j enter
hypercall:
        csrr t0, sepc
        addi t0, t0, 4
        csrw sepc, t0
        la t6, guest_registers
        ld t0, 17 * 8(t6)
        ld a0, 10 * 8(t6)
        li t1, 2
        beq t0, t1, 3f
        bgt t0, t1, shut
        call print_byte
        j enter
3:      csrw hvip, zero
        addi s4, s4, 1
        j enter
shut:   SAY "ticks counted, seen; virtual-instruction faults told, seen; second-stage faults"
        la t6, guest_registers
        ld a0, 10 * 8(t6)
        call print_number
        SHOW s4
        la t6, guest_registers
        ld a0, 11 * 8(t6)
        call print_number
        SHOW s3
        SHOW s2
        LINE
        SAY "entries of the second stage, A and D"
        li s5, GLEAVES
        li s6, 24
4:      ld a0, 0(s5)
        andi a0, a0, 0xff
        call print_number
        addi s5, s5, 8
        addi s6, s6, -1
        bnez s6, 4b
        LINE
        li t0, FINISHER
        li t1, 0x5555
        sw t1, 0(t0)
        j .
unexpected:
        SAY "unexpected"
        SHOW_CSR scause
        SHOW_CSR sepc
        SHOW_CSR stval
        li t0, FINISHER
        li t1, 0x13333
        sw t1, 0(t0)
        j .
        .balign 8
entry:  .8byte guest_main - guest + KERNEL
guest_registers: .zero 256
own_registers: .zero 256
        FINISH
