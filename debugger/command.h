/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Commands: tables of them, a table to a group, and what they share.
 */
#ifndef DEBUGGER_COMMAND_H
#define DEBUGGER_COMMAND_H

#include "debugger/debugger.h"

/* What an argument can be completed to. */
enum completion { COMPLETE_NOTHING, COMPLETE_EXPRESSION, COMPLETE_FILE, COMPLETE_CSR, COMPLETE_COMMAND, COMPLETE_INFO,
                  COMPLETE_EXPLAIN, COMPLETE_TECHNIQUE, COMPLETE_REASON };

struct command {
    const char *name, *alias;   /* alias: also this, however ambiguous; NULL */
    const char *arguments;      /* as help shows them */
    const char *help;           /* a line; more behind a newline */
    const char *example;
    bool (*run)(struct debugger *d, const char *arguments); /* false: d->error */
    bool repeats;               /* an empty line does it again */
    enum completion completes;
};

struct command_group {
    const char *title;
    const struct command *command; /* the last one has no name */
};
extern const struct command_group command_groups[];
extern const unsigned command_groups_count;

extern const struct command commands_running[], commands_trap[], commands_back[], commands_stops[], commands_input[], commands_data[], commands_other[];
extern const struct command_group info_group, explain_group; /* what can follow `info` and `explain` */

bool run_info(struct debugger *d, const char *arguments);
bool run_explain(struct debugger *d, const char *arguments);
bool run_guest(struct debugger *d, const char *arguments);

/* The command that `word` means: its name, its alias, or the beginning of only one name. NULL: d->error. `what`: "command". */
const struct command *command_find(struct debugger *d, const struct command_group *groups, unsigned n, const char *word, size_t length,
                                   const char *what);

/* --- arguments ------------------------------------------------------------------------------------------------------------ */

/* A word up to white space, copied; the rest. */
const char *argument_word(const char *text, char *word, size_t n);

/* The whole of the text as an expression's value. An empty one gives `otherwise`. */
bool argument_value(struct debugger *d, const char *text, uint64_t *value);
bool argument_count(struct debugger *d, const char *text, uint64_t otherwise, uint64_t *value);

/* "symbol", "*0x80000000", "file.s:12", an expression: an address. `rest`: what follows it (" if ..."). */
bool argument_address(struct debugger *d, const char *text, uint64_t *address, const char **rest);

/* The reason of exits of that name; EXIT_count for "". */
bool exit_reason_find(struct debugger *d, const char *name, unsigned *reason);

/* Of a struct execution: is this where a trap begins, of the hardware, or one that the guest sees without it? */
bool at_trap(void *execution);

/* Nothing may follow. */
bool argument_none(struct debugger *d, const char *text);

/* --- text ----------------------------------------------------------------------------------------------------------------- */

enum style { STYLE_PLAIN, STYLE_CHANGED, STYLE_DIM, STYLE_HEAD };

/* Printed if colours may be; else nothing. Each is ended by STYLE_PLAIN. */
const char *style(const struct debugger *d, enum style s);

#endif
