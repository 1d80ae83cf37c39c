/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guest's memory and registers, read without any effect, and written.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/debugger.h"
#include "debugger/name.h"
#include "vmm/memory/watch.h"

bool scene_translate(const struct scene *s, uint64_t gva, enum access access, uint64_t *gpa)
{
    const struct priv *p = &s->guest.priv;
    enum mode mode = access == ACCESS_FETCH ? p->mode : mmu_data_mode(p);
    *gpa = gva;
    if (!mmu_paged(p, mode))
        return true;
    struct walk w = mmu_walk(target_ram(s->target), p->csr.satp, gva);
    *gpa = w.pa;
    return w.end == WALK_LEAF; /* the user may see what the guest's mode may not */
}

/* RAM or, natively and below the monitor alike, the ROM. */
static uint8_t *bytes_at(const struct scene *s, uint64_t gpa, bool write)
{
    const struct target *t = s->target;
    struct bus *bus = t->vm ? &t->vm->bus : &t->machine->bus;
    uint8_t *p = ram_at(&bus->ram, gpa, 1);
    if (!p && !write && gpa - BUS_ROM_BASE < BUS_ROM_SIZE)
        p = bus->rom + (gpa - BUS_ROM_BASE);
    return p;
}

bool debugger_read(const struct scene *s, uint64_t address, bool physical, void *bytes, size_t n, size_t *done)
{
    uint64_t gpa = address;
    for (*done = 0; *done < n; (*done)++) {
        uint64_t at = address + *done;
        if (physical)
            gpa = at;
        else if (*done == 0 || at % PAGE_SIZE == 0) {
            if (!scene_translate(s, at, ACCESS_LOAD, &gpa))
                return false;
        } else
            gpa++;
        const uint8_t *p = bytes_at(s, gpa, false);
        if (!p)
            return false;
        ((uint8_t *)bytes)[*done] = *p;
    }
    return true;
}

/* What was made of the bytes before they are written goes. */
static void announce(const struct target *t, uint64_t gpa)
{
    if (t->vm) {
        watch_written(t->vm, gpa, 1);
        machine_wrote(t->machine, vm_hpa(t->vm, gpa), 1, false);
    } else {
        machine_wrote(t->machine, gpa, 1, false);
    }
}

/* Stores them, or, if there are none, sees whether that can be done. */
static bool store(struct debugger *d, uint64_t address, bool physical, const uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t gpa = address + i;
        if (!physical && !scene_translate(&d->shown, address + i, ACCESS_STORE, &gpa))
            return debugger_fail(d, "0x%" PRIx64 " is not mapped", address + i);
        uint8_t *p = bytes_at(&d->shown, gpa, true);
        if (!p)
            return debugger_fail(d, "0x%" PRIx64 " is no RAM", gpa);
        if (!bytes)
            continue;
        *p = bytes[i];
        announce(d->target, gpa);
    }
    return true;
}

bool debugger_write(struct debugger *d, uint64_t address, bool physical, const void *bytes, size_t n)
{
    if (!store(d, address, physical, NULL, n) || !debugger_settle(d))
        return false;
    debugger_moved(d);
    if (!store(d, address, physical, bytes, n))
        return false;
    execution_changed(d->execution);
    debugger_moved(d);
    return true;
}

/* As software in M-mode would write it, so that no CSR holds what it cannot. */
static void set_csr(struct debugger *d, const struct csr_row *csr, uint64_t value)
{
    const struct target *t = d->target;
    struct priv *p = t->vm ? &t->vm->vcpu.priv : &t->machine->hart.priv;
    struct clock *c = t->vm ? &t->vm->clock : &t->machine->clock;
    enum mode mode = p->mode;
    uint64_t old;
    p->mode = MODE_M;
    csr_access(p, c, csr->number, CSR_WRITE, value, true, &old);
    p->mode = mode;
    if (t->vm) {
        t->vm->attention = 0;
        shadow_drop(t->vm);
    } else {
        tlb_flush(&t->machine->hart, true, 0, true, 0);
    }
}

/* Is there such a register, and can it be written? */
static bool check_register(struct debugger *d, const char *name)
{
    int r = register_number(name, strlen(name));
    const struct csr_row *csr = csr_find(name, strlen(name));
    if (r == 0)
        return debugger_fail(d, "x0 is always 0");
    if (r < 0 && !csr && strcmp(name, "pc") != 0)
        return debugger_fail(d, "'%s' is no register", name);
    if (csr && csr->number >> 10 == 3) /* privileged manual, section 2.1 */
        return debugger_fail(d, "%s cannot be written", csr->name);
    return true;
}

static void set_register(struct debugger *d, const char *name, uint64_t value)
{
    const struct target *t = d->target;
    struct context *ctx = t->vm ? t->vm->vcpu.ctx : &t->machine->hart.ctx;
    int r = register_number(name, strlen(name));
    const struct csr_row *csr = csr_find(name, strlen(name));
    if (strcmp(name, "pc") == 0)
        ctx->pc = value & ~UINT64_C(1);
    else if (r > 0)
        ctx->x[r] = value;
    else
        set_csr(d, csr, value);
}

bool debugger_set_register(struct debugger *d, const char *name, uint64_t value)
{
    if (!check_register(d, name) || !debugger_settle(d))
        return false;
    set_register(d, name, value);
    execution_changed(d->execution);
    debugger_moved(d);
    return true;
}
