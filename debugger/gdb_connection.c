/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * TCP.
 */
#include "debugger/gdb_connection.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "debugger/gdb.h"
#include "debugger/memory.h"

#define HOST_MAX 256

struct gdb_connection {
    int listener, fd;                         /* fd: -1 without a gdb */
    const volatile sig_atomic_t *interrupted; /* borrowed; NULL: never */
    bool acks;
    struct gdb_parser parser;
    uint8_t in[4096];
    size_t in_at, in_end;
    char *last; /* owned: the last packet sent */
    size_t last_size;
};

static void drop(struct gdb_connection *c)
{
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

/* --- listening ------------------------------------------------------------------------------------------------------------------ */

/* "PORT" or "HOST:PORT", [HOST] if it has colons. */
static bool split(const char *where, char *host, size_t n, const char **port)
{
    const char *colon = strrchr(where, ':');
    size_t length = colon ? (size_t)(colon - where) : 0;
    *port = colon ? colon + 1 : where;
    snprintf(host, n, "127.0.0.1");
    if (length > 1 && where[0] == '[' && where[length - 1] == ']') {
        where++;
        length -= 2;
    }
    if (length >= n || !**port || strspn(*port, "0123456789") != strlen(*port) || strlen(*port) > 5 || atoi(*port) > 65535)
        return false;
    if (colon)
        snprintf(host, n, "%.*s", (int)length, where);
    return true;
}

static int listen_at(const struct addrinfo *a)
{
    int yes = 1, fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, 1) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static void say_where(int fd)
{
    struct sockaddr_storage address;
    socklen_t n = sizeof address;
    char host[128], port[16];
    if (getsockname(fd, (struct sockaddr *)&address, &n) == 0 &&
        getnameinfo((struct sockaddr *)&address, n, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) == 0)
        fprintf(stderr, "trapeze: waiting for gdb: target remote %s%s%s:%s\n", strchr(host, ':') ? "[" : "", host,
                strchr(host, ':') ? "]" : "", port);
}

const char *gdb_where_wrong(const char *where)
{
    char host[HOST_MAX];
    const char *port;
    return split(where, host, sizeof host, &port) ? NULL : "PORT or HOST:PORT is wanted, up to 65535";
}

struct gdb_connection *gdb_listen(const char *where, const volatile sig_atomic_t *interrupted, char *error, size_t n)
{
    char host[HOST_MAX];
    const char *port;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *all;
    if (!split(where, host, sizeof host, &port)) {
        snprintf(error, n, "--gdb '%s': %s", where, gdb_where_wrong(where));
        return NULL;
    }
    int status = getaddrinfo(host[0] ? host : NULL, port, &hints, &all);
    if (status != 0) {
        snprintf(error, n, "--gdb %s: %s", where, gai_strerror(status));
        return NULL;
    }
    int fd = listen_at(all);
    if (fd < 0)
        snprintf(error, n, "--gdb %s: %s", where, strerror(errno));
    freeaddrinfo(all);
    if (fd < 0)
        return NULL;
    struct gdb_connection *c = memory_zero(sizeof *c);
    c->listener = fd;
    c->fd = -1;
    c->interrupted = interrupted;
    say_where(fd);
    return c;
}

struct gdb_connection *gdb_connection_none(void)
{
    struct gdb_connection *c = memory_zero(sizeof *c);
    c->listener = c->fd = -1;
    return c;
}

void gdb_connection_close(struct gdb_connection *c)
{
    if (!c)
        return;
    drop(c);
    if (c->listener >= 0)
        close(c->listener);
    free(c->last);
    free(c);
}

/* Waits, unless it was interrupted. The signal can come right before the wait: a second at the most. */
static bool wait_for(const struct gdb_connection *c, int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    for (;;) {
        if (c->interrupted && *c->interrupted)
            return false;
        int n = poll(&p, 1, 1000);
        if (n > 0 || (n < 0 && errno != EINTR))
            return n > 0;
    }
}

bool gdb_connection_called(const struct gdb_connection *c)
{
    struct pollfd p = {.fd = c->listener, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

bool gdb_connection_accept(struct gdb_connection *c)
{
    int yes = 1;
    drop(c);
    do {
        if (!wait_for(c, c->listener))
            return false;
        c->fd = accept4(c->listener, NULL, NULL, SOCK_CLOEXEC);
    } while (c->fd < 0);
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    c->acks = true;
    c->parser.state = GDB_OUTSIDE;
    c->in_at = c->in_end = 0;
    c->last_size = 0;
    return true;
}

/* --- packets -------------------------------------------------------------------------------------------------------------------- */

static void write_all(struct gdb_connection *c, const char *bytes, size_t n)
{
    while (n && c->fd >= 0) {
        ssize_t done = send(c->fd, bytes, n, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0) {
            drop(c);
            return;
        }
        bytes += done;
        n -= (size_t)done;
    }
}

void gdb_connection_send(struct gdb_connection *c, const struct gdb_reply *reply)
{
    free(c->last);
    c->last = gdb_frame(reply, &c->last_size);
    write_all(c, c->last, c->last_size);
}

void gdb_connection_no_acks(struct gdb_connection *c)
{
    c->acks = false;
}

static bool fill(struct gdb_connection *c)
{
    if (c->fd < 0 || !wait_for(c, c->fd))
        return false;
    ssize_t n;
    do
        n = recv(c->fd, c->in, sizeof c->in, 0);
    while (n < 0 && errno == EINTR);
    if (n <= 0) {
        drop(c);
        return false;
    }
    c->in_at = 0;
    c->in_end = (size_t)n;
    return true;
}

bool gdb_connection_receive(struct gdb_connection *c, const char **data, size_t *n)
{
    for (;;) {
        while (c->in_at < c->in_end) {
            switch (gdb_parse(&c->parser, c->in[c->in_at++])) {
            case GDB_PACKET:
                if (c->acks)
                    write_all(c, "+", 1);
                *data = c->parser.data;
                *n = c->parser.n;
                return true;
            case GDB_DAMAGED:
                if (c->acks)
                    write_all(c, "-", 1);
                break;
            case GDB_AGAIN:
                if (c->acks && c->last)
                    write_all(c, c->last, c->last_size);
                break;
            case GDB_INTERRUPT: /* it stands already */
            case GDB_NOTHING:
                break;
            }
        }
        if (!fill(c))
            return false;
    }
}

bool gdb_connection_interrupted(struct gdb_connection *c)
{
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (c->fd < 0)
        return true;
    if (c->in_at == c->in_end && (poll(&p, 1, 0) <= 0 || !fill(c)))
        return c->fd < 0;
    while (c->in_at < c->in_end) {
        if (c->in[c->in_at] == '$') /* a packet: it does not belong here, but is not lost */
            return true;
        if (gdb_parse(&c->parser, c->in[c->in_at++]) == GDB_INTERRUPT)
            return true;
    }
    return false;
}
