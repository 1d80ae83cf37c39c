/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The board: the physical map, its devices, and the events that they wait for. The real machine has one, and each
 * virtual machine has one of its own. Everything is in the struct, by value; freestanding; no allocation.
 *
 *   0x0000_1000  reset ROM (RAM-like, read-only)     0x0c00_0000  PLIC       source 10    UART
 *   0x0010_0000  test finisher                       0x1000_0000  UART       source 1-8   virtio slots
 *   0x0200_0000  CLINT                               0x1000_1000  eight virtio-mmio slots, 0x1000 apart
 *   0x8000_0000  RAM
 */
#ifndef ISA_BUS_H
#define ISA_BUS_H

#include <stdbool.h>
#include <stdint.h>

#include "clock.h"
#include "ram.h"

#define BUS_ROM_BASE UINT64_C(0x1000)
#define BUS_ROM_SIZE 128 /* bytes: the reset code and what it points to; read by fetches and loads */
#define BUS_FINISHER UINT64_C(0x100000)
#define BUS_CLINT UINT64_C(0x2000000)
#define BUS_CLINT_SIZE UINT64_C(0x10000)
#define BUS_PLIC UINT64_C(0xc000000)
#define BUS_PLIC_SIZE UINT64_C(0x600000)
#define BUS_UART UINT64_C(0x10000000)
#define BUS_VIRTIO UINT64_C(0x10001000)
#define BUS_VIRTIO_SLOTS 8
#define BUS_DEVICE_PAGE UINT64_C(0x1000) /* size of finisher, UART and each virtio slot */

#define BUS_IRQ_UART 10
#define BUS_IRQ_VIRTIO 1 /* the first of eight */
#define BUS_IRQS 32      /* PLIC sources 1..31 */

/* What the outside gives to a board. Each function gets `context`. */
struct bus_host {
    void *context;
    void (*console_put)(void *context, uint8_t byte);
    /* The next byte of input: 0..255; BUS_NO_INPUT if none is there now; BUS_END_OF_INPUT if none will ever come. */
    int (*console_get)(void *context);
    /* Reads or writes whole 512-byte sectors of drive `drive` from or to the board's RAM at physical address pa (already
     * checked to be RAM). Returns false on an I/O error. Writing RAM counts as DMA: the host side tells the engine. */
    bool (*disk_transfer)(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa);
    bool (*disk_flush)(void *context, unsigned drive);
    /* n bytes of RAM at pa are about to be written by a device (rings, status bytes, data). */
    void (*dma_write)(void *context, uint64_t pa, uint64_t n);
    /* Images and device tree into RAM again, as before the first instruction, all of it told to dma_write; the rest of RAM stays.
     * NULL, or false: there is no reset, a guest that asks for one ends its run. */
    bool (*reload)(void *context);
};
#define BUS_NO_INPUT (-1)
#define BUS_END_OF_INPUT (-2)

/* --- events ------------------------------------------------------------------------------------------------------ */

enum bus_event_device { EVENT_UART_RX, EVENT_UART_TIMEOUT, EVENT_VIRTIO, EVENT_VIRTIO_RX }; /* in the order in which equal times are served */

struct bus_event {
    uint64_t due;      /* V */
    uint32_t device;   /* enum bus_event_device */
    uint32_t sequence; /* of equal due and device, the one scheduled first comes first */
    uint64_t argument; /* EVENT_VIRTIO: slot << 24 | queue << 16 | index of the chain's head; EVENT_VIRTIO_RX: slot << 24 */
};

#define VIRTIO_IN_FLIGHT 8 /* requests of a device that are being worked on; the others wait in the ring */
#define BUS_EVENTS (2 + BUS_VIRTIO_SLOTS * (VIRTIO_IN_FLIGHT + 1)) /* all that there can be: it never overflows */
struct bus_events {
    struct bus_event event[BUS_EVENTS]; /* unordered; the first `count` are in use */
    uint32_t count, next_sequence;
};

/* --- devices: registers as the manuals of the parts name them; each file in device/ states its section ------------- */

struct clint {
    uint64_t mtimecmp;
    bool msip;
};

struct plic {
    uint32_t priority[BUS_IRQS];
    uint32_t pending, claimed;        /* one bit a source */
    uint32_t enable[2], threshold[2]; /* context 0 M, 1 S */
};

#define UART_FIFO 16
struct uart {
    uint8_t ier, lcr, mcr, scr, dll, dlm, fcr;
    uint8_t rx[UART_FIFO], rx_head, rx_count;
    bool overrun;
    bool thre_pending; /* the "transmitter empty" interrupt has not been seen yet */
    bool timed_out;    /* bytes lie in the FIFO, and none has come or gone for a while */
    bool touched;      /* software has used the UART: input may come */
    bool expecting;    /* an EVENT_UART_RX is scheduled */
    bool line_held;    /* line_byte came from outside and was not read yet */
    uint8_t line_byte;
    bool input_ended;
};

