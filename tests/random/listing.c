/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A random program as text: what is run of it; as a source of our assembler; and back.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "assembler/assembler.h"
#include "check.h"
#include "isa/insn.h"

/* --- what is run ---------------------------------------------------------------------------------------------------------- */

/* Where the instruction at pc lies in the image; PROGRAM_IMAGE if it is none of it. */
static uint64_t place_of(const struct view *v)
{
    uint64_t pa = v->ctx->pc;
    if (mmu_paged(v->priv, v->priv->mode)) {
        struct walk w = mmu_walk(&v->bus->ram, v->priv->csr.satp, pa);
        pa = w.end == WALK_LEAF ? w.pa : 0;
    }
    return pa - RAM_BASE < PROGRAM_IMAGE ? pa - RAM_BASE : PROGRAM_IMAGE;
}

bool *program_run_places(const struct program *p, uint64_t steps)
{
    const struct way native = {.name = "native"};
    struct execution *e = execution_new(&native, p);
    bool *run = calloc(PROGRAM_IMAGE / 2 + 1, 1);
    if (!run)
        abort();
    while (steps-- && e->m->end.reason == END_NONE) {
        struct view v = execution_view(e);
        run[place_of(&v) / 2] = true;
        execution_run(e, 1);
    }
    run[PROGRAM_IMAGE / 2] = false;
    execution_free(e);
    return run;
}

static unsigned length_at(const struct program *p, uint64_t at)
{
    return (p->image[at] & 3) == 3 ? 4 : 2;
}

static void disassemble(const struct program *p, uint64_t at, char *text, size_t n)
{
    insn_format(text, n, (uint32_t)bytes_get(p->image + at, length_at(p, at)), RAM_BASE + at);
}

unsigned program_list(const struct program *p, uint64_t steps, FILE *out)
{
    bool *run = program_run_places(p, steps), gap = false;
    unsigned count = 0;
    for (uint64_t at = 0; at < PROGRAM_IMAGE; at += 2) {
        if (!run[at / 2])
            continue;
        uint64_t word = bytes_get(p->image + at, length_at(p, at));
        if (word == 0x13 || word == 1) {
            gap = true;
            continue;
        }
        char text[80];
        disassemble(p, at, text, sizeof text);
        fprintf(out, "%s  0x%08" PRIx64 "  %s\n", gap ? "            (nops)\n" : "", RAM_BASE + at, text);
        gap = false;
        count++;
    }
    free(run);
    return count;
}

/* --- a source ------------------------------------------------------------------------------------------------------------- */

struct writer {
    const struct program *p;
    const bool *run;
    FILE *out;
    uint64_t at; /* where the source has come to */
};

static void go_to(struct writer *w, uint64_t at)
{
    if (at != w->at)
        fprintf(w->out, "    .org 0x%" PRIx64 "\n", at);
    w->at = at;
}

/* The bytes at `at`, unless they are zero: 8 at a time where nothing is run. */
static uint64_t write_some(struct writer *w, uint64_t at)
{
    const uint8_t *bytes = w->p->image + at;
    if (w->run[at / 2]) {
        char text[80];
        disassemble(w->p, at, text, sizeof text);
        go_to(w, at);
        unsigned n = length_at(w->p, at);
        bool again = n == 4 && w->run[at / 2 + 1]; /* the second half is run, too */
        n = again ? 2 : n;
        fprintf(w->out, "    .%ubyte 0x%0*" PRIx64 "  # %s\n", n, (int)n * 2, bytes_get(bytes, n), text);
        return w->at += n;
    }
    const bool *run = w->run + at / 2;
    unsigned n = at % 8 == 0 && !run[1] && !run[2] && !run[3] ? 8 : 2;
    if (bytes_get(bytes, n)) {
        go_to(w, at);
        fprintf(w->out, "    .%ubyte 0x%" PRIx64 "\n", n, bytes_get(bytes, n));
        w->at += n;
    }
    return at + n;
}

void program_write(const struct program *p, const char *title, FILE *out)
{
    bool *run = program_run_places(p, STEPS_MOST);
    struct writer w = {p, run, out, 0};
    fprintf(out, "# %s\n", title);
    fprintf(out, "# %u MiB of RAM, a drive of %u sectors. tests/random/README.md says how it can be run.\n",
            (unsigned)(PROGRAM_RAM >> 20), DISK_SECTORS);
    fprintf(out, "    .equ random_seed, %" PRIu64 "\n_start:\n", p->seed);
    for (uint64_t at = 0; at < PROGRAM_IMAGE;)
        at = p->used[at / PAGE_SIZE] ? write_some(&w, at) : at + PAGE_SIZE;
    free(run);
}

bool program_read(struct program *p, const char *path)
{
    struct asm_input input = {.name = path};
    struct asm_options options = ASM_DEFAULTS;
    options.most_bytes = PROGRAM_IMAGE;
    struct asm_result *result = asm_assemble(&input, 1, &options, stderr);
    size_t size = 0;
    uint64_t base = 0;
    const uint8_t *bytes = asm_error_count(result) ? NULL : asm_image(result, &size, &base);
    bool good = bytes && base == RAM_BASE && size <= PROGRAM_IMAGE;
    memset(p, 0, sizeof *p);
    if (good) {
        memcpy(p->image, bytes, size);
        memset(p->used, true, (size + PAGE_SIZE - 1) / PAGE_SIZE);
        asm_symbol(result, "random_seed", &p->seed);
    }
    asm_free(result);
    return good;
}
