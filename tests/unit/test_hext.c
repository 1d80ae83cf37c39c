/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The hypervisor extension as a monitor uses it (vmm/hw.h): a guest in VS- and VU-mode on two stages, its own traps inside of
 * hw_run(), counted and stopped exactly; walks, TLB tags, fences; what the audit sees. tests/hext has the programs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "isa/machine.h"
#include "isa/two_stage.h"
#include "vmm/hw_machine.h"

#define PAGES 64
#define GUEST_PAGES 32                    /* the first ones are the guest's: gpa as real address */
#define ROOT2 (RAM_BASE + 32 * PAGE_SIZE) /* the second stage: 16 KiB, then the others */
#define MIDDLE2 (RAM_BASE + 36 * PAGE_SIZE)
#define LEAVES2 (RAM_BASE + 37 * PAGE_SIZE)
#define ROOT1 (RAM_BASE + 16 * PAGE_SIZE) /* the first stage, in the guest's memory */
#define MIDDLE1 (RAM_BASE + 17 * PAGE_SIZE)
#define LEAVES1 (RAM_BASE + 18 * PAGE_SIZE)
#define BASE UINT64_C(0x40000000) /* page i of the guest, supervisor's; and the same as user's: */
#define USER (BASE + 32 * PAGE_SIZE)
#define HANDLER 0x800 /* in page 0 */
#define ALL (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)

#define NOTES 2048
struct rig {
    struct machine *m;
    struct hw *hw;
    struct trap_log log;
    struct trap_note notes[NOTES];
    unsigned noted;
    uint32_t *code; /* where emit() goes */
};

static void note(void *context, const struct trap_note *n, unsigned count)
{
    struct rig *rig = context;
    (void)count;
    if (rig->noted < NOTES)
        rig->notes[rig->noted] = *n;
    rig->noted++;
}

static void put(struct rig *rig, uint64_t pa, uint64_t value)
{
    bytes_put(ram_at(&rig->m->ram, pa, 8), 8, value);
}

static uint64_t get(struct rig *rig, uint64_t pa)
{
    return bytes_get(ram_at(&rig->m->ram, pa, 8), 8);
}

static void make_tables(struct rig *rig)
{
    put(rig, ROOT2 + 2 * 8, MIDDLE2 >> 2 | PTE_V);
    put(rig, MIDDLE2, LEAVES2 >> 2 | PTE_V);
    put(rig, ROOT1 + 1 * 8, MIDDLE1 >> 2 | PTE_V);
    put(rig, MIDDLE1, LEAVES1 >> 2 | PTE_V);
    for (uint64_t i = 0; i < GUEST_PAGES; i++) {
        uint64_t pa = RAM_BASE + i * PAGE_SIZE;
        put(rig, LEAVES2 + 8 * i, pa >> 2 | ALL | PTE_U);
        put(rig, LEAVES1 + 8 * i, pa >> 2 | ALL);
        put(rig, LEAVES1 + 8 * (32 + i), pa >> 2 | ALL | PTE_U);
    }
}

#define DELEGATED (1u << CAUSE_illegal | 1u << CAUSE_ecall_u | 1u << CAUSE_load_page | 1u << CAUSE_breakpoint)

static void csr(struct rig *rig, unsigned number, uint64_t value)
{
    hw_csr_write(rig->hw, number, value);
}

static void enter_at(struct rig *rig, uint64_t pc, enum mode mode)
{
    csr(rig, CSR_mstatus, MSTATUS_MPV | (uint64_t)mode << MSTATUS_MPP_SHIFT);
    hw_context(rig->hw)->pc = pc;
}

