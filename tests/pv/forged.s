# SPDX-License-Identifier: GPL-3.0-or-later
#
# Entries that must not be: of foreign frames, of tables that could be written, of tables in a wrong place.
        .include "pv.inc"
        .equ AT, LEAVES + 8*400         # an entry for a page in FREE
        .equ AT_PAGE, RAM + 400*4096
        .text
        BEGIN
        BECOME_PARAVIRTUAL
        # Foreign frames.
        update AT, (RAM - 0x1000) >> 2 | V|R|A, invalid_address
        update AT, (RAM + (128 << 20)) >> 2 | V|R|A, invalid_address
        update AT, 0x10000000 >> 2 | V|R|W|A|D, invalid_address
        update AT, 0 | V|R|W|X|A|D, invalid_address
        update AT, ((1 << 44) - 1) << 10 | V|R, invalid_address
        update MIDDLE + 24, (RAM + (126 << 20) + 0x1000) >> 2 | V|R|W, invalid_param
        update MIDDLE + 24, (RAM + (128 << 20)) >> 2 | V|R|W, invalid_address
        update MIDDLE + 24, (RAM - 0x200000) >> 2 | V|R, invalid_address
        update ROOT + 24, RAM >> 2 | V|R|A, invalid_param       # a gigapage
        update ROOT + 24, 0 | V|R|W|X|A|D, invalid_param
        # What would be the monitor's own memory, right below ours; and real addresses where guest ones are wanted.
        li s0, SHARED
        ld s0, PV_offset(s0)
        li t0, RAM
        add s1, s0, t0                  # the real address of our RAM
        srli s1, s1, 2
        li s2, 1                        # s2: 0 if it happens to be one of ours
        li t0, (RAM + (128 << 20)) >> 2
        bltu s1, t0, 1f
        li t1, LIST
        li t0, AT
        sd t0, 0(t1)
        ori t0, s1, V|R|W|A|D
        sd t0, 8(t1)
        call mmu_update, LIST, 1
        want invalid_address
