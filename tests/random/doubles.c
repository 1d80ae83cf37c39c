/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Techniques for tests only.
 */
#include "execution.h"
#include "isa/insn.h"
#include "vmm/dispatcher.h"
#include "vmm/interpreter.h"
#include "vmm/technique/technique.h"

static void run_interpreted(struct vm *vm, uint64_t budget)
{
    (void)budget;
    dispatch_interpreted(vm);
}

const struct technique technique_interpreted = {.name = "interpreted", .run = run_interpreted};

/* remw of two odd numbers comes out wrong. */
static void run_broken(struct vm *vm, uint64_t budget)
{
    (void)budget;
    uint32_t word = 0;
    struct context *ctx = vm->vcpu.ctx;
    struct trap t = interpret_fetch(vm, &word);
    struct insn i = interpret_decode(vm, word);
    bool wrong = t.cause == NO_TRAP && i.id == INSN_remw && (ctx->x[i.rs1] & ctx->x[i.rs2] & 1);
    dispatch_interpreted(vm);
    if (wrong && i.rd)
        ctx->x[i.rd] ^= 4;
}

const struct technique technique_broken = {.name = "broken", .run = run_broken};
