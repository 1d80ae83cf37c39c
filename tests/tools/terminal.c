/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * terminal SCRIPT COMMAND [ARGUMENT...]: plays a script (isa/script.h: expect, send, type, quit) on a terminal of its own, on which
 * the command runs; all that it prints goes to stdout. A key that is a control character is typed after a moment. At the end of
 * the script the command must end by itself. Status: the command's; 99 and a line on stderr if an `expect` was not met in time.
 */
#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isa/script.h"

#define PATIENCE 20000 /* ms of silence */
#define MOMENT 400000  /* us */

static void give_up(pid_t child, const struct script_player *p)
{
    const struct script_item *item = script_pending(p);
    if (item)
        fprintf(stderr, "terminal: line %u of the script: waited in vain\n", item->line);
    else
        fprintf(stderr, "terminal: the command does not end\n");
    kill(child, SIGKILL);
    exit(99);
}

static void type(int fd, struct script_player *p)
{
    const struct script_item *item;
    while ((item = script_pending(p)) && item->verb == SCRIPT_TYPE) {
        uint8_t byte = (uint8_t)script_get(p, 0);
        if (byte < ' ' && byte != '\n' && byte != '\t')
            usleep(MOMENT);
        if (write(fd, &byte, 1) != 1)
            return;
    }
}

/* What was printed, up to a byte that the script has waited for; false: nothing more will come. */
static bool listen_to(int fd, pid_t child, struct script_player *p)
{
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    uint8_t bytes[256];
    unsigned line;
    if (poll(&wait, 1, PATIENCE) == 0)
        give_up(child, p);
    ssize_t n = read(fd, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++) {
        putchar(bytes[i]);
        if (script_printed(p, bytes[i], &line))
            type(fd, p);
    }
    return n > 0 || (n < 0 && errno == EINTR);
}

int main(int argc, char **argv)
{
    char error[256];
    int fd, status;
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    struct script *script = argc > 2 ? script_read(argv[1], error, sizeof error) : NULL;
    struct script_player p = {.script = script};
    if (!script) {
        fprintf(stderr, "terminal: %s\n", argc > 2 ? error : "SCRIPT COMMAND");
        return 99;
    }
    pid_t child = forkpty(&fd, NULL, NULL, &size);
    if (child == 0) {
        execvp(argv[2], argv + 2);
        _exit(99);
    }
    type(fd, &p);
    while (!(script_pending(&p) && script_pending(&p)->verb == SCRIPT_QUIT) && listen_to(fd, child, &p))
        ;
    if (script_pending(&p) && script_pending(&p)->verb == SCRIPT_EXPECT)
        give_up(child, &p);
    close(fd); /* which hangs up, after `quit` */
    waitpid(child, &status, 0);
    script_free(script);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
