/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Completion, for any face.
 */
#include "complete.h"

#include <ctype.h>
#include <string.h>

#include "vmm/technique/technique.h"
#include "debugger/command.h"
#include "debugger/expression.h"
#include "debugger/name.h"

/* Passes on what begins so. */
struct filter {
    const char *begin;
    size_t length;
    void (*take)(void *context, const char *word);
    void *context;
};

static void pass(void *context, const char *word)
{
    const struct filter *f = context;
    if (strncmp(word, f->begin, f->length) == 0)
        f->take(f->context, word);
}

static void pass_commands(struct filter *f, const struct command_group *groups, unsigned n)
{
    for (unsigned g = 0; g < n; g++)
        for (const struct command *c = groups[g].command; c->name; c++)
            pass(f, c->name);
}

/* The command whose name, alias or beginning this word is; quietly. */
static const struct command *find(const struct command_group *groups, unsigned n, const char *word, size_t length)
{
    const struct command *found = NULL;
    for (unsigned g = 0; g < n; g++)
        for (const struct command *c = groups[g].command; c->name; c++) {
            bool begins = strncmp(c->name, word, length) == 0;
            if ((begins && !c->name[length]) || (c->alias && strncmp(c->alias, word, length) == 0 && !c->alias[length]))
                return c;
            if (begins && !found)
                found = c;
        }
    return found;
}

static void pass_all(struct filter *f, const struct debugger *d, enum completion what)
{
    switch (what) {
    case COMPLETE_EXPRESSION:
        expression_names(d->target, pass, f);
        break;
    case COMPLETE_CSR:
        for (unsigned i = 0; i < csr_names_count; i++)
            pass(f, csr_names[i].name);
        break;
    case COMPLETE_COMMAND:
        pass_commands(f, command_groups, command_groups_count);
        break;
    case COMPLETE_INFO:
        pass_commands(f, &info_group, 1);
        break;
    case COMPLETE_EXPLAIN:
        pass_commands(f, &explain_group, 1);
        break;
    case COMPLETE_TECHNIQUE:
        for (unsigned i = 0; i < techniques_count; i++)
            pass(f, techniques[i]->name);
        break;
    case COMPLETE_REASON:
        for (unsigned i = 0; i < EXIT_count; i++)
            pass(f, exit_names[i].name);
        break;
    default:
        break;
    }
}

static size_t word_end(const char *line, size_t at)
{
    while (line[at] && !isspace((unsigned char)line[at]) && line[at] != '/')
        at++;
    return at;
}

static size_t word_begin(const char *line, size_t at)
{
    at = word_end(line, at);
    if (line[at] == '/')
        while (line[at] && !isspace((unsigned char)line[at]))
            at++;
    while (isspace((unsigned char)line[at]))
        at++;
    return at;
}

size_t complete_begin(const char *line, size_t end)
{
    size_t first = strspn(line, " \t"), begin = end;
    if (first + strcspn(line + first, " \t") >= end)
        return first < end ? first : end;
    while (begin > 0 && !strchr(COMPLETE_BREAKS, line[begin - 1]))
        begin--;
    return begin;
}

bool complete(const struct debugger *d, const char *line, size_t begin, size_t end,
              void (*take)(void *context, const char *word), void *context)
{
    struct filter f = {line + begin, end - begin, take, context};
    size_t first = strspn(line, " \t");
    if (begin <= first) {
        pass_commands(&f, command_groups, command_groups_count);
        return true;
    }
    const struct command *c = find(command_groups, command_groups_count, line + first, word_end(line, first) - first);
    size_t second = word_begin(line, first);
    const struct command_group *sub = !c                                 ? NULL
                                      : c->completes == COMPLETE_INFO    ? &info_group
                                      : c->completes == COMPLETE_EXPLAIN ? &explain_group
                                                                         : NULL;
    if (sub && begin > second)
        c = find(sub, 1, line + second, word_end(line, second) - second);
    if (c)
        pass_all(&f, d, c->completes);
    return !c || c->completes != COMPLETE_FILE;
}
