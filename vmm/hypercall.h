/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The paravirtual interface by names: see hypercall.def. Freestanding.
 */
#ifndef VMM_HYPERCALL_H
#define VMM_HYPERCALL_H

enum hypercall {
#define HYPERCALL(name, number, args, batch, meaning) HYPERCALL_##name = number,
#include "vmm/hypercall.def"
};

enum pv_word {
#define PV_WORD(name, index, writer, meaning) PV_##name = index,
#include "vmm/hypercall.def"
    PV_WORDS
};

enum pv_error {
#define PV_ERROR(name, value, meaning) PV_##name = value,
#include "vmm/hypercall.def"
};

enum pv_constant {
#define PV_CONSTANT(name, value, meaning) PV_##name = value,
#include "vmm/hypercall.def"
};

#endif
