/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Devices of a paravirtual kernel: what its driver would do with the registers of the virtual board, done for it. So time and
 * the rules of input are those of the board. See pv.h.
 */
#include "isa/device/device.h"
#include "vmm/memory/direct.h"
#include "vmm/technique/pv/pv.h"

enum { UART_DATA = 0, UART_IER = 1, UART_LCR = 3, UART_MCR = 4, UART_LSR = 5 };
enum { IER_RX = 1, LCR_8N1 = 3, MCR_OUT2 = 8, LSR_READY = 1 };
enum { PLIC_ENABLE_S = 0x2080, PLIC_THRESHOLD_S = 0x201000, PLIC_CLAIM_S = 0x201004 };
enum {
    BLK_FEATURES = 0x020,
    BLK_FEATURES_SEL = 0x024,
    BLK_QUEUE_SEL = 0x030,
    BLK_QUEUE_NUM = 0x038,
    BLK_QUEUE_READY = 0x044,
    BLK_NOTIFY = 0x050,
    BLK_INTERRUPT = 0x060,
    BLK_ACK = 0x064,
    BLK_STATUS = 0x070,
    BLK_QUEUE_DESC = 0x080,
    BLK_QUEUE_DRIVER = 0x090,
    BLK_QUEUE_DEVICE = 0x0a0,
};
enum { BLK_ACKNOWLEDGE = 1, BLK_DRIVER = 2, BLK_DRIVER_OK = 4, BLK_FEATURES_OK = 8, BLK_NEEDS_RESET = 64 };

/* --- registers -------------------------------------------------------------------------------------------------------------- */

/* It costs what finding it costs; a real device is paid for where the monitor reaches for it. */
static void touched(struct vm *vm)
{
    hw_charge(vm->hw, COST_table_lookup, 1);
    vm->counters.device_accesses++;
    vm->attention = 0;
}

static void store(struct vm *vm, uint64_t pa, unsigned size, uint64_t value)
{
    bus_store(&vm->bus, pa, size, value);
    touched(vm);
}

static uint64_t load(struct vm *vm, uint64_t pa, unsigned size)
{
    uint64_t value = 0;
    bus_load(&vm->bus, pa, size, &value);
    touched(vm);
    return value;
}

static uint64_t slot_base(unsigned slot)
{
    return BUS_VIRTIO + slot * BUS_DEVICE_PAGE;
}

void pv_open_devices(struct vm *vm)
{
    uint64_t sources = UINT64_C(1) << BUS_IRQ_UART;
    for (unsigned slot = 0; slot < BUS_VIRTIO_SLOTS; slot++) {
        if (vm->bus.virtio[slot].kind == VIRTIO_NONE)
            continue;
        store(vm, slot_base(slot) + BLK_STATUS, 4, 0);
        store(vm, BUS_PLIC + 4 * (BUS_IRQ_VIRTIO + slot), 4, 1);
        sources |= UINT64_C(1) << (BUS_IRQ_VIRTIO + slot);
    }
    store(vm, BUS_PLIC + 4 * BUS_IRQ_UART, 4, 1);
    store(vm, BUS_PLIC + PLIC_ENABLE_S, 4, sources);
    store(vm, BUS_PLIC + PLIC_THRESHOLD_S, 4, 0);
    store(vm, BUS_UART + UART_LCR, 1, LCR_8N1);
    store(vm, BUS_UART + UART_MCR, 1, MCR_OUT2);
    store(vm, BUS_UART + UART_IER, 1, IER_RX);
}

/* --- events ----------------------------------------------------------------------------------------------------------------- */

struct pv_result pv_events(struct vm *vm, const uint64_t *args)
{
    uint64_t events = 0, source;
    (void)args;
    while ((source = load(vm, BUS_PLIC + PLIC_CLAIM_S, 4)) != 0) {
        if (source == BUS_IRQ_UART) {
            events |= PV_EVENT_CONSOLE;
        } else if (source - BUS_IRQ_VIRTIO < BUS_VIRTIO_SLOTS) {
            uint64_t base = slot_base((unsigned)source - BUS_IRQ_VIRTIO);
            store(vm, base + BLK_ACK, 4, load(vm, base + BLK_INTERRUPT, 4));
            events |= PV_EVENT_DISK;
        }
        store(vm, BUS_PLIC + PLIC_CLAIM_S, 4, source);
    }
    return PV_RESULT(PV_ok, events);
}

/* --- console ---------------------------------------------------------------------------------------------------------------- */

