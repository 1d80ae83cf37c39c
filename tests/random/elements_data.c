/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements: loads, stores and atomics; devices.
 */
#include "generator.h"

#include "isa/bus.h"

/* --- where ------------------------------------------------------------------------------------------------------------------ */

/* An address of data, with room around it. Not every one is mapped, in every mode. */
static uint64_t random_data_address(struct generator *g)
{
    uint64_t windows = one_in(g, 3) ? HIGH : LOW, page = PAGE_SIZE * random_page(g);
    uint64_t offset = page + (one_in(g, 4) ? below(g, PAGE_SIZE) : 8 * below(g, PAGE_SIZE / 8));
    switch (below(g, 8)) {
    case 0:
    case 1:
        return pa_of(AT_DATA) + offset;
    case 2:
        return WINDOW_VA(windows, WINDOW_MEGA) + offset;
    case 3:
        return GIGA + AT_DATA + offset;
    case 4:
        return WINDOW_VA(windows, WINDOW_SWING) + offset;
    default:
        return WINDOW_VA(windows, WINDOW_DATA) + offset;
    }
}

/* Places where nothing is, or the end of something. */
static uint64_t random_bad_address(struct generator *g)
{
    static const uint64_t addresses[] = {0,
                                         RAM_BASE - 4,
                                         RAM_BASE + PROGRAM_RAM - 3,
                                         RAM_BASE + PROGRAM_RAM,
                                         UINT64_C(1) << 38,
                                         (UINT64_C(1) << 38) - 4,
                                         ~UINT64_C(0) << 38,
                                         ~UINT64_C(0) << 40,
                                         0x3000000,
                                         LOW + (UINT64_C(30) << 21),
                                         LOW + PAGE_SIZE * DATA_PAGES - 4,
                                         BUS_ROM_BASE + 8};
    return addresses[below(g, 12)];
}

/* --- loads and stores --------------------------------------------------------------------------------------------------------- */

static void random_access(struct generator *g, unsigned pointer, int64_t least, unsigned range)
{
    static const enum insn_id loads[] = {INSN_lb, INSN_lh, INSN_lw, INSN_ld, INSN_lbu, INSN_lhu, INSN_lwu};
    static const enum insn_id stores[] = {INSN_sb, INSN_sh, INSN_sw, INSN_sd};
    int64_t offset = least + below(g, range);
    if (!one_in(g, 3))
        offset &= ~INT64_C(7);
    if (one_in(g, 2)) {
        unsigned target = random_target(g);
        if (target == pointer)
            target = 0;
        gen_i(g, loads[below(g, 7)], target, pointer, offset);
    } else {
        enum insn_id id = stores[below(g, 4)];
        gen_store(g, id, random_source(g), pointer, offset);
    }
}

/* With registers that compressed instructions can name. */
static void compressed_access(struct generator *g)
{
    unsigned pointer = 8 + below(g, 8), value = 8 + below(g, 8), sp = 2;
    if (pointer == role(g, RESUME) || pointer == role(g, COUNTER) || pointer == role(g, LINK))
        return;
    bool loadable = value != role(g, RESUME) && value != role(g, COUNTER) && value != role(g, LINK) && value != pointer;
    gen_li(g, pointer, random_data_address(g) & ~UINT64_C(0xff));
    bool wide = one_in(g, 2);
    gen_store(g, wide ? INSN_c_sd : INSN_c_sw, value, pointer, 8 * below(g, 8));
    if (loadable)
        gen_i(g, wide ? INSN_c_lw : INSN_c_ld, value, pointer, 8 * below(g, 8));
    if (sp == role(g, RESUME) || sp == role(g, COUNTER) || sp == role(g, LINK))
        return;
    gen_i(g, INSN_addi, sp, pointer, 0);
    unsigned source = random_source(g);
    gen_store(g, wide ? INSN_c_sdsp : INSN_c_swsp, source, sp, 8 * below(g, 16));
}

void element_data(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned pointer = role(g, POINTER), n = 1 + below(g, 5);
    bool bad = one_in(g, 6);
    if (one_in(g, 5)) {
        compressed_access(g);
    } else {
        gen_li(g, pointer, bad ? random_bad_address(g) : random_data_address(g));
        while (n--)
            random_access(g, pointer, bad ? 0 : -32, bad ? 8 : 64);
    }
    end_resume(g, &r);
}

