/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A socket that one gdb at a time is connected to, and packets over it. Whoever is there can drop the line or send anything.
 */
#ifndef DEBUGGER_GDB_CONNECTION_H
#define DEBUGGER_GDB_CONNECTION_H

#include <signal.h>

#include "debugger/gdb_packet.h"

struct gdb_connection;

/* As gdb_serve() has it. NULL: `error`. */
struct gdb_connection *gdb_listen(const char *where, const volatile sig_atomic_t *interrupted, char *error, size_t n);
struct gdb_connection *gdb_connection_none(void); /* nobody is there, nor will be: what is sent is lost */
void gdb_connection_close(struct gdb_connection *c); /* NULL is allowed */

/* Does one want to connect? Does not wait. */
bool gdb_connection_called(const struct gdb_connection *c);

/* Waits for the next gdb. False: interrupted. */
bool gdb_connection_accept(struct gdb_connection *c);

/* The next packet, until the one after it. False: interrupted, or there is nobody any more. */
bool gdb_connection_receive(struct gdb_connection *c, const char **data, size_t *n);
void gdb_connection_send(struct gdb_connection *c, const struct gdb_reply *reply);

/* While the guest runs: is it to stop, because of Ctrl-C or since nobody is there? */
bool gdb_connection_interrupted(struct gdb_connection *c);

/* From now on packets are not acknowledged. */
void gdb_connection_no_acks(struct gdb_connection *c);

#endif
