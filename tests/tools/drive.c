/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * drive SCRIPT SECONDS COMMAND...: runs a command, and holds the conversation of a script for --expect with it, as `trapeze run`
 * would with a guest: for QEMU. Prints a line for each `expect` that is met: LINE SECONDS. What the command prints goes to
 * stderr. Status: the command's; 124 after SECONDS or at `quit`; 1 if it ends before the script.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "isa/bus.h"
#include "isa/script.h"

static void need(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(2);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static pid_t start(char **command, int *in, int *out)
{
    int to[2], from[2];
    need(pipe(to) == 0 && pipe(from) == 0, "pipe");
    pid_t child = fork();
    need(child >= 0, "fork");
    if (child == 0) {
        dup2(to[0], 0);
        dup2(from[1], 1);
        close(to[1]);
        close(from[0]);
        execvp(command[0], command);
        _exit(127);
    }
    close(to[0]);
    close(from[1]);
    *in = to[1];
    *out = from[0];
    return child;
}

static void type(struct script_player *p, int in)
{
    for (int byte; (byte = script_get(p, 1)) >= 0;) {
        uint8_t b = (uint8_t)byte;
        if (write(in, &b, 1) != 1)
            return;
    }
}

/* Until the command closes its output, the script quits or the time is up (false). */
static bool converse(struct script_player *p, int in, int out, double begin, double end)
{
    uint8_t bytes[4096];
    unsigned line;
    while (!p->quit) {
        type(p, in);
        double left = end - now();
        if (p->quit || left <= 0 || poll(&(struct pollfd){.fd = out, .events = POLLIN}, 1, (int)(left * 1000) + 1) <= 0)
            return false;
        ssize_t n = read(out, bytes, sizeof bytes);
        if (n <= 0)
            return true;
        need(fwrite(bytes, 1, (size_t)n, stderr) == (size_t)n, "stderr");
        for (ssize_t i = 0; i < n; i++)
            if (script_printed(p, bytes[i], &line)) {
                printf("%u %.6f\n", line, now() - begin);
                type(p, in);
            }
    }
    return false;
}

int main(int argc, char **argv)
{
    char error[256];
    int in, out, status;
    if (argc < 4) {
        fprintf(stderr, "usage: drive SCRIPT SECONDS COMMAND...\n");
        return 2;
    }
    struct script *script = script_read(argv[1], error, sizeof error);
    if (!script) {
        fprintf(stderr, "drive: %s\n", error);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    struct script_player player = {.script = script};
    double begin = now();
    pid_t child = start(argv + 3, &in, &out);
    bool ended = converse(&player, in, out, begin, begin + atof(argv[2]));
    if (!ended)
        kill(child, SIGKILL);
    need(waitpid(child, &status, 0) == child, "waitpid");
    bool through = !script_pending(&player);
    script_free(script);
    if (!ended)
        return 124;
    return !through ? 1 : WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