1:      neg s1, s0                      # real address 0, which would be this guest physical one
        srli s1, s1, 2
        li t0, (1 << 54) - 1
        and s1, s1, t0
        li t1, LIST
        li t0, AT
        sd t0, 0(t1)
        ori t0, s1, V|R|W|A|D
        sd t0, 8(t1)
        call mmu_update, LIST, 1
        want invalid_address
        # Bits that mean nothing, or too much.
        update AT, FREE >> 2 | V|R|G|A, invalid_param
        update AT, FREE >> 2 | V|W|A|D, invalid_param
        update AT, FREE >> 2 | V|W|X|A|D, invalid_param
        update AT, FREE >> 2 | V|R | 1 << 54, invalid_param
        update AT, FREE >> 2 | V|R | 1 << 63, invalid_param
        update AT, FREE >> 2 | V, invalid_param                 # a pointer at the last level
        update MIDDLE + 24, OTHER >> 2 | V|A, invalid_param
        update MIDDLE + 24, OTHER >> 2 | V|D, invalid_param
        update MIDDLE + 24, OTHER >> 2 | V|U, invalid_param
        update MIDDLE + 24, OTHER >> 2 | V|G, invalid_param
        update MIDDLE + 24, 0 | V, invalid_address
        update AT, FREE >> 2 | V|R|U|A|D | 3 << 8, ok           # all that may be
        # A table is not writable, by no alias; and nothing that is writable becomes a table.
        update AT, ROOT >> 2 | V|R|W|A|D, denied
        update AT, MIDDLE >> 2 | V|R|W|A|D, denied
        update AT, LEAVES >> 2 | V|R|W|A|D, denied
        update AT, LEAVES >> 2 | V|R|X|A, ok
        update MIDDLE + 24, RAM >> 2 | V|R|W|A|D, denied        # the megapage with all of them
        update MIDDLE + 24, RAM >> 2 | V|R|A, ok
        update MIDDLE + 32, FREE >> 2 | V, denied               # it is writable
        update MIDDLE + 32, SHARED >> 2 | V, denied
        update MIDDLE + 32, SPARE >> 2 | V, denied              # it is, as part of a megapage
        update MIDDLE + 32, (SPARE + 0x1000) >> 2 | V, denied
        call pin, FREE
        want denied
        call pin, SPARE + 0x5000
        want denied
        call pin, SHARED
        want denied
        update LEAVES + 8*(SHARED - RAM)/4096, 0, ok            # not even when it is not mapped: the monitor writes it
        call pin, SHARED
        want denied
        update LEAVES + 8*(SHARED - RAM)/4096, SHARED >> 2 | V|R|W|A|D, ok
        # Tables in wrong places.
        update MIDDLE + 32, MIDDLE >> 2 | V, denied
        update MIDDLE + 32, ROOT >> 2 | V, denied
        update ROOT + 8, ROOT >> 2 | V, denied
        update ROOT + 8, LEAVES >> 2 | V, denied
        update ROOT + 8, MIDDLE >> 2 | V, ok                    # shared, that is
        update ROOT + 8, 0, ok
        update MIDDLE + 32, LEAVES >> 2 | V, ok
        update MIDDLE + 32, 0, ok
        # None of this has harmed: our stores to tables fault, through every address.
        li t3, ROOT
        traps 15, sd zero, 16(t3)
        li t3, LEAVES
        traps 15, sd zero, 0(t3)
        li t3, AT_PAGE                  # leads to LEAVES
        traps 15, sd zero, 0(t3)
        traps 15, amoswap.d t4, zero, (t3)
        li t3, RAM + (3 << 21) + (LEAVES - RAM)
        traps 15, sd zero, 0(t3)
        ld t4, 0(t3)
        addi s11, s11, 1
        beqz t4, wrong
        # A page that was written through, and becomes a table in the same call, is not writable afterwards: the TLB knows it.
        .equ SLOT, LEAVES + 8*(FREE - RAM)/4096
        li t3, FREE
        sd zero, 0(t3)
        li t1, LIST
        li t0, SLOT
        sd t0, 0(t1)
        entry t0, FREE, V|R|A
        sd t0, 8(t1)
        li t0, MIDDLE + 32
        sd t0, 16(t1)
        entry t0, FREE, V
        sd t0, 24(t1)
        call mmu_update, LIST, 2
        want ok
        li t3, FREE
        li t4, -1
        traps 15, sd t4, 0(t3)
        # In use at another place it remains a table; afterwards it is none, cleared, and can be written again.
        update SLOT, FREE >> 2 | V|R|W|A|D, denied
        update FREE, SPARE >> 2 | V|R|W|A|D, ok
        update MIDDLE + 40, FREE >> 2 | V, ok
        update MIDDLE + 32, 0, ok
        update SLOT, FREE >> 2 | V|R|W|A|D, denied
        update MIDDLE + 40, 0, ok
        li t3, FREE
        ld t4, 0(t3)
        want_equal t4, 0
        update SLOT, FREE >> 2 | V|R|W|A|D, ok
        sd t4, 0(t3)
        # A megapage cannot become writable while a page of it is a table; afterwards it can, and then none can become one.
        update MIDDLE + 8, 0, ok
        update MIDDLE + 32, (SPARE + 0x3000) >> 2 | V, ok
        update MIDDLE + 8, SPARE >> 2 | V|R|W|A|D, denied
        update MIDDLE + 32, 0, ok
        update MIDDLE + 8, SPARE >> 2 | V|R|W|A|D, ok
        update MIDDLE + 32, (SPARE + 0x3000) >> 2 | V, denied
        # What was known to be zero was then written.
        li t3, SPARE + 0x3000
        entry t4, 0x10000000, V|R|W|A|D
        sd t4, 0(t3)
        update MIDDLE + 8, 0, ok
        update MIDDLE + 32, (SPARE + 0x3000) >> 2 | V, invalid_address
        # A second root; user code's part of it; and its end while its tables are in use elsewhere.
        update MIDDLE + 48, OTHER >> 2 | V, ok
        call pin, OTHER
        want denied
        call pin, OTHER + 0x1000
        want ok
        update OTHER + 0x1000 + 16, MIDDLE >> 2 | V, ok
        call set_space, OTHER + 0x1000
        want ok
        call unpin, OTHER + 0x1000
        want denied
        call set_space, ROOT
        want ok
        call unpin, OTHER + 0x1000
        want ok
        call unpin, OTHER + 0x1000
        want invalid_param
        call set_space, OTHER + 0x1000
        want invalid_param
        li t3, OTHER + 0x1000
        ld t4, 16(t3)
        want_equal t4, 0
        END
