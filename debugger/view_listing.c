/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Code around the pc, as a panel has it: short addresses, and beside them the source or, where there is one, the translation.
 */
#include <inttypes.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/lines.h"
#include "debugger/memory.h"
#include "debugger/view.h"
#include "vmm/technique/bt/listing.h"

#define LEFT 40   /* columns of the guest's code, if something is beside it */
#define BESIDE 64 /* columns that this takes at least */
#define FAR 8192  /* a symbol so far before pc tells nothing about where instructions begin */
#define TRANSLATED_MOST 48

/* The instructions that code of the guest has become, in order, as far as they fit. */
struct translated {
    unsigned count;
    uint64_t address[TRANSLATED_MOST];
    uint32_t word[TRANSLATED_MOST];
};

struct listing_of_code {
    struct debugger *d;
    unsigned width;
    uint64_t symbol; /* the last one that was shown */
    unsigned line;   /* likewise */
    const char *file;
};

/* --- where to begin -------------------------------------------------------------------------------------------------------- */

static const struct image_symbol *symbol_of(const struct scene *s, uint64_t address)
{
    const struct image_symbol *found = NULL;
    for (unsigned i = 0; i < 2 && !found; i++)
        found = s->target->image[i] ? image_symbol_at(s->target->image[i], address) : NULL;
    return found;
}

/* The address of an instruction at most `before` ones before pc: instructions are counted from the symbol on. */
static uint64_t begin_of(const struct scene *s, unsigned before)
{
    uint64_t pc = s->guest.ctx.pc, ring[64], n = 0;
    const struct image_symbol *symbol = symbol_of(s, pc);
    char text[128];
    if (!symbol || pc - symbol->address > FAR)
        return pc;
    before = before < 63 ? before : 63;
    for (uint64_t at = symbol->address; at < pc;) {
        unsigned length = insn_text(s, at, false, text, sizeof text);
        if (!length || at + length > pc)
            return pc;
        ring[n++ % 64] = at;
        at += length;
    }
    return n == 0 ? pc : ring[(n > before ? n - before : 0) % 64];
}

/* --- what it has become ---------------------------------------------------------------------------------------------------- */

static void collect(const struct vm *vm, const struct listed_unit *u, uint64_t guest, struct translated *t)
{
    struct listing l;
    struct listed_insn i;
    listing_begin(&l, vm, u);
    while (listing_next(&l, &i)) {
        if (i.second_entry || i.guest != guest || t->count == TRANSLATED_MOST)
            continue;
        t->address[t->count] = TRANSLATOR_BASE + i.offset;
        t->word[t->count++] = i.word;
    }
}

/* Of the unit in which it comes first; others may have it, too. */
static struct translated translated_at(const struct debugger *d, uint64_t guest)
{
    struct translated t = {0};
    struct listed_unit u = {0};
    while (d->target->vm && t.count == 0 && listing_unit(d->target->vm, &u))
        if (guest - u.gva < 4 * UNIT_LONGEST)
            collect(d->target->vm, &u, guest, &t);
    return t;
}

/* --- lines ----------------------------------------------------------------------------------------------------------------- */

static bool is_assembly(const char *file)
{
    size_t n = strlen(file);
    return n > 2 && file[n - 2] == '.' && (file[n - 1] == 's' || file[n - 1] == 'S');
}

/* The text of the source line where it begins; "". In assembly it is beside the instruction or nowhere: it says the same. */
static const char *source_of(struct listing_of_code *c, uint64_t address, char *text, size_t n, bool *assembly)
{
    const char *file;
    unsigned line;
    char source[200];
    text[0] = '\0';
    if (!lines_at(c->d->lines, address, &file, &line) || (line == c->line && file == c->file))
        return text;
    c->line = line;
    c->file = file;
    *assembly = is_assembly(file);
    if (lines_text(file, line, source, sizeof source))
        snprintf(text, n, "%5u  %s", line, source + strspn(source, " \t"));
    return text;
}

static void print_symbol(struct listing_of_code *c, uint64_t address)
{
    const struct image_symbol *symbol = symbol_of(&c->d->shown, address);
    if (symbol && symbol->address != c->symbol) {
        fprintf(c->d->out, "%s%s", style(c->d, STYLE_DIM), symbol->name);
        if (address != symbol->address)
            fprintf(c->d->out, "+0x%" PRIx64, address - symbol->address);
        fprintf(c->d->out, ":%s\n", style(c->d, STYLE_PLAIN));
        c->symbol = symbol->address;
    }
}

static void translated_text(const struct debugger *d, const struct translated *t, unsigned i, char *text, size_t n)
{
    char insn[128];
    insn_format_in(d->target->profile, insn, sizeof insn, t->word[i], t->address[i]);
    snprintf(text, n, "%05" PRIx64 "  %s", t->address[i] - TRANSLATOR_BASE, insn);
}

/* The translation of one instruction: the first of it beside it, the others below that; or, if it is narrow, all below. */
static void print_translation(struct listing_of_code *c, const struct translated *t, bool beside)
{
    char text[160];
    for (unsigned i = beside ? 1 : 0; i < t->count; i++) {
        translated_text(c->d, t, i, text, sizeof text);
        fprintf(c->d->out, "%*s%s| %s%s\n", beside ? LEFT : 4, "", style(c->d, STYLE_DIM), text, style(c->d, STYLE_PLAIN));
    }
}

static void print_insn(struct listing_of_code *c, uint64_t address, const char *insn)
{
    struct debugger *d = c->d;
    struct translated t = translated_at(d, address);
    bool here = address == d->shown.guest.ctx.pc, beside = c->width >= BESIDE, assembly = false;
    char left[160], right[256] = "", source[256];
    source_of(c, address, source, sizeof source, &assembly);
    if (source[0] && !assembly)
        fprintf(d->out, "%s%s%s\n", style(d, STYLE_DIM), source, style(d, STYLE_PLAIN));
    if (beside && t.count)
        translated_text(d, &t, 0, right, sizeof right);
    else if (beside && assembly)
        snprintf(right, sizeof right, "%s", source);
    snprintf(left, sizeof left, "%s%08" PRIx64 " %s", here ? "=>" : "  ", address, insn);
    fprintf(d->out, "%s%-*s%s", style(d, here ? STYLE_HEAD : STYLE_PLAIN), right[0] ? LEFT : 0, left,
            style(d, STYLE_PLAIN));
    if (right[0])
        fprintf(d->out, "%s%s%s%s", style(d, STYLE_DIM), t.count ? "| " : "", right, style(d, STYLE_PLAIN));
    fprintf(d->out, "\n");
    print_translation(c, &t, beside);
}

void view_listing(struct debugger *d, unsigned before, unsigned after, unsigned width)
{
    struct listing_of_code c = {.d = d, .width = width};
    uint64_t pc = d->shown.guest.ctx.pc, at = begin_of(&d->shown, before);
    char text[128];
    for (unsigned n = 0; n < after;) {
        unsigned length = insn_text(&d->shown, at, false, text, sizeof text);
        if (!length) {
            fprintf(d->out, "%s%08" PRIx64 " %s\n", at == pc ? "=>" : "  ", at,
                    at == pc ? "not mapped, or no memory: it will fault" : "-");
            return;
        }
        print_symbol(&c, at);
        print_insn(&c, at, text);
        n += at >= pc;
        at += length;
    }
}
