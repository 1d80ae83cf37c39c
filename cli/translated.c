/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze disasm --translated: runs a guest by binary translation, and prints what it was translated to, beside its own code.
 */
#include "translated.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "message.h"
#include "options.h"
#include "session.h"
#include "vmm/technique/bt/listing.h"
#include "vmm/vm.h"

#define TEXT 128

/* Widths of columns, as the longest line needs them. */
struct sheet_of_code {
    const struct session *session;
    const struct vm *vm;
    int place, guest, translated;
    uint64_t units, insns, halves;
};

/* --- the guest's side --------------------------------------------------------------------------------------------------------- */

/* "80000010 <loop+0x4>" */
static void place_text(const struct sheet_of_code *c, uint64_t gva, char *text)
{
    const struct image_symbol *s = session_symbol(c->session, 0, gva);
    int n = snprintf(text, TEXT, "%08" PRIx64, gva);
    if (s && s->address == gva)
        snprintf(text + n, TEXT - (size_t)n, " <%.40s>", s->name);
    else if (s)
        snprintf(text + n, TEXT - (size_t)n, " <%.40s+0x%" PRIx64 ">", s->name, gva - s->address);
}

static void guest_text(const struct sheet_of_code *c, const struct listing *l, uint64_t gva, char *text)
{
    uint32_t word;
    if (listing_guest_word(l, gva, &word))
        insn_format_in(c->vm->profile, text, TEXT, word, gva);
    else
        snprintf(text, TEXT, "(goes on in the next page)");
}

/* --- the translation's side --------------------------------------------------------------------------------------------------- */

static bool uses_window(const struct insn *i)
{
    unsigned flow = insn_rows[i->id].flow;
    return (flow == FLOW_LOAD || flow == FLOW_STORE) && i->rs1 == 0 && i->imm < 0;
}

/* One of several slots, by a register: in a translation, which copies do not look like. */
static bool is_of_table(const struct listed_insn *i)
{
    return i->record == RECORD_NONE && (i->insn.imm == SLOT_TAGS || i->insn.imm == SLOT_LOG) &&
           (i->insn.id == INSN_ld || i->insn.id == INSN_sd);
}

/* What cannot be read from the instruction itself. */
static void comment_text(const struct sheet_of_code *c, const struct listed_insn *i, char *text)
{
    char place[TEXT];
    text[0] = '\0';
    if (i->insn.id == INSN_ecall && i->record == RECORD_CALLOUT)
        snprintf(text, TEXT, "call-out");
    else if (i->insn.id == INSN_ecall && i->record == RECORD_INDIRECT)
        snprintf(text, TEXT, "miss: the monitor finds the way to t0");
    else if (i->record == RECORD_LINK && i->target == PROBE_NONE) {
        snprintf(text, TEXT, "link to a guess, when there is one");
    } else if (i->record == RECORD_LINK) {
        place_text(c, i->target, place);
        snprintf(text, TEXT, i->insn.id == INSN_ecall ? "link to %.100s, not made" : "link to %.100s", place);
    } else if (i->record == RECORD_POINT && i->insn.id == INSN_jal) {
        place_text(c, i->target, place);
        snprintf(text, TEXT, "on to %.100s", place);
    } else if (i->insn.id == INSN_lui && i->insn.imm == (int64_t)PROBES_BASE) {
        snprintf(text, TEXT, "the table of indirect jumps");
    } else if (i->insn.id == INSN_lui && i->insn.imm == (int64_t)ALIASES_BASE) {
        snprintf(text, TEXT, "the aliases of page tables");
    } else if (is_of_table(i)) {
        snprintf(text, TEXT, "%s", slot_name(i->insn.imm));
    } else if (uses_window(&i->insn) && slot_name(i->insn.imm)) {
        snprintf(text, TEXT, "%s", slot_name(i->insn.imm));
    }
}

/* --- lines -------------------------------------------------------------------------------------------------------------------- */

struct line {
    char place[TEXT], guest[TEXT], translated[TEXT], comment[TEXT];
};

static void fill_line(const struct sheet_of_code *c, const struct listing *l, const struct listed_insn *i, bool begins,
                      struct line *line)
{
    line->place[0] = line->guest[0] = '\0';
    if (begins) {
        place_text(c, i->guest, line->place);
        guest_text(c, l, i->guest, line->guest);
    }
    insn_format_in(c->vm->profile, line->translated, TEXT, i->word, i->offset);
    comment_text(c, i, line->comment);
}

static int longer(int width, const char *text)
{
    int n = (int)strlen(text);
    return n > width ? n : width;
}

static void measure(struct sheet_of_code *c, const struct line *line)
{
    c->place = longer(c->place, line->place);
    c->guest = longer(c->guest, line->guest);
    c->translated = longer(c->translated, line->translated);
}

static void print_line(const struct sheet_of_code *c, const struct line *line, const struct listed_insn *i)
{
    printf("%-*s  %-*s | %05" PRIx32 " %c ", c->place, line->place, c->guest, line->guest, i->offset,
           i->retires ? '*' : ' ');
    if (line->comment[0])
        printf("%-*s  # %s\n", c->translated, line->translated, line->comment);
    else
        printf("%s\n", line->translated);
}

