/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which state an execution reads and writes. The engine is compiled a second time for the checker, with a call before each
 * access to memory (-fsanitize=thread asks the compiler for them; the functions called are ours, trace.c). So nobody has to
 * remember to report an access, and the engine's sources know nothing of it.
 */
#ifndef ISA_CLASSIFY_TRACE_H
#define ISA_CLASSIFY_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fields are numbered: x0 to x32, then the rows of state.def, then three that lie in RAM. */
enum field {
    FIELD_none, /* the simulator's own */
    FIELD_x0,
    FIELD_behind_x = FIELD_x0 + 32,
#define STATE(name, part, path, varied) FIELD_##name,
#include "state.def"
    FIELD_pte,          /* the entry that maps the data page */
    FIELD_tables,       /* other page tables */
    FIELD_memory,       /* everything else in RAM */
    FIELD_unclassified, /* a byte of struct machine that no row of state.def covers */
    FIELD_count
};


#define FIELD_WORDS ((FIELD_count + 63) / 64)
struct field_set { uint64_t bits[FIELD_WORDS]; };
static inline void field_add(struct field_set *s, unsigned f) { s->bits[f / 64] |= UINT64_C(1) << f % 64; }
static inline bool field_in(const struct field_set *s, unsigned f) { return s->bits[f / 64] >> f % 64 & 1; }

#define TRACE_WRITES 64

struct trace {
    uintptr_t machine, ram, scratch;    /* host addresses of what is watched ... */
    size_t machine_size, ram_size, scratch_size;        /* ... and bytes; scratch: where the decoder puts the instruction */
    const uint8_t *field_of;            /* enum field of each byte of the machine */
    const uint8_t *frame_part;          /* of each frame of RAM: FIELD_tables or FIELD_memory */
    uintptr_t pte[2];                   /* host addresses of the two entries of FIELD_pte */

    /* Of a trial, which may be several executions: fields in the order of their first read. */
    struct field_set seen;
    uint8_t order[FIELD_count];
    unsigned count;

    /* Of one execution. The fetch is not the instruction's: recording begins when the engine first looks at what was decoded.
     * reads: since then; writes: where RAM was written. */
    bool executing;
    struct field_set reads;
    struct { uint32_t offset, size; } writes[TRACE_WRITES];
    unsigned written;
};

/* From now on, or (NULL) no longer, accesses of this thread's engine are recorded in `t`. The compiler's calls have no
 * argument to say whose machine it is: this is the one variable of the checker that is not in a struct. */
void trace_to(struct trace *t);

#endif
