/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Macros. The body is kept as lines; a call makes new lines with the arguments put in, and reads those.
 */
#include "internal.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_PARAMETERS = 64, MOST_LINE = 65536 };

struct macro {
    const char *name;
    struct parameter parameters[MOST_PARAMETERS];
    unsigned count;
    const struct line *body;
    size_t lines;
    struct macro *next;
};

const struct macro *macro_find(const struct assembler *a, const char *name, size_t length)
{
    for (const struct macro *m = a->macros; m != NULL; m = m->next) {
        if (lex_word_is(name, length, m->name))
            return m;
    }
    return NULL;
}

void macro_offer(const struct assembler *a, struct nearest *n)
{
    for (const struct macro *m = a->macros; m != NULL; m = m->next)
        nearest_offer(n, m->name);
}

/* The lines up to the directive that ends the block, nested blocks and all. NULL if the end never comes. */
const struct line *macro_gather(struct assembler *a, const char *const *openers, const char *closer, size_t *count)
{
    struct lines body = {0};
    const struct line *start = a->line, *line;
    unsigned nested = 0;
    bool closed = false;
    while (!closed && (line = reader_next(a)) != NULL) {
        const char *word = line->text;
        size_t length = lex_word_length(word);
        if (length > 0 && word[length] == ':') {
            word += length + 1;
            word += strspn(word, " ");
            length = lex_word_length(word);
        }
        for (const char *const *o = openers; *o != NULL; o++)
            nested += lex_word_is(word, length, *o);
        if (lex_word_is(word, length, closer) && nested-- == 0) {
            closed = true;
        } else {
            body.all = vector_room(body.all, body.count, &body.capacity, sizeof *body.all);
            body.all[body.count++] = *line;
        }
    }
    struct line *kept = arena_alloc(&a->arena, (body.count + 1) * sizeof *kept);
    if (body.count > 0)
        memcpy(kept, body.all, body.count * sizeof *kept);
    *count = body.count;
    free(body.all);
    a->line = start;
    if (closed)
        return kept;
    asm_fail(a, start->text, "no %s ends this", closer);
    return NULL;
}

/* Text with the arguments put in. */

struct builder {
    char *text;
    size_t length;
    bool overflow;
};

static void add(struct builder *b, const char *text, size_t length)
{
    if (length > MOST_LINE - b->length)
        b->overflow = true;
    else
        memcpy(b->text + b->length, text, length), b->length += length;
}

static const char *find_value(const struct parameter *parameters, const char *const *values, unsigned count,
                              const char *name, size_t length)
{
    for (unsigned i = 0; i < count; i++) {
        if (strlen(parameters[i].name) == length && memcmp(parameters[i].name, name, length) == 0)
            return values[i];
    }
    return NULL;
}

static const char *substitute(struct assembler *a, const char *text, const struct parameter *parameters,
                              const char *const *values, unsigned count)
{
    if (strchr(text, '\\') == NULL)
        return text;
    static const char too_long[] = "the line grows past 65536 characters";
    struct builder b = {.text = malloc(MOST_LINE)};
    if (b.text == NULL) {
        asm_fail(a, a->line->text, "out of memory");
        return NULL;
    }
    while (*text != '\0') {
        size_t n = strcspn(text, "\\");
        add(&b, text, n);
        text += n;
        if (*text == '\0')
            break;
        size_t length = lex_word_length(text + 1);
        const char *value = find_value(parameters, values, count, text + 1, length);
        char number[24];
        if (value != NULL) {
            add(&b, value, strlen(value));
            text += 1 + length;
        } else if (text[1] == '@') {
            snprintf(number, sizeof number, "%" PRIu64, a->expansions);
            add(&b, number, strlen(number));
            text += 2;
        } else if (text[1] == '(' && text[2] == ')') {
            text += 3;
        } else {
            n = text[1] == '\\' ? 2 : 1;
            add(&b, text, n);
            text += n;
        }
    }
    a->lines_read += b.length / 256; /* memory, too, is counted */
    const char *out = b.overflow ? NULL : arena_copy(&a->arena, b.text, b.length);
    free(b.text);
    if (out == NULL)
        asm_fail(a, a->line->text, "%s", too_long);
    return out;
}

