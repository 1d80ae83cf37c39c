/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a board is given before its first instruction: images, arguments and drives in; a loaded RAM, a device tree and
 * a reset ROM out. The same for the bare machine and for each virtual one. Hosted.
 */
#ifndef ISA_GUEST_H
#define ISA_GUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bus.h"
#include "image.h"

struct drive; /* drive.h */

#define GUEST_KERNEL_BASE (RAM_BASE + UINT64_C(0x200000)) /* of a raw second image: where OpenSBI's fw_jump goes */

/* One image starts in M-mode. A second one is only loaded; the first finds its entry in fw_dynamic_info.
 *   image            image is first
 *   bios image       bios is first, image second
 *   bios kernel      bios is first, kernel second
 *   image kernel     image is first, kernel second
 *   bios, kernel     alone: like image alone */
struct guest_config {
    const char *image, *bios, *kernel;     /* paths; NULL if not given */
    const char *append;                    /* /chosen bootargs; NULL: none */
    struct drive *drive[BUS_VIRTIO_SLOTS]; /* borrowed; drive i is in slot i */
    unsigned drive_count;
    enum virtio_kind device[BUS_VIRTIO_SLOTS]; /* in the slots behind the drives: VIRTIO_RNG or VIRTIO_CONSOLE */
    unsigned device_count;
    uint64_t seed;                         /* of what is random */
    bool hext;                             /* the hart has the hypervisor extension, and the device tree says so */
};

struct guest_part;

struct guest {
    struct image image, kernel; /* first and second; kernel.path is NULL if there is none */
    struct guest_part *part;    /* owned: what was loaded */
    unsigned part_count;
    uint64_t dtb;               /* physical address of the device tree */
    uint64_t reset_pc;          /* where the hart starts, in M-mode: the ROM */
};

/* Loads everything onto a fresh board, telling bus->host->dma_write of each part of RAM that it fills. False: the board is
 * not to be run, *guest is empty, and error has one line without a newline. */
bool guest_load(struct guest *guest, struct bus *bus, const struct guest_config *config, char *error, size_t n);
void guest_free(struct guest *guest);

/* The same into RAM once more, told likewise: what a reset does. Images are those of guest_load(), whatever has become of their files.
 * The rest of RAM stays as it is. */
void guest_reload(const struct guest *guest, struct bus *bus);

#endif
