/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stub: a command a packet. What gdb asks and we do not know has an empty answer, as its protocol wants.
 */
#include "debugger/gdb.h"

#include <inttypes.h>

#include "debugger/gdb_connection.h"
#include "debugger/gdb_internal.h"
#include "debugger/memory.h"

#define CHUNK (UINT64_C(1) << 18) /* steps between looks at whether gdb wants to interrupt */
#define SIGNAL_INT 2
#define SIGNAL_TRAP 5

struct gdb {
    struct debugger *d;
    struct gdb_connection *connection;
    struct gdb_points points;
    struct gdb_reply reply;
    char *description; /* owned: XML */
    bool machine, physical, killed, gone;
    size_t console_shown;
    char stopped[96]; /* the answer to ? */
};

static void ok(struct gdb *g)
{
    gdb_put(&g->reply, "OK");
}

static void failed(struct gdb *g, int number)
{
    gdb_put(&g->reply, "E%02x", number);
}

static void answer(struct gdb *g)
{
    gdb_connection_send(g->connection, &g->reply);
    g->reply.n = 0;
    g->reply.full = false;
}

/* Text for gdb's user, while the guest runs or a monitor command is carried out. */
static void tell(struct gdb *g, const char *text, size_t n)
{
    while (n) {
        size_t part = n < GDB_PACKET_MOST / 4 ? n : GDB_PACKET_MOST / 4;
        gdb_put(&g->reply, "O");
        gdb_put_hex(&g->reply, text, part);
        answer(g);
        text += part;
        n -= part;
    }
}

/* --- running ------------------------------------------------------------------------------------------------------------------ */

static void show_console(struct gdb *g)
{
    const struct target *t = g->d->target;
    size_t size;
    const uint8_t *bytes = t->ops->console(t->owner, &size);
    if (size > g->console_shown)
        tell(g, (const char *)bytes + g->console_shown, size - g->console_shown);
    g->console_shown = size;
}

static void stopped_by(struct gdb *g, const struct gdb_watcher *w)
{
    static const char *const names[] = {"swbreak", "hwbreak", "watch", "rwatch", "awatch"};
    if (w->met->kind <= GDB_BREAK_HARD)
        snprintf(g->stopped, sizeof g->stopped, "T%02x%s:;thread:1;", SIGNAL_TRAP, names[w->met->kind]);
    else
        snprintf(g->stopped, sizeof g->stopped, "T%02x%s:%" PRIx64 ";thread:1;", SIGNAL_TRAP, names[w->met->kind],
                 w->address);
}

static void stopped(struct gdb *g, int number, const char *why)
{
    snprintf(g->stopped, sizeof g->stopped, "T%02x%sthread:1;", number, why);
}

/* The guest has ended; going back is still possible, so gdb is not told that it is gone. */
static void ended(struct gdb *g)
{
    static const char text[] = "The guest has ended.\n";
    tell(g, text, sizeof text - 1);
    stopped(g, SIGNAL_TRAP, "replaylog:end;");
}

static void waits(struct gdb *g)
{
    static const char text[] = "The guest waits for input: monitor send TEXT\n";
    tell(g, text, sizeof text - 1);
    stopped(g, SIGNAL_TRAP, "");
}

static bool always(void *context)
{
    (void)context;
    return true;
}

/* On RISC-V gdb takes it that a watchpoint is told before its instruction is executed, and steps over that itself: so it is told
 * wherever one is next, in the direction that the run takes, even before the first step. */

