/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal in raw mode. Its settings belong to the process's terminal, not to any machine, and a signal handler has to
 * find them: the one place with state that is not in a struct of the caller's.
 */
#include "terminal.h"

#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios terminal_saved;
static int terminal_fd;
static volatile sig_atomic_t terminal_users;

static const int deadly[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};

static void restore(void)
{
    if (terminal_users)
        tcsetattr(terminal_fd, TCSANOW, &terminal_saved);
    terminal_users = 0;
}

/* Installed with SA_RESETHAND: the second time the signal does what it always did. */
static void restore_and_die(int number)
{
    restore();
    raise(number);
}

/* Of signals that someone else handles, that one takes care. */
static void catch_signals(void)
{
    struct sigaction mine = {.sa_handler = restore_and_die, .sa_flags = (int)SA_RESETHAND}, other;
    for (unsigned i = 0; i < sizeof deadly / sizeof deadly[0]; i++)
        if (!sigaction(deadly[i], NULL, &other) && other.sa_handler == SIG_DFL)
            sigaction(deadly[i], &mine, NULL);
}

bool terminal_raw(int fd)
{
    static bool prepared;
    if (terminal_users) {
        terminal_users += fd == terminal_fd;
        return fd == terminal_fd;
    }
    if (tcgetpgrp(fd) != getpgrp() || tcgetattr(fd, &terminal_saved))
        return false;
    struct termios raw = terminal_saved;
    raw.c_iflag &= ~(tcflag_t)(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
    raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | IEXTEN | ISIG);
    raw.c_oflag |= OPOST; /* a guest's newline still returns the carriage */
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    if (!prepared)
        atexit(restore);
    prepared = true;
    terminal_fd = fd;
    terminal_users = 1;
    catch_signals();
    if (tcsetattr(fd, TCSANOW, &raw) == 0)
        return true;
    terminal_users = 0;
    return false;
}

void terminal_release(void)
{
    if (terminal_users == 1)
        restore();
    else if (terminal_users)
        terminal_users--;
}
