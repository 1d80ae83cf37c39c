/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The assembly from its inputs to its result: which line is read next, and what to do with it.
 */
#include "internal.h"

#include <ctype.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Reading. */

bool reader_push(struct assembler *a, struct lines lines, bool expansion, bool file)
{
    unsigned depth = 0;
    for (const struct reader *r = a->reader; r != NULL; r = r->up)
        depth++;
    if (depth >= MOST_DEPTH) {
        free(lines.all);
        asm_report(a, SEVERITY_ERROR, asm_here(a, a->line->text), "macros, loops and files are nested more than %d deep",
                   MOST_DEPTH);
        a->stopped = true; /* or every level would say so */
        return true;
    }
    /* Lines live as long as the assembly: messages and the listing point to them. */
    struct line *kept = arena_alloc(&a->arena, (lines.count + 1) * sizeof *kept);
    if (lines.count > 0)
        memcpy(kept, lines.all, lines.count * sizeof *kept);
    free(lines.all);
    struct reader *r = arena_alloc(&a->arena, sizeof *r);
    *r = (struct reader){.up = a->reader,
                         .lines = {kept, lines.count, 0},
                         .conditions = a->condition_count,
                         .expansion = expansion,
                         .file = file};
    a->reader = r;
    return true;
}

static void report_open_conditions(struct assembler *a)
{
    while (a->condition_count > a->reader->conditions) {
        const struct line *line = a->conditions[--a->condition_count].line;
        asm_report(a, SEVERITY_ERROR, (struct where){line, line->text}, "no .endif ends this");
    }
}

void reader_pop(struct assembler *a)
{
    report_open_conditions(a);
    a->reader = a->reader->up;
}

const struct line *reader_next(struct assembler *a)
{
    struct reader *r = a->reader;
    if (r == NULL)
        return NULL;
    if (r->next == r->lines.count && r->repeat > 0) {
        report_open_conditions(a);
        r->repeat--;
        r->next = 0;
    }
    if (r->next == r->lines.count)
        return NULL;
    if (++a->lines_read > a->options.most_lines && !a->stopped) {
        asm_report(a, SEVERITY_ERROR, asm_here(a, a->line->text), "more than %" PRIu64 " lines, with expansions",
                   a->options.most_lines);
        a->stopped = true;
    }
    return a->stopped ? NULL : &r->lines.all[r->next++];
}

bool reader_include(struct assembler *a, struct source *source, const struct line *caller)
{
    struct lines lines = {0};
    source_split(a, source, caller, &lines);
    return reader_push(a, lines, false, true);
}

/* Beside the file that includes it, then as it stands, then in the directories of -I. */
bool reader_open(struct assembler *a, const char *at, const char *name, char **text, size_t *size, const char **found)
{
    if (a->options.no_files)
        return asm_fail(a, at, "files cannot be included here");
    const char *from = a->line->source->name, *slash = strrchr(from, '/');
    int error = ENOENT;
    for (size_t i = 0; i < a->options.include_dir_count + 2; i++) {
        const char *directory = i == 0 ? from : i == 1 ? "" : a->options.include_dirs[i - 2];
        size_t length = i > 0 ? strlen(directory) : slash == NULL ? 0 : (size_t)(slash - from);
        if (name[0] == '/')
            length = 0;
        char *path = arena_alloc(&a->arena, length + strlen(name) + 2);
        sprintf(path, "%.*s%s%s", (int)length, directory, length > 0 ? "/" : "", name);
        *text = source_read_file(path, size);
        *found = path;
        if (*text != NULL)
            return true;
        if (errno != ENOENT)
            error = errno;
    }
    return asm_fail(a, at, "%s: %s", name, strerror(error));
}

/* One line. */

static bool unknown(struct assembler *a, const char *name, size_t length)
{
    struct nearest nearest;
    char hint[80];
    nearest_start(&nearest, name, length);
    if (*name == '.')
        directive_offer(&nearest);
    else
        instruction_offer(&nearest, a->options.profile);
    macro_offer(a, &nearest);
    if (length == 0)
        return asm_fail(a, name, "expected an instruction, a directive or a label");
    return asm_fail(a, name, "there is no %s `%.*s`%s", *name == '.' ? "directive" : "instruction", (int)length, name,
                    nearest_hint(&nearest, hint));
}

static bool run_statement(struct assembler *a, const char *name, size_t length)
{
    const struct directive *d = *name == '.' ? directive_find(name, length) : NULL;
    const struct macro *m = d == NULL ? macro_find(a, name, length) : NULL;
    if (d != NULL)
        return d->run(a, d->argument);
    if (m != NULL)
        return macro_call(a, m);
    if (!instruction_known(name, length))
        return unknown(a, name, length);
    if (!(a->section->output->flags & SHF_EXECINSTR) && (a->section->output->flags & SHF_ALLOC) == 0) {
        return asm_fail(a, name, "%s is not loaded: an instruction cannot be here", a->section->name);
    }
    return instruction_assemble(a, name, length);
}

/* Labels and assignments, then what is left. */
static bool parse_line(struct assembler *a)
{
    for (;;) {
        lex_skip_space(a);
        const char *start = a->at, *name;
        if (*start == '\0')
            return true;
        size_t length;
        if (isdigit((unsigned char)*start)) {
            uint64_t number = 0;
            while (isdigit((unsigned char)*a->at) && number < 1000000000)
                number = number * 10 + (uint64_t)(*a->at++ - '0');
            if (*a->at != ':')
                return unknown(a, start, 0);
            a->at++;
            symbol_define_local(a, number);
            continue;
        }
        if (*start == '"') {
            if (!lex_name(a, &name, &length))
                return false;
        } else {
            name = start;
            length = lex_word_length(start);
            if (length == 0)
                return unknown(a, start, 0);
            a->at += length;
        }
        if (lex_accept(a, ':')) {
            if (length == 1 && *name == '.')
                return asm_fail(a, start, "`.` cannot be a label");
            if (!symbol_define_label(a, symbol_get(a, name, length), start))
                return false;
            continue;
        }
        if (*a->at == '=' && a->at[1] != '=') {
            a->at++;
            return symbol_assign(a, name, length, start, false);
        }
        return run_statement(a, name, length);
    }
}

static bool is_conditional(const char *text)
{
    size_t length = lex_word_length(text);
    for (const struct directive *d = directives_condition; d->name != NULL; d++) {
        if (lex_word_is(text, length, d->name))
            return true;
    }
    return false;
}

static void record(struct assembler *a, const struct line *line, struct place from)
{
    if (a->section != from.section)
        return;
    struct place to = section_place(a->section);
    if (to.item == from.item && to.offset == from.offset)
        return;
    a->records = vector_room(a->records, a->record_count, &a->record_capacity, sizeof *a->records);
    a->records[a->record_count++] = (struct record){line, from, to};
}

static void do_line(struct assembler *a, const struct line *line)
{
    bool active = a->condition_count == 0 || a->conditions[a->condition_count - 1].active;
    a->line = line;
    a->at = line->text;
    if (!active && !is_conditional(line->text))
        return;
    a->failed_at = NULL;
    struct place from = section_place(a->section);
    if (!parse_line(a)) {
        const char *at = a->failed_at == NULL ? line->text : a->failed_at;
        bool inside = at >= line->text && at <= line->text + strlen(line->text);
        asm_report(a, SEVERITY_ERROR, (struct where){line, inside ? at : line->text}, "%s",
                   a->failed_at == NULL ? "cannot be understood" : a->failure);
    }
    record(a, line, from);
}

/* Units. */

static void define_symbols(struct assembler *a)
{
    for (size_t i = 0; i < a->options.define_count; i++) {
        struct symbol *s = symbol_get(a, a->options.defines[i].name, strlen(a->options.defines[i].name));
        s->state = SYMBOL_VALUE;
        s->value = expr_number(a, a->options.defines[i].value);
    }
}

