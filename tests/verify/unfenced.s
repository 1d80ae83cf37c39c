# SPDX-License-Identifier: GPL-3.0-or-later
#
# A page is mapped elsewhere, and used before (unfenced) or after (with FENCED defined) the sfence.vma. EVICT: in between so many
# other pages are used that the machine's TLB forgets it.
        .include "../vmm/prelude.inc"
        start
        make_tables
        pte LEAVES, FRAMES, V|R|W|A|D
        li t5, 1
        li t6, FRAMES
        sd t5, 0(t6)
        li t5, 2
        li t6, FRAMES + 0x1000
        sd t5, 0(t6)
        paging_on
        enter 1
        li s0, PAGES
        ld s1, 0(s0)
        pte LEAVES, FRAMES + 0x1000, V|R|W|A|D
        .ifdef EVICT
        li s3, RAM + 0x300000
        li s4, RAM + 0x500000
        li s5, 0x1000
1:      ld t0, 0(s3)
        add s3, s3, s5
        bltu s3, s4, 1b
        .endif
        .ifdef FENCED
        sfence.vma s0, zero
        .endif
        .globl again
again:  ld s2, 0(s0)
        log s2
        leave
        pass
        define_mtrap
