/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Eight slots of virtio-mmio, each empty or with a device (virtio 1.1, 4.2): registers, queues, and when requests are served. What
 * a request does is in a file for each kind of device.
 *
 * Time: a notification takes the chains that are available, and each is due L later, L by its type and length alone.
 * When it is due everything happens at one instant: its descriptors are read, data is moved, the status byte and the used
 * ring are written, the line is raised.
 *
 * What the driver can get wrong so far that there is nobody to answer (rings outside of RAM, chains without an end) sets
 * DEVICE_NEEDS_RESET, after which the device does nothing until it is reset.
 */
#include "device.h"
#include "virtio.h"
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
    SHM_BASE = 0x0b8,
    CONFIG_GENERATION = 0x0fc,
    CONFIG = 0x100,
};
#define VIRTIO_MAGIC 0x74726976  /* "virt" */
#define VIRTIO_VENDOR 0x554d4551 /* "QEMU", as on its board */
enum { MODERN = 2 };

enum { STATUS_DRIVER_OK = 0x04, STATUS_FEATURES_OK = 0x08, STATUS_NEEDS_RESET = 0x40, STATUS_MASK = 0xff };
enum { INTERRUPT_USED = 1, INTERRUPT_CONFIG = 2 };

#define F_VERSION_1 (UINT64_C(1) << 32) /* offered; a driver that does not take it is served all the same */

static const struct virtio_ops *const kinds[] = {0, &virtio_block_kind, &virtio_rng_kind, &virtio_console_kind};

static uint64_t features(const struct virtio *v)
{
    return v->kind ? F_VERSION_1 | kinds[v->kind]->features(v) : 0;
}

static unsigned queues(const struct virtio *v)
{
    return v->kind ? kinds[v->kind]->queues : 0;
}

/* --- interrupts and requests ----------------------------------------------------------------------------------------- */

static void interrupt(struct bus *bus, unsigned slot, uint32_t reason)
{
    bus->virtio[slot].interrupt_status |= reason;
    plic_raise(bus, BUS_IRQ_VIRTIO + slot);
}

/* What is under way on a queue is no more: as if the driver had never asked. */
static void forget_requests(struct bus *bus, unsigned slot, unsigned queue)
{
    struct virtio *v = &bus->virtio[slot];
    v->in_flight -= bus_cancel_virtio(bus, EVENT_VIRTIO, slot, queue);
    if (bus_cancel_virtio(bus, EVENT_VIRTIO_RX, slot, queue))
        v->expecting = false;
}

void virtio_needs_reset(struct bus *bus, unsigned slot)
{
    bus->virtio[slot].status |= STATUS_NEEDS_RESET;
    for (unsigned queue = 0; queue < VIRTIO_QUEUES; queue++)
        forget_requests(bus, slot, queue);
    interrupt(bus, slot, INTERRUPT_CONFIG);
}

bool virtio_working(const struct virtio *v, unsigned queue)
{
    return queue < queues(v) && v->queue[queue].ready && (v->status & STATUS_DRIVER_OK) &&
           !(v->status & STATUS_NEEDS_RESET);
}

/* Takes what the driver has made available, as far as there is room. */
static void take_requests(struct bus *bus, unsigned slot, unsigned queue)
{
    struct virtio *v = &bus->virtio[slot];
    uint16_t head;
    int more = 0;
    while (v->in_flight < VIRTIO_IN_FLIGHT && (more = virtq_next(&bus->ram, &v->queue[queue], &head)) > 0) {
        uint64_t due = bus->clock->now + kinds[v->kind]->time(bus, slot, queue, head);
        bus_schedule(bus, due, EVENT_VIRTIO, (uint64_t)slot << 24 | (uint64_t)queue << 16 | head);
        v->in_flight++;
    }
    v->backlog = v->in_flight == VIRTIO_IN_FLIGHT;
    if (more < 0)
        virtio_needs_reset(bus, slot);
}

void virtio_done(struct bus *bus, unsigned slot, unsigned queue, uint16_t head, uint32_t written)
{
    struct virtq *q = &bus->virtio[slot].queue[queue];
    if (!virtq_push(bus, q, head, written))
        virtio_needs_reset(bus, slot);
    else if (virtq_wants_interrupt(&bus->ram, q))
        interrupt(bus, slot, INTERRUPT_USED);
}

void virtio_serve(struct bus *bus, uint64_t argument)
{
    unsigned slot = (unsigned)(argument >> 24), queue = argument >> 16 & 0xff;
    uint16_t head = (uint16_t)argument;
    struct virtio *v = &bus->virtio[slot];
    uint32_t written;
    v->in_flight--;
    if (!kinds[v->kind]->serve(bus, slot, queue, head, &written)) {
        virtio_needs_reset(bus, slot);
        return;
    }
    virtio_done(bus, slot, queue, head, written);
    if (v->backlog && virtio_working(v, queue))
        take_requests(bus, slot, queue);
}

