/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The interpreter's loads, stores and atomics: through the guest's own page tables to its RAM or to its virtual devices.
 */
#include <stddef.h>

#include "isa/alu.h"
#include "vmm/interpreter.h"

/* --- translation ---------------------------------------------------------------------------------------------------------- */

struct mmu_result interpret_translate(struct vm *vm, uint64_t gva, enum access access)
{
    const struct priv *p = &vm->vcpu.priv;
    enum mode mode = access == ACCESS_FETCH ? p->mode : mmu_data_mode(p);
    struct mmu_result r = mmu_translate(&vm->bus.ram, p, mode, gva, access);
    hw_charge(vm->hw, COST_guest_word, (uint64_t)r.walk.refs + r.pte_written);
    if (r.pte_written) {
        hw_wrote(vm->hw, vm_hpa(vm, r.walk.pte_pa), 8, false);
        watch_accessed(vm, r.walk.pte_pa);
    }
    return r;
}

/* The physical address of gva for a load, a store or a fetch of one byte or more; charged as the walk, also when it is known how it
 * would end. */
static struct trap translate(struct vm *vm, uint64_t gva, enum access access, uint64_t *gpa)
{
    const struct priv *p = &vm->vcpu.priv;
    enum mode mode = access == ACCESS_FETCH ? p->mode : mmu_data_mode(p);
    *gpa = gva;
    if (!mmu_paged(p, mode))
        return NOTHING_RAISED;
    uint64_t key = walk_key(p, mode, gva, access), satp = p->csr.satp;
    struct known_walk *known = walk_slot(&vm->walks, key);
    if (!walk_holds(known, key, satp)) {
        struct mmu_result r = interpret_translate(vm, gva, access);
        if (r.cause == NO_TRAP && !r.pte_written)
            walk_keep(known, key, &vm->bus.ram, satp, gva, &r.walk);
        *gpa = r.pa;
        return (struct trap){r.cause, gva};
    }
    hw_charge(vm->hw, COST_guest_word, known->refs);
    *gpa = known->frame | gva % PAGE_SIZE;
    return NOTHING_RAISED;
}

/* Where `size` bytes of the guest lie: `split` of them at gpa, the others, if any, on the next page at gpa2. */
struct span {
    uint64_t gpa, gpa2;
    unsigned size, split;
    uint8_t *first, *second; /* as memory: NULL if not RAM */
};

/* The rest of a span, from the start of the next page on. */
static __attribute__((noinline)) struct trap translate_rest(struct vm *vm, uint64_t gva, enum access access, struct span *s)
{
    struct trap t = translate(vm, gva, access, &s->gpa2);
    if (t.cause == NO_TRAP)
        s->second = ram_at(&vm->bus.ram, s->gpa2, s->size - s->split);
    return t;
}

/* Both pages are settled, in the order of addresses, before anything is done. */
static inline struct trap translate_span(struct vm *vm, uint64_t gva, unsigned size, enum access access, struct span *s)
{
    uint64_t room = PAGE_SIZE - gva % PAGE_SIZE;
    s->size = size;
    s->split = size <= room ? size : (unsigned)room;
    s->second = NULL;
    struct trap t = translate(vm, gva, access, &s->gpa);
    if (t.cause != NO_TRAP)
        return t;
    s->first = ram_at(&vm->bus.ram, s->gpa, s->split);
    return s->split == size ? t : translate_rest(vm, gva + room, access, s);
}

static bool span_is_ram(const struct span *s)
{
    return s->first && (s->split == s->size || s->second);
}

/* --- RAM and devices ------------------------------------------------------------------------------------------------------ */

static uint64_t ram_get(struct vm *vm, const struct span *s)
{
    uint64_t value = bytes_get(s->first, s->split);
    if (s->second)
        value |= bytes_get(s->second, s->size - s->split) << (8 * s->split);
    hw_charge(vm->hw, COST_guest_word, s->second ? 2 : 1);
    return value;
}

/* n bytes of guest RAM have been written: the machine must know, and perhaps it was HTIF's word. */
static inline void ram_written(struct vm *vm, uint64_t gpa, unsigned n)
{
    hw_wrote(vm->hw, vm_hpa(vm, gpa), n, false);
    hw_charge(vm->hw, COST_guest_word, 1);
    watch_written(vm, gpa, n);
    if (bus_is_htif(&vm->bus, gpa, n)) {
        hw_charge(vm->hw, COST_table_lookup, 1);
        vm->counters.device_accesses++;
        vm->attention = 0;
        bus_htif(&vm->bus);
    }
}

static inline void ram_put(struct vm *vm, const struct span *s, uint64_t value)
{
    bytes_put(s->first, s->split, value);
    ram_written(vm, s->gpa, s->split);
    if (s->second) {
        bytes_put(s->second, s->size - s->split, value >> (8 * s->split));
        ram_written(vm, s->gpa2, s->size - s->split);
    }
}

/* A register of a virtual device: false for an access fault. What it does may change what is due, and the interrupts. It costs what
 * finding it costs; a real device is paid for where the monitor reaches for it. */
static bool device_access(struct vm *vm, const struct span *s, bool store, uint64_t *value)
{
    struct bus *bus = &vm->bus;
    if (s->split != s->size || s->gpa % s->size || !bus_has_device(bus, s->gpa))
        return false;
    if (!(store ? bus_store(bus, s->gpa, s->size, *value) : bus_load(bus, s->gpa, s->size, value)))
        return false;
    hw_charge(vm->hw, COST_table_lookup, 1);
    vm->counters.device_accesses += bus_cost_row(s->gpa) != COST_mem; /* the ROM is no device */
    vm->attention = 0;
    return true;
}

/* --- atomics (unprivileged ISA, 8) ------------------------------------------------------------------------------------------ */

static bool is_lr(const struct insn *i)
{
    return insn_rows[i->id].format == FORMAT_LR;
}
static bool is_atomic(const struct insn *i)
{
    return is_lr(i) || insn_rows[i->id].format == FORMAT_AMO;
}

/* funct3, bits 14:12: 0 1 2 3 for 1 2 4 8 bytes; of a load, 4 more for zero extension. */
static unsigned access_size(const struct insn *i)
{
    return 1u << (insn_rows[i->id].match >> 12 & 3);
}

static uint64_t extended(const struct insn *i, unsigned size, uint64_t value)
{
    unsigned unused = 64 - 8 * size;
    bool zero_extended = insn_rows[i->id].match >> 14 & 1;
    return zero_extended ? value << unused >> unused : (uint64_t)((int64_t)(value << unused) >> unused);
}

/* What is there, for LR, SC and AMO: aligned, and in RAM. */
static struct trap atomic_span(struct vm *vm, const struct insn *i, struct span *s)
{
    uint64_t gva = guest_x(vm, i->rs1);
    unsigned size = access_size(i);
    enum access access = is_lr(i) ? ACCESS_LOAD : ACCESS_STORE;
    if (gva % size)
        return (struct trap){is_lr(i) ? CAUSE_load_misaligned : CAUSE_store_misaligned, gva};
    struct trap t = translate_span(vm, gva, size, access, s);
    if (t.cause == NO_TRAP && !s->first)
        t = (struct trap){mmu_access_fault(access), gva};
    return t;
}

/* The machine's name for what LR reserves: real addresses, since the real hart looks at them, too. */
static uint64_t reservation_of(const struct vm *vm, const struct span *s)
{
    return vm_hpa(vm, s->gpa) | (s->size == 8);
}

static struct trap v_atomic(struct vm *vm, const struct insn *i)
{
    struct context *ctx = vm->vcpu.ctx;
    struct span s;
    struct trap t = atomic_span(vm, i, &s);
    if (t.cause != NO_TRAP)
        return t;
    uint64_t operand = guest_x(vm, i->rs2);
    hw_charge(vm->hw, COST_reg_moved, 3);
    if (i->id == INSN_sc_w || i->id == INSN_sc_d) {
        bool held = ctx->reservation == reservation_of(vm, &s);
        ctx->reservation = RESERVATION_NONE;
        guest_set_x(vm, i->rd, !held);
        if (held)
            ram_put(vm, &s, operand);
    } else {
        uint64_t old = extended(i, s.size, ram_get(vm, &s));
        guest_set_x(vm, i->rd, old);
        if (is_lr(i))
            ctx->reservation = reservation_of(vm, &s);
        else
            ram_put(vm, &s, alu_amo((enum amo)(insn_rows[i->id].match >> 27), s.size, old, operand));
    }
    return vm->bus.stop == BUS_RUNNING ? guest_next(vm, i) : NOTHING_RAISED;
}

/* --- loads and stores --------------------------------------------------------------------------------------------------------- */

struct trap v_load(struct vm *vm, const struct insn *i)
{
    if (is_atomic(i))
        return v_atomic(vm, i);
    uint64_t gva = guest_x(vm, i->rs1) + (uint64_t)i->imm, value;
    struct span s;
    struct trap t = translate_span(vm, gva, access_size(i), ACCESS_LOAD, &s);
    if (t.cause != NO_TRAP)
        return t;
    if (span_is_ram(&s))
        value = ram_get(vm, &s);
    else if (!device_access(vm, &s, false, &value))
        return (struct trap){CAUSE_load_access, gva};
    guest_set_x(vm, i->rd, extended(i, s.size, value));
    hw_charge(vm->hw, COST_reg_moved, 2);
    return guest_next(vm, i);
}

struct trap v_store(struct vm *vm, const struct insn *i)
{
    if (is_atomic(i))
        return v_atomic(vm, i);
    uint64_t gva = guest_x(vm, i->rs1) + (uint64_t)i->imm, value = guest_x(vm, i->rs2);
    struct span s;
    struct trap t = translate_span(vm, gva, access_size(i), ACCESS_STORE, &s);
    if (t.cause != NO_TRAP)
        return t;
    hw_charge(vm->hw, COST_reg_moved, 2);
    if (span_is_ram(&s)) {
        ram_put(vm, &s, value);
    } else {
        unsigned unused = 64 - 8 * s.size;
        value = value << unused >> unused;
        if (!device_access(vm, &s, true, &value))
            return (struct trap){CAUSE_store_access, gva};
    }
    return vm->bus.stop == BUS_RUNNING ? guest_next(vm, i) : NOTHING_RAISED;
}

/* --- fetching ------------------------------------------------------------------------------------------------------------------- */

/* The n bytes of code at gpa, in RAM or in the ROM; NULL: there is none. */
static const uint8_t *code_at(struct vm *vm, uint64_t gpa, unsigned n)
{
    const uint8_t *bytes = ram_at(&vm->bus.ram, gpa, n);
    if (!bytes && gpa - BUS_ROM_BASE < BUS_ROM_SIZE + 1 - n)
        bytes = vm->bus.rom + (gpa - BUS_ROM_BASE);
    return bytes;
}

static struct trap fetch_half(struct vm *vm, uint64_t gpa, uint64_t pc, uint32_t *half)
{
    const uint8_t *bytes = code_at(vm, gpa, 2);
    if (!bytes)
        return (struct trap){CAUSE_insn_access, pc};
    *half = (uint32_t)bytes_get(bytes, 2);
    hw_charge(vm->hw, COST_guest_word, 1);
    return NOTHING_RAISED;
}

/* The instruction at pc, whose first half is at gpa, half by half: where the second is on another page, or there is none. */
static __attribute__((noinline)) struct trap fetch_halves(struct vm *vm, uint64_t pc, uint64_t gpa, uint32_t *word)
{
    uint32_t low = 0, high = 0;
    bool same_page = pc % PAGE_SIZE != PAGE_SIZE - 2;
    struct trap t = fetch_half(vm, gpa, pc, &low);
    if (t.cause == NO_TRAP && (low & 3) == 3) {
        uint64_t at = same_page ? pc : pc + 2;
        gpa += 2;
        t = same_page ? NOTHING_RAISED : translate(vm, at, ACCESS_FETCH, &gpa);
        if (t.cause == NO_TRAP)
            t = fetch_half(vm, gpa, at, &high);
    }
    *word = low | high << 16;
    return t;
}

struct trap interpret_fetch(struct vm *vm, uint32_t *word)
{
    uint64_t pc = vm->vcpu.ctx->pc, gpa;
    struct trap t = translate(vm, pc, ACCESS_FETCH, &gpa);
    if (t.cause != NO_TRAP)
        return t;
    const uint8_t *bytes = code_at(vm, gpa, 4);
    if (!bytes || pc % PAGE_SIZE == PAGE_SIZE - 2)
        return fetch_halves(vm, pc, gpa, word);
    uint32_t both = (uint32_t)bytes_get(bytes, 4);
    bool compressed = (both & 3) != 3;
    hw_charge(vm->hw, COST_guest_word, compressed ? 1 : 2);
    *word = compressed ? both & UINT16_MAX : both;
    return NOTHING_RAISED;
}