/* Chunk by chunk, until it stops or gdb says so. */
static void go_on(struct gdb *g, bool step)
{
    struct execution *e = g->d->execution;
    struct gdb_watcher w;
    struct wish wish = {.each_step = step || g->points.count, .stop = step ? always : gdb_watch_ask, .context = &w};
    gdb_watch_begin(&w, g->d, &g->points);
    if (gdb_watch_touches(&w)) {
        stopped_by(g, &w);
        return;
    }
    for (;;) {
        wish.goal = (struct moment){step ? UINT64_MAX : e->now.step + CHUNK, 0};
        switch (execution_run(e, &wish)) {
        case RAN_TO_GOAL:
            if (!gdb_connection_interrupted(g->connection))
                continue;
            stopped(g, SIGNAL_INT, "");
            return;
        case RAN_WAITING:
            waits(g);
            return;
        case RAN_INTERRUPTED:
            stopped(g, SIGNAL_INT, "");
            return;
        case RAN_TO_END:
            ended(g);
            return;
        case RAN_INTO_STOP:
            if (step)
                stopped(g, SIGNAL_TRAP, "");
            else
                stopped_by(g, &w);
            return;
        }
    }
}

static void go_back(struct gdb *g, bool step)
{
    struct execution *e = g->d->execution;
    struct gdb_watcher w;
    struct wish wish = {.goal = {UINT64_MAX, 0}, .each_step = true, .stop = step ? always : gdb_watch_ask, .context = &w};
    gdb_watch_begin(&w, g->d, &g->points);
    bool found = execution_back(e, &wish), touches = found && gdb_watch_touches(&w);
    if (!found)
        stopped(g, SIGNAL_TRAP, "replaylog:begin;");
    else if (touches && execution_go(e, (struct moment){e->now.step + 1, 0}))
        stopped_by(g, &w);
    else if (step)
        stopped(g, SIGNAL_TRAP, "");
    else if (gdb_watch_ask(&w))
        stopped_by(g, &w);
}

static void run(struct gdb *g, bool step, bool back)
{
    if (back)
        go_back(g, step);
    else
        go_on(g, step);
    debugger_moved(g->d);
    show_console(g);
    gdb_put(&g->reply, "%s", g->stopped);
}

/* vCont;s:1;c: the first action that there is, since there is one thread. */
static void resume_verbosely(struct gdb *g, const char *text)
{
    if (text[0] == '?')
        gdb_put(&g->reply, "vCont;c;C;s;S");
    else if (text[0] == ';' && text[1] && strchr("cCsS", text[1]))
        run(g, text[1] == 's' || text[1] == 'S', false);
    else
        failed(g, 1);
}

/* --- registers and memory ------------------------------------------------------------------------------------------------------- */

static void read_registers(struct gdb *g)
{
    for (unsigned r = 0; r < GDB_REGISTERS; r++) {
        uint64_t value = 0;
        gdb_register_read(&g->d->shown, g->machine, r, &value);
        gdb_put_hex(&g->reply, &value, sizeof value); /* little-endian, as the host */
    }
}

static void write_register(struct gdb *g, uint64_t number, uint64_t value)
{
    if (!g->machine && gdb_register_write(g->d, number, value))
        ok(g);
    else
        failed(g, 1);
}

/* All of them: only those that are others. */
static void write_registers(struct gdb *g, const char *text)
{
    uint64_t value[GDB_REGISTERS], now;
    bool good = !g->machine && gdb_bytes(text, (uint8_t *)value, sizeof value);
    for (unsigned r = 1; good && r < GDB_REGISTERS; r++)
        if (gdb_register_read(&g->d->shown, false, r, &now) && now != value[r])
            good = gdb_register_write(g->d, r, value[r]);
    if (good)
        ok(g);
    else
        failed(g, 1);
}

static void one_register(struct gdb *g, const char *text)
{
    uint64_t number, value;
    bool write = text[0] == 'P';
    text++;
    if (!gdb_number(&text, &number))
        failed(g, 1);
    else if (write && *text == '=' && gdb_bytes(text + 1, (uint8_t *)&value, sizeof value))
        write_register(g, number, value);
    else if (!write && gdb_register_read(&g->d->shown, g->machine, number, &value))
        gdb_put_hex(&g->reply, &value, sizeof value);
    else
        failed(g, 1);
}

/* "ADDRESS,SIZE" */
static bool range(const char **text, uint64_t *address, uint64_t *size)
{
    return gdb_number(text, address) && *(*text)++ == ',' && gdb_number(text, size);
}

