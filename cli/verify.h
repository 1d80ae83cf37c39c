/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Between the parts of `trapeze verify`: verify.c (what is run, and the verdict), verify_run.c (one way to run the guest below
 * the monitor, in a process of its own), verify_account.c (who carried out which instructions), verify_report.c.
 */
#ifndef CLI_VERIFY_H
#define CLI_VERIFY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "isa/audit.h"
#include "report.h"
#include "session.h"
#include "vmm/hw_machine.h"


/* --- the reference: the bare machine ------------------------------------------------------------------------------------- */

struct reference {
    struct options options;             /* for the runs that must equal it: they end where it ends, or a step later */
    uint64_t max_insns;                 /* as was asked for: for those whose steps are their own */
    struct session_config config;
    struct run_report run;
    struct stale_use stale;             /* the first use of a translation that was not fenced */
    uint64_t stale_uses, window_uses;
    uint64_t window_step, window_pc, window_va;     /* the first touch of what is the translator's (docs/verify.md) */
    bool repeats;                       /* a run with the simulator's short cuts came out the same */
};

/* Is equality promised for this guest? */
static inline bool reference_promises(const struct reference *r)
{
    return !r->stale_uses && !r->window_uses;
}

/* --- who carried out the guest's instructions ----------------------------------------------------------------------------- */

/* Why the monitor carried out an instruction itself. The first four are classes of insn.def; the others are innocuous ones. */
enum emulated {
    EMULATED_CONTROL,
    EMULATED_MODE,
    EMULATED_LOCATION,
    EMULATED_BY_CSR,
    EMULATED_MEMORY_TRAP,   /* the access trapped: a device, a watched page */
    EMULATED_INTERPRETER,   /* the technique interprets M- and S-mode */
    EMULATED_MPRV,          /* M-mode that loads and stores by another mode's translation */
    EMULATED_STRADDLING,    /* it lies in two pages */
    EMULATED_ROM,           /* it lies in no RAM, where alone the hardware can run it */
    EMULATED_INNOCUOUS,     /* for no reason: a violation of efficiency */
    EMULATED_count
};
extern const char *const emulated_names[EMULATED_count];

#define ACCOUNT_KEPT 8
struct account {
    const struct session *session;      /* borrowed */
    uint64_t count[EMULATED_count];     /* of the guest; of its neighbour, too, if for no reason */
    uint64_t neighbour;                 /* the others of the neighbour's */
    struct insn_note kept[ACCOUNT_KEPT];    /* of the first ones for no reason */
};

/* For struct insn_observer; the context is the account. */
void account_note(void *account, const struct insn_note *note);

uint64_t account_total(const struct account *account);

/* --- one run ---------------------------------------------------------------------------------------------------------------- */

/* Runs the guest so below the monitor, compares it with the reference, and returns what docs/formats.md has under
 * techniques[] of trapeze.verify/1. The caller has the reference to it. flip: --flip, of this run; or NULL. */
json_t *verify_run(const struct reference *reference, const struct session_config *config, const struct flip *flip);

/* "te/traced", "in turns": as reports call the run. */
const char *verify_run_name(const struct session_config *config);

/* --- timing ------------------------------------------------------------------------------------------------------------------ */

/* Does nothing depend on timing (Theorem 2's condition), natively and by these methods? Returns what docs/formats.md has under
 * `timing`; the caller has the reference to it. Equality must have been seen without all that. */
json_t *verify_timing(const struct reference *reference, const struct method *methods, unsigned count);
void verify_timing_print(const json_t *timing, FILE *out);

/* --- reports ----------------------------------------------------------------------------------------------------------------- */

/* The three properties, judged from the runs. `timing` is null until it is set. */
json_t *verify_json(const struct reference *reference, json_t *runs);
void verify_table(const struct reference *reference, const json_t *report, FILE *out);
bool verify_holds(const json_t *report);

#endif
