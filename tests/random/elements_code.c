/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Elements: programs that change themselves.
 */
#include "generator.h"

/* What goes over a four-byte instruction between registers: another one, or two of two bytes. */
static uint32_t random_patch(struct generator *g)
{
    unsigned length;
    if (one_in(g, 3)) {
        uint32_t half[2];
        for (unsigned i = 0; i < 2; i++)
            do
                half[i] = random_alu(g, false, &length);
            while (length != 2);
        return half[0] | half[1] << 16;
    }
    return random_alu(g, true, &length);
}

/* rd = the address of code at `target`, to be written: where it runs; where it lies; in the window for that. */
static void gen_code_address(struct generator *g, unsigned rd, uint32_t target)
{
    switch (below(g, 4)) {
    case 0:
        gen_li(g, rd, pa_of(target));
        break;
    case 1:
        gen_li(g, rd, WINDOW_VA(one_in(g, 2) ? LOW : HIGH, WINDOW_WRITE) + (target - AT_BODY));
        break;
    default:
        gen_near(g, rd, target);
    }
}

/* Over the instruction, and then perhaps over a part of it: the upper half of a whole one never makes it a jump, or an access
 * to memory. */
static void gen_patch(struct generator *g, unsigned value, unsigned pointer, uint32_t slot, bool whole, bool part)
{
    if (part)
        gen_store(g, INSN_sh, random_source(g), pointer, 2);
    else if (slot % 4 == 0 && one_in(g, 4))
        gen(g, INSN_amoswap_w, 0, pointer, value, 0);
    else
        gen_store(g, INSN_sw, value, pointer, 0);
    if (whole && one_in(g, 6))
        gen_store(g, INSN_sh, random_source(g), pointer, 2);
    if (whole && one_in(g, 6))
        gen_store(g, INSN_sb, random_source(g), pointer, 3);
    if (!one_in(g, 4))
        gen_i(g, INSN_fence_i, 0, 0, 0);
}

static bool is_whole(uint32_t word)
{
    return (word & 3) == 3;
}

/* An instruction to be replaced, often over two lines of what the monitor keeps account of. */
static uint32_t gen_slot(struct generator *g)
{
    bool across = one_in(g, 4);
    unsigned length;
    while (across && g->at % 64 != 62)
        gen(g, INSN_c_nop, 0, 0, 0, 0);
    uint32_t slot = g->at, word = random_alu(g, true, &length);
    gen_word(g, word, length);
    return slot;
}

/* An instruction within reach, which has been run before, or has not; it may be in the same block as the store. */
void element_patch(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    unsigned value = role(g, T0), pointer = role(g, POINTER), link = role(g, LINK);
    struct forward over = gen_forward(g, INSN_jal, 0, 0, 0);
    uint32_t slot = gen_slot(g);
    bool part = one_in(g, 3);
    gen_alu(g, below(g, 2));
    gen_i(g, INSN_jalr, 0, link, 0);
    land(g, &over);
    if (one_in(g, 2))
        gen_jump_to(g, link, slot);
    uint32_t word = random_patch(g);
    gen_li(g, value, word);
    gen_code_address(g, pointer, slot);
    gen_patch(g, value, pointer, slot, is_whole(word), part);
    gen_jump_to(g, link, slot);
    end_resume(g, &r);
}

/* The instruction behind the store is the one that is stored to. */
void element_patch_next(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    unsigned value = role(g, T0), pointer = role(g, POINTER);
    gen_li(g, value, random_patch(g));
    struct resume to = gen_offset(g, role(g, T1), false);
    if (one_in(g, 2))
        gen_li(g, pointer, pa_of(AT_BODY));
    else
        gen_near(g, pointer, AT_BODY);
    gen(g, INSN_add, pointer, pointer, role(g, T1), 0);
    gen_store(g, INSN_sw, value, pointer, 0);
    gen_alu(g, below(g, 3));
    uint32_t slot = gen_slot(g), end = g->at;
    g->at = slot;
    end_resume(g, &to);
    g->at = end;
    end_resume(g, &r);
}

/* Each time round the loop another instruction. */
void element_patch_loop(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    unsigned value = role(g, T0), other = role(g, T1), turn = role(g, T2), pointer = role(g, POINTER);
    bool loops = !g->in_loop;
    if (loops)
        gen_i(g, INSN_addi, role(g, COUNTER), 0, 2 + below(g, 6));
    uint32_t slot = gen_slot(g);
    bool part = one_in(g, 3);
    gen_alu(g, below(g, 2));
    uint32_t word = random_patch(g), second = random_patch(g);
    gen_li(g, value, word);
    gen_li(g, other, second);
    gen_i(g, INSN_andi, turn, role(g, COUNTER), 1);
    struct forward keep = gen_forward(g, INSN_bne, 0, turn, 0);
    gen_i(g, INSN_addi, value, other, 0);
    land(g, &keep);
    gen_code_address(g, pointer, slot);
    gen_patch(g, value, pointer, slot, is_whole(word) && is_whole(second), part);
    if (loops) {
        bool pinned = g->pin;
        g->pin = true;
        gen_i(g, INSN_addi, role(g, COUNTER), role(g, COUNTER), -1);
        struct forward out = gen_forward(g, INSN_bge, 0, 0, role(g, COUNTER));
        gen_jump_to(g, 0, slot);
        land(g, &out);
        g->pin = pinned;
    }
    end_resume(g, &r);
}

/* A function on another page, and then a call. */
void element_patch_other(struct generator *g)
{
    struct resume r = gen_resume(g, false);
    uint32_t function = g->functions[below(g, FUNCTIONS)];
    uint32_t word = random_patch(g);
    gen_li(g, role(g, T0), word);
    gen_code_address(g, role(g, POINTER), function);
    gen_patch(g, role(g, T0), role(g, POINTER), function, is_whole(word), false);
    gen_jump_to(g, role(g, LINK), function);
    end_resume(g, &r);
}