/* As the real processor would reach it, wherever the monitor has let it: by satp, if that is set. */
static size_t read_machine(const struct gdb *g, uint64_t address, uint8_t *bytes, size_t n)
{
    const struct machine *m = g->d->target->machine;
    uint64_t satp = m->hart.priv.csr.satp;
    size_t done = 0;
    for (; done < n; done++) {
        uint64_t pa = address + done;
        if (SATP_MODE(satp) == SATP_MODE_SV39 && !g->physical) {
            struct walk w = mmu_walk(&m->ram, satp, pa);
            pa = w.end == WALK_LEAF ? w.pa : UINT64_MAX;
        }
        const uint8_t *at = ram_at(&m->ram, pa, 1);
        if (!at)
            break;
        bytes[done] = *at;
    }
    return done;
}

static void read_memory(struct gdb *g, const char *text)
{
    uint8_t bytes[GDB_PACKET_MOST / 2];
    uint64_t address, size;
    size_t done = 0;
    if (!range(&text, &address, &size) || *text) {
        failed(g, 1);
        return;
    }
    size = size < sizeof bytes ? size : sizeof bytes;
    if (g->machine)
        done = read_machine(g, address, bytes, size);
    else
        debugger_read(&g->d->shown, address, g->physical, bytes, size, &done);
    if (done || !size)
        gdb_put_hex(&g->reply, bytes, done);
    else
        failed(g, 14);
}

/* M: hexadecimal; X: as they are. `end` is that of the packet. */
static void write_memory(struct gdb *g, const char *text, const char *end)
{
    uint8_t bytes[GDB_PACKET_MOST];
    uint64_t address, size;
    bool hex = text[0] == 'M';
    text++;
    if (!range(&text, &address, &size) || *text++ != ':' || size > (uint64_t)(end - text) / (hex ? 2 : 1) ||
        (hex && !gdb_bytes(text, bytes, size))) {
        failed(g, 1);
        return;
    }
    if (!hex)
        memcpy(bytes, text, size);
    if (size == 0 || (!g->machine && debugger_write(g->d, address, g->physical, bytes, size)))
        ok(g);
    else
        failed(g, 14);
}

/* Z0,ADDRESS,SIZE */
static void change_point(struct gdb *g, const char *text)
{
    struct gdb_point p = {.kind = (enum gdb_point_kind)(text[1] - '0')};
    bool add = text[0] == 'Z';
    if (text[1] < '0' || text[1] > '4')
        return;
    const char *rest = text + 2;
    if (*rest++ != ',' || !range(&rest, &p.address, &p.size) || (p.kind >= GDB_WATCH_WRITE && !p.size)) {
        failed(g, 1);
        return;
    }
    if (!add)
        gdb_point_remove(&g->points, p);
    if (!add || gdb_point_add(&g->points, p))
        ok(g);
    else
        failed(g, 28);
}

/* --- queries ---------------------------------------------------------------------------------------------------------------------- */

/* target.xml:OFFSET,SIZE */
static void read_description(struct gdb *g, const char *text)
{
    static const char name[] = "target.xml:";
    uint64_t offset, size, length = strlen(g->description);
    if (strncmp(text, name, strlen(name)) != 0) {
        failed(g, 0);
        return;
    }
    text += strlen(name);
    if (!range(&text, &offset, &size) || offset > length) {
        failed(g, 1);
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
        failed(g, 1);
        return;
    }
    FILE *out = memory_need(open_memstream(&output, &size));
    bool good = debugger_command(g->d, line, out);
    fclose(out);
    memory_need(output);
    tell(g, output, size);
    free(output);
    if (!good) {
        tell(g, g->d->error, strlen(g->d->error));
        tell(g, "\n", 1);
    }
    g->console_shown = g->d->console_shown > g->console_shown ? g->d->console_shown : g->console_shown;
    ok(g);
}

static bool begins(const char **text, const char *word)
{
    size_t n = strlen(word);
    if (strncmp(*text, word, n) != 0)
        return false;
    *text += n;
    return true;
}

