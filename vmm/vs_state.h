/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guest's supervisor state in the registers that the hypervisor extension has for it, and back. Between two steps of a
 * guest its virtual state is in struct vcpu, under every technique; so an entry writes those registers that hold something
 * else, and an exit reads what the guest may have changed. Freestanding.
 */
#ifndef VMM_VS_STATE_H
#define VMM_VS_STATE_H

#include <stdbool.h>
#include <stdint.h>

struct priv;
struct vm;
struct vmm;

/* The virtual state of vm, which has the processor, into the machine: hw_run() will go on in VS- or VU-mode. Virtual M-mode
 * is VU-mode without paging, and nothing is delegated there, so that all that is sensitive comes back. `vsatp`, `hgatp`: the
 * tables of the two stages; with `trap_translation` the guest's page faults, sfence.vma and accesses
 * to satp come back, too. */
void vs_enter(struct vm *vm, uint64_t vsatp, uint64_t hgatp, bool trap_translation);

/* After hw_run(): what the guest did to its state, mode included. */
void vs_leave(struct vm *vm);

/* For who looks on while the hardware, in state `real`, runs vm after vs_enter(): what vs_leave() would make of *priv, a copy of
 * the virtual state. */
void vs_peek(const struct vm *vm, const struct priv *real, struct priv *priv);

/* The second stage alone: whose guest a fence of the first stage is to concern. */
void vs_set_hgatp(struct vmm *vmm, uint64_t hgatp);

/* What other techniques need of the machine, if it is virtualized: real user mode, and every trap in M-mode. */
void vs_close(struct vmm *vmm);

#endif
