# SPDX-License-Identifier: GPL-3.0-or-later
#
# The UART's registers and interrupts, in its loop: FIFOs, trigger levels, time-outs, overruns, and which interrupt comes first.
        .include "table.inc"
        get     IIR
        get     LSR
        get     MCR
        get     MSR
        get     LCR
        put     SCR, 0xa5
        get     SCR
        put     LCR, 0x83               # slow: the time-out is far away
        put     DLM, 0x40
        put     DLL, 0x12
        get     DLL
        get     DLM
        put     LCR, 3
        get     LCR
        put     IER, 0xff
        get     IER
        put     IER, 0
        # The transmitter: an event when it is allowed to interrupt, gone when it was seen.
        put     IER, 2
        get     IIR
        get     IIR
        put     IER, 0
        put     IER, 2
        put     IER, 0
        get     IIR
        put     IER, 2
        put     THR, '\n'
        get     IIR
        get     IIR
        # No FIFOs: room for one, then an overrun, which comes first; then the receiver, then the transmitter.
        put     MCR, 0x10
        get     MCR
        get     MSR
        put     MCR, 0x1f
        get     MSR
        put     IER, 7
        put     THR, 'a'
        get     LSR
        get     IIR
        put     THR, 'b'
        get     IIR
        get     LSR
        get     IIR
        get     RBR
        get     IIR
        get     IIR
        get     LSR
        # With FIFOs, and a trigger level of 14.
        put     FCR, 0xc7
        put     IER, 1
        get     IIR
        many    THR, 'c', 13
        get     LSR
        get     IIR
        put     THR, 'd'
        get     IIR
        get     RBR
        get     IIR
        get     LSR
        put     FCR, 0x81               # 8: there are more
        get     IIR
        put     FCR, 0xc1
        get     IIR
        many    THR, 'e', 3
        get     LSR
        get     IIR
        put     THR, 'f'                # the seventeenth
        put     IER, 5
        get     IIR
        get     LSR
        get     LSR
        get     IIR
        put     FCR, 0xc3               # empties the receiver
        get     LSR
        get     IIR
        # Fewer than 4 bytes, and then nothing: the time-out.
        put     FCR, 0x47
        put     LCR, 0x83
        put     DLM, 0
        put     DLL, 1
        put     LCR, 3
        put     IER, 1
        many    THR, 'g', 2
        pass    5000
        get     IIR
        get     LSR
        get     RBR
        get     IIR                     # a byte has gone: it begins anew
        pass    5000
        get     IIR
        put     IER, 0
        get     IIR
        put     IER, 1
        get     IIR
        get     RBR
        get     IIR
        pass    5000
        get     IIR
        # Without FIFOs there is none.
        put     FCR, 0
        put     THR, 'h'
        pass    5000
        get     IIR
        get     RBR
        get     IIR
        .4byte  0
