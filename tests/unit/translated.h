/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests: what must hold of every unit in a translator's cache, whatever was translated. Looked at from outside: marks,
 * records and instructions are what the machine and recover() (bt.c) will go by.
 */
#ifndef TESTS_TRANSLATED_H
#define TESTS_TRANSLATED_H

#include <inttypes.h>
#include <stdio.h>

#include "vmm/technique/bt/listing.h"

/* A way through a guest instruction's translation, from its entry. */
struct way {
    const struct listed_insn *insn; /* of the unit */
    unsigned count;
    const uint16_t *at; /* index + 1 of the instruction at this offset from the unit's start, by halfwords; 0: none */
    uint32_t start;
    struct insn guest;
    uint64_t gva;
    bool copied;    /* the guest instruction stands in the cache as it is */
    bool pair;      /* the register that it starts from is still to be set: that of the auipc before it */
    uint32_t dirty; /* registers that do not hold what they held at the entry */
    uint8_t spilled[3];
    unsigned steps;
};

#define UNIT_HALVES (UNIT_BYTES / 2)

static inline void unit_fails(const struct listed_insn *i, const char *what)
{
    char text[96];
    insn_format(text, sizeof text, i->word, i->offset);
    fail_msg("at %05" PRIx32 " of the cache, for %" PRIx64 ": `%s` %s", i->offset, i->guest, text, what);
}

static inline bool is_memory(const struct insn *i)
{
    unsigned flow = insn_rows[i->id].flow;
    return flow == FLOW_LOAD || flow == FLOW_STORE;
}

static inline bool is_store(const struct insn *i)
{
    return insn_rows[i->id].flow == FLOW_STORE;
}

static inline bool in_window(const struct insn *i)
{
    return is_memory(i) && i->rs1 == 0 && i->imm < 0;
}

/* What may stand in the cache at all. */
static inline void check_insn(const struct listed_insn *i)
{
    const struct insn *n = &i->insn;
    if (n->id == INSN_illegal || (insn_rows[n->id].class != CLASS_INNOCUOUS && n->id != INSN_ecall) || n->id == INSN_auipc)
        unit_fails(i, "may not be there");
    if ((n->id == INSN_jal && n->rd) || (n->id == INSN_jalr && (n->rd || n->rs1 != PROBE_AT || n->imm)))
        unit_fails(i, "tells the guest where its translation lies");
    if (n->id == INSN_ecall && i->record != RECORD_CALLOUT && i->record != RECORD_LINK && i->record != RECORD_INDIRECT)
        unit_fails(i, "means nothing");
    if (n->id == INSN_ecall && i->retires)
        unit_fails(i, "carries a mark");
    if (!in_window(n))
        return;
    if ((n->id != INSN_ld && n->id != INSN_sd) || !slot_name(n->imm))
        unit_fails(i, "is no slot of the window");
    if (n->id == INSN_sd && (n->imm == SLOT_SIE || n->imm == SLOT_SIP))
        unit_fails(i, "writes a slot that is read only");
}

/* Registers that the way has changed, but for what the guest instruction itself is to change. */
static inline uint32_t changed(const struct way *w)
{
    uint32_t own = UINT32_C(1) << w->guest.rd | (w->pair ? UINT32_C(1) << w->guest.rs1 : 0);
    return w->dirty & ~own;
}

static inline void follow_registers(struct way *w, const struct listed_insn *i)
{
    const struct insn *n = &i->insn;
    int slot = in_window(n) && n->imm >= SLOT_C ? (int)((SLOT_A - n->imm) / 8) : -1;
    if (slot >= 0 && is_store(n) && n->rs2 && n->imm >= SLOT_C && w->dirty >> n->rs2 & 1) { /* the link of a jump, instead of the register's old value */
        if (w->guest.id != INSN_jalr || w->spilled[slot] != w->guest.rd)
            unit_fails(i, "spills what is no longer the guest's");
    } else if (slot >= 0 && is_store(n)) {
        w->spilled[slot] = n->rs2;
    } else if (slot >= 0 && w->spilled[slot] == n->rd && n->rd != 0) {
        w->dirty &= ~(UINT32_C(1) << n->rd);
    } else if (n->id != INSN_ecall && insn_rows[n->id].flow != FLOW_BRANCH && !is_store(n)) {
        w->dirty |= UINT32_C(1) << n->rd;
    } else if (is_store(n) && n->rd) { /* an AMO, SC */
        w->dirty |= UINT32_C(1) << n->rd;
    }
    w->dirty &= ~UINT32_C(1);
}

/* A store to a page table by its alias: what that loads and stores has been checked when it runs, or is in the window. */
static inline bool is_adaptive_access(const struct way *w, const struct listed_insn *i)
{
    const struct insn *n = &i->insn;
    if (w->guest.id != INSN_sd || w->copied || i->record != RECORD_NONE || i->retires || !(w->dirty >> n->rs1 & 1))
        return false;
    return (n->id == INSN_ld && n->imm == SLOT_TAGS) || (n->id == INSN_sd && n->imm == SLOT_LOG && w->dirty >> n->rs2 & 1) ||
           (n->id == INSN_sd && n->imm == 0 && n->rs2 == w->guest.rs2);
}

