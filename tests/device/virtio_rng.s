# SPDX-License-Identifier: GPL-3.0-or-later
#
# A virtio entropy device in slot 1 (virtio 1.1, 5.4): its registers in every state, how many bytes it gives, in which order, and that
# it writes nowhere else; what it refuses. The bytes themselves are not looked at.
        .equ    SLOT, 0x10002000
        .include "virtio_table.inc"

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
        getw    SLOT + 0xb0
        getw    SLOT + 0xb8             # differs: shared-memory
        getw    SLOT + 0xfc
        putw    SLOT + 0x30, 0
        getw    SLOT + 0x34             # differs: queue-size
        getw    SLOT + 0x44
        putw    SLOT + 0x30, 1
        getw    SLOT + 0x34
        getw    SLOT + 0x44
        get     CONFIG                  # differs: behind-config
        geth    CONFIG                  # differs: behind-config
        getw    CONFIG                  # differs: behind-config
        putw    CONFIG, 0
        putw    STATUS, 1
        getw    STATUS
        putw    STATUS, 3
        getw    STATUS
        putw    SLOT + 0x24, 0
        putw    SLOT + 0x20, 0
        putw    SLOT + 0x24, 1
        putw    SLOT + 0x20, 1
        putw    STATUS, 11
        getw    STATUS
        rings   0
        getw    SLOT + 0x44
        putw    PLIC + 8, 1
        putw    PLIC + 0x2000, 4
        putw    PLIC + 0x200000, 0

        # --- before DRIVER_OK nothing happens; then: 16 bytes, in the middle of others
        putw    BUFFERS, 0x55555555
        putw    BUFFERS + 4, 0x55555555
        putw    BUFFERS + 24, 0x55555555
        descriptor 0, 3, BUFFERS + 7, 17, WRITE, 0
        offer   0, 0, 3
        open    0, 1
        notify  0
        pass    100
        getw    USED
        getw    INTERRUPT
        putw    STATUS, 15
        getw    STATUS
        notify  0
        used    0, 1
        getw    USED + 4
        getw    USED + 8
        getw    BUFFERS
        geth    BUFFERS + 4
        get     BUFFERS + 6
        getw    BUFFERS + 24
        getw    INTERRUPT
        lines
        getw    CLAIM
        putw    ACK, 1
        getw    INTERRUPT
        putw    CLAIM, 2
        lines

        # --- a chain of three pieces; chains at once, of which the driver wants no interrupt, around the end of the ring
        putw    BUFFERS + 0x10, 0x55555555
        putw    BUFFERS + 0x14, 0x55555555
        putw    BUFFERS + 0x18, 0x55555555
        putw    BUFFERS + 0x1c, 0x55555555
        descriptor 0, 7, BUFFERS + 0x11, 1, NEXT | WRITE, 2
        descriptor 0, 2, BUFFERS + 0x14, 3, NEXT | WRITE, 5
        descriptor 0, 5, BUFFERS + 0x1a, 2, WRITE, 7
        offer   0, 1, 7
        open    0, 2
        notify  0
        used    0, 2
        getw    USED + 12
        getw    USED + 16
        get     BUFFERS + 0x10
        geth    BUFFERS + 0x12
        get     BUFFERS + 0x17
        geth    BUFFERS + 0x18
        getw    BUFFERS + 0x1c
        getw    INTERRUPT
        putw    ACK, 3
        getw    CLAIM
        putw    CLAIM, 2
        puth    AVAIL, 1
        descriptor 0, 0, BUFFERS + 0x40, 100, WRITE, 0
        descriptor 0, 1, BUFFERS + 0x100, 100, WRITE, 0
        descriptor 0, 4, BUFFERS + 0x200, 2000, WRITE, 0
        descriptor 0, 6, BUFFERS + 0x200, 100, WRITE, 0
        offer   0, 2, 6
        offer   0, 3, 0
        offer   0, 4, 1
        open    0, 5
        notify  0
        used    0, 5
        getw    USED + 20
        getw    USED + 24
        getw    USED + 28
        getw    USED + 32
        getw    USED + 36
        getw    USED + 40
        getw    INTERRUPT
        lines
        offer   0, 5, 1
        offer   0, 6, 0
        open    0, 7
        notify  0
        used    0, 7
        getw    USED + 44
        getw    USED + 52
        offer   0, 7, 4                 # 2000 bytes
        offer   0, 8, 1                 # 100
        open    0, 9
        notify  0
        used    0, 9
        getw    USED + 4                # differs: order
        getw    USED + 8                # differs: order
        getw    USED + 60               # differs: order
        getw    USED + 64               # differs: order
        getw    USED + 68
        getw    INTERRUPT
        getw    STATUS
        puth    AVAIL, 0
        notify  0                       # nothing there; a queue that is not
        notify  1
        pass    100
        getw    USED
        getw    INTERRUPT

        # --- much at once
        descriptor 0, 0, BUFFERS + 0x1000, 10000, WRITE, 0
        offer   0, 9, 0
        open    0, 10
        notify  0
        used    0, 10
        getw    USED + 12
        getw    USED + 16               # differs: rng-most
        putw    ACK, 1
        getw    CLAIM
        putw    CLAIM, 2

        # --- FAILED; a reset, and from the beginning
        putw    STATUS, 0x8f
        getw    STATUS
        offer   0, 10, 3
        open    0, 11
        notify  0
        used    0, 11
        getw    INTERRUPT
        putw    STATUS, 0
        getw    STATUS
        getw    INTERRUPT
        getw    SLOT + 0x44
        driver  1
        getw    STATUS
        getw    SLOT + 0x44
        offer   0, 0, 3
        open    0, 1
        notify  0
        used    0, 1
        getw    USED + 4
        getw    USED + 8
        putw    ACK, 1
        getw    CLAIM
        putw    CLAIM, 2

        # --- what is refused, as by the console
        driver  1
        descriptor 0, 0, BUFFERS, 1, NEXT | WRITE, 1
        descriptor 0, 1, BUFFERS, 1, NEXT | WRITE, 1
        try     0
        getw    STATUS
        getw    USED
        getw    INTERRUPT               # differs: needs-reset
        getw    CLAIM
        putw    ACK, 3
        putw    CLAIM, 2
        driver  1
        descriptor 0, 0, BUFFERS, 1, NEXT | WRITE, 8
        try     0
        getw    STATUS
        getw    USED
        driver  1
        offer   0, 0, 0xffff
        open    0, 1
        notify  0
        until   STATUS, 0x4f
        getw    USED
        driver  1
        open    0, 9
        notify  0
        until   STATUS, 0x4f
        getw    USED
        driver  1
        open    0, 0xffff
        notify  0
        until   STATUS, 0x4f
        getw    USED
        driver  1
        descriptor 0, 0, BUFFERS, 1, NEXT | WRITE, 1
        descriptor 0, 1, BUFFERS, 1, 0, 0
        try     0
        getw    STATUS
        getw    USED
        driver  1
        descriptor 0, 0, 0x87fffff0, 17, WRITE, 0
        try     0
        getw    STATUS                  # differs: outside-of-ram
        getw    USED                    # differs: outside-of-ram
        driver  1
        descriptor 0, 0, 0, 1, WRITE, 0
        try     0
        getw    STATUS                  # differs: outside-of-ram
        getw    USED                    # differs: outside-of-ram
        driver  1
        putw    BUFFERS, 0x55555555
        descriptor 0, 0, BUFFERS, 1, NEXT, 1
        descriptor 0, 1, BUFFERS + 1, 1, WRITE, 0
        try     0
        get     BUFFERS
        geth    BUFFERS + 2
        getw    STATUS                  # differs: wrong-side
        getw    USED                    # differs: wrong-side

        # All is well after that.
        driver  1
        descriptor 0, 3, BUFFERS, 2, WRITE, 0
        offer   0, 0, 3
        open    0, 1
        notify  0
        used    0, 1
        getw    USED + 4
        getw    USED + 8
        geth    BUFFERS + 2
        .4byte  0
