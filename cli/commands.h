/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The subcommands. Each takes its own argc and argv (argv[0] is the subcommand's name) and returns the exit status.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

/* Exit statuses of the program; 0 to 123 are the guest's own. */
enum exit_status {
    STATUS_GUEST_MOST = 123,
    STATUS_BUDGET = 124,        /* --max-insns is used up, or the user has left with Ctrl-A x */
    STATUS_REFUSED = 125,       /* usage; an unreadable or malformed file */
    STATUS_FAULT_LOOP = 126,    /* the guest does nothing but trap */
    STATUS_PANIC = 127,         /* a broken invariant of ours */
};

int run_command(int argc, char **argv);
int compare_command(int argc, char **argv);
int verify_command(int argc, char **argv);
int debug_command(int argc, char **argv);
int classify_command(int argc, char **argv);
int bench_command(int argc, char **argv);
int trace_command(int argc, char **argv);
int info_command(int argc, char **argv);

#endif
