/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ways to run a guest: the monitor's techniques[], and native.
 */
#include "method.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "message.h"
#include "vmm/technique/technique.h"

unsigned method_names(const char *names[METHODS_MOST])
{
    unsigned n = 0;
    names[n++] = "native";
    for (unsigned i = 0; i < techniques_count; i++)
        names[n++] = techniques[i]->name;
    return n;
}

/* " (did you mean 'te'?)"; or which names there are. */
static const char *help_with_name(char *text, size_t n, const char *word)
{
    const char *names[METHODS_MOST];
    unsigned count = method_names(names);
    if (*suggest(text, n, word, names, count, sizeof names[0]))
        return text;
    snprintf(text, n, ": ");
    for (unsigned i = 0; i < count; i++)
        snprintf(text + strlen(text), n - strlen(text), "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    snprintf(text + strlen(text), n - strlen(text), " is wanted");
    return text;
}

/* The technique, NULL for native, with its defaults. */
static struct method method_of(const struct technique *t)
{
    struct method m = {.shadow = t ? t->shadow : SHADOW_FLUSH,
                       .name = t ? t->name : "native",
                       .mmu = !t                   ? "real"
                              : t == &technique_hw ? "nested"
                              : t->paravirtual     ? "direct"
                                                   : "shadow",
                       .technique = t,
                       .native = !t};
    snprintf(m.title, sizeof m.title, "%s", m.name);
    return m;
}

unsigned methods_all(struct method methods[METHODS_MOST])
{
    unsigned n = 0;
    methods[n++] = method_of(NULL);
    for (unsigned i = 0; i < techniques_count; i++)
        methods[n++] = method_of(techniques[i]);
    return n;
}

static struct method method_find(const char *option, const char *name)
{
    char help[128];
    if (strcmp(name, "native") == 0)
        return method_of(NULL);
    for (unsigned i = 0; i < techniques_count; i++)
        if (strcmp(techniques[i]->name, name) == 0)
            return method_of(techniques[i]);
    refuse("%s: unknown technique '%s'%s", option, name, help_with_name(help, sizeof help, name));
}

/* --- options of a technique -------------------------------------------------------------------------------------------- */

const char *const method_option_names[METHOD_OPTIONS] = {"flush", "traced",   "nested",    "shadow",
                                                         "4k",    "no-chain", "no-inline", "no-adaptive"};

#define OPTIONS_OF_SHADOWS (1u << METHOD_FLUSH | 1u << METHOD_TRACED)
#define OPTIONS_OF_MMU (1u << METHOD_NESTED | 1u << METHOD_SHADOW)
#define OPTIONS_OF_TRANSLATOR (1u << METHOD_NO_CHAIN | 1u << METHOD_NO_INLINE | 1u << METHOD_NO_ADAPTIVE)

static bool is_nested(const struct method *m)
{
    return m->technique == &technique_hw && m->assisted == MMU_NESTED;
}

/* Those that this way to run a guest can have. */
static unsigned options_of(const struct method *m)
{
    if (m->native || m->technique->paravirtual)
        return 0;
    if (m->technique == &technique_hw)
        return OPTIONS_OF_MMU | (is_nested(m) ? 1u << METHOD_4K : OPTIONS_OF_SHADOWS);
    return m->technique == &technique_bt ? OPTIONS_OF_TRANSLATOR | OPTIONS_OF_SHADOWS : OPTIONS_OF_SHADOWS;
}

static void set_option(struct method *m, enum method_option option)
{
    m->options |= 1u << option;
    switch (option) {
    case METHOD_FLUSH:
        m->shadow = SHADOW_FLUSH;
        break;
    case METHOD_TRACED:
        m->shadow = SHADOW_TRACED;
        break;
    case METHOD_NESTED:
    case METHOD_SHADOW:
        m->assisted = option == METHOD_NESTED ? MMU_NESTED : MMU_SHADOW;
        m->mmu = method_option_names[option];
        break;
    case METHOD_4K:
        m->small_pages = true;
        break;
    case METHOD_NO_CHAIN:
        m->translator.no_chain = true;
        break;
    case METHOD_NO_INLINE:
        m->translator.no_inline = true;
        break;
    default:
        m->translator.no_adaptive = true;
    }
}

/* Of options of one kind there can be one. */
static unsigned kind_of(enum method_option option)
{
    unsigned bit = 1u << option;
    return bit & OPTIONS_OF_SHADOWS ? OPTIONS_OF_SHADOWS : bit & OPTIONS_OF_MMU ? OPTIONS_OF_MMU : bit;
}

static bool same_way(const struct method *a, const struct method *b)
{
    return strcmp(a->mmu, b->mmu) == 0 && a->shadow == b->shadow && a->translator.no_chain == b->translator.no_chain &&
           a->translator.no_inline == b->translator.no_inline && a->translator.no_adaptive == b->translator.no_adaptive;
}

unsigned methods_variants(struct method methods[METHODS_MOST])
{
    static const char *const shown[] = {"no-adaptive", "nested", "shadow"};
    struct method plain[METHODS_MOST];
    unsigned n = 0, count = methods_all(plain);
    for (unsigned i = 0; i < count; i++) {
        if (n < METHODS_MOST)
            methods[n++] = plain[i];
        for (unsigned option = 0; option < METHOD_OPTIONS; option++) {
            struct method m = plain[i];
            bool wanted = false;
            for (unsigned k = 0; k < sizeof shown / sizeof *shown; k++)
                wanted |= strcmp(method_option_names[option], shown[k]) == 0;
            if (!wanted || !(options_of(&m) & 1u << option) || n == METHODS_MOST)
                continue;
            set_option(&m, (enum method_option)option);
            snprintf(m.title, sizeof m.title, "%s/%s", m.name, method_option_names[option]);
            if (!same_way(&m, &plain[i]))
                methods[n++] = m;
        }
    }
    return n;
}

/* NAME[/OPTION...] */
static struct method method_take(const char *option, char *text)
{
    char *rest = text, hint[64];
    struct method m = method_find(option, strsep(&rest, "/"));
    while (rest) {
        const char *word = strsep(&rest, "/");
        unsigned i = 0;
        while (i < METHOD_OPTIONS && strcmp(method_option_names[i], word) != 0)
            i++;
        if (i == METHOD_OPTIONS || !(options_of(&m) & 1u << i))
            refuse("%s: %s has no option '%s'%s", option, m.name, word,
                   i < METHOD_OPTIONS || m.native ? ""
                                                  : suggest(hint, sizeof hint, word, method_option_names, METHOD_OPTIONS,
                                                            sizeof method_option_names[0]));
        if (m.options & kind_of((enum method_option)i))
            refuse("%s: %s/%s: one option of a kind is enough", option, m.title, word);
        set_option(&m, (enum method_option)i);
        snprintf(m.title + strlen(m.title), sizeof m.title - strlen(m.title), "/%s", word);
    }
    return m;
}

void methods_set(struct method *methods, unsigned count, enum method_option option)
{
    unsigned bit = 1u << option, kind = kind_of(option), able = 0;
    for (unsigned i = 0; i < count; i++) {
        if (!(options_of(&methods[i]) & bit))
            continue;
        able++;
        if (!(methods[i].options & kind))
            set_option(&methods[i], option);
    }
    if (!able)
        refuse("%s%s: no technique of this run has it", kind == bit ? "--" : "--shadow ", method_option_names[option]);
}

void methods_set_mmu(struct method *methods, unsigned count, const char *kind)
{
    unsigned able = 0;
    for (unsigned i = 0; i < count; i++) {
        struct method *m = &methods[i];
        for (unsigned option = METHOD_NESTED; option <= METHOD_SHADOW; option++)
            if ((options_of(m) & 1u << option) && !(m->options & OPTIONS_OF_MMU) &&
                strcmp(method_option_names[option], kind) == 0)
                set_option(m, (enum method_option)option);
        able += strcmp(m->mmu, kind) == 0;
    }
    if (!able)
        refuse("--mmu %s: %s has only %s", kind, methods->name, methods->mmu);
}

unsigned methods_take(struct method *methods, unsigned most, const char *option, const char *list)
{
    char *copy = need(strdup(list)), *rest = copy;
    unsigned n = 0;
    while (rest) {
        char *word = strsep(&rest, ",");
        if (n == most)
            refuse("%s %s: %s", option, list,
                   most > 1 ? "too many techniques" : "run takes one technique; compare takes several");
        methods[n++] = method_take(option, word);
    }
    free(copy);
    return n;
}

const char *method_shadow(const struct method *m)
{
    return m->native || m->technique->paravirtual || is_nested(m) ? NULL : m->shadow == SHADOW_TRACED ? "traced" : "flush";
}

/* --- changes in mid-run ------------------------------------------------------------------------------------------------ */

/* N:NAME */
static struct switch_point switch_point_take(char *text)
{
    char *colon = strchr(text, ':');
    if (!colon || colon == text || strspn(text, "0123456789") != (size_t)(colon - text))
        refuse("--switch '%s': N:TECHNIQUE is wanted, the step from which on to use it", text);
    *colon = '\0';
    uint64_t step = argument_number("--switch", text, 1, INT64_MAX);
    if (strchr(colon + 1, '/'))
        refuse("--switch %s:%s: a technique's options hold for a whole run; give them to -t", text, colon + 1);
    struct method m = method_find("--switch", colon + 1);
    if (m.native)
        refuse("--switch %s:native: no run can change to native, which has no monitor", text);
    if (m.technique->paravirtual)
        refuse("--switch %s:%s: a kernel asks for it when it starts; no run can change to it", text, colon + 1);
    return (struct switch_point){step, m.technique};
}

void switching_take(struct switching *s, const char *list)
{
    char *copy = need(strdup(list)), *rest = copy;
    s->count = 0;
    while (rest) {
        char *word = strsep(&rest, ",");
        if (!*word)
            refuse("--switch '%s': N:TECHNIQUE,... is wanted", list);
        if (s->count == SWITCHES_MOST)
            refuse("--switch: there can be %d changes at the most", SWITCHES_MOST);
        struct switch_point p = switch_point_take(word);
        if (s->count && p.step <= s->at[s->count - 1].step)
            refuse("--switch %s: the steps must ascend, and %" PRIu64 " comes after %" PRIu64, list, p.step,
                   s->at[s->count - 1].step);
        s->at[s->count++] = p;
    }
    free(copy);
}

/* The technique that many changes after this one, of those that a run can change to. */
static const struct technique *technique_after(const struct technique *first, uint64_t changes)
{
    const struct technique *list[METHODS_MOST];
    unsigned count = 0, at = 0;
    for (unsigned i = 0; i < techniques_count; i++) {
        at = techniques[i] == first ? count : at;
        if (!techniques[i]->paravirtual)
            list[count++] = techniques[i];
    }
    return list[(at + changes) % count];
}

const struct technique *switching_at(const struct switching *s, const struct technique *first, uint64_t from, uint64_t step,
                                     uint64_t *steps)
{
    *steps = UINT64_MAX;
    if (first && first->paravirtual)
        return first;
    if (s->every && !s->count) {
        *steps = s->every - step % s->every;
        return technique_after(first, step / s->every - (from ? (from - 1) / s->every : 0));
    }
    for (unsigned i = 0; i < s->count; i++) {
        if (s->at[i].step > step) {
            *steps = s->at[i].step - step;
            break;
        }
        if (s->at[i].step >= from)
            first = s->at[i].technique;
    }
    return first;
}
