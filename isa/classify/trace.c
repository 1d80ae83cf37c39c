/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the compiler calls before each access to memory of the traced engine. These names are the compiler's
 * (-fsanitize=thread); they stay inside of the checker's object file (Makefile, TRACED).
 */
#include "trace.h"

#include <string.h>

static _Thread_local struct trace *current;

void trace_to(struct trace *t)
{
    current = t;
}

static void read_field(struct trace *t, unsigned f)
{
    field_add(&t->reads, f);
    if (!field_in(&t->seen, f)) {
        field_add(&t->seen, f);
        t->order[t->count++] = (uint8_t)f;
    }
}

static unsigned ram_field(const struct trace *t, uintptr_t a)
{
    unsigned f = t->frame_part[(a - t->ram) >> 12];
    return f == FIELD_tables && (a == t->pte[0] || a == t->pte[1]) ? FIELD_pte : f;
}

static inline void on_read(const void *p, size_t n)
{
    struct trace *t = current;
    uintptr_t a = (uintptr_t)p, at;
    if (!t)
        return;
    if (!t->executing) {
        t->executing = a - t->scratch < t->scratch_size;
        return;
    }
    at = a - t->machine;
    if (at < t->machine_size) {
        if (n <= 8) {
            if (t->field_of[at] != FIELD_none)
                read_field(t, t->field_of[at]);
            return;
        }
        for (size_t i = 0; i < n && at + i < t->machine_size; i++)
            if (t->field_of[at + i] != FIELD_none)
                read_field(t, t->field_of[at + i]);
    } else if (a - t->ram < t->ram_size) {
        read_field(t, ram_field(t, a));
    }
}

static inline void on_write(const void *p, size_t n)
{
    struct trace *t = current;
    uintptr_t a = (uintptr_t)p;
    if (!t)
        return;
    if (a - t->machine < t->machine_size) {
        uint8_t f = t->field_of[a - t->machine];
        if (f == FIELD_unclassified)
            read_field(t, f);
        else if (f == FIELD_raised) /* it traps: what follows is the machine's */
            current = NULL;
    } else if (a - t->ram < t->ram_size && t->written < TRACE_WRITES) {
        t->writes[t->written].offset = (uint32_t)(a - t->ram);
        t->writes[t->written++].size = (uint32_t)n;
    }
}

void *traced_memcpy(void *to, const void *from, size_t n);
void *traced_memcpy(void *to, const void *from, size_t n)
{
    on_read(from, n);
    on_write(to, n);
    return memcpy(to, from, n);
}

/* clang-format off */
#define HOOK(name) void __tsan_##name
#define READS(n)                                                                                                           \
    HOOK(read##n)(void *); HOOK(read##n)(void *p) { on_read(p, n); }                                                       \
    HOOK(unaligned_read##n)(void *); HOOK(unaligned_read##n)(void *p) { on_read(p, n); }                                   \
    HOOK(write##n)(void *); HOOK(write##n)(void *p) { on_write(p, n); }                                                    \
    HOOK(unaligned_write##n)(void *); HOOK(unaligned_write##n)(void *p) { on_write(p, n); }                                \
    HOOK(read_write##n)(void *); HOOK(read_write##n)(void *p) { on_read(p, n); on_write(p, n); }                           \
    HOOK(unaligned_read_write##n)(void *); HOOK(unaligned_read_write##n)(void *p) { on_read(p, n); on_write(p, n); }
READS(1) READS(2) READS(4) READS(8) READS(16)
HOOK(read_range)(void *, size_t); HOOK(read_range)(void *p, size_t n) { on_read(p, n); }
HOOK(write_range)(void *, size_t); HOOK(write_range)(void *p, size_t n) { on_write(p, n); }
HOOK(func_entry)(void *); HOOK(func_entry)(void *caller) { (void)caller; }
HOOK(func_exit)(void); HOOK(func_exit)(void) {}
HOOK(init)(void); HOOK(init)(void) {}
void *__tsan_memcpy(void *, const void *, size_t);
void *__tsan_memcpy(void *to, const void *from, size_t n) { return traced_memcpy(to, from, n); }
void *__tsan_memmove(void *, const void *, size_t);
void *__tsan_memmove(void *to, const void *from, size_t n) { on_read(from, n); on_write(to, n); return memmove(to, from, n); }
void *__tsan_memset(void *, int, size_t);
void *__tsan_memset(void *to, int c, size_t n) { on_write(to, n); return memset(to, c, n); }
/* clang-format on */
