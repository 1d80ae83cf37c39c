/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A session's guests as the debugger's targets.
 */
#include "session_target.h"

#include <string.h>

#include "session_guest.h"

static struct session *session_of(void *owner)
{
    return ((struct session_guest *)owner)->session;
}

static unsigned index_of(void *owner)
{
    struct session_guest *g = owner;
    return (unsigned)(g - g->session->guest);
}

static struct console *console_of(void *owner)
{
    return ((struct session_guest *)owner)->console;
}

static bool advance(void *owner, uint64_t goal)
{
    return session_advance(session_of(owner), goal);
}

static void set_technique(void *owner, const struct technique *technique)
{
    session_set_technique(session_of(owner), index_of(owner), technique);
}

static const struct technique *technique(void *owner, uint64_t step)
{
    return session_technique(session_of(owner), index_of(owner), step);
}

static struct run_end end(void *owner, unsigned *status)
{
    *status = session_status(session_of(owner), index_of(owner));
    return session_end(session_of(owner), index_of(owner));
}

static void *mark(void *owner)
{
    return session_mark(session_of(owner));
}

static void rewind_to(void *owner, const void *m)
{
    session_rewind(session_of(owner), m);
}

static void forget(void *owner, void *m)
{
    (void)owner;
    session_forget(m);
}

static void on_asked(void *owner, void (*none)(void *context, unsigned guest, uint64_t now), void *context)
{
    session_of(owner)->asked = (struct session_asked){none, context};
}

static const uint8_t *console(void *owner, size_t *size)
{
    return console_captured(console_of(owner), size);
}

static bool typed(void *owner)
{
    return console_is_typed(console_of(owner));
}

static void begin_typing(void *owner)
{
    console_begin_typing(console_of(owner));
}

static void type(void *owner, uint64_t now, const uint8_t *bytes, size_t n)
{
    console_type(console_of(owner), now, bytes, n);
}

static size_t unread(void *owner)
{
    return console_unread(console_of(owner));
}

static uint64_t hash(void *owner, struct context *ctx, struct priv *priv, const struct clock *clock)
{
    struct state state = session_state(session_of(owner), index_of(owner));
    state.ctx = ctx;
    state.priv = priv;
    state.clock = clock;
    return state_hash(&state);
}

static const struct target_ops ops = {
    .advance = advance,
    .set_technique = set_technique,
    .technique = technique,
    .end = end,
    .mark = mark,
    .rewind = rewind_to,
    .forget = forget,
    .console = console,
    .typed = typed,
    .begin_typing = begin_typing,
    .type = type,
    .unread = unread,
    .on_asked = on_asked,
    .hash = hash,
};

static struct target target_of(struct session *s, unsigned i)
{
    struct session_guest *g = &s->guest[i];
    const struct guest *loaded = &g->loaded;
    const char *path = g->options->image ? g->options->image : "";
    return (struct target){
        .ops = &ops,
        .owner = g,
        .number = i,
        .name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path,
        .machine = s->machine,
        .vmm = s->vmm,
        .vm = session_vm(s, i),
        .hw = s->hw,
        .image = {&loaded->image, loaded->kernel.path ? &loaded->kernel : NULL},
        .profile = s->options->profile,
        .goal = s->options->max_insns,
    };
}

void session_targets(struct session *s, struct target targets[VMM_GUESTS_MAX])
{
    for (unsigned i = 0; i < s->guest_count; i++)
        targets[i] = target_of(s, i);
}
