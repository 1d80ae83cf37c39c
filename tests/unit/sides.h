/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests: one small program run on the bare machine, and as a guest of the monitor; and whether anything that the
 * program can see came out differently. The programs are those of tests/vmm, loaded at RAM_BASE and entered there in
 * M-mode.
 */
#ifndef TESTS_SIDES_H
#define TESTS_SIDES_H

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assembler/assembler.h"
#include "isa/machine.h"
#include "vmm/dispatcher.h"
#include "vmm/hw_machine.h"
#include "vmm/technique/technique.h"
#include "vmm/vmm.h"

#define SIDE_RAM (UINT64_C(6) << 20)
#define SIDE_STEPS 2000000 /* more than any program needs */
#define SIDE_TRAPS 4096
#define SIDE_OUTPUT 4096
#define SIDE_SECTORS 64

/* One way to run the program, with all that it leaves. */
struct side {
    const char *name;
    struct machine *m;
    struct hw *hw; /* NULL: the bare machine */
    struct vmm *vmm;
    struct vm *vm;
    struct bus_host host;
    struct trap_log log;
    struct trap_note traps[SIDE_TRAPS];
    size_t trap_count, output_size;
    uint8_t output[SIDE_OUTPUT], disk[SIDE_SECTORS * 512];
    const char *input;
    uint64_t interpreted[4]; /* instructions that the monitor has carried out, by virtual mode */
};

/* What a side shows of the guest. */
struct view {
    struct priv *priv;
    struct context *ctx;
    struct clock *clock;
    struct bus *bus;
    struct run_end end;
    uint64_t offset; /* hpa - gpa */
};

static inline struct view side_view(struct side *s)
{
    if (!s->hw)
        return (struct view){&s->m->hart.priv, &s->m->hart.ctx, &s->m->clock, &s->m->bus, s->m->end, 0};
    struct vm *vm = s->vm;
    return (struct view){&vm->vcpu.priv, vm->vcpu.ctx, &vm->clock, &vm->bus, vm->end, vm->offset};
}

/* As the guest would name it. */
static inline uint64_t view_reservation(const struct view *v)
{
    return v->ctx->reservation == RESERVATION_NONE ? RESERVATION_NONE : v->ctx->reservation - v->offset;
}

/* --- the outside ------------------------------------------------------------------------------------------------------ */

static inline void side_put(void *context, uint8_t byte)
{
    struct side *s = context;
    assert_true(s->output_size < SIDE_OUTPUT);
    s->output[s->output_size++] = byte;
}

static inline int side_get(void *context)
{
    struct side *s = context;
    return s->input && *s->input ? (uint8_t)*s->input++ : BUS_END_OF_INPUT;
}

static inline bool side_disk(void *context, unsigned drive, bool write, uint64_t sector, uint64_t count, uint64_t pa)
{
    struct side *s = context;
    uint8_t *memory = ram_at(&s->m->ram, pa, count * 512);
    if (drive != 0 || !memory || sector + count > SIDE_SECTORS)
        return false;
    if (!write)
        machine_wrote(s->m, pa, count * 512, true);
    memcpy(write ? s->disk + sector * 512 : memory, write ? memory : s->disk + sector * 512, count * 512);
    return true;
}

static inline bool side_flush(void *context, unsigned drive)
{
    (void)context;
    return drive == 0;
}

static inline void side_dma(void *context, uint64_t pa, uint64_t n)
{
    struct side *s = context;
    machine_wrote(s->m, pa, n, true);
}

static inline void side_note(void *context, const struct trap_note *note, unsigned count)
{
    struct side *s = context;
    (void)count;
    if (s->trap_count < SIDE_TRAPS)
        s->traps[s->trap_count] = *note;
    s->trap_count++;
}

static inline void side_note_insn(void *context, const struct insn_note *note)
{
    struct side *s = context;
    s->interpreted[note->mode]++;
}

