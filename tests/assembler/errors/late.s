# SPDX-License-Identifier: GPL-3.0-or-later
far:    addi    a0, a0, end - far
        jal     far + 1
        jal     zero, 0x90000000
        lw      a0, %lo(far)(a0)
        addi    a0, a0, %pcrel_lo(far)
        .skip   8192
        .uleb128 end - far
        .skip   far - end
        .org    16
end:
