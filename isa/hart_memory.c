/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the engine calls when memory is not simple: translation by way of the TLB, loads and stores that miss the fast path,
 * atomics.
 */
#include "alu.h"
#include "exec.h"

/* The instruction has completed; did it, by the way, change code that is decoded? */
static enum step completed(struct hart *h)
{
    enum step step = h->stale ? STEP_LEAVE : STEP_NEXT;
    h->stale = false;
    return step;
}

/* --- translation --------------------------------------------------------------------------------------------------------- */

/* Where an address leads. */
struct place {
    uint64_t pa;
    const struct tlb_entry *entry; /* of V = 0, if it is translated; else NULL */
};

/* By a walk, which the TLB remembers; `same` is the entry that it has, but that does not serve. */
static __attribute__((noinline)) bool walk(struct machine *m, enum mode mode, uint64_t va, enum access access,
                                           struct tlb_entry *same, struct place *place)
{
    struct hart *h = &m->hart;
    bool fetch = access == ACCESS_FETCH;
    uint16_t asid = SATP_ASID(h->priv.csr.satp);
    *(fetch ? &m->counters.tlb_misses_fetch : &m->counters.tlb_misses_data) += 1;
    struct mmu_result r = mmu_translate(&m->ram, &h->priv, mode, va, access);
    m->counters.walk_refs += r.walk.refs;
    machine_charge(m, COST_walk_ref, r.walk.refs, false);
    if (r.pte_written)
        machine_wrote(m, r.walk.pte_pa, 8, false);
    if (r.cause != NO_TRAP) {
        hart_raise(h, r.cause, va);
        return false;
    }
    *place = (struct place){r.pa, tlb_fill(h, fetch, va, asid, &r.walk, 0, same)};
    if (m->audit.coherence)
        coherence_note(m->audit.coherence, va, asid, &r.walk);
    return true;
}

/* By way of the TLB; false with hart.raised on a fault. */
static inline __attribute__((always_inline)) bool translate(struct machine *m, enum mode mode, uint64_t va,
                                                            enum access access, struct place *place)
{
    struct hart *h = &m->hart;
    *place = (struct place){va, NULL};
    if (__builtin_expect(h->priv.hext, 0) && (access == ACCESS_FETCH ? h->priv.virt : hext_data_virtual(&h->priv)))
        return hart_hext_translate(m, mode, va, access, false, &place->pa);
    if (m->audit.coherence)
        audit_translation(m, mode, va, access);
    if (!mmu_paged(&h->priv, mode))
        return true;
    struct tlb_entry *e = tlb_find(&h->tlb, access == ACCESS_FETCH, va, SATP_ASID(h->priv.csr.satp));
    if (!e || !mmu_permits(e->flags, access, mode, h->priv.csr.mstatus) || (access == ACCESS_STORE && !(e->flags & PTE_D)))
        return walk(m, mode, va, access, e, place);
    *place = (struct place){e->ppn << 12 | va % PAGE_SIZE, e};
    return true;
}

bool hart_translate_fetch(struct machine *m, uint64_t va, uint64_t *pa)
{
    struct place place;
    bool found = translate(m, m->hart.priv.mode, va, ACCESS_FETCH, &place);
    *pa = place.pa;
    return found;
}

/* --- the fast path ------------------------------------------------------------------------------------------------------- */

/* May stores go to this page of RAM without anyone looking? If so, it counts as written from now on. */
static inline bool open_frame(struct machine *m, uint64_t pa)
{
    if (code_in_frame(m->hart.code, pa) || (m->bus.htif_tohost && (m->bus.htif_tohost ^ pa) < PAGE_SIZE))
        return false;
    m->frame_written[(pa - m->ram.base) / PAGE_SIZE] = 1;
    return true;
}

void hart_close_frame(struct machine *m, uint64_t pa)
{
    m->hart.plain[(pa - m->ram.base) / PAGE_SIZE] = 0;
    fast_forbid_stores(&m->hart.fast, ram_at(&m->ram, pa, PAGE_SIZE));
}

/* Remembers where the page of va is, after an access through `mode` has found it there, in RAM: at `bytes` of the host. */
static inline __attribute__((always_inline)) void fill_fast(struct machine *m, enum mode mode, uint64_t va,
                                                            const struct place *place, uint8_t *bytes, enum access access)
{
    struct hart *h = &m->hart;
    if (m->config.stress.one_instruction)
        return;
    bool readable = true, writable = access == ACCESS_STORE;
    if (mode == MODE_M) {
        if (writable && open_frame(m, place->pa))
            h->plain[(place->pa - m->ram.base) / PAGE_SIZE] = 1;
        return;
    }
    if (place->entry) {
        uint8_t flags = place->entry->flags;
        readable = mmu_permits(flags, ACCESS_LOAD, mode, h->priv.csr.mstatus);
        writable = (flags & PTE_D) && mmu_permits(flags, ACCESS_STORE, mode, h->priv.csr.mstatus);
    } else if (h->priv.hext && hext_data_virtual(&h->priv)) {
        hart_hext_rights(h, mode, va, &readable, &writable);
    }
    writable = writable && open_frame(m, place->pa);
    fast_fill_data(&h->fast, hart_data_space(&h->priv), va, bytes - va % PAGE_SIZE, readable, writable);
}

/* --- loads and stores ----------------------------------------------------------------------------------------------------- */

/* A device register at pa: false for an access fault. */
static bool device_access(struct machine *m, const struct op *op, uint64_t pa, unsigned size, uint64_t *value, bool store)
{
    if (m->config.monitored) { /* the board below a monitor is the monitor's */
        hart_audit(m, pa, size, store ? PTE_W : PTE_R);
        return false;
    }
    if (pa % size || !bus_has_device(&m->bus, pa))
        return false;
    hart_sync(m, op);
    if (!(store ? bus_store(&m->bus, pa, size, *value) : bus_load(&m->bus, pa, size, value)))
        return false;
    machine_charge(m, (enum cost_row)bus_cost_row(pa), 1, false);
    return true;
}

/* Of an access that crosses into a second page: the host bytes, first[0..split) and second[0..size-split). */
struct span {
    struct place place[2];
    uint8_t *first, *second;
    unsigned split;
};

/* Both pages are settled, in the order of addresses, before anything is done. */
static enum step find_span(struct machine *m, uint64_t va, unsigned size, enum access access, struct span *s)
{
    enum mode mode = mmu_data_mode(&m->hart.priv);
    uint64_t room = PAGE_SIZE - va % PAGE_SIZE, right = access == ACCESS_LOAD ? PTE_R : PTE_W;
    s->split = (unsigned)room;
    if (!translate(m, mode, va, access, &s->place[0]) || !translate(m, mode, va + room, access, &s->place[1]))
        return STEP_TRAP;
    s->first = ram_at(&m->ram, s->place[0].pa, room);
    s->second = ram_at(&m->ram, s->place[1].pa, size - room);
    if (!s->first || !s->second)
        return hart_raise(&m->hart, mmu_access_fault(access), va);
    hart_audit(m, s->place[0].pa, room, right);
    hart_audit(m, s->place[1].pa, size - room, right);
    return STEP_NEXT;
}

static __attribute__((noinline)) enum step load_across(struct machine *m, uint64_t va, unsigned size, uint64_t *value)
{
    struct span s;
    if (find_span(m, va, size, ACCESS_LOAD, &s) == STEP_TRAP)
        return STEP_TRAP;
    *value = bytes_get(s.first, s.split) | bytes_get(s.second, size - s.split) << (8 * s.split);
    return completed(&m->hart);
}

enum step hart_load(struct machine *m, const struct op *op, uint64_t va, unsigned size, uint64_t *value)
{
    struct hart *h = &m->hart;
    enum mode mode = mmu_data_mode(&h->priv);
    struct place place;
    if (va % PAGE_SIZE > PAGE_SIZE - size)
        return load_across(m, va, size, value);
    if (!translate(m, mode, va, ACCESS_LOAD, &place))
        return STEP_TRAP;
    uint8_t *bytes = ram_at(&m->ram, place.pa, size);
    if (!bytes)
        return device_access(m, op, place.pa, size, value, false) ? STEP_RETURN : hart_raise(h, CAUSE_load_access, va);
    hart_audit(m, place.pa, size, PTE_R);
    *value = bytes_get(bytes, size);
    fill_fast(m, mode, va, &place, bytes, ACCESS_LOAD);
    return completed(h);
}

/* Bytes of RAM have been stored by the hart: drops decoded code, looks at HTIF. */
static enum step stored(struct machine *m, const struct op *op, uint64_t pa, unsigned size)
{
    machine_wrote(m, pa, size, false);
    if (!m->config.monitored && bus_is_htif(&m->bus, pa, size)) {
        hart_sync(m, op);
        bus_htif(&m->bus);
        machine_charge(m, COST_device_disk, 1, false);
        return m->bus.stop ? STEP_STOP : STEP_RETURN;
    }
    return completed(&m->hart);
}

static __attribute__((noinline)) enum step store_across(struct machine *m, const struct op *op, uint64_t va, unsigned size,
                                                        uint64_t value)
{
    struct span s;
    if (find_span(m, va, size, ACCESS_STORE, &s) == STEP_TRAP)
        return STEP_TRAP;
    bytes_put(s.first, s.split, value);
    enum step step = stored(m, op, s.place[0].pa, s.split);
    bytes_put(s.second, size - s.split, value >> (8 * s.split));
    enum step other = stored(m, op, s.place[1].pa, size - s.split);
    return other > step ? other : step;
}

enum step hart_store(struct machine *m, const struct op *op, uint64_t va, unsigned size, uint64_t value)
{
    struct hart *h = &m->hart;
    enum mode mode = mmu_data_mode(&h->priv);
    struct place place;
    if (va % PAGE_SIZE > PAGE_SIZE - size)
        return store_across(m, op, va, size, value);
    if (!translate(m, mode, va, ACCESS_STORE, &place))
        return STEP_TRAP;
    uint8_t *bytes = ram_at(&m->ram, place.pa, size);
    if (!bytes) {
        uint64_t low = size == 8 ? value : value & ((UINT64_C(1) << 8 * size) - 1);
        if (!device_access(m, op, place.pa, size, &low, true))
            return hart_raise(h, CAUSE_store_access, va);
        return m->bus.stop ? STEP_STOP : STEP_RETURN;
    }
    hart_audit(m, place.pa, size, PTE_W);
    bytes_put(bytes, size, value);
    enum step step = stored(m, op, place.pa, size);
    if (step == STEP_NEXT)
        fill_fast(m, mode, va, &place, bytes, ACCESS_STORE);
    return step;
}

/* --- atomics (unprivileged ISA, 8) ------------------------------------------------------------------------------------------ */

enum step hart_atomic(struct machine *m, const struct op *op, enum op_kind kind)
{
    struct hart *h = &m->hart;
    uint64_t *x = h->ctx.x;
    uint64_t va = x[op->rs1], operand = x[op->rs2];
    unsigned size = kind >= OP_lr_d ? 8 : 4;
    bool lr = kind == OP_lr_w || kind == OP_lr_d, sc = kind == OP_sc_w || kind == OP_sc_d;
    enum access access = lr ? ACCESS_LOAD : ACCESS_STORE;
    struct place place;
    if (va % size)
        return hart_raise(h, lr ? CAUSE_load_misaligned : CAUSE_store_misaligned, va);
    if (!translate(m, mmu_data_mode(&h->priv), va, access, &place))
        return STEP_TRAP;
    uint8_t *bytes = ram_at(&m->ram, place.pa, size);
    hart_audit(m, place.pa, size, lr ? PTE_R : PTE_W);
    if (!bytes)
        return hart_raise(h, mmu_access_fault(access), va);
    uint64_t reserved = place.pa | (size == 8);
    uint64_t old = bytes_get(bytes, size);
    if (size == 4)
        old = alu_sext32(old);
    if (lr) {
        h->ctx.reservation = reserved;
        x[op->rd] = old;
        return completed(h);
    }
    if (sc) {
        bool held = h->ctx.reservation == reserved;
        h->ctx.reservation = RESERVATION_NONE;
        x[op->rd] = !held;
        if (!held)
            return completed(h);
        bytes_put(bytes, size, operand);
        return stored(m, op, place.pa, size);
    }
    bytes_put(bytes, size, alu_amo((enum amo)(insn_rows[kind + 1].match >> 27), size, old, operand));
    x[op->rd] = old;
    return stored(m, op, place.pa, size);
}
