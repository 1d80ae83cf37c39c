/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A drive: a raw file of 512-byte sectors. Written through, or a snapshot whose writes stay in memory. Hosted.
 */
#ifndef ISA_DRIVE_H
#define ISA_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DRIVE_SECTOR 512

struct drive;

/* Opens what `--drive` names: FILE[,readonly], also FILE,readonly=on|off and QEMU's file=FILE,format=raw,if=none|virtio;
 * a comma in FILE is written twice. Snapshot: the file is only read, and each drive opened so has its own view of it.
 * NULL: error has one line without a newline. */
struct drive *drive_open(const char *option, bool snapshot, char *error, size_t n);

/* NULL is allowed. What was written through is in the file by then, as far as the host promises without drive_flush(). */
void drive_close(struct drive *drive);

uint64_t drive_sectors(const struct drive *drive);
bool drive_readonly(const struct drive *drive);
const char *drive_path(const struct drive *drive);

/* Are both the same file, to which one of them at least writes? */
bool drive_clashes(const struct drive *a, const struct drive *b);

/* Keeps other processes from writing to the file, and from using it at all if this drive writes to it, for as long as the drive is open.
 * False: one does. Where files have no locks it is true. */
bool drive_lock(const struct drive *drive);

/* Moves `count` whole sectors from `sector` on between the drive and `bytes`. False if they are not all there, on a write
 * to a read-only drive, or on an I/O error of the host, which is remembered. */
bool drive_transfer(struct drive *drive, bool write, uint64_t sector, uint64_t count, uint8_t *bytes);
bool drive_flush(struct drive *drive);

/* A snapshot can go back: to where it was when drive_mark() returned this. From the first mark on, what a write replaces is
 * kept, for ever. */
uint64_t drive_mark(struct drive *drive);
void drive_rewind(struct drive *drive, uint64_t mark);

/* The first I/O error of the host on this drive as one line; NULL if there was none. */
const char *drive_error(const struct drive *drive);

/* xxh64 of the contents as the guest sees them: of one drive, or of several one after the other. False on an I/O error. */
bool drive_hash(struct drive *const *drives, unsigned count, uint64_t *hash);

#endif