/* Across the border of two pages. */
void element_straddle(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned pointer = role(g, POINTER), n = 1 + below(g, 3);
    uint64_t windows = one_in(g, 2) ? LOW : HIGH;
    gen_li(g, pointer, WINDOW_VA(windows, WINDOW_DATA) + PAGE_SIZE * (1 + below(g, DATA_PAGES - 1)));
    static const enum insn_id ids[] = {INSN_lh, INSN_lw, INSN_ld, INSN_sh, INSN_sw, INSN_sd};
    while (n--) {
        unsigned i = below(g, 6), target = random_target(g), size = 2u << i % 3;
        int64_t offset = -1 - (int64_t)below(g, size - 1);
        if (i < 3)
            gen_i(g, ids[i], target == pointer ? 0 : target, pointer, offset);
        else
            gen_store(g, ids[i], random_source(g), pointer, offset);
    }
    end_resume(g, &r);
}

/* Data in a page of code. */
void element_island(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned pointer = role(g, POINTER), n = 1 + below(g, 4);
    uint32_t island = g->island + 32;
    struct forward over = {0};
    bool own = one_in(g, 2);
    if (own) {
        over = gen_forward(g, INSN_jal, 0, 0, 0);
        island = (g->at + 32 + 7) & ~7u;
        g->at = island + 32;
        land(g, &over);
    }
    if (one_in(g, 3))
        gen_li(g, pointer, WINDOW_VA(LOW, WINDOW_WRITE) + (island - AT_BODY));
    else
        gen_near(g, pointer, island);
    while (n--)
        random_access(g, pointer, -32, own ? 57 : ISLAND - 80);
    end_resume(g, &r);
}

/* --- atomics ---------------------------------------------------------------------------------------------------------------- */

static void gen_atomic_address(struct generator *g)
{
    uint64_t address = random_data_address(g);
    gen_li(g, role(g, POINTER), one_in(g, 4) ? address | below(g, 8) : address & ~UINT64_C(7));
}

static unsigned free_target(struct generator *g)
{
    unsigned target = random_target(g);
    return target == role(g, POINTER) ? 0 : target;
}

/* LR and SC, with all sorts of things in between. */
void element_reserved(struct generator *g)
{
    struct resume r = gen_resume(g, true);
    unsigned pointer = role(g, POINTER), target = free_target(g), wide = below(g, 2), other = below(g, 8);
    static const enum insn_id lr[] = {INSN_lr_w, INSN_lr_d}, sc[] = {INSN_sc_w, INSN_sc_d};
    gen_atomic_address(g);
    gen(g, lr[wide], target, pointer, 0, below(g, 4));
    switch (below(g, 6)) {
    case 0:
        gen(g, INSN_ecall, 0, 0, 0, 0);
        break;
    case 1:
        gen_store(g, INSN_sd, random_source(g), pointer, 0);
        break;
    case 2:
        gen_csr(g, INSN_csrrs, free_target(g), CSR_mscratch, 0);
        break;
    case 3:
        gen_i(g, INSN_ld, free_target(g), pointer, 8);
        break;
    }
    unsigned source = random_source(g);
    target = free_target(g);
    gen(g, sc[other == 0 ? !wide : wide], target, pointer, source, below(g, 4));
    if (one_in(g, 3))
        gen(g, sc[wide], free_target(g), pointer, source, 0);
    end_resume(g, &r);
}

void element_amo(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned n = 1 + below(g, 3);
    gen_atomic_address(g);
    while (n--) {
        bool wide = one_in(g, 2);
        unsigned id = (wide ? INSN_amoswap_d : INSN_amoswap_w) + below(g, 9), target = free_target(g);
        unsigned source = random_source(g);
        gen(g, (enum insn_id)id, target, role(g, POINTER), source, below(g, 4));
    }
    end_resume(g, &r);
}

/* --- devices ---------------------------------------------------------------------------------------------------------------- */

