# SPDX-License-Identifier: GPL-3.0-or-later
# The disk: a virtio block device (modern virtio-mmio), one request at a time. A
# machine without one is fine: the calls then answer E_NODEV.

        .include "defs.inc"
        .globl  disk_init, sys_disksize, sys_diskread, sys_diskwrite, disk_interrupt
        .globl  disk_forget

# Registers of a slot (virtio 1.1, 4.2.2)
.equ MAGIC,             0x000
.equ VERSION,           0x004
.equ DEVICE_ID,         0x008
.equ DRIVER_FEATURES,   0x020
.equ DRIVER_FEATURES_SEL, 0x024
.equ QUEUE_SEL,         0x030
.equ QUEUE_NUM_MAX,     0x034
.equ QUEUE_NUM,         0x038
.equ QUEUE_READY,       0x044
.equ QUEUE_NOTIFY,      0x050
.equ INTERRUPT_STATUS,  0x060
.equ INTERRUPT_ACK,     0x064
.equ STATUS,            0x070
.equ QUEUE_DESC,        0x080           # low and high word
.equ QUEUE_DRIVER,      0x090
.equ QUEUE_DEVICE,      0x0a0
.equ CAPACITY,          0x100           # of the block device, in sectors

.equ MAGIC_VALUE,       0x74726976      # "virt"
.equ MODERN,            2
.equ BLOCK_DEVICE,      2
.equ FEATURE_VERSION_1, 1 << 0          # bit 32, in the second word of features
.equ ACKNOWLEDGE,       1               # bits of STATUS
.equ DRIVER,            2
.equ DRIVER_OK,         4
.equ FEATURES_OK,       8

.equ F_NEXT,            1
.equ F_WRITE,           2               # the device writes it

.equ QUEUE_LENGTH,      4               # three descriptors make a request
.equ AVAIL_INDEX,       2
.equ AVAIL_RING,        4
.equ USED_INDEX,        2

.equ TYPE_READ,         0               # request header: type (8 bytes), sector (8)
.equ TYPE_WRITE,        1

# disk_state. The answer of a finished request stays until its owner calls again.
.equ IDLE,              0
.equ BUSY,              1
.equ DONE,              2

.macro place register, area            # tells slot s0 an address; clobbers t1
        la      t1, \area
        sw      t1, \register(s0)
        srli    t1, t1, 32
        sw      t1, \register+4(s0)
.endm

        .text
disk_init:
        enter
        load    t0, pv_on
        bnez    t0, 5f
        li      s0, VIRTIO              # s0: slot
        li      s1, 0                   # s1: its number
1:      lw      t0, MAGIC(s0)
        bnei    t0, MAGIC_VALUE, 2f
        lw      t0, VERSION(s0)
        bnei    t0, MODERN, 2f
        lw      t0, DEVICE_ID(s0)
        beqi    t0, BLOCK_DEVICE, 3f
2:      li      t0, VIRTIO_STRIDE
        add     s0, s0, t0
        addi    s1, s1, 1
        bltui   s1, VIRTIO_SLOTS, 1b
        leave                           # no disk

3:      sw      zero, STATUS(s0)        # reset
        li      t0, ACKNOWLEDGE
        sw      t0, STATUS(s0)
        ori     t0, t0, DRIVER
        sw      t0, STATUS(s0)
        sw      zero, DRIVER_FEATURES_SEL(s0)
        sw      zero, DRIVER_FEATURES(s0)
        li      t1, 1
        sw      t1, DRIVER_FEATURES_SEL(s0)
        li      t1, FEATURE_VERSION_1
        sw      t1, DRIVER_FEATURES(s0)
        ori     t0, t0, FEATURES_OK
        sw      t0, STATUS(s0)
        lw      t1, STATUS(s0)
        bne     t0, t1, 4f              # it will not have us
        sw      zero, QUEUE_SEL(s0)
        lw      t1, QUEUE_NUM_MAX(s0)
        bltui   t1, QUEUE_LENGTH, 4f
        li      t2, QUEUE_LENGTH
        sw      t2, QUEUE_NUM(s0)
        place   QUEUE_DESC, descriptors
        place   QUEUE_DRIVER, avail
        place   QUEUE_DEVICE, used
        li      t1, 1
        sw      t1, QUEUE_READY(s0)
        ori     t0, t0, DRIVER_OK
        sw      t0, STATUS(s0)

        lwu     t0, CAPACITY(s0)
        lwu     t1, CAPACITY+4(s0)
        slli    t1, t1, 32
        or      t0, t0, t1
        store   t0, capacity, t1
        store   s0, disk, t1
        addi    a0, s1, 1
        call    plic_enable
4:      leave

5:      la      a1, descriptors         # the monitor does all that
        la      a2, avail
        la      a3, used
        li      a4, QUEUE_LENGTH
        call    pv_disk_init
        bnez    a0, 4b
        store   a1, capacity, t1
        li      t0, 1
        store   t0, disk, t1            # there is one
        leave

