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

struct hw_channel {
    const struct bus_host *host;   /* borrowed: console and drives, whose pa are real; dma_write is not called */
    struct trap_observer observer; /* of the traps that the guest sees; note may be NULL */
    uint64_t lo, hi;               /* hpa: the guest may reach [lo, hi) and nothing else */
};

/* channels (n of them, copied): one for each guest. NULL if there is no memory. The machine is borrowed. */
struct hw *hw_open(struct machine *m, const struct hw_channel *channels, unsigned n);
void hw_close(struct hw *hw); /* NULL is allowed */

#endif
