# SPDX-License-Identifier: GPL-3.0-or-later
#
# A paravirtual kernel that resets its machine, with pages pinned, and becomes one again: nothing is left of what it was.
        .include "pv.inc"
        .equ BOOTS, SPARE + 0x1000      # in no image
        .text
        BEGIN
        li t0, ROOT                     # memory stays as it was: with an entry of the last time, a real address
        sd zero, 24(t0)
        call pin, ROOT                  # not yet
        want denied
        BECOME_PARAVIRTUAL
        call pin, OTHER
        want ok
        call pin, OTHER
        want already
        call pin, OTHER + 0x1000
        want ok
        update ROOT + 24, (OTHER + 0x2000) >> 2 | V, ok
        li s4, OTHER
        traps 15, sd zero, 0(s4)
        li t1, BOOTS
        ld t0, 0(t1)
        addi t0, t0, 1
        sd t0, 0(t1)
        li t2, 3
        beq t0, t2, done
        call reset
        j wrong
done:   END