sys_disksize:                           # () -> sectors
        load    t0, disk
        li      a0, E_NODEV
        beqz    t0, 1f
        load    a0, capacity
1:      ret

sys_diskread:                           # (sector number, buffer of SECTOR bytes)
        li      a2, TYPE_READ
        j       request

sys_diskwrite:                          # (sector number, buffer of SECTOR bytes)
        li      a2, TYPE_WRITE

# The first time that a process comes here its request is sent off; the next time,
# woken by disk_interrupt, it takes the answer. in: a0 = sector number,
# a1 = user address, a2 = type
request:
        enter
        mv      s0, a0
        mv      s1, a1
        mv      s2, a2
        load    s3, disk
        li      a0, E_NODEV
        beqz    s3, 6f
        la      s4, disk_state
        ld      t0, 0(s4)
        beqz    t0, 2f
        load    t1, owner
        bne     t1, tp, 1f
        beqi    t0, DONE, 4f
1:      mv      a0, s4                  # wait, for its end or for our turn
        j       block

2:      load    t0, capacity            # IDLE
        li      a0, E_INVAL
        bgeu    s0, t0, 6f
        beqz    s2, 3f                  # TYPE_READ
        la      a0, sector
        mv      a1, s1
        li      a2, SECTOR
        call    copy_in
        bnez    a0, 6f
3:      call    submit
        li      t0, BUSY
        sd      t0, 0(s4)
        store   tp, owner, t0
        j       1b

4:      sd      zero, 0(s4)             # DONE; now IDLE
        mv      a0, s4
        call    wakeup
        la      t0, answer
        lbu     t0, 0(t0)
        li      a0, E_IO
        bnez    t0, 6f
        bnez    s2, 5f                  # TYPE_WRITE
        mv      a0, s1
        la      a1, sector
        li      a2, SECTOR
        call    copy_out
        leave
5:      li      a0, 0
6:      leave

# Hands a request to the device. in: s0 = sector number, s2 = type, s3 = slot
submit: la      t0, header
        sd      s2, 0(t0)
        sd      s0, 8(t0)
        li      t0, F_NEXT              # what the device may do with the sector
        bnez    s2, 1f                  # TYPE_WRITE
        li      t0, F_NEXT | F_WRITE
1:      la      t1, sector_flags
        sh      t0, 0(t1)
        la      t0, avail               # every place of its ring says descriptor 0
        lhu     t1, AVAIL_INDEX(t0)
        addi    t1, t1, 1
        fence   w, w                    # the request before its announcement
        sh      t1, AVAIL_INDEX(t0)
        fence   w, o
        load    t0, pv_on
        bnez    t0, pv_disk_kick
        sw      zero, QUEUE_NOTIFY(s3)
        ret

disk_interrupt:
        enter
        load    t0, pv_on
        bnez    t0, 3f
        load    t0, disk
        lw      t1, INTERRUPT_STATUS(t0)
        sw      t1, INTERRUPT_ACK(t0)
3:      la      t0, avail               # as many answers as requests?
        lhu     t1, AVAIL_INDEX(t0)
        la      t0, used
        lhu     t0, USED_INDEX(t0)
        bne     t0, t1, 2f
        fence   r, r                    # the answer behind its announcement
        li      t0, DONE
        load    t1, owner
        bnez    t1, 1f
        li      t0, IDLE                # its owner is dead
1:      la      a0, disk_state
        sd      t0, 0(a0)
        call    wakeup
2:      leave

# A process ends; the answer that it may wait for is nobody's. in: s0 = process
disk_forget:
        la      t0, owner
        ld      t1, 0(t0)
        bne     t1, s0, 1f
        sd      zero, 0(t0)
        la      a0, disk_state
        ld      t1, 0(a0)
        bnei    t1, DONE, 1f
        sd      zero, 0(a0)             # IDLE
        j       wakeup
1:      ret

# The request: header, sector, answer. A descriptor is an address (8 bytes), a length
# (4), flags (2) and the number of the next one (2).
        .data
        .balign 16
descriptors:
        .dword  header
        .word   16
        .half   F_NEXT, 1
        .dword  sector
        .word   SECTOR
sector_flags:
        .half   0, 2
        .dword  answer
        .word   1
        .half   F_WRITE, 0
        .zero   16                      # the fourth is not used

        .bss
        .balign 8
avail:  .zero   AVAIL_RING + 2 * QUEUE_LENGTH + 2
        .balign 4
used:   .zero   4 + 8 * QUEUE_LENGTH + 2
        .balign 8
header: .zero   16
sector: .zero   SECTOR
answer: .zero   8
disk:   .zero   8                       # its slot, or 0
capacity:
        .zero   8
disk_state:
        .zero   8
owner:  .zero   8                       # whose request it is
