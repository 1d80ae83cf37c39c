# SPDX-License-Identifier: GPL-3.0-or-later
#
# auipc becomes the constant that it makes: of 12, 32 and 64 bits, and with zeros at its end; of x0 a nop remains.
        .include "common.inc"
        auipc a0, 0
        auipc a1, 0x80000               # 4
        auipc a2, 0x80012
        auipc a3, 0x7ffff               # the upper half is not what bit 31 says
        auipc x0, 1
        auipc t0, 0x12345
        jal x0, high
        .balign 4096
high:   auipc a4, 0
        pass
