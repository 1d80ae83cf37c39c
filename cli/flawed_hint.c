/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding the flawed instruction behind a difference.
 */
#include "flawed_hint.h"

#include <inttypes.h>

#include "isa/insn.h"
#include "isa/mmu.h"

/* The halfword of code at va; 0, which is no instruction, if there is none. */
static uint32_t fetch_half(const struct state *s, uint64_t va)
{
    if (mmu_paged(s->priv, s->priv->mode)) {
        struct walk w = mmu_walk(&s->ram, s->priv->csr.satp, va);
        if (w.end != WALK_LEAF)
            return 0;
        va = w.pa;
    }
    const uint8_t *bytes = ram_at(&s->ram, va, 2);
    return bytes ? (uint32_t)bytes_get(bytes, 2) : 0;
}

/* Is the guest about to execute an instruction that the strict profile has not? */
static bool at_flawed(const struct session *s, insn_profile profile, struct insn *i, uint64_t *pc)
{
    struct state state = session_state(s, 0);
    *pc = state.ctx->pc;
    insn_decode_in(profile, fetch_half(&state, *pc) | fetch_half(&state, *pc + 2) << 16, i);
    return i->id >= INSN_count;
}

void flawed_hint(const struct session_config *reference, uint64_t step, const char *technique, FILE *out)
{
    const insn_profile profile = reference->options->profile;
    struct session *s = session_open(reference);
    struct insn i, before;
    uint64_t pc, pc_before = 0;
    bool was = false;
    if (step) {
        session_run(s, step - 1);
        was = at_flawed(s, profile, &before, &pc_before);
        session_run(s, 1);
    }
    bool is = at_flawed(s, profile, &i, &pc);
    session_close(s);
    if (!is && !was)
        return;
    const char *name = insn_rows[is ? i.id : before.id].mnemonic;
    fprintf(out, "%s: the reason is `%s` at 0x%" PRIx64, technique, name, is ? pc : pc_before);
    if (profile == PROFILE_FLAWED) /* of a lab's machine, that is for the student to find out */
        fprintf(out, ", sensitive but not privileged: trapeze classify --profile flawed --explain %s", name);
    fputc('\n', out);
}
