/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Eight slots of virtio-mmio, each empty or with a block device (virtio 1.1, 4.2 and 5.2): registers, and when requests
 * are served. What a request does is in virtio_request.c.
 *
 * Time: a notification takes the chains that are available, and each is due L later, L by its type and length alone.
 * When it is due everything happens at one instant: its descriptors are read, data is moved, the status byte and the used
 * ring are written, the line is raised.
 *
 * What the driver can get wrong so far that there is nobody to answer (rings outside of RAM, chains without an end) sets
 * DEVICE_NEEDS_RESET, after which the device does nothing until it is reset.
 */
#include "device.h"
#include "virtio_request.h"
#include "virtq.h"

enum {
    MAGIC_VALUE = 0x000,
    VERSION = 0x004,
    DEVICE_ID = 0x008,
    VENDOR_ID = 0x00c,
    DEVICE_FEATURES = 0x010,
    DEVICE_FEATURES_SEL = 0x014,
    DRIVER_FEATURES = 0x020,
    DRIVER_FEATURES_SEL = 0x024,
    QUEUE_SEL = 0x030,
    QUEUE_NUM_MAX = 0x034,
    QUEUE_NUM = 0x038,
    QUEUE_READY = 0x044,
    QUEUE_NOTIFY = 0x050,
    INTERRUPT_STATUS = 0x060,
    INTERRUPT_ACK = 0x064,
    STATUS = 0x070,
    QUEUE_DESC = 0x080,
    QUEUE_DRIVER = 0x090,
    QUEUE_DEVICE = 0x0a0, /* each a low and a high word */
    SHM_LEN = 0x0b0,
    CONFIG_GENERATION = 0x0fc,
    CONFIG = 0x100,
};
#define VIRTIO_MAGIC 0x74726976  /* "virt" */
#define VIRTIO_VENDOR 0x554d4551 /* "QEMU", as on its board */
enum { MODERN = 2, BLOCK_DEVICE = 2 };

enum { STATUS_DRIVER_OK = 0x04, STATUS_FEATURES_OK = 0x08, STATUS_NEEDS_RESET = 0x40, STATUS_MASK = 0xff };
enum { INTERRUPT_USED = 1, INTERRUPT_CONFIG = 2 };

#define F_SEG_MAX (UINT64_C(1) << 2)
#define F_RO (UINT64_C(1) << 5)
#define F_BLK_SIZE (UINT64_C(1) << 6)
#define F_FLUSH (UINT64_C(1) << 9)
#define F_VERSION_1 (UINT64_C(1) << 32) /* offered; a driver that does not take it is served all the same */

enum { CONFIG_CAPACITY = 0, CONFIG_SEG_MAX = 12, CONFIG_BLK_SIZE = 20, CONFIG_SIZE = 24 };

static uint64_t features(const struct virtio_blk *v)
{
    if (!v->present)
        return 0;
    return F_VERSION_1 | F_FLUSH | F_BLK_SIZE | F_SEG_MAX | (v->readonly ? F_RO : 0);
}

/* --- interrupts and requests ----------------------------------------------------------------------------------------- */

static void interrupt(struct bus *bus, unsigned slot, uint32_t reason)
{
    bus->virtio[slot].interrupt_status |= reason;
    plic_raise(bus, BUS_IRQ_VIRTIO + slot);
}

static void needs_reset(struct bus *bus, unsigned slot)
{
    struct virtio_blk *v = &bus->virtio[slot];
    v->status |= STATUS_NEEDS_RESET;
    v->in_flight = 0;
    bus_cancel_virtio(bus, slot);
    interrupt(bus, slot, INTERRUPT_CONFIG);
}

static bool working(const struct virtio_blk *v)
{
    return v->present && v->queue.ready && (v->status & STATUS_DRIVER_OK) && !(v->status & STATUS_NEEDS_RESET);
}

/* Takes what the driver has made available, as far as there is room. */
static void take_requests(struct bus *bus, unsigned slot)
{
    struct virtio_blk *v = &bus->virtio[slot];
    uint16_t head;
    int more = 0;
    while (v->in_flight < VIRTIO_IN_FLIGHT && (more = virtq_next(&bus->ram, &v->queue, &head)) > 0) {
        uint64_t due = bus->clock->now + virtio_request_time(bus, slot, head);
        bus_schedule(bus, due, EVENT_VIRTIO, (uint64_t)slot << 16 | head);
        v->in_flight++;
    }
    v->backlog = v->in_flight == VIRTIO_IN_FLIGHT;
    if (more < 0)
        needs_reset(bus, slot);
}

void virtio_blk_serve(struct bus *bus, uint64_t argument)
{
    unsigned slot = (unsigned)(argument >> 16);
    uint16_t head = (uint16_t)argument;
    struct virtio_blk *v = &bus->virtio[slot];
    uint32_t written;
    v->in_flight--;
    if (!virtio_request_serve(bus, slot, head, &written) || !virtq_push(bus, &v->queue, head, written)) {
        needs_reset(bus, slot);
        return;
    }
    if (virtq_wants_interrupt(&bus->ram, &v->queue))
        interrupt(bus, slot, INTERRUPT_USED);
    if (v->backlog)
        take_requests(bus, slot);
}

/* --- registers ------------------------------------------------------------------------------------------------------- */

static void virtio_blk_reset_slot(struct bus *bus, unsigned slot)
{
    struct virtio_blk *v = &bus->virtio[slot];
    *v = (struct virtio_blk){.present = v->present, .readonly = v->readonly, .sectors = v->sectors};
    bus_cancel_virtio(bus, slot);
}

static void virtio_blk_reset(struct bus *bus)
{
    for (unsigned slot = 0; slot < BUS_VIRTIO_SLOTS; slot++)
        virtio_blk_reset_slot(bus, slot);
}