static int rig_setup_with(void **state, bool audit)
{
    static const struct bus_host host;
    struct rig *rig = calloc(1, sizeof *rig);
    struct machine_config config = {.ram_size = PAGES * PAGE_SIZE, .monitored = true, .hext = true, .audit = audit};
    for (unsigned i = 0; i < COST_count; i++)
        config.cost.cycles[i] = cost_rows[i].cycles;
    trap_log_open(&rig->log, 1, note, rig);
    rig->m = machine_new(&config, &host);
    struct hw_channel channel = {.host = &host,
                                 .traps = &rig->log,
                                 .domain = {.lo = RAM_BASE,
                                            .hi = RAM_BASE + GUEST_PAGES * PAGE_SIZE,
                                            .share_lo = RAM_BASE + GUEST_PAGES * PAGE_SIZE,
                                            .share_hi = RAM_BASE + PAGES * PAGE_SIZE}};
    rig->hw = hw_open(rig->m, &channel, 1);
    hw_select(rig->hw, 0);
    make_tables(rig);
    *hw_context(rig->hw) = (struct context){.reservation = RESERVATION_NONE};
    csr(rig, CSR_medeleg, DELEGATED);
    csr(rig, CSR_hedeleg, DELEGATED);
    csr(rig, CSR_hideleg, HEXT_VS_INTERRUPTS);
    csr(rig, CSR_mie, HEXT_VS_INTERRUPTS);
    csr(rig, CSR_hgatp, HGATP_MODE_SV39X4 << 60 | UINT64_C(3) << 44 | ROOT2 >> 12);
    csr(rig, CSR_vsatp, SATP_MODE_SV39 << 60 | UINT64_C(7) << 44 | ROOT1 >> 12);
    csr(rig, CSR_vstvec, BASE + HANDLER);
    csr(rig, CSR_hstatus, HSTATUS_VTW);
    enter_at(rig, BASE, MODE_S);
    rig->code = (uint32_t *)(void *)ram_at(&rig->m->ram, RAM_BASE, 4);
    *state = rig;
    return 0;
}

static int rig_setup(void **state)
{
    return rig_setup_with(state, false);
}

static int rig_setup_audited(void **state)
{
    return rig_setup_with(state, true);
}

static int rig_teardown(void **state)
{
    struct rig *rig = *state;
    hw_close(rig->hw);
    machine_free(rig->m);
    free(rig);
    return 0;
}

/* --- code ---------------------------------------------------------------------------------------------------------------- */

enum { T0 = 5, A0 = 10, A1 = 11, A2 = 12 };

static void emit(struct rig *rig, uint16_t id, unsigned rd, unsigned rs1, unsigned rs2, int64_t imm)
{
    struct insn i = {.id = id, .rd = (uint8_t)rd, .rs1 = (uint8_t)rs1, .rs2 = (uint8_t)rs2, .imm = imm};
    assert_true(insn_encode(&i, rig->code));
    rig->code++;
    hw_wrote(rig->hw, RAM_BASE, PAGE_SIZE, false);
}

static void emit_at(struct rig *rig, uint64_t offset)
{
    rig->code = (uint32_t *)(void *)ram_at(&rig->m->ram, RAM_BASE + offset, 4);
}

/* The handler skips the instruction, and counts in a2. */
static void emit_handler(struct rig *rig)
{
    emit_at(rig, HANDLER);
    emit(rig, INSN_csrrs, T0, 0, 0, CSR_sepc);
    emit(rig, INSN_addi, T0, T0, 0, 4);
    emit(rig, INSN_csrrw, 0, T0, 0, CSR_sepc);
    emit(rig, INSN_addi, A2, A2, 0, 1);
    emit(rig, INSN_sret, 0, 0, 0, 0);
}

static struct hw_exit expect(struct rig *rig, uint64_t budget, uint64_t cause)
{
    struct hw_exit e = hw_run(rig->hw, budget);
    assert_int_equal(e.cause, cause);
    return e;
}

/* --- walks --------------------------------------------------------------------------------------------------------------- */

static void fifteen_references(void **state)
{
    struct rig *rig = *state;
    emit(rig, INSN_lui, T0, 0, 0, BASE + 3 * PAGE_SIZE);
    emit(rig, INSN_ld, A0, T0, 0, 0);
    emit(rig, INSN_ld, A0, T0, 0, 8);
    emit(rig, INSN_ecall, 0, 0, 0, 0);
    uint64_t *refs = &rig->m->counters.walk_refs;
    expect(rig, 1, HW_BUDGET); /* fetches */
    assert_int_equal(*refs, 15);
    enter_at(rig, hw_context(rig->hw)->pc, MODE_S);
    expect(rig, 1, HW_BUDGET); /* loads */
    assert_int_equal(*refs, 30);
    enter_at(rig, hw_context(rig->hw)->pc, MODE_S);
    expect(rig, 10, CAUSE_ecall_vs);
    assert_int_equal(*refs, 30);
    assert_int_equal(rig->m->cost.count[COST_walk_ref], 30);

    /* Without the first stage, and without the second, 3 each. */
    csr(rig, CSR_vsatp, 0);
    enter_at(rig, RAM_BASE, MODE_S);
    expect(rig, 1, HW_BUDGET);
    assert_int_equal(*refs, 33);
    csr(rig, CSR_vsatp, SATP_MODE_SV39 << 60 | ROOT1 >> 12);
    csr(rig, CSR_hgatp, 0);
    enter_at(rig, BASE, MODE_S);
    hw_run(rig->hw, 1);
    assert_int_equal(*refs, 36);
}