static void notified(struct bus *bus, unsigned slot, uint32_t queue)
{
    struct virtio *v = &bus->virtio[slot];
    if (!virtio_working(v, queue))
        return;
    if (v->kind == VIRTIO_CONSOLE && queue == 0)
        virtio_console_receive(bus, slot);
    else
        take_requests(bus, slot, queue);
}

/* --- registers ------------------------------------------------------------------------------------------------------- */

static void virtio_reset_slot(struct bus *bus, unsigned slot)
{
    struct virtio *v = &bus->virtio[slot];
    for (unsigned queue = 0; queue < VIRTIO_QUEUES; queue++)
        forget_requests(bus, slot, queue);
    *v = (struct virtio){.kind = v->kind, .readonly = v->readonly, .sectors = v->sectors, .random = v->random};
}

static void virtio_reset(struct bus *bus)
{
    for (unsigned slot = 0; slot < BUS_VIRTIO_SLOTS; slot++)
        virtio_reset_slot(bus, slot);
}

static uint64_t read_config(const struct virtio *v, uint64_t offset, unsigned size)
{
    uint8_t config[VIRTIO_CONFIG_MOST] = {0};
    if (!v->kind || offset + size > VIRTIO_CONFIG_MOST)
        return 0;
    kinds[v->kind]->config(v, config);
    return bytes_get(config + offset, size);
}

static uint32_t half(uint64_t word, uint32_t select)
{
    return select == 0 ? (uint32_t)word : select == 1 ? (uint32_t)(word >> 32) : 0;
}

static uint32_t read_register(const struct virtio *v, uint64_t offset)
{
    switch (offset) {
    case MAGIC_VALUE:
        return VIRTIO_MAGIC;
    case VERSION:
        return MODERN;
    case DEVICE_ID:
        return v->kind ? kinds[v->kind]->device_id : 0;
    case VENDOR_ID:
        return VIRTIO_VENDOR;
    case DEVICE_FEATURES:
        return half(features(v), v->device_features_sel);
    case QUEUE_NUM_MAX:
        return v->queue_sel < queues(v) ? VIRTQ_MAX : 0;
    case QUEUE_READY:
        return v->queue_sel < queues(v) && v->queue[v->queue_sel].ready;
    case INTERRUPT_STATUS:
        return v->interrupt_status;
    case STATUS:
        return v->status;
    case SHM_LEN:
    case SHM_LEN + 4:
    case SHM_BASE:
    case SHM_BASE + 4:
        return UINT32_MAX; /* there is no shared memory */
    default:
        return 0; /* CONFIG_GENERATION too: the configuration never changes */
    }
}

static bool virtio_load(struct bus *bus, uint64_t offset, unsigned size, uint64_t *value)
{
    const struct virtio *v = &bus->virtio[offset / BUS_DEVICE_PAGE];
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
    struct virtio *v = &bus->virtio[slot];
    if (value == 0) {
        virtio_reset_slot(bus, slot);
        return;
    }
    if ((value & STATUS_FEATURES_OK) && (v->driver_features & ~features(v)))
        value &= ~(uint32_t)STATUS_FEATURES_OK;
    v->status = (value & STATUS_MASK) | (v->status & STATUS_NEEDS_RESET);
}

static void write_queue(struct bus *bus, unsigned slot, uint64_t offset, uint32_t value)
{
    struct virtio *v = &bus->virtio[slot];
    struct virtq *queue = &v->queue[v->queue_sel];
    if (offset == QUEUE_READY) {
        bool size_good = queue->size && queue->size <= VIRTQ_MAX && !(queue->size & (queue->size - 1));
        queue->ready = (value & 1) && size_good;
        queue->last_avail = queue->used_index = 0;
        forget_requests(bus, slot, v->queue_sel);
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
    struct virtio *v = &bus->virtio[slot];
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
        notified(bus, slot, value);
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
        if (v->queue_sel < queues(v))
            write_queue(bus, slot, offset, value);
    }
}

static bool virtio_store(struct bus *bus, uint64_t offset, unsigned size, uint64_t value)
{
    unsigned slot = (unsigned)(offset / BUS_DEVICE_PAGE);
    offset %= BUS_DEVICE_PAGE;
    if (offset >= CONFIG)
        return true; /* no field of the configuration can be written */
    if (size != 4)
        return false;
    if (bus->virtio[slot].kind)
        write_register(bus, slot, offset, (uint32_t)value);
    return true;
}

const struct device_ops virtio_ops = {
    .base = BUS_VIRTIO,
    .size = BUS_VIRTIO_SLOTS * BUS_DEVICE_PAGE,
    .cost = COST_device_disk,
    .reset = virtio_reset,
    .load = virtio_load,
    .store = virtio_store,
};
