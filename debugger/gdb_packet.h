/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Packets of gdb's remote protocol (gdb's manual, appendix E): "$data#sum", where } escapes a byte. No byte of them is trusted.
 */
#ifndef DEBUGGER_GDB_PACKET_H
#define DEBUGGER_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GDB_PACKET_MOST 16384 /* bytes of data in either direction */

/* --- what arrives ----------------------------------------------------------------------------------------------------------- */

enum gdb_event {
    GDB_NOTHING,   /* not yet */
    GDB_PACKET,    /* data[0..n), with a NUL behind it */
    GDB_DAMAGED,   /* a packet whose sum is wrong, or that is too long */
    GDB_INTERRUPT, /* Ctrl-C, outside of packets */
    GDB_AGAIN,     /* '-': the last packet that was sent is wanted once more */
};

enum gdb_parsing { GDB_OUTSIDE, GDB_DATA, GDB_ESCAPED, GDB_SUM_HIGH, GDB_SUM_LOW };

/* All zero before the first byte. */
struct gdb_parser {
    enum gdb_parsing state;
    uint8_t sum, sent;
    bool bad;
    size_t n;
    char data[GDB_PACKET_MOST + 1];
};

/* Takes the next byte. */
enum gdb_event gdb_parse(struct gdb_parser *p, uint8_t byte);

/* A hexadecimal number at *text, at most 16 digits; *text moves behind it. False: there is none. */
bool gdb_number(const char **text, uint64_t *number);

/* n bytes from 2n hexadecimal digits. False: they are none. */
bool gdb_bytes(const char *text, uint8_t *bytes, size_t n);

/* --- what is sent ----------------------------------------------------------------------------------------------------------- */

struct gdb_reply {
    size_t n;
    bool full; /* something did not fit */
    char data[GDB_PACKET_MOST + 1]; /* without escapes */
};

void gdb_put(struct gdb_reply *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void gdb_put_hex(struct gdb_reply *r, const void *bytes, size_t n);
void gdb_put_binary(struct gdb_reply *r, const void *bytes, size_t n); /* as many as fit if they have to be escaped */

/* The whole packet, malloc'ed, never NULL; its size in *n. */
char *gdb_frame(const struct gdb_reply *r, size_t *n);

#endif