/* How many references does the load of page 3 cost now? The code's own page is in the TLB. */
static uint64_t cost_of_load(struct rig *rig)
{
    uint64_t before = rig->m->counters.walk_refs;
    enter_at(rig, BASE, MODE_S);
    expect(rig, 1, HW_BUDGET);
    uint64_t fetched = rig->m->counters.walk_refs - before;
    enter_at(rig, hw_context(rig->hw)->pc, MODE_S);
    expect(rig, 1, HW_BUDGET);
    return rig->m->counters.walk_refs - before - fetched;
}

static void fences(void **state)
{
    struct rig *rig = *state;
    const uint64_t hgatp = HGATP_MODE_SV39X4 << 60 | ROOT2 >> 12, vsatp = SATP_MODE_SV39 << 60 | ROOT1 >> 12;
    const uint64_t vmid = UINT64_C(1) << 44, asid = UINT64_C(1) << 44, page = BASE + 3 * PAGE_SIZE;
    emit(rig, INSN_lui, T0, 0, 0, (int64_t)page);
    emit(rig, INSN_ld, A0, T0, 0, 0);
    assert_int_equal(cost_of_load(rig), 15);
    assert_int_equal(cost_of_load(rig), 0);

    csr(rig, CSR_hgatp, hgatp | 9 * vmid); /* another VMID, and back: nothing is lost */
    assert_int_equal(cost_of_load(rig), 15);
    csr(rig, CSR_hgatp, hgatp | 3 * vmid);
    csr(rig, CSR_vsatp, vsatp | 8 * asid); /* another ASID */
    assert_int_equal(cost_of_load(rig), 15);
    csr(rig, CSR_vsatp, vsatp | 7 * asid);
    assert_int_equal(cost_of_load(rig), 0);

    hw_sfence(rig->hw, true, 0, true, 0); /* V = 0's */
    assert_int_equal(cost_of_load(rig), 0);
    hw_hfence_vvma(rig->hw, false, page + PAGE_SIZE, true, 0);
    assert_int_equal(cost_of_load(rig), 0);
    hw_hfence_vvma(rig->hw, false, page, true, 0);
    assert_int_equal(cost_of_load(rig), 15);
    hw_hfence_vvma(rig->hw, true, 0, false, 8);
    assert_int_equal(cost_of_load(rig), 0);
    hw_hfence_vvma(rig->hw, true, 0, false, 7);
    assert_int_equal(cost_of_load(rig), 15);
    hw_hfence_gvma(rig->hw, false, 9);
    assert_int_equal(cost_of_load(rig), 0);
    csr(rig, CSR_hgatp, hgatp | 9 * vmid);
    csr(rig, CSR_vsatp, vsatp | 7 * asid);
    assert_int_equal(cost_of_load(rig), 15);   /* that of VMID 9 is gone */
    hw_hfence_vvma(rig->hw, true, 0, true, 0); /* of VMID 9 */
    csr(rig, CSR_hgatp, hgatp | 3 * vmid);
    assert_int_equal(cost_of_load(rig), 0);
    hw_hfence_gvma(rig->hw, true, 0);
    assert_int_equal(cost_of_load(rig), 15);
}

