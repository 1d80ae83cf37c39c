/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shadow page tables: what the real MMU walks while a guest runs. They map the guest's virtual addresses straight to real
 * frames, with the rights that the guest's own tables give, folded into those of real user mode. A cache: filled on
 * faults, dropped at will. Variant "flush": dropped at every virtual sfence.vma and change of satp. Freestanding.
 *
 * What the guest may do depends on its mode, so it has a table for each case:
 *   user                 virtual U under paging
 *   supervisor           virtual S under paging, SUM = 0: no user pages
 *   supervisor, SUM = 1  likewise; user pages can be loaded from and stored to, not executed
 *   bare                 virtual M, and everybody without paging: the guest's RAM, where the guest believes it is
 */
#ifndef VMM_SHADOW_H
#define VMM_SHADOW_H

#include <stdbool.h>
#include <stdint.h>

#include "isa/mmu.h"
#include "vmm/allocator.h"

/* Frames without which a guest might not get on: an instruction and its operand, each across two pages, two tables each. */
#define SHADOW_LEAST_FRAMES 8

enum shadow_space { SHADOW_USER, SHADOW_SUPERVISOR, SHADOW_SUPERVISOR_SUM, SHADOW_BARE, SHADOW_SPACES };

struct shadow_table {
    uint64_t satp;             /* real: Sv39, an ASID of its own, the root's frame; 0 before its first use */
    struct frame_chain tables; /* below the root */
};

struct shadow {
    struct shadow_table table[SHADOW_SPACES];
    struct frame_chain roots;
    uint64_t satp, mxr; /* virtual satp and mstatus.MXR that the three paged tables were filled under */
};

void shadow_open(struct vm *vm);

/* Makes the real MMU use the table that belongs to the guest's mode. Before every entry. */
void shadow_enter(struct vm *vm);

/* Maps the page of gva, which the guest's tables translate so for this access. False if it is not to be mapped, because
 * it is not RAM, or is one whose stores are watched: then the access is to be interpreted. */
bool shadow_fill(struct vm *vm, uint64_t gva, enum access access, const struct mmu_result *guest);

/* Forgets everything that came from the guest's page tables. */
void shadow_drop(struct vm *vm);

#endif
