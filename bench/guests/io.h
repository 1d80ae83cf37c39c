/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the measuring guests share. A guest is a function run(n) that does its work n times and returns a checksum; start()
 * takes n and the mode from /chosen/bootargs: "[N] [paged]".
 */
#ifndef BENCH_IO_H
#define BENCH_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* --- each guest says ---------------------------------------------------------------------------------------------------- */

extern const uint64_t default_count;    /* n where bootargs do not say */
extern const unsigned default_mode;     /* the mode that run() starts in where bootargs do not say: MODE_ */
uint64_t run(uint64_t n);

/* --- io.c --------------------------------------------------------------------------------------------------------------- */

/* Prints "checksum 0x..." and stops the machine with status 0. For M-mode, and for U-mode without paging. */
void finish(uint64_t checksum) __attribute__((noreturn));

/* Prints the trap and stops the machine with status 1. */
void fail(uint64_t cause, uint64_t pc) __attribute__((noreturn));

/* One step of a checksum. */
static inline uint64_t fold(uint64_t sum, uint64_t value)
{
    sum = (sum ^ value) * 0x9e3779b97f4a7c15;
    return sum ^ sum >> 29;
}

/* Marsaglia's xorshift64: the guests' random numbers. */
static inline uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

/* --- crt0.S and paging.c ------------------------------------------------------------------------------------------------ */

enum { MODE_U = 0, MODE_S = 1, MODE_M = 3 };

/* With paging the guest's first 32 MiB lie at two places, in 4 KiB pages: as user pages where they were linked, and as
 * supervisor pages SUPERVISOR_VIEW bytes from there. */
#define PAGE 4096u
#define MAPPED_BYTES (32ull << 20)
#define SUPERVISOR_VIEW (-(int64_t)(1ull << 30))

#define PTE_V 0x01u
#define PTE_R 0x02u
#define PTE_W 0x04u
#define PTE_X 0x08u
#define PTE_U 0x10u
#define PTE_A 0x40u
#define PTE_D 0x80u

/* Makes the tables and gives the satp that selects them; there are two sets. From M-mode or the supervisor view. */
uint64_t paging_make(unsigned set);

/* The PTE of that set that maps the supervisor page at `address`; those of the pages behind it follow. From that view. */
uint64_t *paging_pte(uint64_t address, unsigned set);

/* Lets U and S reach all of memory: without a PMP entry they reach nothing. */
void paging_permit(void);

void enter(uint64_t n, unsigned mode, int64_t view) __attribute__((noreturn));

#define csr_write(name, value) __asm__ volatile("csrw " #name ", %0" ::"r"((uint64_t)(value)) : "memory")

#endif