/* What may fault stands where all is still the guest's, and is the guest instruction itself. */
static inline void check_memory(const struct way *w, const struct listed_insn *i)
{
    if ((in_window(&i->insn) && !w->copied) || is_adaptive_access(w, i))
        return;
    if (i->record != RECORD_POINT || i->target != w->gva || w->dirty || !i->retires)
        unit_fails(i, "may fault in the middle of a guest instruction");
    if (i->insn.id != w->guest.id)
        unit_fails(i, "is not what the guest does");
}

static inline const struct listed_insn *at_offset(const struct way *w, const struct listed_insn *from, uint32_t offset)
{
    uint32_t half = (offset - w->start) / 2;
    if (half >= UNIT_HALVES || !w->at[half])
        unit_fails(from, "leads out of its unit");
    return &w->insn[w->at[half] - 1];
}

/* An instruction has been completed, and this comes next: nothing more may retire before the next one begins. */
static inline void check_behind(struct way w, const struct listed_insn *i)
{
    if (i->record == RECORD_NONE || i->record == RECORD_UNIT)
        unit_fails(i, "follows a mark, and has no record");
    if (i->record != RECORD_INDIRECT) {
        if (changed(&w))
            unit_fails(i, "finds registers that are not the guest's");
        return;
    }
    uint32_t probe = UINT32_C(1) << PROBE_PC | UINT32_C(1) << PROBE_AT | UINT32_C(1) << PROBE_TAG;
    if (changed(&w) & ~probe || w.spilled[0] != PROBE_PC || w.spilled[1] != PROBE_AT || w.spilled[2] != PROBE_TAG)
        unit_fails(i, "begins to look for the target, and the registers are not all spilled");
    for (unsigned n = 0; i->insn.id != INSN_ecall; i = at_offset(&w, i, i->offset + i->insn.length), n++) {
        if (i->retires || n > 16)
            unit_fails(i, "is no part of a probe");
        if (is_memory(&i->insn) && (i->insn.id != INSN_ld || i->insn.rs1 != PROBE_AT || (i->insn.imm & ~INT64_C(8))))
            unit_fails(i, "is no access to the probes' table");
        if (insn_rows[i->insn.id].flow != FLOW_BRANCH && !(probe >> i->insn.rd & 1) && i->insn.rd)
            unit_fails(i, "changes a register that is not spilled");
    }
    if (i->record != RECORD_INDIRECT)
        unit_fails(i, "does not ask for the target");
}

/* From here to the mark, on each path. */
static inline void check_way(struct way w, const struct listed_insn *i, bool entry)
{
    for (;; entry = false) {
        if (++w.steps > 64)
            unit_fails(i, "is never complete");
        if (!entry && i->record == RECORD_POINT && i->target != w.gva)
            unit_fails(i, "begins, and the instruction before it carries no mark");
        if (i->record == RECORD_LINK && i->target == w.gva && !w.dirty)
            return; /* to another translation of it: check_leads() */
        if (i->record == RECORD_LINK)
            unit_fails(i, "leaves the unit, and nothing carries the mark");
        if (i->insn.id == INSN_ecall) {
            if (i->record != RECORD_CALLOUT || i->target != w.gva || w.dirty)
                unit_fails(i, "calls out for another instruction, or with other registers");
            return;
        }
        if (is_memory(&i->insn))
            check_memory(&w, i);
        follow_registers(&w, i);
        uint32_t next = i->offset + i->insn.length;
        bool branch = insn_rows[i->insn.id].flow == FLOW_BRANCH;
        if (i->retires) {
            check_behind(w, at_offset(&w, i, next));
            if (branch)
                check_behind(w, at_offset(&w, i, i->to));
            return;
        }
        if (branch)
            check_way(w, at_offset(&w, i, i->to), false);
        if (i->insn.id == INSN_jal && entry && i->record == RECORD_POINT && (i->to < w.start || i->to - w.start >= UNIT_BYTES))
            return; /* a second entry of its own: check_leads() */
        i = at_offset(&w, i, i->insn.id == INSN_jal ? i->to : next);
    }
}

/* A jump out of its unit leads to where the same guest instruction, or the link's, begins. */
static inline void check_leads(const struct translator *t, const struct listed_unit *u, const struct listed_insn *i)
{
    bool link = i->record == RECORD_LINK;
    if (i->insn.id != INSN_jal || (!link && i->to >= u->start && i->to < u->end))
        return;
    uint32_t record = i->to < t->used ? t->record[i->to / 2] : 0;
    if ((record_kind(record) != RECORD_POINT && record_kind(record) != RECORD_CALLOUT) ||
        record_gva(t, record) != (link ? i->target : i->guest))
        unit_fails(i, "leads astray");
    const struct code_map *to = &t->page[record_payload(record) / PAGE_HALVES];
    if (!to->used || to->space != u->space || !to->entry[record_payload(record) % PAGE_HALVES])
        unit_fails(i, "leads to code that is not there any more, or another space's");
}