static uint64_t read_config(const struct virtio_blk *v, uint64_t offset, unsigned size)
{
    uint8_t config[CONFIG_SIZE] = {0};
    if (!v->present || offset + size > CONFIG_SIZE)
        return 0;
    bytes_put(config + CONFIG_CAPACITY, 8, v->sectors);
    bytes_put(config + CONFIG_SEG_MAX, 4, VIRTQ_MAX - 2);
    bytes_put(config + CONFIG_BLK_SIZE, 4, VIRTIO_SECTOR);
    return bytes_get(config + offset, size);
}

static uint32_t half(uint64_t word, uint32_t select)
{
    return select == 0 ? (uint32_t)word : select == 1 ? (uint32_t)(word >> 32) : 0;
}

static uint32_t read_register(const struct virtio_blk *v, uint64_t offset)
{
    switch (offset) {
    case MAGIC_VALUE:
        return VIRTIO_MAGIC;
    case VERSION:
        return MODERN;
    case DEVICE_ID:
        return v->present ? BLOCK_DEVICE : 0;
    case VENDOR_ID:
        return VIRTIO_VENDOR;
    case DEVICE_FEATURES:
        return half(features(v), v->device_features_sel);
    case QUEUE_NUM_MAX:
        return v->present && v->queue_sel == 0 ? VIRTQ_MAX : 0;
    case QUEUE_READY:
        return v->queue_sel == 0 && v->queue.ready;
    case INTERRUPT_STATUS:
        return v->interrupt_status;
    case STATUS:
        return v->status;
    case SHM_LEN:
    case SHM_LEN + 4:
        return UINT32_MAX; /* there is no shared memory */
    default:
        return 0; /* CONFIG_GENERATION too: the configuration never changes */
    }
}

static bool virtio_blk_load(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct virtio_blk *v = &bus->virtio[offset / BUS_DEVICE_PAGE];
    offset %= BUS_DEVICE_PAGE;
    if (offset < CONFIG && size != 4)
        return false;
    *value = offset < CONFIG ? read_register(v, offset) : read_config(v, offset - CONFIG, size);
    return true;
}

static void write_half(uint64_t *word, uint64_t offset, uint32_t value)
{
    bytes_put((uint8_t *)word + (offset & 4), 4, value);
}

static void write_status(struct bus *bus, unsigned slot, uint32_t value)
{
    struct virtio_blk *v = &bus->virtio[slot];
    if (value == 0) {
        virtio_blk_reset_slot(bus, slot);
        return;
    }
    if ((value & STATUS_FEATURES_OK) && (v->driver_features & ~features(v)))
        value &= ~(uint32_t)STATUS_FEATURES_OK;
    v->status = (value & STATUS_MASK) | (v->status & STATUS_NEEDS_RESET);
}

static void write_queue(struct bus *bus, unsigned slot, uint64_t offset, uint32_t value)
{
    struct virtq *queue = &bus->virtio[slot].queue;
    if (offset == QUEUE_READY) {
        bool size_good = queue->size && queue->size <= VIRTQ_MAX && !(queue->size & (queue->size - 1));
        queue->ready = (value & 1) && size_good;
        queue->last_avail = queue->used_index = 0;
        bus->virtio[slot].in_flight = 0;
        bus_cancel_virtio(bus, slot);
        return;
    }
    if (queue->ready)
        return;
    switch (offset) {
    case QUEUE_NUM:
        queue->size = value;
        break;
    case QUEUE_DESC:
    case QUEUE_DESC + 4:
        write_half(&queue->desc, offset, value);
        break;
    case QUEUE_DRIVER:
    case QUEUE_DRIVER + 4:
        write_half(&queue->avail, offset, value);
        break;
    case QUEUE_DEVICE:
    case QUEUE_DEVICE + 4:
        write_half(&queue->used, offset, value);
        break;
    }
}

static void write_register(struct bus *bus, unsigned slot, uint64_t offset, uint32_t value)
{
    struct virtio_blk *v = &bus->virtio[slot];
    switch (offset) {
    case DEVICE_FEATURES_SEL:
        v->device_features_sel = value;
        break;
    case DRIVER_FEATURES_SEL:
        v->driver_features_sel = value;
        break;
    case DRIVER_FEATURES:
        if (v->driver_features_sel < 2)
            write_half(&v->driver_features, 4 * v->driver_features_sel, value);
        break;
    case QUEUE_SEL:
        v->queue_sel = value;
        break;
    case QUEUE_NOTIFY:
        if (value == 0 && working(v))
            take_requests(bus, slot);
        break;
    case INTERRUPT_ACK:
        v->interrupt_status &= ~value;
        if (v->interrupt_status)
            plic_raise(bus, BUS_IRQ_VIRTIO + slot);
        break;
    case STATUS:
        write_status(bus, slot, value);
        break;
    default:
        if (v->queue_sel == 0)
            write_queue(bus, slot, offset, value);
    }
}

static bool virtio_blk_store(struct bus *bus, uint64_t offset, unsigned size, uint64_t value)
{
    unsigned slot = (unsigned)(offset / BUS_DEVICE_PAGE);
    offset %= BUS_DEVICE_PAGE;
    if (offset >= CONFIG)
        return true; /* no field of the configuration can be written */
    if (size != 4)
        return false;
    if (bus->virtio[slot].present)
        write_register(bus, slot, offset, (uint32_t)value);
    return true;
}

const struct device_ops virtio_blk_ops = {
    .base = BUS_VIRTIO,
    .size = BUS_VIRTIO_SLOTS * BUS_DEVICE_PAGE,
    .cost = COST_device_disk,
    .reset = virtio_blk_reset,
    .load = virtio_blk_load,
    .store = virtio_blk_store,
};
