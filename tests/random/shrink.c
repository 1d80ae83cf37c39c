/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A failing program made short: elements are jumped over, instructions become nops, loops go round once, pages of data
 * become zero; in ever smaller groups, as long as it still fails, for the same sort of reason. Nothing is taken out that
 * could leave a program that does not fence, and such a program is no failure (check.h).
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "isa/insn.h"

#define NOP 0x13u
#define C_NOP 0x1u
#define ROUNDS 4

struct shrinker {
    struct program *p; /* as short as it is by now */
    const struct way *way;
    uint64_t steps;
    bool dies;       /* the failure is a panic or a loop */
    unsigned checks; /* made so far */
};

/* A change of group [first, first + n) of what can be taken out. False if it changes nothing. */
typedef bool change(struct program *p, unsigned first, unsigned n);

static bool still_fails(struct shrinker *s, const struct program *p)
{
    int died;
    s->checks++;
    return check_apart(p, s->way, s->steps, &died) == DIFFERENT && (died != 0) == s->dies;
}

/* Tries the change on all groups of half of `count`, of a quarter, and so on. */
static bool reduce(struct shrinker *s, change *make, unsigned count)
{
    bool any = false;
    for (unsigned n = count; n; n /= 2)
        for (unsigned first = 0; first < count; first += n) {
            struct program *candidate = program_copy(s->p);
            unsigned group = n < count - first ? n : count - first;
            if (make(candidate, first, group) && still_fails(s, candidate)) {
                memcpy(s->p, candidate, sizeof *candidate);
                any = true;
            }
            free(candidate);
        }
    return any;
}

/* --- changes -------------------------------------------------------------------------------------------------------------- */

static bool put(struct program *p, uint32_t at, unsigned length, uint32_t word)
{
    if (bytes_get(p->image + at, length) == word)
        return false;
    bytes_put(p->image + at, length, word);
    return true;
}

static bool nop(struct program *p, const struct word *w)
{
    return put(p, w->at, w->length, w->length == 2 ? C_NOP : NOP);
}

/* Each piece is jumped over. */
static bool drop_pieces(struct program *p, unsigned first, unsigned n)
{
    bool any = false;
    for (unsigned i = first; i < first + n; i++) {
        const struct piece *piece = &p->pieces[i];
        uint32_t word = C_NOP;
        struct insn jump = {.id = INSN_jal, .imm = piece->length};
        if (piece->length < 2 || (piece->length > 2 && !insn_encode(&jump, &word)))
            continue;
        any |= put(p, piece->at, piece->length > 2 ? 4 : 2, word);
    }
    return any;
}

/* A jump over a piece that leads to another one goes where that one goes. */
static bool thread_jumps(struct program *p, unsigned first, unsigned n)
{
    bool any = false;
    for (unsigned i = first + n; i-- > first;) {
        uint32_t at = p->pieces[i].at, word;
        struct insn jump, next;
        if (!insn_decode((uint32_t)bytes_get(p->image + at, 4), &jump) || jump.id != INSN_jal || jump.rd || jump.imm <= 0)
            continue;
        word = (uint32_t)bytes_get(p->image + at + jump.imm, 4);
        if (!insn_decode(word, &next) || next.id != INSN_jal || next.rd || next.imm <= 0)
            continue;
        jump.imm += next.imm;
        any |= insn_encode(&jump, &word) && put(p, at, 4, word);
    }
    return any;
}

static bool drop_words(struct program *p, unsigned first, unsigned n)
{
    bool any = false;
    for (unsigned i = first; i < first + n; i++)
        if (!p->words[i].pinned)
            any |= nop(p, &p->words[i]);
    return any;
}

/* Constants, which loops count from, become 1. */
static bool lessen(struct program *p, unsigned first, unsigned n)
{
    bool any = false;
    for (unsigned k = first; k < first + n; k++) {
        struct insn i;
        uint32_t word = (uint32_t)bytes_get(p->image + p->words[k].at, 4);
        if (p->words[k].pinned || !insn_decode(word, &i) || i.id != INSN_addi || i.rs1 || i.imm < 2)
            continue;
        i.imm = 1;
        any |= insn_encode(&i, &word) && put(p, p->words[k].at, 4, word);
    }
    return any;
}

static bool clear_pages(struct program *p, unsigned first, unsigned n)
{
    bool any = false;
    for (unsigned i = first; i < first + n; i++) {
        any |= p->used[i];
        memset(p->image + i * PAGE_SIZE, 0, PAGE_SIZE);
        p->used[i] = false;
    }
    return any;
}

/* --- what is there -------------------------------------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Only words that are run, and differ from a nop, are left in the list, in the order of their places. */
static void forget_nops(struct shrinker *s)
{
    struct program *p = s->p;
    bool *run = program_run_places(p, s->steps);
    uint32_t left = 0;
    for (uint32_t i = 0; i < p->word_count; i++) {
        uint64_t word = bytes_get(p->image + p->words[i].at, p->words[i].length);
        if (word != C_NOP && word != NOP && run[p->words[i].at / 2])
            p->words[left++] = p->words[i];
    }
    p->word_count = left;
    qsort(p->words, left, sizeof *p->words, by_place);
    free(run);
}

void shrink(struct program *p, const struct way *way, FILE *progress)
{
    struct shrinker s = {.p = p, .way = way, .steps = STEPS_MOST};
    int died = 0;
    if (check_apart(p, way, s.steps, &died) != DIFFERENT)
        return;
    s.dies = died != 0;
    struct difference d;
    for (unsigned round = 0; round < ROUNDS; round++) {
        s.steps = first_difference(p, way, s.steps, &d); /* what comes later does not matter */
        bool any = reduce(&s, drop_pieces, p->piece_count);
        any |= reduce(&s, thread_jumps, p->piece_count);
        forget_nops(&s);
        any |= reduce(&s, drop_words, p->word_count);
        forget_nops(&s);
        any |= reduce(&s, lessen, p->word_count);
        any |= reduce(&s, clear_pages, PROGRAM_PAGES);
        fprintf(progress, "shrinking: round %u, %u programs tried\n", round + 1, s.checks);
        if (!any)
            break;
    }
}
