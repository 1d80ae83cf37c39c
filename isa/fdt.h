/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The device tree of the board. Hosted.
 */
#ifndef ISA_FDT_H
#define ISA_FDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ram.h"

#define FDT_ROOM 8192     /* bytes of the tree without its boot arguments, at the most */
#define FDT_BOOTARGS 4096 /* bytes of boot arguments, with the NUL, at the most */

/* Writes the tree of a board with RAM at [base, base + size) into `tree`, of `room` bytes. bootargs may be NULL. Returns
 * the tree's size, 0 if it does not fit. hext: the hart has the hypervisor extension. */
size_t fdt_build(void *tree, size_t room, uint64_t base, uint64_t size, const char *bootargs, bool hext);

/* Where a tree of `size` bytes goes: near the end of RAM, as QEMU does it: 2 MiB aligned and below 3 GiB of RAM; in less
 * than 8 MiB of RAM on the last pages. 0 if RAM is too small. */
uint64_t fdt_address(const struct ram *ram, size_t size);

#endif