/* Appends the body with the values put in. */
bool macro_expand(struct assembler *a, struct lines *out, const char *what, const struct line *body, size_t lines,
                  const struct parameter *parameters, const char *const *values, unsigned count)
{
    if (out->count + lines > a->options.most_lines)
        return asm_fail(a, a->line->text, "the expansion has too many lines");
    for (size_t i = 0; i < lines; i++) {
        const char *text = substitute(a, body[i].text, parameters, values, count);
        if (text == NULL)
            return false;
        out->all = vector_room(out->all, out->count, &out->capacity, sizeof *out->all);
        struct line *line = &out->all[out->count++];
        *line = body[i];
        line->text = text;
        line->caller = a->line;
        line->macro = what;
        line->depth = a->line->depth + 1;
    }
    return true;
}

/* Arguments: separated by commas, or by a blank between two words; a string is one argument, without its quotes. */

static bool wordlike(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '$' || c == '\\';
}

const char *macro_argument(struct assembler *a, bool rest)
{
    lex_skip_space(a);
    if (rest) {
        const char *all = a->at;
        a->at += strlen(a->at);
        return all;
    }
    char *out = arena_alloc(&a->arena, strlen(a->at) + 1);
    size_t n = 0;
    if (*a->at == '"') {
        for (a->at++; *a->at != '\0' && *a->at != '"'; a->at++) {
            out[n++] = *a->at;
            if (*a->at == '\\' && a->at[1] != '\0')
                out[n++] = *++a->at;
        }
        if (*a->at == '"')
            a->at++;
        return out;
    }
    unsigned parentheses = 0;
    bool quoted = false;
    for (; *a->at != '\0'; a->at++) {
        char c = *a->at;
        if (c == '"')
            quoted = !quoted;
        if (!quoted) {
            if (c == '(')
                parentheses++;
            if (c == ')' && parentheses > 0)
                parentheses--;
            if (c == ',' && parentheses == 0)
                break;
            if (c == ' ') {
                const char *after = a->at + strspn(a->at, " ");
                if (n > 0 && wordlike(out[n - 1]) && (wordlike(*after) || *after == '"') && parentheses == 0)
                    break;
                if (n > 0 && wordlike(out[n - 1]) && wordlike(*after))
                    out[n++] = ' ';
                a->at = after - 1;
                continue;
            }
        }
        out[n++] = c;
    }
    return out;
}

static int keyword_of(const struct macro *m, const char *at, size_t *length)
{
    *length = lex_word_length(at);
    if (*length == 0 || at[*length + strspn(at + *length, " ")] != '=')
        return -1;
    for (unsigned i = 0; i < m->count; i++) {
        if (strlen(m->parameters[i].name) == *length && memcmp(m->parameters[i].name, at, *length) == 0)
            return (int)i;
    }
    return -1;
}

static bool parse_arguments(struct assembler *a, const struct macro *m, const char **values)
{
    unsigned next = 0;
    while (!lex_at_end(a)) {
        size_t length;
        int keyword = keyword_of(m, a->at, &length);
        unsigned i = next;
        if (keyword >= 0) {
            a->at += length;
            lex_expect(a, '=');
            i = (unsigned)keyword;
        } else {
            next++;
        }
        const char *start = a->at;
        if (i >= m->count)
            return asm_fail(a, start, "macro `%s` takes %u argument%s", m->name, m->count, m->count == 1 ? "" : "s");
        const char *value = macro_argument(a, m->parameters[i].rest);
        if (*value != '\0')
            values[i] = value;
        lex_accept(a, ',');
    }
    for (unsigned i = 0; i < m->count; i++) {
        if (m->parameters[i].required && *values[i] == '\0') {
            return asm_fail(a, a->at, "macro `%s` needs a value for `%s`", m->name, m->parameters[i].name);
        }
    }
    return true;
}

