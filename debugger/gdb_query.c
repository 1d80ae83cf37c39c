/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Queries and settings: what the stub can do, its threads (the vCPUs of the guests, from 1 on), the description of registers,
 * and the debugger's own commands.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/gdb_internal.h"
#include "debugger/memory.h"

/* target.xml:OFFSET,SIZE */
static void read_description(struct gdb *g, const char *text)
{
    static const char name[] = "target.xml:";
    uint64_t offset, size, length = strlen(g->description);
    if (strncmp(text, name, strlen(name)) != 0) {
        gdb_failed(g, 0);
        return;
    }
    text += strlen(name);
    if (!gdb_range(&text, &offset, &size) || offset > length) {
        gdb_failed(g, 1);
        return;
    }
    size = size < GDB_PACKET_MOST / 2 ? size : GDB_PACKET_MOST / 2;
    bool last = length - offset <= size;
    gdb_put(&g->reply, last ? "l" : "m");
    gdb_put_binary(&g->reply, g->description + offset, last ? length - offset : size);
}

/* monitor COMMAND */
static void monitor(struct gdb *g, const char *text)
{
    char line[256] = "", *output;
    size_t n = strlen(text) / 2, size;
    if (n >= sizeof line || !gdb_bytes(text, (uint8_t *)line, n)) {
        gdb_failed(g, 1);
        return;
    }
    FILE *out = memory_need(open_memstream(&output, &size));
    bool good = debugger_command(g->d, line, out);
    fclose(out);
    memory_need(output);
    gdb_tell(g, output, size);
    free(output);
    if (!good) {
        gdb_tell(g, g->d->error, strlen(g->d->error));
        gdb_tell(g, "\n", 1);
    }
    gdb_console_was_shown(g);
    gdb_ok(g);
}

/* --- threads ---------------------------------------------------------------------------------------------------------------------- */

const struct target *gdb_thread(const struct gdb *g, const char **text)
{
    uint64_t number;
    if (strncmp(*text, "-1", 2) == 0) {
        *text += 2;
        return g->d->target;
    }
    if (!gdb_number(text, &number) || number > g->d->execution->count)
        return NULL;
    return number ? &g->d->targets[number - 1] : g->d->target;
}

/* Hg: of which thread registers and memory are. Hc, an older vCont, changes nothing. */
void gdb_choose_thread(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    const char *number = text + 2;
    const struct target *guest = text[1] ? gdb_thread(g, &number) : NULL;
    if (!guest || *number) {
        gdb_failed(g, 1);
        return;
    }
    if (text[1] == 'g')
        debugger_choose(g->d, guest);
    gdb_ok(g);
}

void gdb_thread_alive(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    const char *number = text + 1;
    if (gdb_thread(g, &number) && !*number)
        gdb_ok(g);
    else
        gdb_failed(g, 1);
}

static void list_threads(struct gdb *g, const char *text)
{
    (void)text;
    for (unsigned i = 0; i < g->d->execution->count; i++)
        gdb_put(&g->reply, "%c%x", i ? ',' : 'm', i + 1);
}

static void no_more_threads(struct gdb *g, const char *text)
{
    (void)text;
    gdb_put(&g->reply, "l");
}

static void thread_info(struct gdb *g, const char *text)
{
    char info[160];
    unsigned status;
    const struct target *guest = gdb_thread(g, &text);
    if (!guest || *text) {
        gdb_failed(g, 1);
        return;
    }
    bool ended = guest->ops->end(guest->owner, &status).reason != END_NONE;
    int n = snprintf(info, sizeof info, "vCPU 0 of guest %u, %.100s, T %" PRIu64 "%s", guest->number + 1, guest->name,
                     execution_step_of(g->d->execution, guest), ended ? ", ended" : "");
    gdb_put_hex(&g->reply, info, (size_t)n);
}

static void current_thread(struct gdb *g, const char *text)
{
    (void)text;
    gdb_put(&g->reply, "QC%x", g->d->target->number + 1);
}

/* --- queries ---------------------------------------------------------------------------------------------------------------------- */

static void supported(struct gdb *g, const char *text)
{
    (void)text;
    gdb_put(&g->reply,
            "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;ReverseStep+;ReverseContinue+;swbreak+;hwbreak+;"
            "vContSupported+",
            GDB_PACKET_MOST);
}

static void attached(struct gdb *g, const char *text)
{
    (void)text;
    gdb_put(&g->reply, "1");
}

static void no_symbols_wanted(struct gdb *g, const char *text)
{
    (void)text;
    gdb_ok(g);
}

static void physical_mode(struct gdb *g, const char *text)
{
    (void)text;
    gdb_put(&g->reply, "%d", g->physical);
}

static void set_physical_mode(struct gdb *g, const char *text)
{
    g->physical = text[0] == '1';
    gdb_ok(g);
}

static void stop_acks(struct gdb *g, const char *text)
{
    (void)text;
    gdb_ok(g);
    gdb_answer(g);
    gdb_connection_no_acks(g->connection);
    g->answered = true;
}

/* By how it begins. */
static const struct {
    const char *begin;
    void (*carry_out)(struct gdb *g, const char *rest);
} queries[] = {
    {"qSupported", supported},
    {"qXfer:features:read:", read_description},
    {"qRcmd,", monitor},
    {"qfThreadInfo", list_threads},
    {"qsThreadInfo", no_more_threads},
    {"qThreadExtraInfo,", thread_info},
    {"qAttached", attached},
    {"qC", current_thread},
    {"qSymbol::", no_symbols_wanted},
    {"qqemu.PhyMemMode", physical_mode},
    {"Qqemu.PhyMemMode:", set_physical_mode},
    {"QStartNoAckMode", stop_acks},
};

void gdb_query(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    for (unsigned i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        size_t n = strlen(queries[i].begin);
        if (strncmp(text, queries[i].begin, n) == 0) {
            queries[i].carry_out(g, text + n);
            return;
        }
    }
}