struct pv_result pv_console_write(struct vm *vm, const uint64_t *args)
{
    uint64_t n = args[1];
    const uint8_t *bytes = ram_at(&vm->bus.ram, args[0], n);
    if (n > PV_MOST_BYTES)
        return PV_RESULT(PV_invalid_param, 0);
    if (!bytes)
        return PV_RESULT(PV_invalid_address, 0);
    hw_charge(vm->hw, COST_guest_word, (n + 7) / 8);
    for (uint64_t i = 0; i < n; i++)
        store(vm, BUS_UART + UART_DATA, 1, bytes[i]);
    return PV_RESULT(PV_ok, n);
}

struct pv_result pv_console_read(struct vm *vm, const uint64_t *args)
{
    uint64_t n = 0;
    if (args[1] > PV_MOST_BYTES)
        return PV_RESULT(PV_invalid_param, 0);
    uint8_t *bytes = direct_writable(vm, args[0], args[1]);
    if (!bytes)
        return PV_RESULT(ram_at(&vm->bus.ram, args[0], args[1]) ? PV_denied : PV_invalid_address, 0);
    while (n < args[1] && (load(vm, BUS_UART + UART_LSR, 1) & LSR_READY))
        bytes[n++] = (uint8_t)load(vm, BUS_UART + UART_DATA, 1);
    if (n)
        hw_wrote(vm->hw, vm_hpa(vm, args[0]), n, false);
    hw_charge(vm->hw, COST_guest_word, (n + 7) / 8);
    return PV_RESULT(PV_ok, n);
}

/* --- disks ------------------------------------------------------------------------------------------------------------------ */

/* The slot of the n-th disk; BUS_VIRTIO_SLOTS: there is none. */
static unsigned disk_slot(const struct vm *vm, uint64_t n)
{
    unsigned slot = 0;
    while (slot < BUS_VIRTIO_SLOTS && !(vm->bus.virtio[slot].kind == VIRTIO_BLOCK && n-- == 0))
        slot++;
    return slot;
}

static void store_address(struct vm *vm, uint64_t pa, uint64_t address)
{
    store(vm, pa, 4, address & UINT32_MAX);
    store(vm, pa + 4, 4, address >> 32);
}

/* As virtio 1.1, 3.1.1 wants it. Where the rings lie is checked by the device, each time that it looks. */
struct pv_result pv_block_ring(struct vm *vm, const uint64_t *args)
{
    unsigned slot = disk_slot(vm, args[0]);
    uint64_t base = slot_base(slot), status = BLK_ACKNOWLEDGE | BLK_DRIVER, length = args[4];
    if (slot == BUS_VIRTIO_SLOTS)
        return PV_RESULT(PV_failed, 0);
    if (length == 0 || length > VIRTQ_MAX || (length & (length - 1)))
        return PV_RESULT(PV_invalid_param, 0);
    store(vm, base + BLK_STATUS, 4, 0);
    store(vm, base + BLK_STATUS, 4, status);
    store(vm, base + BLK_FEATURES_SEL, 4, 1);
    store(vm, base + BLK_FEATURES, 4, 1); /* bit 32: VERSION_1 */
    store(vm, base + BLK_STATUS, 4, status |= BLK_FEATURES_OK);
    store(vm, base + BLK_QUEUE_SEL, 4, 0);
    store(vm, base + BLK_QUEUE_NUM, 4, length);
    store_address(vm, base + BLK_QUEUE_DESC, args[1]);
    store_address(vm, base + BLK_QUEUE_DRIVER, args[2]);
    store_address(vm, base + BLK_QUEUE_DEVICE, args[3]);
    store(vm, base + BLK_QUEUE_READY, 4, 1);
    store(vm, base + BLK_STATUS, 4, status | BLK_DRIVER_OK);
    return PV_RESULT(PV_ok, vm->bus.virtio[slot].sectors);
}

struct pv_result pv_block_kick(struct vm *vm, const uint64_t *args)
{
    unsigned slot = disk_slot(vm, args[0]);
    if (slot == BUS_VIRTIO_SLOTS)
        return PV_RESULT(PV_failed, 0);
    store(vm, slot_base(slot) + BLK_NOTIFY, 4, 0);
    return PV_RESULT(vm->bus.virtio[slot].status & BLK_NEEDS_RESET ? PV_failed : PV_ok, 0);
}

/* --- the end ---------------------------------------------------------------------------------------------------------------- */

struct pv_result pv_halt(struct vm *vm, const uint64_t *args)
{
    uint64_t value = args[0] ? 0x3333 | (args[0] & 0xffff) << 16 : 0x5555;
    store(vm, BUS_FINISHER, 4, value);
    return PV_RESULT(PV_ok, 0);
}

struct pv_result pv_reset(struct vm *vm, const uint64_t *args)
{
    (void)args;
    store(vm, BUS_FINISHER, 4, 0x7777);
    return PV_RESULT(PV_ok, 0);
}
