/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ways to run a guest, as options name them: `native`, or a technique of the monitor with its own options, as in
 * `te/traced`; and changes from one technique to another in mid-run.
 */
#ifndef CLI_METHOD_H
#define CLI_METHOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmm/vmm.h"

enum method_option {
    METHOD_FLUSH,
    METHOD_TRACED,
    METHOD_NESTED,
    METHOD_SHADOW,
    METHOD_4K,
    METHOD_NO_CHAIN,
    METHOD_NO_INLINE,
    METHOD_NO_ADAPTIVE,
    METHOD_OPTIONS
};

/* Their names, as in `te/traced`. */
extern const char *const method_option_names[METHOD_OPTIONS];

struct method {
    const char *name, *mmu;
    const struct technique *technique;  /* NULL: native */
    bool native;
    unsigned options;                   /* those given: bits by enum method_option */
    enum shadow_variant shadow;
    enum vm_mmu assisted;               /* hw's: `mmu` says so, too */
    bool small_pages;
    struct translator_options translator;
    char title[48];                     /* the name with its options: "te/traced" */
};
#define METHODS_MOST 16
#define SWITCHES_MOST 64

/* The names that there are, native first. How many. */
unsigned method_names(const char *names[METHODS_MOST]);

/* Takes a list with commas, of at most `most`. Refuses (message.h) what is none, naming `option`. */
unsigned methods_take(struct method *methods, unsigned most, const char *option, const char *list);

/* Native and every technique that is built, each with its defaults. How many. */
unsigned methods_all(struct method methods[METHODS_MOST]);

/* Likewise, and beside them those variants that comparisons show: bt without adaptation; another MMU, where there are several. */
unsigned methods_variants(struct method methods[METHODS_MOST]);

/* The option for all of these that can have it and have not said otherwise. Refuses if there is none. */
void methods_set(struct method *methods, unsigned count, enum method_option option);

/* From step `at[i].step` of each guest's T on (ascending), by that technique; or, where there are none and `every` is not 0,
 * by the next of techniques[] every so many steps. */
struct switching {
    struct switch_point {
        uint64_t step;
        const struct technique *technique;
    } at[SWITCHES_MOST];
    unsigned count;
    uint64_t every;
};

/* N:TECHNIQUE,... Refuses what is none. */
void switching_take(struct switching *switching, const char *list);

/* The technique of step T, of a run that was by `first` before any change at step `from` or later; and how many steps after T it is
 * to be asked for again. */
const struct technique *switching_at(const struct switching *switching, const struct technique *first, uint64_t from,
                                     uint64_t step, uint64_t *steps);

/* --mmu KIND for all of these that can have it and have not said otherwise. Refuses if there is none. */
void methods_set_mmu(struct method *methods, unsigned count, const char *kind);

/* "flush" or "traced"; NULL where there are no shadow tables. */
const char *method_shadow(const struct method *method);

#endif