static void query(struct gdb *g, const char *text)
{
    if (begins(&text, "qSupported"))
        gdb_put(&g->reply,
                "PacketSize=%x;qXfer:features:read+;QStartNoAckMode+;ReverseStep+;ReverseContinue+;swbreak+;hwbreak+;"
                "vContSupported+",
                GDB_PACKET_MOST);
    else if (begins(&text, "qXfer:features:read:"))
        read_description(g, text);
    else if (begins(&text, "qRcmd,"))
        monitor(g, text);
    else if (begins(&text, "qfThreadInfo"))
        gdb_put(&g->reply, "m1");
    else if (begins(&text, "qsThreadInfo"))
        gdb_put(&g->reply, "l");
    else if (begins(&text, "qThreadExtraInfo"))
        gdb_put_hex(&g->reply, "vCPU 0", 6);
    else if (begins(&text, "qAttached"))
        gdb_put(&g->reply, "1");
    else if (begins(&text, "qC"))
        gdb_put(&g->reply, "QC1");
    else if (begins(&text, "qSymbol::"))
        ok(g);
    else if (begins(&text, "qqemu.PhyMemMode"))
        gdb_put(&g->reply, "%d", g->physical);
}

static void set(struct gdb *g, const char *text)
{
    if (begins(&text, "QStartNoAckMode")) {
        ok(g);
        answer(g);
        gdb_connection_no_acks(g->connection);
    } else if (begins(&text, "Qqemu.PhyMemMode:")) {
        g->physical = text[0] == '1';
        ok(g);
    }
}

/* --- packets ---------------------------------------------------------------------------------------------------------------------- */

static void verbose(struct gdb *g, const char *text)
{
    if (begins(&text, "vCont")) {
        resume_verbosely(g, text);
    } else if (begins(&text, "vKill")) {
        g->killed = true;
        ok(g);
    }
}

/* False: the answer was given, or there is none. */
static bool carry_out(struct gdb *g, const char *text, size_t n)
{
    switch (text[0]) {
    case '?':
        gdb_put(&g->reply, "%s", g->stopped);
        break;
    case 'g':
        read_registers(g);
        break;
    case 'G':
        write_registers(g, text + 1);
        break;
    case 'p':
    case 'P':
        one_register(g, text);
        break;
    case 'm':
        read_memory(g, text + 1);
        break;
    case 'M':
    case 'X':
        write_memory(g, text, text + n);
        break;
    case 'Z':
    case 'z':
        change_point(g, text);
        break;
    case 'c':
    case 'C':
        run(g, false, false);
        break;
    case 's':
    case 'S':
        run(g, true, false);
        break;
    case 'b':
        if (text[1] == 's' || text[1] == 'c')
            run(g, text[1] == 's', true);
        break;
    case 'H':
    case 'T':
        ok(g);
        break;
    case 'v':
        verbose(g, text);
        break;
    case 'q':
        query(g, text);
        break;
    case 'Q':
        set(g, text);
        return strncmp(text, "QStartNoAckMode", 15) != 0;
    case 'k':
        g->killed = true;
        return false;
    case 'D':
        ok(g);
        g->gone = true;
        break;
    }
    return true;
}

static void converse(struct gdb *g)
{
    const char *text;
    size_t n;
    g->points.count = g->points.watches = 0; /* the one before may not have cleaned up */
    g->gone = g->physical = false;
    stopped(g, SIGNAL_TRAP, "");
    while (!g->killed && !g->gone && !g->d->quit && gdb_connection_receive(g->connection, &text, &n))
        if (carry_out(g, text, n))
            answer(g);
}

bool gdb_serve(struct debugger *d, const char *where, bool machine, char *error, size_t n)
{
    struct gdb *g = memory_zero(sizeof *g);
    g->d = d;
    g->machine = machine;
    g->description = gdb_description();
    g->connection = gdb_listen(where, d->execution->interrupted, error, n);
    while (g->connection && !g->killed && !d->quit && gdb_connection_accept(g->connection))
        converse(g);
    bool good = g->connection != NULL;
    gdb_connection_close(g->connection);
    free(g->description);
    free(g);
    return good;
}
