/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finding commands, and their arguments.
 */
#include "debugger/command.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/expression.h"
#include "debugger/lines.h"

/* A command ends its table by having no name. */
const struct command_group command_groups[] = {
    {"Running", commands_running}, {"Traps", commands_trap},  {"Back", commands_back},          {"Stops", commands_stops},
    {"State", commands_data},      {"Input", commands_input}, {"The debugger", commands_other},
};
const unsigned command_groups_count = sizeof command_groups / sizeof command_groups[0];

/* --- finding -------------------------------------------------------------------------------------------------------------- */

static bool is(const char *name, const char *word, size_t length)
{
    return name && strncmp(name, word, length) == 0 && !name[length];
}

/* Letters to change, to put in or to leave out, to come from one word to the other. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[32];
    size_t n = strlen(b) < 31 ? strlen(b) : 31;
    for (unsigned j = 0; j <= n; j++)
        row[j] = j;
    for (; *a; a++) {
        unsigned diagonal = row[0]++;
        for (unsigned j = 1; j <= n; j++) {
            unsigned best = diagonal + (*a != b[j - 1]);
            best = row[j] + 1 < best ? row[j] + 1 : best;
            best = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
            diagonal = row[j];
            row[j] = best;
        }
    }
    return row[n];
}

static bool fail_unknown(struct debugger *d, const struct command_group *groups, unsigned n, const char *word,
                         size_t length, const char *what)
{
    char name[64];
    const char *near = NULL;
    unsigned least = 3;
    snprintf(name, sizeof name, "%.*s", (int)length, word);
    for (unsigned g = 0; g < n; g++)
        for (const struct command *c = groups[g].command; c->name; c++)
            if (distance(name, c->name) < least) {
                least = distance(name, c->name);
                near = c->name;
            }
    if (near)
        return debugger_fail(d, "unknown %s '%s' (did you mean '%s'?)", what, name, near);
    return debugger_fail(d, "unknown %s '%s'; see help", what, name);
}

const struct command *command_find(struct debugger *d, const struct command_group *groups, unsigned n, const char *word,
                                   size_t length, const char *what)
{
    const struct command *found = NULL, *other = NULL;
    for (unsigned g = 0; g < n; g++)
        for (const struct command *c = groups[g].command; c->name; c++) {
            if (is(c->name, word, length) || is(c->alias, word, length))
                return c;
            if (strncmp(c->name, word, length) == 0) {
                other = found;
                found = c;
            }
        }
    if (other) {
        debugger_fail(d, "'%.*s' can mean %s or %s", (int)length, word, other->name, found->name);
        return NULL;
    }
    if (!found)
        fail_unknown(d, groups, n, word, length, what);
    return found;
}

/* --- arguments ------------------------------------------------------------------------------------------------------------ */

const char *argument_word(const char *text, char *word, size_t n)
{
    size_t length = strcspn(text, " \t");
    snprintf(word, n, "%.*s", (int)length, text);
    for (text += length; isspace((unsigned char)*text); text++)
        ;
    return text;
}

bool argument_none(struct debugger *d, const char *text)
{
    return !*text || debugger_fail(d, "'%s' is too much", text);
}

static bool value_of(struct debugger *d, const char *text, uint64_t *value, const char **end)
{
    char error[200];
    struct expression *x = expression_parse(d->target, text, end, error, sizeof error);
    if (!x)
        return debugger_fail(d, "%s", error);
    bool good = expression_value(x, &d->shown, value);
    expression_free(x);
    return good || debugger_fail(d, "there is no memory that can be read for '%s'", text);
}

bool argument_value(struct debugger *d, const char *text, uint64_t *value)
{
    const char *end;
    return value_of(d, text, value, &end) && argument_none(d, end);
}

bool argument_count(struct debugger *d, const char *text, uint64_t otherwise, uint64_t *value)
{
    *value = otherwise;
    return !*text || argument_value(d, text, value);
}

/* "file.s:12"; false if it does not look like that. */
static bool is_line(const char *text, char *file, size_t n, unsigned *line, const char **rest)
{
    const char *colon = text + strcspn(text, ": \t");
    char *end;
    if (*colon != ':' || !isdigit((unsigned char)colon[1]))
        return false;
    snprintf(file, n, "%.*s", (int)(colon - text), text);
    *line = (unsigned)strtoul(colon + 1, &end, 10);
    *rest = end;
    return true;
}

bool argument_address(struct debugger *d, const char *text, uint64_t *address, const char **rest)
{
    char file[256];
    unsigned line, found;
    if (is_line(text, file, sizeof file, &line, rest)) {
        if (!lines_find(d->lines, file, line, address, &found))
            return debugger_fail(d, "no code is known of %s, line %u or later", file, line);
        return true;
    }
    return value_of(d, text + (*text == '*'), address, rest);
}

/* --- text ----------------------------------------------------------------------------------------------------------------- */

const char *style(const struct debugger *d, enum style s)
{
    static const char *const codes[] = {"\033[0m", "\033[1;33m", "\033[2m", "\033[1m"};
    return d->colour ? codes[s] : "";
}