/* A register of a device, and its size; none that ends the run, or moves data to where it may not go. */
static uint64_t random_register(struct generator *g, enum insn_id *load, enum insn_id *store)
{
    *load = INSN_lw, *store = INSN_sw;
    switch (below(g, 5)) {
    case 0:
    case 1:
        *load = INSN_lbu, *store = INSN_sb;
        return BUS_UART + below(g, 8);
    case 2:
        *load = INSN_ld, *store = INSN_sd;
        return BUS_CLINT + (one_in(g, 2) ? 0x4000 : 0xbff8);
    case 3:
        switch (below(g, 4)) {
        case 0:
            return BUS_PLIC + 4 * below(g, 16);
        case 1:
            return BUS_PLIC + 0x2000 + 0x80 * below(g, 2);
        case 2:
            return BUS_PLIC + 0x200000 + 0x1000 * below(g, 2);
        default:
            return BUS_PLIC + 0x200004 + 0x1000 * below(g, 2);
        }
    default:
        return BUS_VIRTIO + BUS_DEVICE_PAGE * (1 + below(g, 7)) + 4 * below(g, 64);
    }
}

void element_device(struct generator *g)
{
    struct resume r = gen_resume(g, one_in(g, 2));
    unsigned n = 1 + below(g, 4), pointer = role(g, POINTER);
    while (n--) {
        enum insn_id load, store;
        gen_li(g, pointer, random_register(g, &load, &store));
        if (one_in(g, 2)) {
            gen_i(g, load, free_target(g), pointer, 0);
        } else {
            if (one_in(g, 2))
                gen_li(g, role(g, T0), below(g, 256));
            gen_store(g, store, role(g, T0), pointer, 0);
        }
    }
    end_resume(g, &r);
}

/* --- the drive -------------------------------------------------------------------------------------------------------------- */

enum { QUEUE_SEL = 0x30, QUEUE_NUM = 0x38, QUEUE_READY = 0x44, QUEUE_NOTIFY = 0x50, STATUS = 0x70, QUEUE_DESC = 0x80 };
enum { QUEUE_DRIVER = 0x90, QUEUE_DEVICE = 0xa0, RING = 0x400, USED = 0x800, HEADERS = 0xc00 };

/* A chain of three descriptors: what is asked, the data, the status byte. */
static void put_request(struct generator *g, unsigned slot, uint64_t data, unsigned sectors)
{
    uint32_t desc = AT_RINGS + 48 * slot, header = AT_RINGS + HEADERS + 32 * slot;
    bool write = one_in(g, 3);
    put64(g, header, write);
    put64(g, header + 8, below(g, 40));
    put64(g, desc, pa_of(header));
    put64(g, desc + 8, 16 | UINT64_C(1) << 32 | (uint64_t)(3 * slot + 1) << 48);
    put64(g, desc + 16, data);
    put64(g, desc + 24, 512 * sectors | (write ? UINT64_C(1) : UINT64_C(3)) << 32 | (uint64_t)(3 * slot + 2) << 48);
    put64(g, desc + 32, pa_of(header + 24));
    put64(g, desc + 40, 1 | UINT64_C(2) << 32);
}

static void gen_register(struct generator *g, unsigned offset, uint64_t value)
{
    gen_li(g, role(g, T0), value);
    gen_store(g, INSN_sw, role(g, T0), role(g, POINTER), offset);
}

/* One request, to data or to data among code; its end comes later. */
void element_disk(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint64_t data = pa_of(AT_DATA) + PAGE_SIZE * below(g, DATA_PAGES);
    put_request(g, 0, data, 1 + below(g, 3));
    put_request(g, 1, pa_of(g->island), 1);
    gen_li(g, role(g, POINTER), pa_of(AT_RINGS + RING));
    gen_li(g, role(g, T0), UINT64_C(1) << 16 | (uint64_t)(one_in(g, 2) ? 3 : 0) << 32); /* one, and its head */
    gen_store(g, INSN_sd, role(g, T0), role(g, POINTER), 0);
    gen_li(g, role(g, POINTER), BUS_VIRTIO);
    gen_register(g, STATUS, 0);
    gen_register(g, QUEUE_SEL, 0);
    gen_register(g, QUEUE_READY, 0);
    gen_register(g, QUEUE_NUM, 8);
    gen_register(g, QUEUE_DESC, pa_of(AT_RINGS));
    gen_register(g, QUEUE_DRIVER, pa_of(AT_RINGS + RING));
    gen_register(g, QUEUE_DEVICE, pa_of(AT_RINGS + USED));
    gen_register(g, QUEUE_READY, 1);
    gen_register(g, STATUS, 0xf);
    gen_register(g, QUEUE_NOTIFY, 0);
    end_resume(g, &r);
}
