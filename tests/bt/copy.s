# SPDX-License-Identifier: GPL-3.0-or-later
#
# Innocuous instructions, one of each kind, are copied; compressed ones stay compressed.
        .include "common.inc"
        lui sp, 0x80100
        slli sp, sp, 32
        srli sp, sp, 32
        addi s0, sp, 64
        lui a0, 0x12345
        addi a1, a0, -1
        slti a2, a1, 5
        sltiu a3, a1, -5
        xori a4, a1, 0x55
        ori a5, a1, 0x2a
        andi a6, a1, 0xff
        slli a7, a1, 40
        srli s2, a7, 3
        srai s3, a7, 3
        add s4, a1, a7
        sub s5, a1, a7
        addiw s6, a7, 1
        sraiw s7, a1, 4
        mulhsu s8, a7, a1
        div s9, a7, a1
        remuw s10, a7, a1
        sb a1, 0(sp)
        sh a1, 2(sp)
        sw a1, 4(sp)
        sd a1, 8(sp)
        lb t0, 0(sp)
        lhu t1, 2(sp)
        lw t2, 4(sp)
        ld t3, 8(sp)
        lr.d t4, (sp)
        sc.d t5, a1, (sp)
        amoadd.w t6, a1, (sp)
        fence rw, rw
        fence.i
        .option rvc
        c.nop
        c.li a0, -7
        c.lui a1, 3
        c.addi a0, 3
        c.addiw a0, -1
        c.addi16sp sp, -32
        c.addi4spn a2, sp, 16
        c.slli a0, 3
        c.srli a0, 1
        c.srai a0, 1
        c.andi a0, 15
        c.mv a3, a0
        c.add a3, a1
        c.sub a3, a0
        c.xor a3, a1
        c.or a3, a0
        c.and a3, a1
        c.addw a3, a0
        c.subw a3, a1
        c.sw a0, 0(s0)
        c.sd a1, 8(s0)
        c.lw a4, 0(s0)
        c.ld a5, 8(s0)
        c.swsp a0, 4(sp)
        c.sdsp a1, 8(sp)
        c.lwsp s1, 4(sp)
        c.ldsp s11, 8(sp)
        .option norvc
        pass