static inline void side_init(struct side *s, const char *name, const char *input)
{
    memset(s, 0, sizeof *s);
    s->name = name;
    s->input = input;
    trap_log_open(&s->log, 1, side_note, s);
    s->host = (struct bus_host){s, side_put, side_get, side_disk, side_flush, side_dma, NULL};
    for (size_t i = 0; i < sizeof s->disk; i++)
        s->disk[i] = (uint8_t)(i * 7 + i / 512);
}

static inline struct cost_model side_costs(void)
{
    struct cost_model model = {.name = "default"};
    for (unsigned row = 0; row < COST_count; row++)
        model.cycles[row] = cost_rows[row].cycles;
    return model;
}

/* --- making ----------------------------------------------------------------------------------------------------------- */

static inline void side_native_with(struct side *s, const char *input, struct machine_config config)
{
    side_init(s, "native", input);
    config.ram_size = SIDE_RAM;
    config.cost = side_costs();
    s->m = machine_new(&config, &s->host);
    assert_non_null(s->m);
    s->m->trap_log = &s->log;
    s->m->bus_host.dma_write = side_dma; /* with the context of the others */
    bus_add_disk(&s->m->bus, 0, SIDE_SECTORS, false);
    s->m->hart.ctx.pc = RAM_BASE;
}

static inline void side_native(struct side *s, const char *input)
{
    side_native_with(s, input, (struct machine_config){0});
}

/* The monitor has so many frames left for this guest, and no more. */
static inline void vm_leave_frames(struct vm *vm, unsigned frames)
{
    struct frame_chain taken = FRAME_CHAIN_EMPTY, kept = FRAME_CHAIN_EMPTY;
    for (unsigned n = 0; n < frames; n++)
        assert_true(frame_take(&vm->pool, &kept) != 0);
    while (frame_take(&vm->pool, &taken))
        ;
    frame_give_back(&vm->pool, &kept);
}

/* n guests of a monitor on a machine. They share it: sides_free() all at once. */
static inline void sides_guests_with(struct side **sides, unsigned n, const struct technique *technique, const char *input,
                                     struct machine_config config)
{
    uint64_t sizes[VMM_GUESTS_MAX];
    struct hw_channel channels[VMM_GUESTS_MAX];
    for (unsigned i = 0; i < n; i++)
        sizes[i] = SIDE_RAM;
    for (unsigned i = 0; i < n; i++) {
        side_init(sides[i], technique->name, input);
        channels[i] = (struct hw_channel){
            .host = &sides[i]->host,
            .traps = &sides[i]->log,
            .domain = hw_guest_domain(sizes, i),
            .insns = {side_note_insn, sides[i]},
        };
    }
    config.ram_size = vmm_real_ram(sizes, n);
    config.cost = side_costs();
    config.monitored = config.hext = true;
    struct machine *m = machine_new(&config, &sides[0]->host);
    assert_non_null(m);
    struct hw *hw = hw_open(m, channels, n);
    assert_non_null(hw);
    struct vmm *vmm = vmm_open(hw, config.ram_size);
    assert_non_null(vmm);
    for (unsigned i = 0; i < n; i++) {
        struct vm *vm = vmm_add_guest(vmm, &(struct vm_config){.ram_size = SIDE_RAM, .technique = technique});
        assert_non_null(vm);
        assert_int_equal(vm_hpa(vm, RAM_BASE), channels[i].domain.lo);
        bus_add_disk(&vm->bus, 0, SIDE_SECTORS, false);
        vm->vcpu.ctx->pc = RAM_BASE;
        sides[i]->m = m, sides[i]->hw = hw, sides[i]->vmm = vmm, sides[i]->vm = vm;
    }
}

static inline void sides_guests(struct side **sides, unsigned n, const struct technique *technique, const char *input)
{
    sides_guests_with(sides, n, technique, input, (struct machine_config){0});
}

static inline void side_guest(struct side *s, const struct technique *technique, const char *input)
{
    sides_guests(&s, 1, technique, input);
}

