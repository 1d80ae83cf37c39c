/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * vmm/hw.h on a struct machine: what the simulator puts behind the monitor's door. Hosted.
 *
 * The machine must be `monitored`. What each guest has of it (the channels) and where its RAM is to be come from the
 * owner of the machine, not from the monitor: so the simulator can find a monitor that hands out more.
 */
#ifndef VMM_HW_MACHINE_H
#define VMM_HW_MACHINE_H

#include "isa/machine.h"
#include "vmm/hw.h"

/* An instruction that the monitor has carried out in the place of the hardware. */
struct insn_note {
    unsigned guest;
    uint64_t pc;
    uint32_t word;
    enum mode mode;   /* virtual */
    bool memory_trap; /* the first one since an exit for a page or access fault */
};
struct insn_observer {
    void (*note)(void *context, const struct insn_note *note);
    void *context;
};


/* Of a guest's exits; and, if `sample` is not NULL, of where it is after every so many instructions of its own, with its cycles
 * since it was last heard of: pc is the machine's. Then ran_cost of the next note is what came after. */
struct exit_observer {
    void (*note)(void *context, const struct exit_note *note);
    void *context;
    void (*sample)(void *context, uint64_t pc, const uint64_t cost[OWNER_count]);
    uint64_t every;
};

struct hw_channel {
    const struct bus_host *host;   /* borrowed: console and drives, whose pa are real; dma_write is not called */
    struct trap_log *traps;        /* of those that the guest sees; borrowed, may be NULL */
    struct audit_domain domain;    /* hpa: the guest may reach that and nothing else */
    struct insn_observer insns;    /* of the instructions that the monitor carries out for it; note may be NULL */
    struct exit_observer exits;    /* of its exits; note may be NULL */
};

/* The frames of guest k, of a monitor with guests of these sizes (vmm.h). */
struct audit_domain hw_guest_domain(const uint64_t *guest_ram_sizes, unsigned k);

/* channels (n of them, copied): one for each guest. NULL if there is no memory. The machine is borrowed. */
struct hw *hw_open(struct machine *m, const struct hw_channel *channels, unsigned n);
void hw_close(struct hw *hw); /* NULL is allowed */

#endif