static void guest_page_faults(void **state)
{
    struct rig *rig = *state;
    emit(rig, INSN_lui, T0, 0, 0, BASE + 3 * PAGE_SIZE);
    emit(rig, INSN_ld, A0, T0, 0, 0x123);
    put(rig, LEAVES2 + 3 * 8, 0);
    struct hw_exit e = expect(rig, 10, CAUSE_load_guest_page);
    assert_int_equal(e.tval, BASE + 3 * PAGE_SIZE + 0x123);
    assert_int_equal(e.gpa, RAM_BASE + 3 * PAGE_SIZE + 0x123);
    assert_int_equal(e.tinst, 0);
    assert_int_equal(e.insn, rig->code[-1]);
    assert_int_equal(e.retired, 1);
    assert_int_equal(hw_csr_read(rig->hw, CSR_mtval2), e.gpa >> 2);
    assert_int_equal(hw_csr_read(rig->hw, CSR_mstatus) & (MSTATUS_MPV | MSTATUS_GVA), MSTATUS_MPV | MSTATUS_GVA);

    /* On the way: the entry lies in a page that cannot be read; then one that cannot be written, and A is to be set. */
    put(rig, LEAVES2 + 3 * 8, (RAM_BASE + 3 * PAGE_SIZE) >> 2 | ALL | PTE_U);
    put(rig, LEAVES1 + 3 * 8, (RAM_BASE + 3 * PAGE_SIZE) >> 2 | PTE_V | PTE_R);
    put(rig, LEAVES2 + 18 * 8, LEAVES1 >> 2 | PTE_V | PTE_R | PTE_U | PTE_A);
    enter_at(rig, e.pc, MODE_S);
    e = expect(rig, 10, CAUSE_load_guest_page);
    assert_int_equal(e.gpa, LEAVES1 + 3 * 8);
    assert_int_equal(e.tinst, TINST_WRITE);
    hw_hfence_gvma(rig->hw, true, 0);
    put(rig, LEAVES2 + 18 * 8, 0);
    enter_at(rig, e.pc, MODE_S);
    e = expect(rig, 10, CAUSE_insn_guest_page);
    assert_int_equal(e.tval, e.pc);
    assert_int_equal(e.gpa, LEAVES1);
    assert_int_equal(e.tinst, TINST_READ);
}

/* --- traps inside ---------------------------------------------------------------------------------------------------------- */

/* li; illegal, illegal; into VU, where there is an ecall; then an ecall of VS. */
static void emit_traps(struct rig *rig)
{
    emit_handler(rig);
    emit_at(rig, 0);
    emit(rig, INSN_addi, A0, 0, 0, 1);
    *rig->code++ = 0;
    *rig->code++ = 0xffffffff;
    emit(rig, INSN_auipc, T0, 0, 0, 0);
    emit(rig, INSN_lui, A1, 0, 0, USER - BASE);
    emit(rig, INSN_add, T0, T0, A1, 0);
    emit(rig, INSN_addi, T0, T0, 0, 0x20); /* to VU, below */
    emit(rig, INSN_csrrw, 0, T0, 0, CSR_sepc);
    emit(rig, INSN_csrrs, A1, 0, 0, CSR_scause);
    emit(rig, INSN_csrrw, 0, A1, 0, CSR_sscratch);
    emit(rig, INSN_sret, 0, 0, 0, 0);
    emit(rig, INSN_addi, A0, A0, 0, 1); /* VU */
    emit(rig, INSN_ecall, 0, 0, 0, 0);
    emit(rig, INSN_addi, A0, A0, 0, 1);
    emit(rig, INSN_wfi, 0, 0, 0, 0); /* virtual instruction: TW is off */
    hw_wrote(rig->hw, RAM_BASE, PAGE_SIZE, false);
}

static struct hw_account totals(struct rig *rig, uint64_t budget, struct hw_exit *sum)
{
    *hw_account(rig->hw) = (struct hw_account){.steps = 500, .insns = 400, .trap_insns = 0};
    *sum = (struct hw_exit){0};
    enter_at(rig, BASE, MODE_S);
    for (;;) {
        uint64_t T = hw_account(rig->hw)->steps;
        struct hw_exit e = hw_run(rig->hw, budget);
        assert_int_equal(e.retired, e.retired_user + e.retired_supervisor);
        assert_int_equal(hw_account(rig->hw)->steps, T + e.retired + e.traps);
        sum->retired += e.retired;
        sum->traps += e.traps;
        sum->interrupts += e.interrupts;
        sum->retired_user += e.retired_user;
        if (e.cause != HW_BUDGET) {
            assert_int_equal(e.cause, CAUSE_virtual_insn);
            assert_int_equal(e.insn, 0x10500073);
            return *hw_account(rig->hw);
        }
        assert_int_equal(e.retired + e.traps, budget);
    }
}