#define VIRTQ_MAX 128
struct virtq {
    uint32_t size; /* entries */
    bool ready;
    uint64_t desc, avail, used;      /* physical addresses of the three rings */
    uint16_t last_avail, used_index; /* how far the device is in two of them */
};
enum virtio_kind { VIRTIO_NONE, VIRTIO_BLOCK, VIRTIO_RNG, VIRTIO_CONSOLE };
#define VIRTIO_QUEUES 2 /* of the kind that has the most */
struct virtio {
    enum virtio_kind kind;
    bool readonly;    /* block */
    uint64_t sectors; /* block: capacity, 512 bytes each */
    uint64_t random;  /* rng: state of the generator */
    bool expecting;   /* console: an EVENT_VIRTIO_RX is scheduled */
    uint32_t status, interrupt_status, device_features_sel, driver_features_sel, queue_sel;
    uint64_t driver_features;
    struct virtq queue[VIRTIO_QUEUES];
    uint32_t in_flight; /* requests, and as many EVENT_VIRTIO */
    bool backlog;       /* chains were left in the ring because in_flight was at its limit */
};

/* --- the board --------------------------------------------------------------------------------------------------- */

enum bus_stop { BUS_RUNNING, BUS_STOP_FINISHER, BUS_STOP_HTIF, BUS_STOP_RESET };

struct bus {
    struct ram ram;
    struct clock *clock; /* the owner's; the bus reads it, and sets time_offset for writes to mtime */
    const struct bus_host *host;
    uint8_t rom[BUS_ROM_SIZE];
    struct clint clint;
    struct plic plic;
    struct uart uart;
    struct virtio virtio[BUS_VIRTIO_SLOTS];
    struct bus_events events;
    uint64_t htif_tohost;   /* physical address, 0 if the image has none; 8 bytes, in RAM */
    uint64_t htif_fromhost; /* likewise */
    enum bus_stop stop;     /* once it is not BUS_RUNNING the run ends, with the store not completed; or a reset is due */
    uint64_t stop_code;     /* the guest's status: 0 for pass */
    /* May a device write n bytes of RAM at pa? If not, it takes the address for none of RAM. NULL, as at first: always. With
     * the host's context. */
    bool (*dma_allowed)(void *context, uint64_t pa, uint64_t n);
    uint64_t input_gap;     /* G of the rules: V between reading a byte and the next being offered */
};

#define BUS_INPUT_GAP 1000             /* G, unless the owner sets another one */
#define BUS_INPUT_POLL UINT64_C(65536) /* where there is no input now, it is looked for at multiples of this V */

/* Everything to its reset state. ram, clock, host are borrowed for the life of the bus. All of host's functions are there.
 * The rules of input: the first byte is offered G after software first touches the UART, and each other G after the
 * one before it was read. */
void bus_init(struct bus *bus, struct ram ram, struct clock *clock, const struct bus_host *host);

/* The reset line: the devices are as at first, what they were about to do is forgotten, and mtime is 0. What has come from
 * outside and was not read is offered again. ROM and RAM stay. */
void bus_reset(struct bus *bus);

/* Gives slot 0..7 a drive (its number for bus_host is the slot). Before the guest runs. */
void bus_add_disk(struct bus *bus, unsigned slot, uint64_t sectors, bool readonly);

/* Gives a slot an entropy device, whose bytes follow from the seed alone; a console. Before the guest runs. A console takes
 * the input over from the UART once its driver has made a buffer for it available. */
void bus_add_rng(struct bus *bus, unsigned slot, uint64_t seed);
void bus_add_console(struct bus *bus, unsigned slot);

/* Loads and stores of `size` 1, 2, 4 or 8 bytes, naturally aligned, outside of RAM (RAM is the caller's business). False:
 * access fault (nothing there, or a size or alignment that the device does not take). The clock must be settled before.
 * A store may set bus->stop. */
bool bus_load(struct bus *bus, uint64_t pa, unsigned size, uint64_t *value);
bool bus_store(struct bus *bus, uint64_t pa, unsigned size, uint64_t value);

/* Is there a device register (or the ROM) here, so that a fault is a device access? The answer of bus_load() differs
 * only for bad sizes and alignments. Places in a device's window where it has no register read as 0 and ignore stores. */
bool bus_has_device(const struct bus *bus, uint64_t pa);

/* The window of the i-th device; false: there are no more. Its name is that of the row for accesses to it. */
bool bus_window(unsigned i, uint64_t *base, uint64_t *size);

/* The row of cost.def for an access to this device address: enum cost_row, see cost.h; COST_mem for the ROM. */
unsigned bus_cost_row(uint64_t pa);

/* n bytes of RAM at pa that a device is to write; NULL if it cannot. */
static inline uint8_t *bus_dma_place(const struct bus *bus, uint64_t pa, uint64_t n)
{
    return bus->dma_allowed && !bus->dma_allowed(bus->host->context, pa, n) ? 0 : ram_at(&bus->ram, pa, n);
}

/* To be called after every store that touches the page of htif_tohost in RAM: looks at the word and acts on it. */
static inline bool bus_is_htif(const struct bus *bus, uint64_t pa, unsigned size)
{
    return bus->htif_tohost && pa + size > bus->htif_tohost && pa < bus->htif_tohost + 8;
}
void bus_htif(struct bus *bus);

/* Performs the events due at or before clock->now, in the order (due, device, sequence). */
void bus_advance(struct bus *bus);

/* The first V after now at which an event is due or MTIP will change; UINT64_MAX if never. */
uint64_t bus_next_due(const struct bus *bus);

/* mip lines that the board drives now: MSIP MTIP SEIP MEIP (STIP is csr_stip()'s). */
uint64_t bus_lines(const struct bus *bus);

#endif
