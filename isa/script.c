/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scripts for consoles: reading and playing them.
 */
#include "script.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bus.h"

/* --- reading --------------------------------------------------------------------------------------------------------- */

struct reader {
    const char *path;
    unsigned line;
    char *error;
    size_t n;
};

static bool wrong(const struct reader *r, const char *what, const char *about)
{
    snprintf(r->error, r->n, "%s:%u: %s%s", r->path, r->line, what, about);
    return false;
}

/* What a backslash and `*at`, which is moved to its last letter, mean; -1: nothing. */
static int escaped(const char **at)
{
    static const char letters[] = "nrte\\\"", values[] = "\n\r\t\033\\\"";
    const char *found = **at ? strchr(letters, **at) : NULL;
    unsigned value;
    if (found)
        return (unsigned char)values[found - letters];
    if (**at != 'x' || !isxdigit((unsigned char)(*at)[1]) || !isxdigit((unsigned char)(*at)[2]))
        return -1;
    sscanf(*at + 1, "%2x", &value);
    *at += 2;
    return (int)value;
}

const char *script_text(const char *text, size_t size, uint8_t bytes[SCRIPT_TEXT_MAX + 1], size_t *n)
{
    bool quoted = size > 1 && text[0] == '"' && text[size - 1] == '"';
    const char *end = text + size - quoted;
    for (const char *at = text + quoted; at < end; at++) {
        int byte = (unsigned char)*at;
        if (byte == '\\' && (at++, byte = escaped(&at)) < 0)
            return "a backslash stands before n r t e \\ \" or xHH";
        if (*n == SCRIPT_TEXT_MAX)
            return "the text is too long";
        bytes[(*n)++] = (uint8_t)byte;
    }
    return NULL;
}

/* `line` is not empty, and has no blanks around it. */
static bool take_line(const struct reader *r, struct script_item *item, char *line)
{
    static const char *const words[] = {"expect", "send", "type", "quit"};
    size_t length = strcspn(line, " \t"), word = 0;
    const char *text = line + length + strspn(line + length, " \t");
    while (word < 4 && (strlen(words[word]) != length || strncmp(words[word], line, length) != 0))
        word++;
    line[length] = '\0';
    *item = (struct script_item){.line = r->line};
    if (word == 4)
        return wrong(r, "expect, send, type or quit is wanted, and not ", line);
    if (word == 3) {
        item->verb = SCRIPT_QUIT;
        return !*text || wrong(r, "quit stands alone", "");
    }
    item->verb = word ? SCRIPT_TYPE : SCRIPT_EXPECT;
    const char *mistake = script_text(text, strlen(text), item->text, &item->size);
    if (mistake)
        return wrong(r, mistake, "");
    if (word == 1)
        item->text[item->size++] = '\n';
    return item->size || wrong(r, line, " wants a text");
}

static bool read_lines(struct script *script, struct reader *r, FILE *file)
{
    char line[1024];
    while (fgets(line, sizeof line, file)) {
        size_t size = strlen(line), blanks = strspn(line, " \t\r\n");
        r->line++;
        if (size == sizeof line - 1)
            return wrong(r, "the line is too long", "");
        while (size && strchr(" \t\r\n", line[size - 1]))
            line[--size] = '\0';
        if (blanks >= size || line[blanks] == '#')
            continue;
        struct script_item *items = realloc(script->item, (script->count + 1) * sizeof *items);
        if (!items)
            return wrong(r, "out of memory", "");
        script->item = items;
        if (!take_line(r, &items[script->count], line + blanks))
            return false;
        script->count++;
    }
    return !ferror(file) || wrong(r, strerror(errno), "");
}

struct script *script_read(const char *path, char *error, size_t n)
{
    struct reader r = {.path = path, .error = error, .n = n};
    struct script *script = calloc(1, sizeof *script);
    FILE *file = fopen(path, "r");
    bool good = script && file && read_lines(script, &r, file);
    if (!file)
        snprintf(error, n, "%s: %s", path, strerror(errno));
    if (file)
        fclose(file);
    if (good)
        return script;
    script_free(script);
    return NULL;
}

void script_free(struct script *script)
{
    if (script)
        free(script->item);
    free(script);
}

/* --- playing --------------------------------------------------------------------------------------------------------- */

const struct script_item *script_pending(const struct script_player *p)
{
    return p->item < p->script->count ? &p->script->item[p->item] : NULL;
}

bool script_printed(struct script_player *p, uint8_t byte, unsigned *line)
{
    const struct script_item *item = script_pending(p);
    p->silent = 0;
    if (p->tail_count == SCRIPT_TEXT_MAX)
        memmove(p->tail, p->tail + 1, --p->tail_count);
    p->tail[p->tail_count++] = byte;
    if (!item || item->verb != SCRIPT_EXPECT || p->tail_count < item->size ||
        memcmp(p->tail + p->tail_count - item->size, item->text, item->size) != 0)
        return false;
    *line = item->line;
    p->item++;
    p->tail_count = 0;
    return true;
}

/* An `expect` is at hand: for how long has the guest been silent? */
static int wait(struct script_player *p, uint64_t now)
{
    if (!p->silent)
        p->silent = now ? now : 1;
    p->gave_up = now - p->silent > SCRIPT_PATIENCE;
    return p->gave_up ? BUS_END_OF_INPUT : BUS_NO_INPUT;
}

int script_get(struct script_player *p, uint64_t now)
{
    const struct script_item *item = script_pending(p);
    if (!item)
        return BUS_END_OF_INPUT;
    switch (item->verb) {
    case SCRIPT_EXPECT:
        return wait(p, now);
    case SCRIPT_TYPE:
        p->item += p->typed + 1 == item->size;
        p->typed = p->typed + 1 == item->size ? 0 : p->typed + 1;
        return item->text[p->typed ? p->typed - 1 : item->size - 1];
    case SCRIPT_QUIT:
        p->quit = true;
        p->item++;
    }
    return BUS_END_OF_INPUT;
}
