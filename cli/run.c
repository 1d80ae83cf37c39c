/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze run: guests on stdin and stdout, and a report.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "commands.h"
#include "difference.h"
#include "input.h"
#include "interrupt.h"
#include "message.h"
#include "options.h"
#include "output.h"
#include "report.h"
#include "run_gdb.h"
#include "session.h"
#include "trace_record.h"

static void print(const struct options *o, const struct run_report *runs, unsigned count, FILE *out)
{
    if (o->format == AS_TABLE || o->format == AS_MD) {
        report_table(runs, count, o->format, false, out);
        return;
    }
    json_t *array = json_array();
    for (unsigned i = 0; i < count; i++)
        if (json_array_append_new(array, report_json(&runs[i])) != 0)
            refuse("out of memory");
    if (o->format == AS_CSV)
        report_write_csv(array, out);
    else
        report_write_json(count == 1 ? json_array_get(array, 0) : array, out);
    json_decref(array);
}

static void report(const struct session *s, const struct options *o)
{
    struct run_report runs[VMM_GUESTS_MAX];
    for (unsigned i = 0; i < s->guest_count; i++)
        runs[i] = session_report(s, i);
    if (!o->stats_path) {
        print(o, runs, s->guest_count, stderr);
        if (fflush(stderr) != 0 || ferror(stderr))
            exit(STATUS_REFUSED); /* and nowhere to say why */
        return;
    }
    struct output out;
    output_begin(&out, o->stats_path);
    print(o, runs, s->guest_count, out.file);
    output_end(&out);
}

static void dump(const struct session *s, const char *path)
{
    struct output out;
    struct state state = session_state(s, 0);
    output_begin(&out, path);
    state_dump(&state, out.file);
    output_end(&out);
}

int run_command(int argc, char **argv)
{
    struct options o;
    options_parse_own(&o, OPTIONS_OF_RUN, argc, argv);
    input_check();
    struct recording *recording = recording_new(&o);
    const volatile sig_atomic_t *interrupted = interrupt_catch();
    struct session_config config = {
        .observer = recording_observer(recording),
        .options = &o,
        .method = o.method[0],
        .console = {.input = CONSOLE_FD, .input_fd = STDIN_FILENO, .output_fd = STDOUT_FILENO, .interrupted = interrupted},
    };
    uint8_t *input = NULL;
    if (o.debug.gdb)
        run_gdb_prepare(&config, &input);
    struct session *s = session_open(&config);
    if (recording)
        recording_begin(recording, s);
    if (o.debug.gdb)
        run_gdb(s, &o, interrupted);
    else
        session_run(s, o.max_insns);
    recording_end(recording);
    difference_flip(s, &o.flip);
    if (o.dump_path)
        dump(s, o.dump_path);
    if (o.stats)
        report(s, &o);
    unsigned status = 0;
    for (unsigned i = 0; i < s->guest_count; i++) {
        if (!o.quiet)
            session_remark(s, i);
        status = session_status(s, i) > status ? session_status(s, i) : status;
    }
    session_close(s);
    free(input);
    return (int)status;
}
