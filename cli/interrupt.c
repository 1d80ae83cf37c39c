/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A signal handler has nothing but what is static: the one such variable here.
 */
#include "interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t interrupted;

static void note(int number)
{
    (void)number;
    interrupted = 1;
}

const volatile sig_atomic_t *interrupt_catch(void)
{
    static const int signals[] = {SIGINT, SIGTERM};
    struct sigaction mine = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND}, other;
    for (unsigned i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sigaction(signals[i], NULL, &other) == 0 && other.sa_handler == SIG_DFL)
            sigaction(signals[i], &mine, NULL);
    return &interrupted;
}
