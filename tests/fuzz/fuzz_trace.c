/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as a trace: events whose texts are one line each, or one line that says what is wrong.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/trace_read.h"
#include "tests/fuzz/must.h"

static void check_text(const char *text)
{
    for (; *text; text++)
        MUST((unsigned char)*text >= ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace_source *source = trace_source_of((const char *)data, size);
    struct trace_reader *reader = trace_reader_new(source);
    struct trace_event e;
    while (trace_next(reader, &e)) {
        MUST(!trace_error(reader) && trace_identity(reader));
        MUST(e.guest < VMM_GUESTS_MAX && e.kind <= TRACE_TECHNIQUE && e.reason <= EXIT_count);
        check_text(e.at);
        check_text(e.mode);
        check_text(e.cause);
        check_text(e.technique);
        check_text(e.did);
    }
    MUST(trace_identity(reader) || trace_error(reader));
    if (trace_error(reader))
        check_text(trace_error(reader));
    MUST(!trace_next(reader, &e));
    trace_reader_free(reader);
    trace_source_close(source);
    return 0;
}
