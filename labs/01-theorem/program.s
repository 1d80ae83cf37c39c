#> source
# SPDX-License-Identifier: GPL-3.0-or-later
# Lab 1's programs: the student's first one, and one for each instruction.
#> student
# An experiment: what does odd1 do in supervisor mode, and in user mode?
# Change it, and copy it to odd1.s to odd6.s for task 3.
        .include "harness.inc"

in_s:   odd1    a0, a1
        ret

        .section .user, "ax"
in_u:   odd1    a0, a1
        ecall
#> solution popf
# {insn}: {meaning}
# Evidence: the kernel, with interrupts on, switches them off. Under te the
# real mode is U, nothing happens, and the monitor's virtual SIE stays.
        .include "harness.inc"

in_s:   csrsi   sstatus, SIE
        {insn}  x0, x0
        ret
#> solution scratch
# {insn}: {meaning}
# Evidence: sscratch is as before under te.
        .include "harness.inc"

in_s:   {insn}  x0, a1
        ret
#> solution jrst
# {insn}: {meaning}
# Evidence: natively the next fetch is user mode's, from the kernel's page, and
# faults. Under te it goes on as the kernel.
        .include "harness.inc"

in_s:   la      t0, 1f
        {insn}  x0, t0
1:      ret
#> solution smsw who status era frame reverse ones rotate
# {insn}: {meaning}
# Evidence: natively a0 is what the kernel's own machine says, under te what
# the real one does.
        .include "harness.inc"

in_s:   {insn}  a0, a1
        ret
#> solution

# What it does in user mode is not needed for the evidence.
        .section .user, "ax"
in_u:   ecall
#> end
