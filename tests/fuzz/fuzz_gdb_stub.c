/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as what a gdb sends to a stub that has a guest: each packet is carried out.
 */
#include "debugged.h"

#include "debugger/gdb_internal.h"
#include "debugger/memory.h"

static bool is_source(const char *text, size_t n)
{
    char line[256] = "";
    n = n > 6 ? (n - 6) / 2 : 0;
    return strncmp(text, "qRcmd,", 6) == 0 && n < sizeof line && gdb_bytes(text + 6, (uint8_t *)line, n) &&
           (strncmp(line, "so", 2) == 0 || strstr(line, "source"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct gdb_config config = {.where = "0"}, machine = {.where = "0", .machine = true};
    if (size < 2 || size > 2048)
        return 0;
    struct debugged *d = debugged_again(data[0]);
    struct gdb *g = memory_zero(sizeof *g);
    struct gdb_parser *p = memory_zero(sizeof *p);
    g->d = d->debugger;
    g->config = data[0] & 0x80 ? &machine : &config;
    g->connection = gdb_connection_none();
    g->description = gdb_description();
    gdb_stopped(g, GDB_SIGNAL_TRAP, "");
    unsigned packets = 0;
    for (size_t i = 1; i < size && packets < 16 && !g->killed; i++)
        if (gdb_parse(p, data[i]) == GDB_PACKET && !is_source(p->data, p->n)) {
            gdb_carry_out(g, p->data, p->n);
            packets++;
        }
    gdb_connection_close(g->connection);
    free(g->description);
    free(g);
    free(p);
    return 0;
}
