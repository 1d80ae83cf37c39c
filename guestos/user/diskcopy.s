# SPDX-License-Identifier: GPL-3.0-or-later
# diskcopy [SECTORS]: copies the beginning of the disk (its first half, at most) to
# the beginning of its second half. Prints a checksum of what was read and of what
# is then read back from the copy.

        .include "user.inc"

        .text
        .globl  diskcopy
diskcopy:
        mv      s0, a0
        sys     disksize
        bltz    a0, no_disk
        srli    s1, a0, 1               # s1: where the copy begins
        mv      a0, s0
        mv      a1, s1
        call    u_number
        mv      s0, a1                  # s0: sectors to copy
        bgtu    s0, s1, too_many
        addi    sp, sp, -SECTOR

        li      s2, 0                   # s2: checksum of the original
        li      s3, 0                   # s3: sector
1:      bgeu    s3, s0, 2f
        mv      a0, s3
        mv      a1, sp
        sys     diskread
        bnez    a0, failed
        mv      a0, s2
        call    checksum
        mv      s2, a0
        add     a0, s1, s3
        mv      a1, sp
        sys     diskwrite
        bnez    a0, failed
        addi    s3, s3, 1
        j       1b

2:      li      s4, 0                   # s4: checksum of the copy
        li      s3, 0
3:      bgeu    s3, s0, 4f
        add     a0, s1, s3
        mv      a1, sp
        sys     diskread
        bnez    a0, failed
        mv      a0, s4
        call    checksum
        mv      s4, a0
        addi    s3, s3, 1
        j       3b

4:      say     "diskcopy: sectors "
        mv      a0, s0
        call    u_decimal
        say     ", read "
        mv      a0, s2
        call    u_hex
        say     ", copy "
        mv      a0, s4
        call    u_hex
        say     "\n"
        xor     a0, s2, s4
        snez    a0, a0
        sys     exit

no_disk:
        say     "diskcopy: there is no disk\n"
        li      a0, 1
        sys     exit
too_many:
        say     "diskcopy: more than half of the disk\n"
        li      a0, 1
        sys     exit
failed: say     "diskcopy: a call failed\n"
        li      a0, 1
        sys     exit

# checksum * 31 + word, for every word of the sector at sp. in, out: a0 = checksum
checksum:
        mv      t0, sp
        addi    t1, sp, SECTOR
        li      t2, 31
1:      mul     a0, a0, t2
        ld      t3, 0(t0)
        add     a0, a0, t3
        addi    t0, t0, 8
        bltu    t0, t1, 1b
        ret
