/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The result as a raw binary, and as a listing.
 */
#include "internal.h"

#include <elf.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static bool has_bytes(const struct output *o)
{
    return (o->flags & SHF_ALLOC) && o->bytes != NULL;
}

const uint8_t *asm_image(struct asm_result *result, size_t *size, uint64_t *base)
{
    struct assembler *a = (struct assembler *)result;
    const struct output *first = NULL;
    uint64_t end = 0;
    for (const struct output *o = a->outputs; o != NULL; o = o->next) {
        if (!has_bytes(o))
            continue;
        if (first == NULL)
            first = o;
        end = o->address + o->size;
    }
    *size = first == NULL || a->errors > 0 ? 0 : end - first->address;
    *base = first == NULL ? a->options.text_base : first->address;
    if (*size == 0 || a->image != NULL)
        return a->image;
    a->image = calloc(1, *size);
    if (a->image == NULL) {
        fputs("trapeze: out of memory\n", stderr);
        exit(125);
    }
    for (const struct output *o = first; o != NULL; o = o->next) {
        if (has_bytes(o))
            memcpy(a->image + (o->address - *base), o->bytes, o->size);
    }
    return a->image;
}

bool asm_write_binary(struct asm_result *result, FILE *out)
{
    size_t size;
    uint64_t base;
    const uint8_t *image = asm_image(result, &size, &base);
    return fwrite(image == NULL ? (const uint8_t *)"" : image, 1, size, out) == size && fflush(out) == 0;
}

/* The listing: every line of the files, and of the expansions (marked >), with what it put where. */

enum { LISTED = 8, MOST_LISTED = 64 }; /* bytes on a line; bytes of one statement */

static void list_bytes(FILE *out, uint64_t address, const uint8_t *bytes, uint64_t size, const char *text, char mark)
{
    uint64_t shown = size < MOST_LISTED ? size : MOST_LISTED;
    for (uint64_t at = 0; at == 0 || at < shown; at += LISTED) {
        int width = 0;
        fprintf(out, "%16" PRIx64 "  ", address + at);
        for (uint64_t i = at; i < shown && i < at + LISTED; i++)
            width += bytes == NULL ? 0 : fprintf(out, "%02x", bytes[i]);
        if (at == 0)
            fprintf(out, "%*s %c %s\n", 16 - width, "", mark, text);
        else
            fputc('\n', out);
    }
    if (size > shown)
        fprintf(out, "%16s  ... %" PRIu64 " bytes in all\n", "", size);
}

/* Lines of the file from *next up to and with `last`, the last one's text to be printed by the caller. */
static const char *list_up_to(FILE *out, const struct source *source, unsigned *next, const char **at, unsigned last,
                              size_t *length)
{
    const char *end = source->text + source->size, *line = "";
    *length = 0;
    while (*next <= last && *at < end) {
        const char *newline = memchr(*at, '\n', (size_t)(end - *at));
        line = *at;
        *length = (size_t)((newline == NULL ? end : newline) - line);
        *at = newline == NULL ? end : newline + 1;
        if ((*next)++ < last)
            fprintf(out, "%6u%18s  %16s   %.*s\n", *next - 1, "", "", (int)*length, line);
    }
    return line;
}

struct listed {
    unsigned next;
    const char *at;
};

static void list_record(const struct record *r, struct listed *files, FILE *out)
{
    const struct line *line = r->line, *top = line;
    while (top->macro != NULL)
        top = top->caller;
    struct listed *file = &files[top->source->number];
    const struct section *s = r->from.section;
    uint64_t address = layout_address(&r->from), size = layout_address(&r->to) - address;
    const uint8_t *bytes = s->output->bytes == NULL ? NULL : s->output->bytes + (address - s->output->address);
    size_t length;
    bool fresh = file->next <= top->number;
    const char *text = list_up_to(out, top->source, &file->next, &file->at, top->number, &length);
    if (line->macro != NULL && fresh)
        fprintf(out, "%6u%18s  %16s   %.*s\n", top->number, "", "", (int)length, text);
    fprintf(out, "%6u  ", line->number);
    if (line->macro != NULL) {
        list_bytes(out, address, bytes, size, line->text, '>');
    } else if (!fresh) {
        list_bytes(out, address, bytes, size, "", ' ');
    } else {
        char *copy = strndup(text, length);
        list_bytes(out, address, bytes, size, copy == NULL ? "" : copy, ' ');
        free(copy);
    }
}

static void list_symbols(struct assembler *a, FILE *out)
{
    fputs("\nSymbols\n", out);
    for (const struct unit *u = a->units; u != NULL; u = u->next) {
        for (const struct symbol *s = u->first; s != NULL; s = s->next_in_unit) {
            uint64_t value;
            if (s->hidden || s->state == SYMBOL_UNDEFINED)
                continue;
            if (s->state == SYMBOL_LABEL)
                value = layout_address(&s->place);
            else if (!expr_address(a, s->value, &value))
                continue;
            fprintf(out, "%16" PRIx64 "  %-8s %s\n", value, s->state == SYMBOL_LABEL ? s->place.section->name : "*ABS*",
                    s->name);
        }
    }
}

bool asm_write_listing(const struct asm_result *result, FILE *out)
{
    struct assembler *a = (struct assembler *)(uintptr_t)result;
    struct listed *files = calloc(a->source_count + 1, sizeof *files);
    if (files == NULL)
        return false;
    for (const struct source *s = a->sources; s != NULL; s = s->next)
        files[s->number] = (struct listed){1, s->text};
    const struct source *last = NULL;
    for (size_t i = 0; i < a->record_count; i++) {
        const struct line *top = a->records[i].line;
        while (top->macro != NULL)
            top = top->caller;
        if (top->source != last)
            fprintf(out, "%s%s\n", last == NULL ? "" : "\n", top->source->name);
        last = top->source;
        list_record(&a->records[i], files, out);
    }
    list_symbols(a, out);
    free(files);
    return fflush(out) == 0 && !ferror(out);
}