/* Its shadows are kept as the variant "traced" does. */
static inline void side_guest_traced(struct side *s, const struct technique *technique, const char *input)
{
    side_guest(s, technique, input);
    shadow_open(s->vm, SHADOW_TRACED);
    s->name = "traced";
}

static inline void sides_free(struct side **sides, unsigned n)
{
    hw_close(sides[0]->hw);
    machine_free(sides[0]->m);
    for (unsigned i = 0; i < n; i++)
        free(sides[i]);
}

static inline void side_free(struct side *s)
{
    sides_free(&s, 1);
}

static inline struct side *side_new(void)
{
    struct side *s = malloc(sizeof *s);
    assert_non_null(s);
    return s;
}

/* --- programs ---------------------------------------------------------------------------------------------------------- */

struct program {
    uint8_t *bytes;
    size_t size;
    uint64_t tohost, fromhost;
};

/* tests/vmm/NAME.s */
static inline struct program program_assemble(const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "tests/vmm/%s.s", name);
    struct asm_input input = {.name = path};
    struct asm_options options = ASM_DEFAULTS;
    struct asm_result *result = asm_assemble(&input, 1, &options, stderr);
    assert_int_equal(asm_error_count(result), 0);
    struct program p = {0};
    uint64_t base;
    const uint8_t *image = asm_image(result, &p.size, &base);
    assert_int_equal(base, RAM_BASE);
    p.bytes = malloc(p.size);
    assert_non_null(p.bytes);
    memcpy(p.bytes, image, p.size);
    if (!asm_symbol(result, "tohost", &p.tohost) || !asm_symbol(result, "fromhost", &p.fromhost))
        p.tohost = p.fromhost = 0;
    asm_free(result);
    return p;
}

static inline void side_load(struct side *s, const struct program *p)
{
    struct view v = side_view(s);
    memcpy(ram_at(&v.bus->ram, RAM_BASE, p->size), p->bytes, p->size);
    v.bus->htif_tohost = p->tohost;
    v.bus->htif_fromhost = p->fromhost;
    machine_wrote(s->m, RAM_BASE + v.offset, p->size, false);
}

static inline void side_run(struct side *s, uint64_t steps)
{
    if (s->hw)
        vmm_run(s->vmm, steps);
    else
        machine_run(s->m, steps);
}

/* --- comparing ---------------------------------------------------------------------------------------------------------- */

static inline void side_same(const struct side *a, const struct side *b, const char *what, uint64_t expected, uint64_t got)
{
    if (expected != got)
        fail_msg("%s: %s is %#" PRIx64 ", and %s has %#" PRIx64, b->name, what, got, a->name, expected);
}

static inline void sides_compare_traps(const struct side *a, const struct side *b)
{
    for (size_t i = 0; i < a->trap_count && i < b->trap_count && i < SIDE_TRAPS; i++) {
        const struct trap_note *x = &a->traps[i], *y = &b->traps[i];
        if (memcmp(x, y, sizeof *x))
            fail_msg("trap %zu: %s T %" PRIu64 " cause %#" PRIx64 " epc %#" PRIx64 " tval %#" PRIx64 ", %s T %" PRIu64
                     " cause %#" PRIx64 " epc %#" PRIx64 " tval %#" PRIx64,
                     i, a->name, x->step, x->cause, x->epc, x->tval, b->name, y->step, y->cause, y->epc, y->tval);
    }
    side_same(a, b, "the number of traps", a->trap_count, b->trap_count);
}

