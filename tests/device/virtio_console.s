# SPDX-License-Identifier: GPL-3.0-or-later
#
# A virtio console in slot 0 (virtio 1.1, 5.3), of one port, to which "abcdefghijklmnop" is typed: its registers in every state, its
# configuration, what it prints, what it receives into several buffers, and what it refuses. It prints # where one of the two machines
# refuses to.
        .equ    SLOT, 0x10001000
        .include "virtio_table.inc"

        # --- registers, before anything and through initialization
        getw    SLOT
        getw    SLOT + 4
        getw    SLOT + 8
        getw    SLOT + 12
        getw    STATUS
        getw    INTERRUPT
        putw    SLOT + 0x14, 1
        getw    SLOT + 0x10             # VERSION_1
        putw    SLOT + 0x14, 0
        getw    SLOT + 0x10
        getw    SLOT + 0x24             # can only be written
        getw    SLOT + 0x20
        getw    SLOT + 0x30
        getw    SLOT + 0x38
        getw    SLOT + 0x50
        getw    SLOT + 0x64
        getw    SLOT + 0x80
        getw    SLOT + 0xb0             # there is no shared memory
        getw    SLOT + 0xb4
        getw    SLOT + 0xb8             # differs: shared-memory
        getw    SLOT + 0xbc             # differs: shared-memory
        getw    SLOT + 0xfc
        putw    SLOT + 0x30, 0
        getw    SLOT + 0x34             # differs: queue-size
        getw    SLOT + 0x44
        putw    SLOT + 0x30, 1
        getw    SLOT + 0x34             # differs: queue-size
        putw    SLOT + 0x30, 2
        getw    SLOT + 0x34             # differs: control-queues
        putw    SLOT + 0x30, 4
        getw    SLOT + 0x34
        getw    SLOT + 0x44
        putw    SLOT + 0x30, 1000
        getw    SLOT + 0x34
        putw    SLOT, 5                 # can only be read
        getw    SLOT
        putw    INTERRUPT, 3
        getw    INTERRUPT
        putw    STATUS, 1
        getw    STATUS
        putw    STATUS, 3
        getw    STATUS
        putw    STATUS, 0x83            # FAILED
        getw    STATUS
        putw    STATUS, 0
        getw    STATUS

        # --- the configuration: columns, rows, ports, the emergency character
        geth    CONFIG
        geth    CONFIG + 2
        getw    CONFIG
        getw    CONFIG + 4              # differs: ports
        geth    CONFIG + 4              # differs: ports
        get     CONFIG + 4              # differs: ports
        get     CONFIG + 5
        geth    CONFIG + 6
        getw    CONFIG + 8              # differs: behind-config
        get     CONFIG + 11             # differs: behind-config
        geth    CONFIG + 10             # differs: behind-config
        puth    CONFIG, 80
        geth    CONFIG
        putw    CONFIG + 4, 7
        getw    CONFIG + 4              # differs: ports
        get     CONFIG + 12             # differs: behind-config
        geth    CONFIG + 12             # differs: behind-config
        getw    CONFIG + 12             # differs: behind-config
        getw    CONFIG + 0x7c           # differs: behind-config

        # --- a feature that is not offered; features again, rightly
        putw    STATUS, 1
        putw    STATUS, 3
        putw    SLOT + 0x24, 0
        putw    SLOT + 0x20, 1 << 20
        putw    SLOT + 0x24, 1
        putw    SLOT + 0x20, 1
        putw    STATUS, 11
        getw    STATUS                  # differs: not-offered
        putw    STATUS, 0x8b            # the driver gives up
        getw    STATUS                  # differs: not-offered
        putw    STATUS, 0
        getw    STATUS
        putw    STATUS, 3
        putw    SLOT + 0x24, 0
        putw    SLOT + 0x20, 0
        putw    SLOT + 0x24, 1
        putw    SLOT + 0x20, 1
        putw    STATUS, 11
        getw    STATUS
        rings   0
        getw    SLOT + 0x44
        rings   1
        getw    SLOT + 0x44
        putw    SLOT + 0x30, 0
        getw    SLOT + 0x44
        putw    STATUS, 15
        getw    STATUS
        getw    INTERRUPT
        putw    PLIC + 4, 1
        putw    PLIC + 0x2000, 2
        putw    PLIC + 0x200000, 0

        # --- transmitting: a buffer; one in three pieces, one of no interest to the driver, two at once
        putw    BUFFERS, 0x64636261
        putw    BUFFERS + 4, 0x68676665
        putw    USED + 0x1000 + 4, 0x55555555
        putw    USED + 0x1000 + 8, 0x55555555
        descriptor 1, 3, BUFFERS, 4, 0, 0
        offer   1, 0, 3
        open    1, 1
        getw    USED + 0x1000
        notify  1
        used    1, 1
        getw    USED + 0x1000 + 4
        getw    USED + 0x1000 + 8
        getw    INTERRUPT
        getw    SLOT + 0xfc
        lines
        getw    CLAIM
        putw    ACK, 1
        getw    INTERRUPT
        putw    CLAIM, 1
        lines
        descriptor 1, 0, BUFFERS, 2, NEXT, 2
        descriptor 1, 2, BUFFERS + 5, 1, NEXT, 1
        descriptor 1, 1, BUFFERS + 3, 3, 0, 0
        offer   1, 1, 0
        open    1, 2
        notify  1
        used    1, 2
        getw    USED + 0x1000 + 12
        getw    USED + 0x1000 + 16
        getw    INTERRUPT
        putw    ACK, 2                  # another bit
        getw    INTERRUPT
        getw    CLAIM
        putw    CLAIM, 1                # nothing was acknowledged: again
        lines
        getw    CLAIM
        putw    ACK, 1
        putw    CLAIM, 1
        lines
        puth    AVAIL + 0x1000, 1       # no interrupt
        offer   1, 2, 3
        open    1, 3
        notify  1
        used    1, 3
        getw    INTERRUPT
        lines
        puth    AVAIL + 0x1000, 0
        descriptor 1, 4, BUFFERS + 6, 1, 0, 0
        offer   1, 3, 4
        offer   1, 4, 3
        open    1, 5
        notify  1
        used    1, 5
        getw    USED + 0x1000 + 28
        getw    USED + 0x1000 + 36
        getw    INTERRUPT
        putw    ACK, 1
        getw    CLAIM
        putw    CLAIM, 1
        notify  1                       # nothing there; a queue that is not
        notify  7
        pass    100
        getw    USED + 0x1000
        getw    INTERRUPT               # differs: used-nothing
        getw    STATUS
        putw    ACK, 1
        getw    CLAIM                   # differs: used-nothing
        putw    CLAIM, 1

        # --- receiving, a byte a buffer: one; three at once, one of them in two pieces; around the end of the ring
        putw    BUFFERS + 0x100, 0x55555555
        putw    BUFFERS + 0x104, 0x55555555
        putw    BUFFERS + 0x108, 0x55555555
        descriptor 0, 5, BUFFERS + 0x101, 1, WRITE, 0
        offer   0, 0, 5
        open    0, 1
        notify  0
        used    0, 1
        getw    USED + 4
        getw    USED + 8
        getw    BUFFERS + 0x100
        getw    INTERRUPT
        lines
        getw    CLAIM
        putw    ACK, 1
        putw    CLAIM, 1
        lines
        pass    100                     # the next byte waits for a buffer
        getw    USED
        getw    BUFFERS + 0x100
        descriptor 0, 0, BUFFERS + 0x104, 1, WRITE, 0
        descriptor 0, 1, BUFFERS + 0x106, 1, WRITE, 0
        descriptor 0, 2, BUFFERS + 0x10a, 1, WRITE, 0
        offer   0, 1, 2
        offer   0, 2, 0
        offer   0, 3, 1
        open    0, 4
        notify  0
        used    0, 4
        getw    USED + 12
        getw    USED + 16
        getw    USED + 20
        getw    USED + 28
        getw    BUFFERS + 0x104
        getw    BUFFERS + 0x108
        getw    INTERRUPT
        putw    ACK, 1
        getw    CLAIM
        putw    CLAIM, 1
        puth    AVAIL, 1                # no interrupt
        offer   0, 4, 1
        offer   0, 5, 0
        offer   0, 6, 2
        offer   0, 7, 5
        offer   0, 8, 2
        open    0, 9
        notify  0
        used    0, 9
        getw    USED + 4
        getw    USED + 8
        getw    USED + 60
        getw    BUFFERS + 0x100
        getw    BUFFERS + 0x104
        getw    BUFFERS + 0x108
        getw    INTERRUPT
        getw    STATUS
        puth    AVAIL, 0

        # --- a queue that is stopped is not looked at
        put     BUFFERS + 8, '#'
        descriptor 1, 5, BUFFERS + 8, 1, 0, 0
        putw    SLOT + 0x30, 1
        putw    SLOT + 0x44, 0
        getw    SLOT + 0x44
        offer   1, 5, 5
        open    1, 6
        notify  1
        pass    100
        getw    USED + 0x1000           # differs: stopped-queue
        getw    INTERRUPT               # differs: stopped-queue
        putw    STATUS, 0
        driver  2
        getw    STATUS
        offer   0, 0, 0
        open    0, 1
        notify  0
        used    0, 1
        getw    BUFFERS + 0x104
        getw    CLAIM
        putw    CLAIM, 1
        putw    ACK, 1

        # --- FAILED, and more said all the same; a reset, and from the beginning
        putw    STATUS, 0x8f
        getw    STATUS
        offer   1, 0, 3
        open    1, 1
        notify  1
        used    1, 1
        getw    INTERRUPT
        putw    STATUS, 0
        getw    STATUS
        getw    INTERRUPT
        lines
        putw    SLOT + 0x30, 1
        getw    SLOT + 0x44
        putw    SLOT + 0x30, 0
        getw    SLOT + 0x44
        driver  2
        getw    STATUS
        offer   0, 0, 1
        open    0, 1
        notify  0
        used    0, 1
        getw    USED + 4
        getw    USED + 8
        getw    BUFFERS + 0x104
        offer   1, 0, 3
        open    1, 1
        notify  1
        used    1, 1
        getw    USED + 0x1004
        putw    ACK, 1

        # --- what is refused. Transmitting: a loop; numbers out of range; the table, a piece, the used ring outside of RAM; an
        # available ring that jumps; write-only before read-only
        driver  2
        descriptor 1, 0, BUFFERS, 1, NEXT, 1
        descriptor 1, 1, BUFFERS, 1, NEXT, 0
        try     1
        getw    STATUS
        getw    USED + 0x1000
        getw    INTERRUPT               # differs: needs-reset
        getw    SLOT + 0xfc             # differs: needs-reset
        lines
        getw    CLAIM
        putw    ACK, 3
        putw    CLAIM, 1
        getw    INTERRUPT
        offer   1, 1, 3                 # until it is reset nothing more happens
        open    1, 2
        notify  1
        pass    100
        getw    USED + 0x1000
        getw    INTERRUPT
        putw    STATUS, 0
        getw    STATUS
        driver  2
        descriptor 1, 0, BUFFERS, 1, NEXT, 8
        try     1
        getw    STATUS
        getw    USED + 0x1000
        driver  2
        offer   1, 0, 8
        open    1, 1
        notify  1
        until   STATUS, 0x4f
        getw    USED + 0x1000
        driver  2
        offer   1, 0, 5
        offer   1, 1, 5
        offer   1, 2, 5
        offer   1, 3, 5
        offer   1, 4, 5
        offer   1, 5, 5
        offer   1, 6, 5
        offer   1, 7, 5
        open    1, 9
        notify  1
        pass    100
        getw    STATUS                  # differs: index-jump
        getw    USED + 0x1000           # differs: index-jump
        driver  2
        descriptor 1, 0, BUFFERS, 1, NEXT | WRITE, 1
        descriptor 1, 1, BUFFERS, 1, 0, 0
        try     1
        getw    STATUS
        getw    USED + 0x1000

        driver  2
        descriptor 1, 0, BUFFERS + 8, 1, WRITE, 0
        try     1
        getw    STATUS                  # differs: wrong-side
        getw    USED + 0x1000           # differs: wrong-side
        driver  2
        descriptor 1, 0, BUFFERS + 8, 0, NEXT, 5
        try     1
        getw    STATUS                  # differs: zero-length
        getw    USED + 0x1000           # differs: zero-length
        driver  2
        putw    BUFFERS + 0x300, BUFFERS + 8
        putw    BUFFERS + 0x304, 0
        putw    BUFFERS + 0x308, 1
        putw    BUFFERS + 0x30c, 0
        descriptor 1, 0, BUFFERS + 0x300, 16, INDIRECT, 0
        try     1
        getw    STATUS                  # differs: indirect
        getw    USED + 0x1000           # differs: indirect
        driver  2
        descriptor 1, 0, 0, 1, 0, 0
        try     1
        getw    STATUS                  # differs: outside-of-ram
        getw    USED + 0x1000           # differs: outside-of-ram
        driver  2
        descriptor 1, 0, 0xfffffff0, 0xffffffff, 0, 0
        try     1
        getw    STATUS
        getw    USED + 0x1000

        # Receiving: the same
        driver  2
        descriptor 0, 0, BUFFERS + 0x200, 0, NEXT | WRITE, 1
        descriptor 0, 1, BUFFERS + 0x200, 0, NEXT | WRITE, 0
        try     0
        getw    STATUS
        getw    USED
        getw    INTERRUPT               # differs: needs-reset
        driver  2
        descriptor 0, 0, BUFFERS + 0x200, 1, NEXT | WRITE, 8
        try     0
        getw    STATUS
        getw    USED
        driver  2
        offer   0, 0, 9
        open    0, 1
        notify  0
        until   STATUS, 0x4f
        getw    USED
        driver  2
        open    0, 100
        notify  0
        until   STATUS, 0x4f
        getw    USED

        # All is well after that, and nothing that was typed is lost.
        driver  2
        put     BUFFERS + 0x200, 0x55
        descriptor 0, 0, BUFFERS + 0x200, 1, WRITE, 0
        offer   0, 0, 0
        open    0, 1
        notify  0
        used    0, 1
        get     BUFFERS + 0x200
        descriptor 0, 0, BUFFERS + 0x200, 4, WRITE, 0
        offer   0, 1, 0
        open    0, 2
        notify  0
        used    0, 2
        getw    USED + 16               # differs: byte-a-buffer
        get     BUFFERS + 0x200
        get     BUFFERS + 0x203         # differs: byte-a-buffer
        put     BUFFERS + 12, '\n'
        descriptor 1, 0, BUFFERS + 12, 1, 0, 0
        offer   1, 0, 0
        open    1, 1
        notify  1
        used    1, 1
        .4byte  0