static inline void check_unit(const struct vm *vm, const struct listed_unit *u)
{
    static struct listed_insn insn[UNIT_HALVES];
    static uint16_t at[UNIT_HALVES];
    struct listing l;
    unsigned n = 0;
    memset(at, 0, sizeof at);
    assert_in_range(u->end - u->start, SECOND_ENTRY + 4, UNIT_BYTES);
    for (listing_begin(&l, vm, u); listing_next(&l, &insn[n]); n++) {
        check_insn(&insn[n]);
        at[(insn[n].offset - u->start) / 2] = (uint16_t)(n + 1);
    }
    for (unsigned i = 0; i < n; i++) {
        check_leads(vm->translator, u, &insn[i]);
        if (insn[i].second_entry) {
            assert_int_equal(insn[i].insn.id, INSN_ld);
            assert_int_equal(insn[i].insn.imm, SLOT_A - 8 * (int)i);
            assert_int_equal(insn[i].insn.rd, PROBE_PC + i);
            continue;
        }
        if (!insn[i].first)
            continue;
        struct way w = {.insn = insn, .count = n, .at = at, .start = u->start, .gva = insn[i].guest};
        uint32_t word;
        unsigned length = listing_guest_word(&l, w.gva, &word);
        insn_decode_in(vm->profile, word, &w.guest);
        insn_expand(&w.guest);
        w.pair = insn[i].record == RECORD_BETWEEN;
        w.copied = length && word == insn[i].word;
        check_way(w, &insn[i], true);
    }
}

static inline void check_entries(const struct translator *t)
{
    for (uint32_t p = 0; p < t->pages_used; p++)
        for (unsigned half = 0; half < PAGE_HALVES; half++) {
            uint32_t entry = t->page[p].entry[half], record = entry ? t->record[ENTRY_OFFSET(entry) / 2] : 0;
            if (entry && !(t->page[p].used && (record_kind(record) == RECORD_POINT || record_kind(record) == RECORD_CALLOUT) &&
                           record_payload(record) == p * PAGE_HALVES + half))
                fail_msg("the entry %u of page %" PRIu32 " leads astray", half, p);
        }
}

static inline unsigned check_probes(const struct translator *t)
{
    unsigned count = 0;
    for (unsigned space = 0; space < SPACES; space++)
        for (unsigned i = 0; i < PROBES; i++) {
            const struct probe *probe = &t->window.space[space].probe[i];
            if (probe->gva == PROBE_NONE)
                continue;
            uint64_t offset = probe->entry - TRANSLATOR_BASE;
            uint32_t record = offset < t->used ? t->record[offset / 2] : 0;
            const struct code_map *page = &t->page[record_payload(record) / PAGE_HALVES];
            if (record_kind(record) != RECORD_UNIT || record_gva(t, record) != probe->gva || !page->used ||
                page->space != space || probe->gva / 2 % PROBES != i ||
                page->entry[record_payload(record) % PAGE_HALVES] != ((offset + SECOND_ENTRY + 1) | ENTRY_HEAD))
                fail_msg("the probe of %" PRIx64 " leads astray", probe->gva);
            count++;
        }
    return count;
}

/* --- shadow tables ------------------------------------------------------------------------------------------------------------ */

static inline void check_table(struct vm *vm, uint64_t table, unsigned level)
{
    const struct translator *t = vm->translator;
    const uint8_t *entries = hw_frames(vm->hw, table, PAGE_SIZE);
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++) {
        uint64_t pte = bytes_get(entries + 8 * i, 8), pa = PTE_PPN(pte) << 12;
        if ((pte & PTE_V) && !(pte & (PTE_R | PTE_X)))
            check_table(vm, pa, level - 1);
        else if ((pte & PTE_V) && (pte & PTE_X) && (level || pa - t->cache_hpa >= CACHE_SIZE))
            fail_msg("%" PRIx64 ", in a table for translated code, lets the guest's own be fetched", pte);
    }
}

/* Where translated code runs, nothing but the cache can be fetched. How many tables there are. */
static inline unsigned check_tables(struct vm *vm)
{
    unsigned n = 0;
    for (unsigned root = 0; root < SHADOW_ROOTS; root++)
        for (unsigned view = VIEW_TRANSLATED; view < SHADOW_VIEWS; view++) {
            uint64_t satp = vm->shadow.roots[root].table[view].satp;
            if (satp)
                check_table(vm, SATP_PPN(satp) << 12, 2), n++;
        }
    return n;
}

/* All of them. How many. */
static inline unsigned check_translations(struct vm *vm)
{
    struct listed_unit u = {.end = 0};
    unsigned n = 0;
    for (; listing_unit(vm, &u); n++)
        check_unit(vm, &u);
    check_entries(vm->translator);
    check_probes(vm->translator);
    if (!check_tables(vm) && n)
        fail_msg("there are translations, and no table to run them by");
    return n;
}

#endif