static inline void sides_compare_csrs(struct side *a, struct side *b)
{
    struct view x = side_view(a), y = side_view(b);
#define CSR(name, number, kind, mask, reset, meaning)                                                                      \
    side_same(a, b, #name, csr_read(x.priv, x.clock, number), csr_read(y.priv, y.clock, number));
#include "isa/csr.def"
    side_same(a, b, "the mode", x.priv->mode, y.priv->mode);
}

/* Everything that the program can see, and what its next steps depend on. */
static inline void sides_compare(struct side *a, struct side *b)
{
    struct view x = side_view(a), y = side_view(b);
    sides_compare_traps(a, b);
    side_same(a, b, "the end", x.end.reason, y.end.reason);
    side_same(a, b, "the status", x.end.code, y.end.code);
    side_same(a, b, "pc", x.ctx->pc, y.ctx->pc);
    for (unsigned r = 1; r < 32; r++) {
        char name[8];
        snprintf(name, sizeof name, "x%u", r);
        side_same(a, b, name, x.ctx->x[r], y.ctx->x[r]);
    }
    sides_compare_csrs(a, b);
    side_same(a, b, "T", x.clock->steps, y.clock->steps);
    side_same(a, b, "I", x.clock->insns, y.clock->insns);
    side_same(a, b, "V", x.clock->now, y.clock->now);
    side_same(a, b, "the reservation", view_reservation(&x), view_reservation(&y));
    side_same(a, b, "the size of the output", a->output_size, b->output_size);
    assert_memory_equal(a->output, b->output, a->output_size);
    assert_memory_equal(a->disk, b->disk, sizeof a->disk);
    for (uint64_t i = 0; i < SIDE_RAM; i += 8)
        if (memcmp(x.bus->ram.bytes + i, y.bus->ram.bytes + i, 8)) {
            char name[32];
            snprintf(name, sizeof name, "memory at %#" PRIx64, RAM_BASE + i);
            side_same(a, b, name, bytes_get(x.bus->ram.bytes + i, 8), bytes_get(y.bus->ram.bytes + i, 8));
        }
}

/* Has the hardware run nothing of the guest's kernel as the guest wrote it? bt may where the guest maps its window. */
static inline bool side_kernel_kept(const struct side *s)
{
    const struct vm_insns *n = &s->vm->insns;
    return s->vm->counters.bt_fallbacks || (n->by_mode[MODE_U] == n->direct + s->interpreted[MODE_U] &&
                                            n->by_mode[MODE_S] + n->by_mode[MODE_M] ==
                                                n->translated + s->interpreted[MODE_S] + s->interpreted[MODE_M]);
}

/* What must hold of any run of one guest. */
static inline void side_check_accounts(struct side *s)
{
    const struct machine *m = s->m;
    const struct vm *vm = s->vm;
    uint64_t exits = 0, modes = 0, cycles = 0, total = 0;
    for (unsigned i = 0; i < EXIT_count; i++) {
        exits += vm->exits[i].count;
        cycles += vm->exits[i].cycles;
        assert_true(vm->exits[i].count > 0 || vm->exits[i].cycles == 0);
    }
    for (unsigned i = 0; i < 4; i++)
        modes += vm->insns.by_mode[i];
    for (unsigned owner = 0; owner < OWNER_count; owner++)
        total += m->cost.by_owner[owner];
    assert_int_equal(exits, m->counters.exits);
    assert_int_equal(modes, vm->clock.insns);
    assert_int_equal(vm_insns_all(&vm->insns), vm->clock.insns);
    assert_int_equal(vm->counters.guest_traps, s->trap_count);
    assert_int_equal(vm->clock.insns + s->trap_count, vm->clock.steps);
    assert_int_equal(total, m->cost.total);
    assert_true(cycles <= total);
    assert_int_equal(s->interpreted[MODE_U] + s->interpreted[MODE_S] + s->interpreted[MODE_M], vm->insns.interpreted);
    assert_int_equal(m->counters.violations, 0);
    assert_int_equal(m->counters.insns_by_mode[MODE_S] + m->counters.insns_by_mode[MODE_M], 0);
}

/* --- a technique for tests: every instruction is interpreted ------------------------------------------------------------- */

static inline void run_interpreted(struct vm *vm, uint64_t budget)
{
    (void)budget;
    dispatch_interpreted(vm);
}

static const struct technique __attribute__((unused))
technique_interpreted = {.name = "interpreted", .run = run_interpreted};

static const struct technique __attribute__((unused))
technique_interpreted_many = {.name = "interpreted, many in a turn", .run = dispatch_interpreted_many};

#endif
