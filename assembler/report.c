/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Messages: "file:line:column: error: what", the line, a caret; and the nearest name to a mistyped one.
 */
#include "internal.h"

#include <stdarg.h>
#include <string.h>

static const struct {
    const char *name, *colour;
} severities[] = {
    [SEVERITY_ERROR] = {"error", "\033[1;31m"},
    [SEVERITY_WARNING] = {"warning", "\033[1;35m"},
    [SEVERITY_NOTE] = {"note", "\033[1;36m"},
};

enum { WIDTH = 160 }; /* of a quoted line; more is cut at both ends */

/* The line as it stands in the file, or as it was expanded; `column` counts from 0. */
static void show_line(FILE *out, const char *text, size_t length, size_t column)
{
    size_t from = column > WIDTH / 2 && length > WIDTH ? column - WIDTH / 2 : 0;
    size_t to = length - from > WIDTH ? from + WIDTH : length;
    fputs("    ", out);
    for (size_t i = from; i < to; i++)
        fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], out);
    fputs("\n    ", out);
    for (size_t i = from; i < column; i++) {
        if (i >= length || ((unsigned char)text[i] & 0xc0) != 0x80)
            fputc(' ', out); /* a character, not a byte */
    }
    fputs("^\n", out);
}

static void show(const struct assembler *a, struct where where, unsigned column)
{
    const struct line *line = where.line;
    if (line->macro != NULL) {
        show_line(a->messages, line->text, strlen(line->text), (size_t)(where.at - line->text));
        return;
    }
    const char *text = line->source->text, *end = text + line->source->size;
    for (unsigned n = 1; n < line->number && text < end; n++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline == NULL ? end : newline + 1;
    }
    const char *newline = memchr(text, '\n', (size_t)(end - text));
    show_line(a->messages, text, (size_t)((newline == NULL ? end : newline) - text), column - 1);
}

static unsigned column_of(struct where where)
{
    return where.line->column + (unsigned)(where.at - where.line->text);
}

static void show_callers(const struct assembler *a, const struct line *line)
{
    unsigned shown = 0;
    for (; line->caller != NULL; line = line->caller) {
        if (++shown > 4) {
            fputs("  ... and further out\n", a->messages);
            return;
        }
        fprintf(a->messages, "%s:%u: note: ", line->caller->source->name, line->caller->number);
        if (line->macro != NULL)
            fprintf(a->messages, "in an expansion of %s\n", line->macro);
        else
            fputs("included here\n", a->messages);
    }
}

void asm_report(struct assembler *a, enum severity severity, struct where where, const char *format, ...)
{
    if (a->stopped)
        return;
    if (severity == SEVERITY_ERROR)
        a->errors++;
    bool too_many = severity == SEVERITY_ERROR && a->errors >= MOST_ERRORS;
    if (too_many)
        a->stopped = true;
    if (a->messages == NULL)
        return;
    unsigned column = column_of(where);
    fprintf(a->messages, "%s:%u:%u: %s%s:%s ", where.line->source->name, where.line->number, column,
            a->options.colour ? severities[severity].colour : "", severities[severity].name,
            a->options.colour ? "\033[0m" : "");
    va_list args;
    va_start(args, format);
    char message[512]; /* names can be of any length */
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    fprintf(a->messages, "%s\n", message);
    show(a, where, column);
    show_callers(a, where.line);
    if (too_many)
        fprintf(a->messages, "%u errors: giving up\n", a->errors);
}

bool asm_fail(struct assembler *a, const char *at, const char *format, ...)
{
    if (a->failed_at != NULL && at < a->failed_at)
        return false;
    a->failed_at = at;
    va_list args;
    va_start(args, format);
    vsnprintf(a->failure, sizeof a->failure, format, args);
    va_end(args);
    return false;
}

struct where asm_here(const struct assembler *a, const char *at)
{
    return (struct where){a->line, at};
}

/* Edits between two words: insert, delete, replace, swap neighbours. Words longer than the arrays never get here. */
static unsigned edit_distance(const char *x, const char *y)
{
    size_t n = strlen(x), m = strlen(y);
    unsigned rows[3][33] = {{0}};
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned *row = rows[i % 3], *up = rows[(i + 2) % 3], *up2 = rows[(i + 1) % 3];
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= m; j++) {
            unsigned best = up[j - 1] + (x[i - 1] != y[j - 1]);
            if (up[j] + 1 < best)
                best = up[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1] && up2[j - 2] + 1 < best)
                best = up2[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[n % 3][m];
}

void nearest_start(struct nearest *n, const char *wanted, size_t length)
{
    *n = (struct nearest){.distance = length < sizeof n->wanted ? (unsigned)length / 3 + 2 : 0};
    if (n->distance > 4)
        n->distance = 4;
    if (length < sizeof n->wanted)
        memcpy(n->wanted, wanted, length);
}

void nearest_offer(struct nearest *n, const char *candidate)
{
    if (n->distance == 0 || strlen(candidate) > 31 || candidate[0] == '\0')
        return;
    unsigned distance = edit_distance(n->wanted, candidate);
    if (distance >= n->distance || distance >= strlen(candidate))
        return;
    n->distance = distance;
    n->best = candidate;
}

const char *nearest_hint(const struct nearest *n, char *buffer)
{
    buffer[0] = '\0';
    if (n->best != NULL)
        snprintf(buffer, 80, "; did you mean `%s`?", n->best);
    return buffer;
}
