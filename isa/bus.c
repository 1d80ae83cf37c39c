/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The board: which device answers at an address, and which event comes next.
 */
#include "bus.h"

#include "csr.h"
#include "device/device.h"

static const struct device_ops *const devices[] = {&uart_ops, &virtio_ops, &plic_ops, &clint_ops, &finisher_ops};
#define DEVICES (sizeof devices / sizeof devices[0])

void bus_init(struct bus *bus, struct ram ram, struct clock *clock, const struct bus_host *host)
{
    *bus = (struct bus){.ram = ram, .clock = clock, .host = host, .input_gap = BUS_INPUT_GAP};
    for (unsigned i = 0; i < DEVICES; i++)
        devices[i]->reset(bus);
}

void bus_reset(struct bus *bus)
{
    bus->events.count = 0;
    for (unsigned i = 0; i < DEVICES; i++)
        devices[i]->reset(bus);
    bus->clock->time_offset -= clock_time(bus->clock);
    bus->stop = BUS_RUNNING;
    bus->stop_code = 0;
}

void bus_add_disk(struct bus *bus, unsigned slot, uint64_t sectors, bool readonly)
{
    bus->virtio[slot].kind = VIRTIO_BLOCK;
    bus->virtio[slot].sectors = sectors;
    bus->virtio[slot].readonly = readonly;
}

void bus_add_rng(struct bus *bus, unsigned slot, uint64_t seed)
{
    bus->virtio[slot].kind = VIRTIO_RNG;
    bus->virtio[slot].random = seed;
}

void bus_add_console(struct bus *bus, unsigned slot)
{
    bus->virtio[slot].kind = VIRTIO_CONSOLE;
}

void bus_end(struct bus *bus, enum bus_stop stop, uint64_t code)
{
    if (bus->stop != BUS_RUNNING)
        return;
    bus->stop = stop;
    bus->stop_code = code;
}

/* --- the map --------------------------------------------------------------------------------------------------------- */

static const struct device_ops *device_at(uint64_t pa)
{
    for (unsigned i = 0; i < DEVICES; i++)
        if (pa - devices[i]->base < devices[i]->size)
            return devices[i];
    return 0;
}

bool bus_window(unsigned i, uint64_t *base, uint64_t *size)
{
    if (i >= DEVICES)
        return false;
    *base = devices[i]->base;
    *size = devices[i]->size;
    return true;
}

static bool in_rom(uint64_t pa)
{
    return pa - BUS_ROM_BASE < BUS_ROM_SIZE;
}

/* A naturally aligned access lies whole in any window that its first byte is in: windows are multiples of 8 bytes. */
static bool aligned(uint64_t pa, unsigned size)
{
    return (size == 1 || size == 2 || size == 4 || size == 8) && (pa & (size - 1)) == 0;
}

bool bus_load(struct bus *bus, uint64_t pa, unsigned size, uint64_t *value)
{
    if (!aligned(pa, size))
        return false;
    if (in_rom(pa)) {
        *value = bytes_get(bus->rom + (pa - BUS_ROM_BASE), size);
        return true;
    }
    const struct device_ops *device = device_at(pa);
    return device && device->load(bus, pa - device->base, size, value);
}

bool bus_store(struct bus *bus, uint64_t pa, unsigned size, uint64_t value)
{
    if (!aligned(pa, size))
        return false;
    if (size < 8)
        value &= (UINT64_C(1) << 8 * size) - 1;
    const struct device_ops *device = device_at(pa);
    return device && device->store(bus, pa - device->base, size, value);
}

bool bus_has_device(const struct bus *bus, uint64_t pa)
{
    (void)bus;
    return in_rom(pa) || device_at(pa);
}

unsigned bus_cost_row(uint64_t pa)
{
    const struct device_ops *device = device_at(pa);
    return device ? device->cost : COST_mem;
}

/* --- events ---------------------------------------------------------------------------------------------------------- */

void bus_schedule(struct bus *bus, uint64_t due, enum bus_event_device device, uint64_t argument)
{
    struct bus_events *events = &bus->events;
    events->event[events->count++] =
        (struct bus_event){.due = due, .device = device, .sequence = events->next_sequence++, .argument = argument};
}

unsigned bus_cancel_virtio(struct bus *bus, enum bus_event_device device, unsigned slot, unsigned queue)
{
    struct bus_events *events = &bus->events;
    unsigned cancelled = 0;
    for (uint32_t i = events->count; i-- > 0;)
        if (events->event[i].device == device && events->event[i].argument >> 16 == (slot << 8 | queue)) {
            events->event[i] = events->event[--events->count];
            cancelled++;
        }
    return cancelled;
}

void bus_cancel_timeout(struct bus *bus)
{
    struct bus_events *events = &bus->events;
    for (uint32_t i = events->count; i-- > 0;)
        if (events->event[i].device == EVENT_UART_TIMEOUT)
            events->event[i] = events->event[--events->count];
}

static bool event_before(const struct bus_event *a, const struct bus_event *b)
{
    if (a->due != b->due)
        return a->due < b->due;
    if (a->device != b->device)
        return a->device < b->device;
    return (int32_t)(a->sequence - b->sequence) < 0;
}

/* The event that comes first, or NULL. */
static struct bus_event *event_first(struct bus_events *events)
{
    struct bus_event *first = 0;
    for (uint32_t i = 0; i < events->count; i++)
        if (!first || event_before(&events->event[i], first))
            first = &events->event[i];
    return first;
}

void bus_advance(struct bus *bus)
{
    struct bus_events *events = &bus->events;
    struct bus_event *first;
    while ((first = event_first(events)) && first->due <= bus->clock->now) {
        struct bus_event event = *first;
        *first = events->event[--events->count];
        if (event.device == EVENT_UART_RX)
            uart_input(bus);
        else if (event.device == EVENT_UART_TIMEOUT)
            uart_timeout(bus);
        else if (event.device == EVENT_VIRTIO)
            virtio_serve(bus, event.argument);
        else
            virtio_console_input(bus, (unsigned)(event.argument >> 24));
    }
}

uint64_t bus_next_due(const struct bus *bus)
{
    uint64_t due = UINT64_MAX;
    for (uint32_t i = 0; i < bus->events.count; i++)
        if (bus->events.event[i].due < due)
            due = bus->events.event[i].due;
    uint64_t timer = clock_when(bus->clock, bus->clint.mtimecmp);
    return timer < due ? timer : due;
}

uint64_t bus_lines(const struct bus *bus)
{
    return clint_lines(bus) | plic_lines(bus);
}