/* The second entry, of which all units have the same. */
static void print_second_entry(const struct sheet_of_code *c, struct listing *l, struct listed_insn *i)
{
    uint32_t start = i->offset;
    char code[4 * TEXT] = "", slots[TEXT] = "", text[TEXT];
    for (; i->second_entry; listing_next(l, i)) {
        insn_format_in(c->vm->profile, text, TEXT, i->word, i->offset);
        snprintf(code + strlen(code), sizeof code - strlen(code), "%s%s", code[0] ? "; " : "", text);
        snprintf(slots + strlen(slots), TEXT - strlen(slots), "%s%s", slots[0] ? ", " : "", slot_name(i->insn.imm));
    }
    printf("%-*s  %-*s | %05" PRIx32 "   %s  # second entry: %s\n", c->place, "", c->guest, "", start, code, slots);
}

/* All lines of a unit, measured or printed. A guest instruction is named where its translation begins, and again at each
 * piece of it that lies elsewhere. (A jump past a piece of one to the next one is part of neither.) */
static void each_line(struct sheet_of_code *c, const struct listed_unit *u, bool print)
{
    struct listing l;
    struct listed_insn i;
    struct line line;
    uint64_t named = u->gva + 1;
    listing_begin(&l, c->vm, u);
    while (listing_next(&l, &i)) {
        c->insns += !print;
        if (i.second_entry && !print)
            continue;
        if (i.second_entry)
            print_second_entry(c, &l, &i);
        bool passes = i.record == RECORD_POINT && i.insn.id == INSN_jal && i.to > i.offset && i.to < u->end;
        bool begins = (i.first || i.guest != named) && !passes && (i.record != RECORD_LINK || i.target != i.guest);
        fill_line(c, &l, &i, begins, &line);
        if (begins)
            named = i.guest;
        if (print)
            print_line(c, &line, &i);
        else
            measure(c, &line);
    }
}

/* --- units -------------------------------------------------------------------------------------------------------------------- */

static void space_text(const struct listed_unit *u, char *text, size_t n)
{
    const char *mode = u->mode == MODE_M ? "M" : "S";
    if (u->space == SPACE_ORPHAN)
        snprintf(text, n, "virtual %s, in no address space at the moment", mode);
    else if (u->space < SPACE_PAGED)
        snprintf(text, n, "virtual %s, no paging", mode);
    else
        snprintf(text, n, "virtual %s, root %u", mode, u->space - SPACE_PAGED);
}

static void print_unit(struct sheet_of_code *c, const struct listed_unit *u)
{
    char place[TEXT], space[64];
    place_text(c, u->gva, place);
    space_text(u, space, sizeof space);
    printf("\nunit %s: %s", place, space);
    if (u->gpa != u->gva)
        printf(", physical %08" PRIx64, u->gpa);
    printf("; %" PRIu32 " bytes\n", u->end - u->start);
    each_line(c, u, true);
}

static int by_address(const void *x, const void *y)
{
    const struct listed_unit *a = x, *b = y;
    if (a->gva != b->gva)
        return a->gva < b->gva ? -1 : 1;
    if (a->space != b->space)
        return a->space < b->space ? -1 : 1;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void print_legend(const struct sheet_of_code *c)
{
    printf(
        "# guest code | its translation: %" PRIu64 " units, %" PRIu64 " instructions\n"
        "# translated addresses are offsets from 0x%" PRIx64 "; user code runs as it is\n"
        "# *         a guest instruction is complete\n"
        "# call-out  an ecall by which the monitor carries out the guest instruction\n"
        "# link      a jump to another unit; not made: an ecall by which the monitor finds the way\n"
        "# slots     of the window, reached from x0: A, B, C hold spilled registers, the others are named for their CSRs\n",
        c->units, c->insns, TRANSLATOR_BASE);
}

static void print_all(const struct session *s)
{
    struct sheet_of_code c = {.session = s, .vm = session_vm(s, 0)};
    struct listed_unit u = {.end = 0}, *units = NULL;
    size_t room = 0;
    while (listing_unit(c.vm, &u)) {
        if (c.units == room)
            units = need(realloc(units, (room = 2 * room + 64) * sizeof *units));
        units[c.units++] = u;
    }
    if (c.units)
        qsort(units, c.units, sizeof *units, by_address);
    for (size_t i = 0; i < c.units; i++)
        each_line(&c, &units[i], false);
    print_legend(&c);
    for (size_t i = 0; i < c.units; i++)
        print_unit(&c, &units[i]);
    free(units);
}

/* --- the command -------------------------------------------------------------------------------------------------------------- */

bool translated_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--translated") == 0)
            return true;
    return false;
}

int translated_command(int argc, char **argv)
{
    struct options o;
    options_parse_own(&o, OPTIONS_OF_TRANSLATED, argc, argv);
    struct session_config config = {
        .options = &o,
        .method = o.method[0],
        .snapshot = true,
        .console = {.input = CONSOLE_NONE, .output_fd = -1},
    };
    struct session *s = session_open(&config);
    session_run(s, o.max_insns);
    print_all(s);
    if (!o.quiet)
        session_remark(s, 0);
    session_close(s);
    return 0;
}
