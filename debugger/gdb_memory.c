/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets about registers and memory.
 */
#include <string.h>

#include "debugger/gdb_internal.h"

void gdb_read_registers(struct gdb *g, const char *text, const char *end)
{
    (void)text, (void)end;
    for (unsigned r = 0; r < GDB_REGISTERS; r++) {
        uint64_t value = 0;
        gdb_register_read(&g->d->shown, g->config->machine, r, &value);
        gdb_put_hex(&g->reply, &value, sizeof value); /* little-endian, as the host */
    }
}

static void write_register(struct gdb *g, uint64_t number, uint64_t value)
{
    if (!g->config->machine && gdb_register_write(g->d, number, value))
        gdb_ok(g);
    else
        gdb_failed(g, 1);
}

/* All of them: only those that are others. */
void gdb_write_registers(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    uint64_t value[GDB_REGISTERS], now;
    bool good = !g->config->machine && gdb_bytes(text + 1, (uint8_t *)value, sizeof value);
    for (unsigned r = 1; good && r < GDB_REGISTERS; r++)
        if (gdb_register_read(&g->d->shown, false, r, &now) && now != value[r])
            good = gdb_register_write(g->d, r, value[r]);
    if (good)
        gdb_ok(g);
    else
        gdb_failed(g, 1);
}

void gdb_one_register(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    uint64_t number, value;
    bool write = text[0] == 'P';
    text++;
    if (!gdb_number(&text, &number))
        gdb_failed(g, 1);
    else if (write && *text == '=' && gdb_bytes(text + 1, (uint8_t *)&value, sizeof value))
        write_register(g, number, value);
    else if (!write && gdb_register_read(&g->d->shown, g->config->machine, number, &value))
        gdb_put_hex(&g->reply, &value, sizeof value);
    else
        gdb_failed(g, 1);
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

void gdb_read_memory(struct gdb *g, const char *text, const char *end)
{
    (void)end;
    text++;
    uint8_t bytes[GDB_PACKET_MOST / 2];
    uint64_t address, size;
    size_t done = 0;
    if (!gdb_range(&text, &address, &size) || *text) {
        gdb_failed(g, 1);
        return;
    }
    size = size < sizeof bytes ? size : sizeof bytes;
    if (g->config->machine)
        done = read_machine(g, address, bytes, size);
    else
        debugger_read(&g->d->shown, address, g->physical, bytes, size, &done);
    if (done || !size)
        gdb_put_hex(&g->reply, bytes, done);
    else
        gdb_failed(g, 14);
}

/* M: hexadecimal; X: as they are. `end` is that of the packet. */
void gdb_write_memory(struct gdb *g, const char *text, const char *end)
{
    uint8_t bytes[GDB_PACKET_MOST];
    uint64_t address, size;
    bool hex = text[0] == 'M';
    text++;
    if (!gdb_range(&text, &address, &size) || *text++ != ':' || size > (uint64_t)(end - text) / (hex ? 2 : 1) ||
        (hex && !gdb_bytes(text, bytes, size))) {
        gdb_failed(g, 1);
        return;
    }
    if (!hex)
        memcpy(bytes, text, size);
    if (size == 0 || (!g->config->machine && debugger_write(g->d, address, g->physical, bytes, size)))
        gdb_ok(g);
    else
        gdb_failed(g, 14);
}
