/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files, and their text cut into statements: comments blanked, at newlines and semicolons outside of quotes.
 */
#include "internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *source_read_file(const char *name, size_t *size)
{
    FILE *f = fopen(name, "rb");
    if (f == NULL)
        return NULL;
    char *text = NULL;
    size_t capacity = 0, n = 0;
    struct stat status;
    if (fstat(fileno(f), &status) == 0 && S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        goto failed;
    }
    do {
        capacity = capacity == 0 ? 16384 : capacity * 2;
        char *more = realloc(text, capacity);
        if (more == NULL)
            goto failed;
        text = more;
        n += fread(text + n, 1, capacity - 1 - n, f);
    } while (n == capacity - 1 && n < ((size_t)1 << 30));
    if (ferror(f))
        goto failed;
    if (n == capacity - 1) {
        errno = EFBIG;
        goto failed;
    }
    fclose(f);
    text[n] = '\0';
    *size = n;
    return text;
failed:;
    int error = errno;
    free(text);
    fclose(f);
    errno = error;
    return NULL;
}

struct source *source_add(struct assembler *a, const char *name, const char *text, size_t size)
{
    struct source *source = arena_alloc(&a->arena, sizeof *source);
    *source = (struct source){.name = name, .text = text, .size = size, .number = ++a->source_count};
    struct source **last = &a->sources;
    while (*last != NULL)
        last = &(*last)->next;
    *last = source;
    return source;
}

struct splitter {
    struct assembler *a;
    struct source *source;
    const struct line *caller;
    struct lines *out;
    const char *at, *end;
    const char *line_start;
    unsigned number; /* of the line at `at` */
    char *text;      /* the statement so far */
    size_t length;
    unsigned first_number, first_column;
    bool has_nul;
};

static void keep(struct splitter *s, char c)
{
    if (s->length == 0) {
        s->first_number = s->number;
        s->first_column = (unsigned)(s->at - s->line_start) + 1;
    }
    s->text[s->length++] = c;
}

static void finish(struct splitter *s)
{
    while (s->length > 0 && s->text[s->length - 1] == ' ')
        s->length--;
    if (s->length == 0)
        return;
    s->out->all = vector_room(s->out->all, s->out->count, &s->out->capacity, sizeof *s->out->all);
    s->out->all[s->out->count++] = (struct line){
        .text = arena_copy(&s->a->arena, s->text, s->length),
        .source = s->source,
        .number = s->first_number,
        .column = s->first_column,
        .caller = s->caller,
    };
    s->length = 0;
}

static void bad(struct splitter *s, const char *message)
{
    struct line *line = arena_alloc(&s->a->arena, sizeof *line);
    *line = (struct line){.text = "",
                          .source = s->source,
                          .number = s->number,
                          .caller = s->caller,
                          .column = (unsigned)(s->at - s->line_start) + 1};
    asm_report(s->a, SEVERITY_ERROR, (struct where){line, line->text}, "%s", message);
}

/* Told once a file: one that has a NUL byte is likely to have many, and to be no source at all. */
static void bad_nul(struct splitter *s)
{
    if (!s->has_nul)
        bad(s, "a NUL byte in the source: this is no text");
    s->has_nul = true;
    s->at = s->end - 1; /* the rest is not worth a word */
}

static void newline(struct splitter *s)
{
    s->number++;
    s->line_start = s->at + 1;
}

/* The cursor is at the quote; leaves it at the last character taken. */
static void take_string(struct splitter *s)
{
    keep(s, '"');
    for (s->at++; s->at < s->end && *s->at != '\n'; s->at++) {
        if (*s->at == '\0')
            bad_nul(s);
        keep(s, *s->at == '\0' ? '?' : *s->at);
        if (*s->at == '"')
            return;
        if (*s->at == '\\' && s->at + 1 < s->end && s->at[1] != '\n' && s->at[1] != '\0')
            keep(s, *++s->at);
    }
    bad(s, "the string is not closed");
    s->at--;
    keep(s, '"');
}

/* 'c or 'c' or '\n': so that '; and '# end nothing. */
static void take_character(struct splitter *s)
{
    keep(s, '\'');
    if (s->end - s->at > 1 && s->at[1] == '\\')
        keep(s, *++s->at);
    if (s->end - s->at > 1 && s->at[1] != '\n' && s->at[1] != '\0')
        keep(s, *++s->at);
    if (s->end - s->at > 1 && s->at[1] == '\'')
        keep(s, *++s->at);
}

static void skip_block_comment(struct splitter *s)
{
    const char *start = s->at;
    unsigned number = s->number;
    for (s->at += 2; s->end - s->at > 1; s->at++) {
        if (s->at[0] == '*' && s->at[1] == '/') {
            s->at++;
            if (s->length > 0) {
                size_t blanks = s->number == number ? (size_t)(s->at - start) + 1 : 1;
                while (blanks-- > 0)
                    keep(s, ' ');
            }
            return;
        }
        if (*s->at == '\n')
            newline(s);
    }
    bad(s, "the comment is not closed");
    s->at = s->end;
}

void source_split(struct assembler *a, struct source *source, const struct line *caller, struct lines *out)
{
    struct splitter s = {.a = a, .source = source, .caller = caller, .out = out, .number = 1};
    s.at = s.line_start = source->text;
    s.end = source->text + source->size;
    size_t room = 0;
    s.text = vector_room(NULL, source->size, &room, 1);
    while (room <= source->size + 1)
        s.text = vector_room(s.text, room, &room, 1);
    for (; s.at < s.end; s.at++) {
        char c = *s.at;
        if (c == '\n' || c == ';') {
            finish(&s);
            if (c == '\n')
                newline(&s);
        } else if (c == '#') {
            while (s.at + 1 < s.end && s.at[1] != '\n')
                s.at++;
        } else if (c == '/' && s.end - s.at > 1 && s.at[1] == '*') {
            skip_block_comment(&s);
        } else if (c == '"') {
            take_string(&s);
        } else if (c == '\'') {
            take_character(&s);
        } else if (c == '\0') {
            bad_nul(&s);
        } else if (c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v') {
            if (s.length > 0)
                keep(&s, ' ');
        } else {
            keep(&s, c);
        }
        if (a->stopped)
            break;
    }
    finish(&s);
    free(s.text);
}