static void traps_inside(void **state)
{
    struct rig *rig = *state;
    emit_traps(rig);
    struct hw_exit whole, pieces;
    struct hw_account all = totals(rig, 1000, &whole);
    assert_int_equal(whole.traps, 3);
    assert_int_equal(whole.retired_user, 2);
    assert_int_equal(rig->noted, 3);
    const uint64_t causes[] = {CAUSE_illegal, CAUSE_illegal, CAUSE_ecall_u}, steps[] = {501, 507, 522};
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(rig->notes[i].cause, causes[i]);
        assert_int_equal(rig->notes[i].step, steps[i]);
    }
    assert_int_equal(rig->notes[1].tval, 0xffffffff);
    assert_int_equal(hw_context(rig->hw)->x[A2], 3);
    for (uint64_t budget = 1; budget < 20; budget++) {
        rig->noted = 0;
        struct hw_account again = totals(rig, budget, &pieces);
        assert_memory_equal(&again, &all, sizeof all);
        assert_int_equal(pieces.traps, whole.traps);
        assert_int_equal(pieces.retired, whole.retired);
        assert_int_equal(pieces.retired_user, whole.retired_user);
        for (unsigned i = 0; i < 3; i++)
            assert_int_equal(rig->notes[i].step, steps[i]);
    }
}

static void interrupts_inside(void **state)
{
    struct rig *rig = *state;
    emit_handler(rig);
    emit_at(rig, 0);
    for (unsigned i = 0; i < 8; i++)
        emit(rig, INSN_addi, A0, A0, 0, 1);
    csr(rig, CSR_vsstatus, MSTATUS_SIE);
    csr(rig, CSR_hvip, MIP_VSTIP);
    struct hw_exit e = expect(rig, 1, HW_BUDGET); /* the interrupt is the step */
    assert_int_equal(e.retired, 0);
    assert_int_equal(e.traps, 1);
    assert_int_equal(e.interrupts, 1);
    assert_int_equal(e.pc, BASE + HANDLER);
    assert_int_equal(rig->notes[0].cause, CAUSE_INTERRUPT | 5);
    assert_int_equal(rig->notes[0].epc, BASE);
    assert_int_equal(hw_csr_read(rig->hw, CSR_vscause), CAUSE_INTERRUPT | 5);
    csr(rig, CSR_hvip, 0);
    enter_at(rig, e.pc, MODE_S);
    e = expect(rig, 6, HW_BUDGET); /* the handler goes back, behind the first */
    assert_int_equal(e.pc, BASE + 8);
    csr(rig, CSR_hvip, MIP_VSSIP | MIP_VSTIP | MIP_VSEIP);
    csr(rig, CSR_vsie, MIP_SSIP);
    enter_at(rig, e.pc, MODE_S);
    e = expect(rig, 1, HW_BUDGET);
    assert_int_equal(rig->notes[1].cause, CAUSE_INTERRUPT | 1);
    assert_int_equal(hw_csr_read(rig->hw, CSR_mie), MIP_VSSIP);
}

static void fault_loop(void **state)
{
    struct rig *rig = *state;
    *rig->code = 0;
    csr(rig, CSR_vstvec, BASE); /* traps for ever */
    *hw_account(rig->hw) = (struct hw_account){.steps = 100, .insns = 50, .trap_insns = 50, .traps_in_row = 900};
    struct hw_exit e = expect(rig, 60, HW_BUDGET);
    assert_int_equal(e.traps, 60);
    assert_int_equal(hw_account(rig->hw)->traps_in_row, 960);
    enter_at(rig, e.pc, MODE_S);
    e = expect(rig, 1000, HW_FAULT_LOOP);
    assert_int_equal(e.traps, 40);
    assert_int_equal(hw_account(rig->hw)->steps, 200);
    assert_int_equal(rig->notes[99].step, 199);
    *hw_account(rig->hw) = (struct hw_account){.steps = 100, .insns = 51, .trap_insns = 50, .traps_in_row = 900};
    enter_at(rig, e.pc, MODE_S);
    e = expect(rig, 5000, HW_FAULT_LOOP); /* an instruction has completed since */
    assert_int_equal(e.traps, FAULT_LOOP_TRAPS);
}

/* --- costs, and the audit ---------------------------------------------------------------------------------------------------- */

static void costs(void **state)
{
    struct rig *rig = *state;
    emit_traps(rig);
    const uint64_t *count = rig->m->cost.count;
    uint64_t total = rig->m->cost.total;
    struct hw_exit e = expect(rig, 1000, CAUSE_virtual_insn);
    assert_int_equal(e.entered - total, cost_rows[COST_vm_enter].cycles);
    assert_int_equal(rig->m->cost.total - e.left, cost_rows[COST_vm_exit].cycles);
    assert_int_equal(count[COST_vm_enter], 1);
    assert_int_equal(count[COST_vm_exit], 1);
    assert_int_equal(count[COST_world_switch], 0);
    assert_int_equal(count[COST_trap_enter], 3);
    assert_int_equal(count[COST_trap_return], 4);
}

