/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Coroutines by ucontext. A sanitizer is told which stack is in use.
 */
#include "coroutine.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifdef SANITIZED
#include <dlfcn.h>
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

#define STACK (1 << 20)

struct coroutine {
    void (*function)(void *context);
    void *context;
    char *stack; /* owned */
    ucontext_t inside, outside;
    int (*swap)(ucontext_t *from, const ucontext_t *to);
    bool begun;
    const void *outer_stack; /* of who has resumed it, as a sanitizer knows it */
    size_t outer_size;
    void *fake[2]; /* the sanitizer's: inside, outside */
};

/* Around each switch: where to, and that it is done. */
static void leave(struct coroutine *c, bool inward, bool for_good)
{
#ifdef SANITIZED
    void **keep = for_good ? NULL : &c->fake[!inward];
    if (inward)
        __sanitizer_start_switch_fiber(keep, c->stack, STACK);
    else
        __sanitizer_start_switch_fiber(keep, c->outer_stack, c->outer_size);
#else
    (void)c, (void)inward, (void)for_good;
#endif
}

static void arrived(struct coroutine *c, bool inward)
{
#ifdef SANITIZED
    if (inward)
        __sanitizer_finish_switch_fiber(c->fake[0], &c->outer_stack, &c->outer_size);
    else
        __sanitizer_finish_switch_fiber(c->fake[1], NULL, NULL);
#else
    (void)c, (void)inward;
#endif
}

/* The C library's own swapcontext(): a sanitizer's warns, on stderr, of those who do not tell it what leave() does. */
static void choose_swap(struct coroutine *c)
{
    c->swap = swapcontext;
#ifdef SANITIZED
    void *library = dlopen("libc.so.6", RTLD_LAZY), *own = library ? dlsym(library, "swapcontext") : NULL;
    if (own)
        memcpy(&c->swap, &own, sizeof own);
#endif
}

struct coroutine *coroutine_new(void (*function)(void *context), void *context)
{
    struct coroutine *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->function = function;
    c->context = context;
    choose_swap(c);
    void *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (stack == MAP_FAILED) {
        free(c);
        return NULL;
    }
    c->stack = stack;
    return c;
}

void coroutine_free(struct coroutine *c)
{
    if (!c)
        return;
    munmap(c->stack, STACK);
    free(c);
}

/* makecontext() passes integers only. */
static void begin(unsigned high, unsigned low)
{
    struct coroutine *c = (struct coroutine *)((uintptr_t)high << 32 | low);
    arrived(c, true);
    c->function(c->context);
    c->begun = false;
    leave(c, false, true);
    setcontext(&c->outside);
}

bool coroutine_resume(struct coroutine *c)
{
    if (!c->begun) {
#ifdef SANITIZED
        __asan_unpoison_memory_region(c->stack, STACK);
#endif
        getcontext(&c->inside);
        c->inside.uc_stack.ss_sp = c->stack;
        c->inside.uc_stack.ss_size = STACK;
        c->inside.uc_link = NULL;
        uintptr_t self = (uintptr_t)c;
        makecontext(&c->inside, (void (*)(void))begin, 2, (unsigned)(self >> 32), (unsigned)self);
        c->begun = true;
        c->fake[0] = NULL;
    }
    leave(c, true, false);
    c->swap(&c->outside, &c->inside);
    arrived(c, false);
    return c->begun;
}

void coroutine_stop(struct coroutine *c)
{
    leave(c, false, false);
    c->swap(&c->inside, &c->outside);
    arrived(c, true);
}

void coroutine_give_up(struct coroutine *c)
{
    c->begun = false;
}

bool coroutine_begun(const struct coroutine *c)
{
    return c->begun;
}
