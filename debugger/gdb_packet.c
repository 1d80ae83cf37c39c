/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From bytes to packets, and back.
 */
#include "debugger/gdb_packet.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>

#include "debugger/memory.h"

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)tolower((unsigned char)c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* --- what arrives ----------------------------------------------------------------------------------------------------------- */

static void take(struct gdb_parser *p, uint8_t byte)
{
    if (p->n == GDB_PACKET_MOST)
        p->bad = true;
    else
        p->data[p->n++] = (char)byte;
}

static void begin(struct gdb_parser *p)
{
    p->state = GDB_DATA;
    p->n = 0;
    p->sum = p->sent = 0;
    p->bad = false;
}

static enum gdb_event data_byte(struct gdb_parser *p, uint8_t byte)
{
    if (byte == '$') { /* the end of the one before is lost */
        begin(p);
        return GDB_NOTHING;
    }
    if (byte == '#') {
        p->bad |= p->state == GDB_ESCAPED;
        p->state = GDB_SUM_HIGH;
        return GDB_NOTHING;
    }
    p->sum = (uint8_t)(p->sum + byte);
    if (p->state == GDB_ESCAPED)
        take(p, byte ^ 0x20);
    else if (byte != '}')
        take(p, byte);
    p->state = p->state == GDB_DATA && byte == '}' ? GDB_ESCAPED : GDB_DATA;
    return GDB_NOTHING;
}

static enum gdb_event sum_byte(struct gdb_parser *p, uint8_t byte)
{
    int d = digit((char)byte);
    p->bad |= d < 0;
    p->sent = (uint8_t)(p->sent << 4 | (d & 15));
    if (p->state == GDB_SUM_HIGH) {
        p->state = GDB_SUM_LOW;
        return GDB_NOTHING;
    }
    p->state = GDB_OUTSIDE;
    p->data[p->n] = '\0';
    return p->bad || p->sent != p->sum ? GDB_DAMAGED : GDB_PACKET;
}

enum gdb_event gdb_parse(struct gdb_parser *p, uint8_t byte)
{
    switch (p->state) {
    case GDB_DATA:
    case GDB_ESCAPED:
        return data_byte(p, byte);
    case GDB_SUM_HIGH:
    case GDB_SUM_LOW:
        return sum_byte(p, byte);
    case GDB_OUTSIDE:
        break;
    }
    if (byte == '$')
        begin(p);
    return byte == 3 ? GDB_INTERRUPT : byte == '-' ? GDB_AGAIN : GDB_NOTHING;
}

bool gdb_number(const char **text, uint64_t *number)
{
    unsigned n = 0;
    for (*number = 0; n < 16 && digit(**text) >= 0; n++, ++*text)
        *number = *number << 4 | (uint64_t)digit(**text);
    return n > 0 && digit(**text) < 0;
}

bool gdb_bytes(const char *text, uint8_t *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int high = digit(text[2 * i]), low = high < 0 ? -1 : digit(text[2 * i + 1]);
        if (low < 0)
            return false;
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* --- what is sent ----------------------------------------------------------------------------------------------------------- */

void gdb_put(struct gdb_reply *r, const char *format, ...)
{
    va_list list;
    size_t room = sizeof r->data - r->n;
    va_start(list, format);
    int n = vsnprintf(r->data + r->n, room, format, list);
    va_end(list);
    if (n < 0 || (size_t)n >= room)
        r->full = true;
    else
        r->n += (size_t)n;
}

void gdb_put_hex(struct gdb_reply *r, const void *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *b = bytes;
    for (size_t i = 0; i < n; i++) {
        if (r->n + 2 > GDB_PACKET_MOST) {
            r->full = true;
            return;
        }
        r->data[r->n++] = digits[b[i] >> 4];
        r->data[r->n++] = digits[b[i] & 15];
    }
}

void gdb_put_binary(struct gdb_reply *r, const void *bytes, size_t n)
{
    size_t room = GDB_PACKET_MOST - r->n;
    if (n > room) {
        n = room;
        r->full = true;
    }
    memcpy(r->data + r->n, bytes, n);
    r->n += n;
}

char *gdb_frame(const struct gdb_reply *r, size_t *n)
{
    char *frame = memory_need(malloc(2 * r->n + 5));
    uint8_t sum = 0;
    *n = 0;
    frame[(*n)++] = '$';
    for (size_t i = 0; i < r->n; i++) {
        char c = r->data[i];
        if (c == '$' || c == '#' || c == '}' || c == '*') {
            frame[(*n)++] = '}';
            c ^= 0x20;
        }
        frame[(*n)++] = c;
    }
    for (size_t i = 1; i < *n; i++)
        sum = (uint8_t)(sum + (uint8_t)frame[i]);
    *n += (size_t)sprintf(frame + *n, "#%02x", sum);
    return frame;
}
