/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as what a gdb sends: packets that fit, and that come back as they are when they are framed again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/gdb_packet.h"
#include "tests/fuzz/must.h"

/* What was taken out of a packet goes into one, and out of that again. */
static void check_frame(const struct gdb_parser *p, struct gdb_reply *reply, struct gdb_parser *again)
{
    size_t n;
    memset(again, 0, sizeof *again);
    reply->n = 0;
    reply->full = false;
    gdb_put_binary(reply, p->data, p->n);
    MUST(!reply->full && reply->n == p->n);
    char *frame = gdb_frame(reply, &n);
    for (size_t i = 0; i < n; i++)
        MUST(gdb_parse(again, (uint8_t)frame[i]) == (i + 1 == n ? GDB_PACKET : GDB_NOTHING));
    MUST(again->n == p->n && !memcmp(again->data, p->data, p->n));
    free(frame);
}

static void check_numbers(const struct gdb_parser *p)
{
    const char *text = p->data;
    uint8_t bytes[64];
    uint64_t number;
    while (*text) {
        const char *before = text;
        if (!gdb_number(&text, &number))
            text = before + 1;
        MUST(text > before && text <= p->data + p->n);
    }
    gdb_bytes(p->data, bytes, p->n / 2 < sizeof bytes ? p->n / 2 : sizeof bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gdb_parser *p = calloc(2, sizeof *p);
    struct gdb_reply *reply = calloc(1, sizeof *reply);
    MUST(p && reply);
    for (size_t i = 0; i < size; i++) {
        enum gdb_event event = gdb_parse(p, data[i]);
        MUST(p->n <= GDB_PACKET_MOST);
        if (event != GDB_PACKET)
            continue;
        MUST(p->data[p->n] == '\0');
        check_numbers(p);
        check_frame(p, reply, p + 1);
    }
    free(p);
    free(reply);
    return 0;
}
