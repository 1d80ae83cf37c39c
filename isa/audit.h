/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The simulator's watch over the software that it runs.
 *
 * Below a monitor: resource control (Popek and Goldberg 1974, section 3), seen from outside. Which real frames a guest has is
 * told by the owner of the machine; what it does to them, by the instructions executed and the page tables as they stand.
 * Nothing is asked of the monitor. Always: the mode that a guest is entered in, and accesses that miss the fast path. With
 * config.audit there is no fast path, and
 *   - every store, load and fetch of a guest must lie in its own frames, with the rights that it has there;
 *   - its mode and CSRs must be the same after each of its instructions as when it was entered (with V = 1: but for those of
 *     VS-mode);
 *   - at each entry (with many tables: now and then) every leaf that it could reach through satp must lead to its own frames,
 *     and every table must lie where its monitor keeps them; no trap may be delegated, and no access bypass translation;
 *   - no translation may be used that the real tables no longer give (a forgotten sfence.vma);
 *   - what the monitor says that it has written, and what devices carry, must be the guest's, or the monitor's own;
 *   - exits must lead somewhere.
 * With V = 1 a guest may run in VS-mode, if the second stage is on: then it is hgatp's tables that are looked at, and each entry
 * that a walk reads must lie where it should: of the first stage in the guest's RAM, of the second where its monitor keeps them.
 *
 * On the bare machine, with config.detect_stale: the first use of a stale translation (coherence.h) is kept, and with
 * config.window the first access of M- or S-mode to addresses from there on.
 */
#ifndef ISA_AUDIT_H
#define ISA_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "coherence.h"
#include "two_stage.h"

struct machine;

#define AUDIT_REGIONS 4
#define AUDIT_VAIN_EXITS 10000 /* so many exits in a row without an instruction or a trap of the guest lead nowhere */

/* Real frames [lo, hi) that a guest may reach, and how: bits PTE_R, PTE_W, PTE_X. */
struct audit_region {
    uint64_t lo, hi;
    uint64_t rights;
};

/* What is a guest's in the machine. */
struct audit_domain {
    uint64_t lo, hi;                            /* its RAM: with all rights */
    uint64_t share_lo, share_hi;                /* where the monitor keeps what it needs for this guest, page tables too; or 0, 0 */
    struct audit_region also[AUDIT_REGIONS];    /* of the share, what the guest may reach */
    unsigned also_count;
    bool own_tables;    /* page tables may lie in its RAM, too, if none that satp leads to can be written through it */
};

enum violation_kind {
    VIOLATION_NONE,
    VIOLATION_MODE,     /* guest code in real M or S */
    VIOLATION_FRAME,    /* the guest reaches a frame that is not its own */
    VIOLATION_TABLE,    /* its real page tables would let it */
    VIOLATION_CONTROL,  /* real control state that the guest has changed, or that lets it get away */
    VIOLATION_DMA,      /* a device reaches a frame that is not its guest's */
    VIOLATION_WRITE,    /* the monitor writes for a guest what is not its own */
    VIOLATION_STALE,    /* a translation is used that the monitor has withdrawn, but not fenced */
    VIOLATION_PROGRESS, /* the monitor takes exits and gets nowhere */
};

struct machine_violation {
    enum violation_kind kind;
    uint64_t pc, address;       /* real: of the frame reached, of the entry of a table; virtual: VIOLATION_STALE */
    uint64_t value;             /* the entry, the CSR's value, the bytes */
    const char *what;           /* "store", "medeleg", ...: static */
};

/* Who wants to know at once. `broken` need not return; if it does, or is NULL, the machine goes on. */
struct audit_observer {
    void (*broken)(void *context, const struct machine_violation *violation);
    void *context;
};

struct audit {
    struct audit_domain domain;     /* of the guest that has the machine; all 0: none has had it yet */
    struct audit_observer observer;
    struct coherence *coherence;    /* owned; NULL unless wanted; of V = 0 */
    struct coherence *assisted;     /* owned; with coherence: of V = 1 where hgatp is Bare, so that vsatp's tables are the monitor's; .. */
    struct coherence *second;       /* .. and of hgatp's tables */
    struct priv entered;            /* as the guest was entered */
    uint64_t pc, insns;             /* of the instruction before the present one: pc, and what was completed before it */
    bool in_ram;                    /* it was fetched from the guest's own RAM, as the guest has written it */
    uint64_t tables_satp, tables;   /* the satp (or hgatp) whose tables were looked at last; how many there were */
    uint64_t unseen;                /* how many could have been looked at since */
    uint8_t *own;                   /* while they are looked at: of each page of the domain's RAM, is it one of them? */
    uint64_t vain_exits;            /* in a row; 0 whenever the guest gets on, by its own instruction or the monitor's */

    /* Looked at so far. */
    uint64_t stores;                /* by instructions of guests, a page's part each */
    uint64_t direct, translated;    /* instructions completed by the hart that lay in the guest's RAM, and elsewhere */
    uint64_t controls;              /* times that control state was found unchanged after an instruction */
    uint64_t entries;               /* valid entries of real page tables, each time that they were looked at */
    uint64_t announced;             /* writes of the monitor, and of devices, to memory */

    /* Of the bare machine. */
    struct stale_use stale;         /* the first */
    uint64_t stale_uses;
    struct { uint64_t step, pc, va; } window;   /* the first access to it */
    uint64_t window_uses;
};

/* A line without its end: what, where. Returns what snprintf does. */
int audit_text(const struct machine_violation *violation, char *text, size_t n);

/* "frame", "table", ... */
const char *audit_kind_name(enum violation_kind kind);

/* --- for isa/ and vmm/hw_machine.c ------------------------------------------------------------------------------------------ */

void audit_violated(struct machine *m, const struct machine_violation *violation);

/* The guest reaches n bytes at pa; right: PTE_R, PTE_W or PTE_X. */
void audit_access(struct machine *m, uint64_t pa, uint64_t n, uint64_t right);

/* A walk with V = 1 has read, or written, the entry of this stage at pa. */
void audit_reference(struct machine *m, uint64_t pa, bool second, bool written);

/* An address is about to be translated, for this effective mode; with V = 1. */
void audit_translation(struct machine *m, enum mode mode, uint64_t va, enum access access);
void audit_virtual_translation(struct machine *m, const struct two_stage *t, enum mode mode, uint64_t va, enum access access);

/* Before the guest is entered: nothing that the monitor has taken out of the second stage may still be in a TLB. */
void audit_second_stage(struct machine *m);

/* A walk with V = 1 has gone well. */
void audit_virtual_walk(struct machine *m, const struct two_stage *t, uint64_t va, const struct two_stage_walk *walk);

/* Around the guest's turns: before it is entered; with config.audit, before each of its instructions, and after it has come
 * back, with so many instructions completed. */
void audit_enter(struct machine *m);
void audit_step(struct machine *m);
void audit_leave(struct machine *m, uint64_t completed);

/* n bytes of RAM at pa have been written, or read, for the guest of the domain: by the monitor, or by a device. */
void audit_announced(struct machine *m, const struct audit_domain *domain, uint64_t pa, uint64_t n, enum violation_kind kind);

#endif
