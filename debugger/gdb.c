/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stub: a command a packet. What gdb asks and we do not know has an empty answer, as its protocol wants.
 */
#include "debugger/gdb.h"

#include <string.h>

#include "debugger/gdb_internal.h"
#include "debugger/memory.h"

void gdb_ok(struct gdb *g)
{
    gdb_put(&g->reply, "OK");
}

void gdb_failed(struct gdb *g, int number)
{
    gdb_put(&g->reply, "E%02x", number);
}

void gdb_answer(struct gdb *g)
{
    gdb_connection_send(g->connection, &g->reply);
    g->reply.n = 0;
    g->reply.full = false;
}

void gdb_tell(struct gdb *g, const char *text, size_t n)
{
    while (n) {
        size_t part = n < GDB_PACKET_MOST / 4 ? n : GDB_PACKET_MOST / 4;
        gdb_put(&g->reply, "O");
        gdb_put_hex(&g->reply, text, part);
        gdb_answer(g);
        text += part;
        n -= part;
    }
}

/* "ADDRESS,SIZE" */
bool gdb_range(const char **text, uint64_t *address, uint64_t *size)
{
    return gdb_number(text, address) && *(*text)++ == ',' && gdb_number(text, size);
}

/* --- packets ---------------------------------------------------------------------------------------------------------------------- */

static void why_stopped(struct gdb *g, const char *text, const char *end)
{
    (void)text, (void)end;
    gdb_put(&g->reply, "%s", g->stopped);
}

/* Z0,ADDRESS,SIZE */
static void change_point(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    struct gdb_point p = {.kind = (enum gdb_point_kind)(text[1] - '0')};
    bool add = text[0] == 'Z';
    if (text[1] < '0' || text[1] > '4')
        return;
    const char *rest = text + 2;
    if (*rest++ != ',' || !gdb_range(&rest, &p.address, &p.size) || (p.kind >= GDB_WATCH_WRITE && !p.size)) {
        gdb_failed(g, 1);
        return;
    }
    if (!add)
        gdb_point_remove(&g->points, p);
    if (!add || gdb_point_add(&g->points, p))
        gdb_ok(g);
    else
        gdb_failed(g, 28);
}

static void go_on(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    gdb_run(g, text[0] == 's' || text[0] == 'S', false);
}

static void go_back(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    if (text[1] == 's' || text[1] == 'c')
        gdb_run(g, text[1] == 's', true);
}

static void kill_guest(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    g->killed = true;
    if (text[0] == 'k')
        g->answered = true; /* it wants no answer */
    else
        gdb_ok(g);
}

static void verbose(struct gdb *g, const char *text, const char *end)
{
    if (strncmp(text, "vCont", 5) == 0)
        gdb_resume_verbosely(g, text + 5);
    else if (strncmp(text, "vKill", 5) == 0)
        kill_guest(g, text, end);
}

static void detach(struct gdb *g, const char *text, const char *end)
{
    (void)text, (void)end;
    gdb_ok(g);
    g->gone = true;
}

/* By their first letter. The end is that of the packet: X has bytes that can be anything. */
static const struct {
    char letter;
    void (*carry_out)(struct gdb *g, const char *text, const char *end);
} packets[] = {
    {'?', why_stopped},
    {'g', gdb_read_registers},
    {'G', gdb_write_registers},
    {'p', gdb_one_register},
    {'P', gdb_one_register},
    {'m', gdb_read_memory},
    {'M', gdb_write_memory},
    {'X', gdb_write_memory},
    {'Z', change_point},
    {'z', change_point},
    {'c', go_on},
    {'C', go_on},
    {'s', go_on},
    {'S', go_on},
    {'b', go_back},
    {'H', gdb_choose_thread},
    {'T', gdb_thread_alive},
    {'v', verbose},
    {'q', gdb_query},
    {'Q', gdb_query},
    {'k', kill_guest},
    {'D', detach},
};

void gdb_carry_out(struct gdb *g, const char *text, size_t n)
{
    g->answered = false;
    for (unsigned i = 0; i < sizeof packets / sizeof packets[0]; i++)
        if (packets[i].letter == text[0] && n)
            packets[i].carry_out(g, text, text + n);
    if (!g->answered)
        gdb_answer(g);
}

static void converse(struct gdb *g)
{
    const char *text;
    size_t n;
    g->points.count = g->points.watches = 0; /* the one before may not have cleaned up */
    g->gone = g->physical = false;
    gdb_stopped(g, GDB_SIGNAL_TRAP, "");
    while (!g->killed && !g->gone && !g->d->quit && gdb_connection_receive(g->connection, &text, &n))
        gdb_carry_out(g, text, n);
}

/* Until somebody is there. False: it is over. */
static bool await(struct gdb *g, bool hold)
{
    if (g->config->free && !hold && !gdb_run_freely(g))
        return false;
    return gdb_connection_accept(g->connection);
}

bool gdb_serve(struct debugger *d, const struct gdb_config *config, char *error, size_t n)
{
    struct gdb *g = memory_zero(sizeof *g);
    g->d = d;
    g->config = config;
    g->description = gdb_description();
    g->connection = gdb_listen(config->where, d->execution->interrupted, error, n);
    for (bool hold = config->hold; g->connection && !g->killed && !d->quit && await(g, hold); hold = false)
        converse(g);
    bool good = g->connection != NULL;
    gdb_connection_close(g->connection);
    free(g->description);
    free(g);
    return good;
}
