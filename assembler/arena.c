/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory of an assembly: an arena that is freed at once, and growing vectors.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024 };

struct arena_block {
    struct arena_block *before;
    size_t used, size;
    _Alignas(16) unsigned char bytes[];
};

static void *need(void *memory)
{
    if (memory != NULL)
        return memory;
    fputs("trapeze: out of memory\n", stderr);
    exit(125);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    size = (size + 15) & ~(size_t)15;
    struct arena_block *b = arena->last;
    if (b == NULL || b->size - b->used < size) {
        size_t room = size > BLOCK ? size : BLOCK;
        b = need(calloc(1, sizeof *b + room));
        b->size = room;
        b->before = arena->last;
        arena->last = b;
    }
    void *memory = b->bytes + b->used;
    b->used += size;
    return memory;
}

char *arena_copy(struct arena *arena, const char *text, size_t length)
{
    char *copy = arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

void arena_free(struct arena *arena)
{
    while (arena->last != NULL) {
        struct arena_block *b = arena->last;
        arena->last = b->before;
        free(b);
    }
}

void *vector_room(void *vector, size_t count, size_t *capacity, size_t element)
{
    if (count < *capacity)
        return vector;
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    return need(realloc(vector, *capacity * element));
}
