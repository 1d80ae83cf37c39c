/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory of the host, which there is: the lack of it ends the program.
 */
#ifndef DEBUGGER_MEMORY_H
#define DEBUGGER_MEMORY_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void *memory_need(void *p)
{
    if (p)
        return p;
    fprintf(stderr, "trapeze: out of memory\n");
    exit(125);
}

static inline void *memory_zero(size_t n)
{
    return memory_need(calloc(1, n));
}

static inline char *memory_text(const char *text)
{
    return memory_need(strdup(text));
}

#endif