bool macro_call(struct assembler *a, const struct macro *m)
{
    const char *values[MOST_PARAMETERS];
    for (unsigned i = 0; i < m->count; i++)
        values[i] = m->parameters[i].value;
    if (!parse_arguments(a, m, values))
        return false;
    struct lines lines = {0};
    if (!macro_expand(a, &lines, m->name, m->body, m->lines, m->parameters, values, m->count)) {
        free(lines.all);
        return false;
    }
    a->expansions++;
    return reader_push(a, lines, true, false);
}

/* .macro name [parameter[:req|:vararg][=default]] ... */

static bool parse_parameter(struct assembler *a, struct macro *m)
{
    if (m->count == MOST_PARAMETERS)
        return asm_fail(a, a->at, "a macro has at most %d parameters", MOST_PARAMETERS);
    struct parameter *p = &m->parameters[m->count++];
    lex_skip_space(a);
    size_t length = lex_word_length(a->at);
    if (length == 0)
        return asm_fail(a, a->at, "expected the name of a parameter");
    p->name = arena_copy(&a->arena, a->at, length);
    p->value = "";
    a->at += length;
    if (lex_accept(a, ':')) {
        lex_skip_space(a);
        length = lex_word_length(a->at);
        p->required = lex_word_is(a->at, length, "req");
        p->rest = lex_word_is(a->at, length, "vararg");
        if (!p->required && !p->rest)
            return asm_fail(a, a->at, "expected :req or :vararg");
        a->at += length;
    }
    if (lex_accept(a, '='))
        p->value = macro_argument(a, false);
    lex_accept(a, ',');
    return true;
}

static bool macro_directive(struct assembler *a, int unused)
{
    (void)unused;
    static const char *const openers[] = {".macro", NULL};
    struct macro *m = arena_alloc(&a->arena, sizeof *m);
    lex_skip_space(a);
    const char *start = a->at;
    size_t length = lex_word_length(start);
    a->at += length;
    lex_accept(a, ',');
    bool ok = length > 0 || asm_fail(a, start, "expected the name of the macro");
    while (ok && !lex_at_end(a))
        ok = parse_parameter(a, m);
    m->name = arena_copy(&a->arena, start, length);
    m->body = macro_gather(a, openers, ".endm", &m->lines);
    if (!ok || m->body == NULL)
        return false;
    if (macro_find(a, start, length) != NULL)
        return asm_fail(a, start, "macro `%s` is already defined", m->name);
    m->next = a->macros;
    a->macros = m;
    return true;
}

static bool purge(struct assembler *a, int unused)
{
    (void)unused;
    lex_skip_space(a);
    size_t length = lex_word_length(a->at);
    for (struct macro **m = &a->macros; *m != NULL; m = &(*m)->next) {
        if (!lex_word_is(a->at, length, (*m)->name))
            continue;
        *m = (*m)->next;
        a->at += length;
        return lex_expect_end(a);
    }
    return asm_fail(a, a->at, "there is no macro `%.*s`", (int)length, a->at);
}

/* Leaves the macro (or the loop) that is being read. */
static bool exitm(struct assembler *a, int unused)
{
    (void)unused;
    if (a->reader == NULL || !a->reader->expansion)
        return asm_fail(a, a->line->text, ".exitm outside of a macro");
    a->condition_count = a->reader->conditions;
    a->reader->next = a->reader->lines.count;
    a->reader->repeat = 0;
    return true;
}

const struct directive directives_macro[] = {
    {".macro", macro_directive, 0},
    {".purgem", purge, 0},
    {".exitm", exitm, 0},
    {NULL, NULL, 0},
};