/* GNU as fills code up to the alignment of its section. */
static void end_sections(struct assembler *a)
{
    for (struct section *s = a->unit->sections; s != NULL; s = s->next) {
        if (!(s->output->flags & SHF_EXECINSTR) || s->output->type == SHT_NOBITS)
            continue;
        a->section = s;
        emit_item(a, ITEM_ALIGN, a->line->text)->alignment = s->alignment;
    }
}

static void do_unit(struct assembler *a, const struct asm_input *input)
{
    struct unit **last = &a->units;
    while (*last != NULL)
        last = &(*last)->next;
    struct unit *u = *last = arena_alloc(&a->arena, sizeof *u);
    u->name = input->name;
    a->unit = u;
    a->macros = NULL;
    a->compress = a->options.compress;
    a->compress_depth = a->pushed_count = a->condition_count = 0;
    a->previous = NULL;
    const char *text = input->text;
    size_t size = input->size;
    int error = 0;
    if (text == NULL) {
        char *read = source_read_file(input->name, &size);
        error = errno;
        text = read == NULL ? "" : arena_copy(&a->arena, read, size);
        if (read == NULL)
            size = 0;
        else
            error = 0;
        free(read);
    }
    struct source *source = source_add(a, input->name, text, size);
    struct line *start = arena_alloc(&a->arena, sizeof *start);
    *start = (struct line){.text = "", .source = source, .number = 1, .column = 1};
    a->line = start;
    a->at = start->text;
    a->section = section_get(a, ".text", NULL, -1);
    if (error != 0) {
        a->errors++;
        if (a->messages != NULL)
            fprintf(a->messages, "trapeze asm: %s: %s\n", input->name, strerror(error));
        return;
    }
    define_symbols(a);
    reader_include(a, source, NULL);
    while (a->reader != NULL && !a->stopped) {
        const struct line *line = reader_next(a);
        if (line != NULL)
            do_line(a, line);
        else if (!a->stopped && a->reader != NULL)
            reader_pop(a);
    }
    a->reader = NULL;
    a->line = start;
    end_sections(a);
}

struct asm_result *asm_assemble(const struct asm_input *inputs, size_t count, const struct asm_options *options,
                                FILE *messages)
{
    struct assembler *a = calloc(1, sizeof *a);
    if (a == NULL) {
        fputs("trapeze: out of memory\n", stderr);
        exit(125);
    }
    a->options = *options;
    a->messages = messages;
    for (size_t i = 0; i < count && !a->stopped; i++)
        do_unit(a, &inputs[i]);
    if (!a->stopped && a->units != NULL)
        symbol_check(a);
    if (!a->stopped && a->errors == 0 && a->units != NULL)
        layout_run(a);
    return (struct asm_result *)a;
}

void asm_free(struct asm_result *result)
{
    struct assembler *a = (struct assembler *)result;
    if (a == NULL)
        return;
    for (struct unit *u = a->units; u != NULL; u = u->next) {
        for (struct section *s = u->sections; s != NULL; s = s->next)
            section_free(s);
    }
    for (struct output *o = a->outputs; o != NULL; o = o->next)
        free(o->bytes);
    free(a->image);
    free(a->records);
    arena_free(&a->arena);
    free(a);
}

unsigned asm_error_count(const struct asm_result *result)
{
    return ((const struct assembler *)result)->errors;
}

bool asm_symbol(const struct asm_result *result, const char *name, uint64_t *value)
{
    struct assembler *a = (struct assembler *)(uintptr_t)result;
    for (int global = 1; global >= 0; global--) {
        for (const struct unit *u = a->units; u != NULL; u = u->next) {
            struct symbol *s = symbol_find(u, name, strlen(name));
            if (s == NULL || s->state == SYMBOL_UNDEFINED || (global && !s->global))
                continue;
            if (s->state == SYMBOL_LABEL)
                *value = layout_address(&s->place);
            else if (!expr_address(a, s->value, value))
                continue;
            return true;
        }
    }
    return false;
}
