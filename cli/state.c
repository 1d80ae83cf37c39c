/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hash, comparison and text of a guest's state.
 */
#include "state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "message.h"

#define TIMER_BITS (MIP_STIP | MIP_MTIP)

/* The CSRs that follow the clock, and those of which only some bits do. */
static bool is_time(unsigned number)
{
    return number == CSR_cycle || number == CSR_time || number == CSR_mcycle;
}

static uint64_t csr_value(const struct state *s, unsigned number)
{
    uint64_t value = csr_read(s->priv, s->clock, number);
    if (s->clock_cycles && (number == CSR_mip || number == CSR_sip))
        value &= ~TIMER_BITS;
    return value;
}

void state_csrs(const struct state *s, void (*take)(void *context, unsigned number, uint64_t value), void *context)
{
    static const uint16_t numbers[] = {
#define CSR(name, number, kind, mask, reset, meaning) number,
#include "isa/csr.def"
    };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!s->clock_cycles || !is_time(numbers[i]))
            take(context, numbers[i], csr_value(s, numbers[i]));
}

bool state_page_is_zero(const struct state *s, uint64_t page)
{
    static const uint8_t zeros[PAGE_SIZE];
    return !s->written[page] || memcmp(s->ram.bytes + page * PAGE_SIZE, zeros, PAGE_SIZE) == 0;
}

static void hash_u64(XXH64_state_t *hash, uint64_t value)
{
    XXH64_update(hash, &value, sizeof value);
}

static void hash_csr(void *context, unsigned number, uint64_t value)
{
    hash_u64(context, number);
    hash_u64(context, value);
}

uint64_t state_hash(const struct state *s)
{
    XXH64_state_t *hash = need(XXH64_createState());
    XXH64_reset(hash, 0);
    for (uint64_t page = 0; page < s->ram.size / PAGE_SIZE; page++) {
        if (state_page_is_zero(s, page))
            continue;
        hash_u64(hash, page);
        XXH64_update(hash, s->ram.bytes + page * PAGE_SIZE, PAGE_SIZE);
    }
    for (unsigned r = 1; r < 32; r++)
        hash_u64(hash, s->ctx->x[r]);
    hash_u64(hash, s->ctx->pc);
    state_csrs(s, hash_csr, hash);
    uint64_t digest = XXH64_digest(hash);
    XXH64_freeState(hash);
    return digest;
}

/* --- differences ------------------------------------------------------------------------------------------------------- */

bool state_value_differs(struct state_difference *d, const char *what, uint64_t expected, uint64_t got)
{
    if (expected == got)
        return false;
    snprintf(d->what, sizeof d->what, "%s", what);
    d->expected = expected;
    d->got = got;
    return true;
}

struct csr_search {
    const struct state *got;
    struct state_difference *difference;
    bool found;
};

static void compare_csr(void *context, unsigned number, uint64_t value)
{
    struct csr_search *search = context;
    if (!search->found)
        search->found = state_value_differs(search->difference, csr_name(number), value, csr_value(search->got, number));
}

static bool page_differs(const struct state *a, const struct state *b, uint64_t page, struct state_difference *d)
{
    const uint8_t *x = a->ram.bytes + page * PAGE_SIZE, *y = b->ram.bytes + page * PAGE_SIZE;
    if ((!a->written[page] && !b->written[page]) || memcmp(x, y, PAGE_SIZE) == 0)
        return false;
    for (uint64_t at = 0; at < PAGE_SIZE; at += 8) {
        char what[32];
        snprintf(what, sizeof what, "0x%" PRIx64, a->ram.base + page * PAGE_SIZE + at);
        if (state_value_differs(d, what, bytes_get(x + at, 8), bytes_get(y + at, 8)))
            return true;
    }
    return false;
}

bool state_differs(const struct state *expected, const struct state *got, struct state_difference *d)
{
    if (state_value_differs(d, "pc", expected->ctx->pc, got->ctx->pc))
        return true;
    for (unsigned r = 1; r < 32; r++) {
        char what[8];
        snprintf(what, sizeof what, "x%u", r);
        if (state_value_differs(d, what, expected->ctx->x[r], got->ctx->x[r]))
            return true;
    }
    struct csr_search search = {.got = got, .difference = d};
    state_csrs(expected, compare_csr, &search);
    for (uint64_t page = 0; page < expected->ram.size / PAGE_SIZE && !search.found; page++)
        search.found = page_differs(expected, got, page, d);
    return search.found;
}

/* --- text ------------------------------------------------------------------------------------------------------------- */

static void dump_csr(void *context, unsigned number, uint64_t value)
{
    fprintf(context, "csr 0x%03x %s = 0x%016" PRIx64 "\n", number, csr_name(number), value);
}

void state_dump(const struct state *s, FILE *out)
{
    for (uint64_t page = 0; page < s->ram.size / PAGE_SIZE; page++) {
        if (state_page_is_zero(s, page))
            continue;
        fprintf(out, "page 0x%" PRIx64 " at 0x%" PRIx64 "\n", page, s->ram.base + page * PAGE_SIZE);
        const uint8_t *bytes = s->ram.bytes + page * PAGE_SIZE;
        for (unsigned at = 0; at < PAGE_SIZE; at++)
            fprintf(out, "%02x%s", bytes[at], at % 32 == 31 ? "\n" : at % 8 == 7 ? " " : "");
    }
    for (unsigned r = 1; r < 32; r++)
        fprintf(out, "x%u = 0x%016" PRIx64 "\n", r, s->ctx->x[r]);
    fprintf(out, "pc = 0x%016" PRIx64 "\n", s->ctx->pc);
    state_csrs(s, dump_csr, out);
}

/* --- turning bits ----------------------------------------------------------------------------------------------------- */

/* Where a CSR's value is stored, whole and as it is; NULL if it is computed or constant. */
static uint64_t *csr_stored(struct csr_file *f, const char *name)
{
#define STORED_FIELD(csr)                                                                                                  \
    if (strcmp(name, #csr) == 0)                                                                                           \
        return &f->csr;
#define STORED_SYNCED(csr) STORED_FIELD(csr)
#define STORED_VIEW(csr)
#define STORED_CONST(csr)
#define CSR(name, number, kind, mask, reset, meaning) STORED_##kind(name)
#include "isa/csr.def"
    STORED_FIELD(mstatus)
    STORED_FIELD(satp)
    if (strcmp(name, "mip") == 0)
        return &f->mip_written;
    if (strcmp(name, "mcycle") == 0)
        return &f->cycle_offset;
    if (strcmp(name, "minstret") == 0)
        return &f->instret_offset;
    return NULL;
}

static uint64_t *find_word(const struct state *s, const char *what)
{
    if (strcmp(what, "pc") == 0)
        return &s->ctx->pc;
    char *end;
    unsigned long r = what[0] == 'x' ? strtoul(what + 1, &end, 10) : 0;
    if (r >= 1 && r <= 31 && !*end)
        return &s->ctx->x[r];
    return csr_stored(&s->priv->csr, what);
}

bool state_flip(const struct state *s, const char *what, unsigned bit)
{
    uint64_t *word = find_word(s, what);
    if (word) {
        *word ^= UINT64_C(1) << bit;
        return true;
    }
    char *end;
    uint64_t address = strtoull(what, &end, 0) + bit / 8;
    uint8_t *byte = ram_at(&s->ram, address, 1);
    if (!byte || *end)
        return false;
    *byte ^= (uint8_t)(1u << bit % 8);
    s->written[(address - s->ram.base) / PAGE_SIZE] = 1;
    return true;
}