static void audited(void **state)
{
    struct rig *rig = *state;
    emit_traps(rig);
    struct hw_exit sum;
    totals(rig, 7, &sum);
    assert_int_equal(sum.traps, 3);
    assert_int_equal(rig->m->counters.violations, 0);
}

static void expect_violation(struct rig *rig, enum violation_kind kind)
{
    hw_hfence_gvma(rig->hw, true, 0);
    hw_run(rig->hw, 5);
    assert_true(rig->m->counters.violations > 0);
    assert_int_equal(rig->m->violation.kind, kind);
}

static void second_stage_leads_out(void **state)
{
    struct rig *rig = *state;
    put(rig, LEAVES2 + 3 * 8, (RAM_BASE + 40 * PAGE_SIZE) >> 2 | ALL | PTE_U);
    expect_violation(rig, VIOLATION_TABLE);
}

static void second_stage_in_the_guest(void **state)
{
    struct rig *rig = *state;
    put(rig, MIDDLE2, (RAM_BASE + 20 * PAGE_SIZE) >> 2 | PTE_V);
    expect_violation(rig, VIOLATION_TABLE);
}

static void delegated_to_nobody(void **state)
{
    struct rig *rig = *state;
    csr(rig, CSR_medeleg, DELEGATED | 1 << CAUSE_store_page);
    expect_violation(rig, VIOLATION_CONTROL);
}

static void no_second_stage(void **state)
{
    struct rig *rig = *state;
    csr(rig, CSR_hgatp, 0);
    expect_violation(rig, VIOLATION_MODE);
}

/* Seen without the audit, too: a frame that is not the guest's, and tables of the first stage that lie there. */
static void foreign_frame(void **state)
{
    struct rig *rig = *state;
    emit(rig, INSN_lui, T0, 0, 0, BASE + 3 * PAGE_SIZE);
    emit(rig, INSN_ld, A0, T0, 0, 0);
    put(rig, LEAVES2 + 3 * 8, (RAM_BASE + 40 * PAGE_SIZE) >> 2 | ALL | PTE_U);
    expect_violation(rig, VIOLATION_FRAME);
}

static void foreign_table(void **state)
{
    struct rig *rig = *state;
    put(rig, LEAVES2 + 18 * 8, (RAM_BASE + 40 * PAGE_SIZE) >> 2 | ALL | PTE_U);
    for (uint64_t i = 0; i < 64; i++)
        put(rig, RAM_BASE + 40 * PAGE_SIZE + 8 * i, get(rig, LEAVES1 + 8 * i));
    expect_violation(rig, VIOLATION_FRAME);
}

/* The reals of HS-mode and what a trap to M-mode leaves: the guest's own registers are behind their own names. */
static void banks(void **state)
{
    struct rig *rig = *state;
    csr(rig, CSR_sscratch, 111);
    csr(rig, CSR_vsscratch, 222);
    emit(rig, INSN_csrrs, A0, 0, 0, CSR_sscratch);
    emit(rig, INSN_csrrwi, 0, 9, 0, CSR_sscratch);
    emit(rig, INSN_csrrsi, 0, 2, 0, CSR_sstatus);
    emit(rig, INSN_csrrs, A1, 0, 0, CSR_hstatus);
    struct hw_exit e = expect(rig, 100, CAUSE_virtual_insn);
    assert_int_equal(e.retired, 3);
    assert_int_equal(hw_context(rig->hw)->x[A0], 222);
    assert_int_equal(hw_csr_read(rig->hw, CSR_sscratch), 111);
    assert_int_equal(hw_csr_read(rig->hw, CSR_vsscratch), 9);
    assert_int_equal(hw_csr_read(rig->hw, CSR_vsstatus) & SSTATUS_MASK, MSTATUS_SIE | MSTATUS_UXL);
    assert_int_equal(hw_csr_read(rig->hw, CSR_sstatus) & MSTATUS_SIE, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
#define AUDITED(f) cmocka_unit_test_setup_teardown(f, rig_setup_audited, rig_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fifteen_references),
        TEST(fences),
        TEST(guest_page_faults),
        TEST(banks),
        TEST(traps_inside),
        TEST(interrupts_inside),
        TEST(fault_loop),
        TEST(costs),
        TEST(foreign_frame),
        TEST(foreign_table),
        TEST(no_second_stage),
        AUDITED(audited),
        AUDITED(second_stage_leads_out),
        AUDITED(second_stage_in_the_guest),
        AUDITED(delegated_to_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
