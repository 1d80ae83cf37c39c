/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports as a table, aligned or as Markdown: a column for each run. Rows that are zero in all of them are left out, where
 * they are many.
 */
#include <inttypes.h>
#include <string.h>

#include "report.h"

#define COLUMN_LEAST 22

struct table {
    const struct run_report *runs;
    unsigned count;
    bool compares; /* the others with the first one */
    bool markdown;
    int width; /* of a column, if aligned */
    FILE *out;
};

/* --- rows and cells ---------------------------------------------------------------------------------------------------- */

static void begin_row(const struct table *t, const char *name)
{
    fprintf(t->out, t->markdown ? "| %s |" : "  %-22s", name);
}

static void cell(const struct table *t, const char *text)
{
    if (t->markdown)
        fprintf(t->out, " %s |", text);
    else
        fprintf(t->out, " %*s", t->width, text);
}

static void end_row(const struct table *t)
{
    fputc('\n', t->out);
}

static void title_row(const struct table *t, const char *name)
{
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++)
        cell(t, t->runs[i].method->title);
    end_row(t);
}

static void heading(const struct table *t, const char *title)
{
    if (!t->markdown) {
        fprintf(t->out, "%s\n", title);
        return;
    }
    fputc('\n', t->out);
    title_row(t, title);
    fputs("|---|", t->out);
    for (unsigned i = 0; i < t->count; i++)
        fputs("--:|", t->out);
    end_row(t);
}

/* 1234567 as "1,234,567". */
static void group_digits(char text[32], uint64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *to = text;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            *to++ = ',';
        *to++ = digits[i];
    }
    *to = '\0';
}

/* The value that lies so many bytes into a report. */
static uint64_t field(const struct run_report *run, size_t offset)
{
    uint64_t value;
    memcpy(&value, (const char *)run + offset, sizeof value);
    return value;
}

static void row(const struct table *t, const char *name, size_t offset, bool skip_zeros)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < t->count; i++)
        any |= field(&t->runs[i], offset);
    if (skip_zeros && !any)
        return;
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        group_digits(text, field(&t->runs[i], offset));
        cell(t, text);
    }
    end_row(t);
}

#define ROW(t, name, field) row(t, name, offsetof(struct run_report, field), false)
#define ROW_IF(t, name, field) row(t, name, offsetof(struct run_report, field), true)

/* --- instructions: who carried them out (Popek and Goldberg's efficiency), and where ------------------------------------- */

static void share_row(const struct table *t, const char *name, size_t offset)
{
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        uint64_t part = field(&t->runs[i], offset), all = vm_insns_all(&t->runs[i].insns);
        snprintf(text, sizeof text, "%.3f %%", all ? 100.0 * (double)part / (double)all : 0.0);
        cell(t, text);
    }
    end_row(t);
}

static void instruction_rows(const struct table *t)
{
    heading(t, "instructions");
    begin_row(t, "guest");
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        group_digits(text, vm_insns_all(&t->runs[i].insns));
        cell(t, text);
    }
    end_row(t);
    ROW(t, "in M-mode", insns.by_mode[MODE_M]);
    ROW(t, "in S-mode", insns.by_mode[MODE_S]);
    ROW(t, "in U-mode", insns.by_mode[MODE_U]);
    ROW(t, "run directly", insns.direct);
    ROW(t, "translated", insns.translated);
    ROW(t, "interpreted", insns.interpreted);
    heading(t, "share of instructions");
    share_row(t, "run directly", offsetof(struct run_report, insns.direct));
    share_row(t, "translated", offsetof(struct run_report, insns.translated));
    share_row(t, "interpreted", offsetof(struct run_report, insns.interpreted));
}

/* --- exits ---------------------------------------------------------------------------------------------------------------- */

static struct exit_count all_exits(const struct run_report *run)
{
    struct exit_count all = {0};
    for (unsigned i = 0; i < EXIT_count; i++) {
        all.count += run->exits[i].count;
        all.cycles += run->exits[i].cycles;
    }
    return all;
}

#define EXIT_TEXT 72

static void exit_text(char text[EXIT_TEXT], const struct table *t, struct exit_count e)
{
    char count[32], cycles[32];
    group_digits(count, e.count);
    group_digits(cycles, e.cycles);
    snprintf(text, EXIT_TEXT, !e.count ? "-" : t->markdown ? "%s (%s)" : "%s %13s", count, cycles);
}

static void exit_row(const struct table *t, const char *name, unsigned reason)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < t->count; i++)
        any |= t->runs[i].exits[reason].count;
    if (!any)
        return;
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        char text[EXIT_TEXT];
        exit_text(text, t, t->runs[i].exits[reason]);
        cell(t, text);
    }
    end_row(t);
}

static void exit_rows(const struct table *t)
{
    heading(t, t->markdown ? "exits by reason: count (cycles)" : "exits by reason: count, cycles");
#define EXIT(name, meaning) exit_row(t, #name, EXIT_##name);
#include "vmm/counters.def"
    begin_row(t, "total");
    for (unsigned i = 0; i < t->count; i++) {
        char text[EXIT_TEXT];
        exit_text(text, t, all_exits(&t->runs[i]));
        cell(t, text);
    }
    end_row(t);
}

/* --- cycles, counters, outcome -------------------------------------------------------------------------------------------- */

static void cycle_rows(const struct table *t)
{
    heading(t, "cycles by owner");
    for (unsigned owner = 0; owner < OWNER_count; owner++)
        row(t, cost_owner_names[owner], offsetof(struct run_report, cycles_by_owner) + owner * sizeof(uint64_t), true);
    ROW(t, "total", cycles);
    if (!t->compares || !t->runs[0].cycles)
        return;
    char name[64], text[32];
    snprintf(name, sizeof name, "times %s's", t->runs[0].method->title);
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        snprintf(text, sizeof text, "%.3f", (double)t->runs[i].cycles / (double)t->runs[0].cycles);
        cell(t, text);
    }
    end_row(t);
}

static void counter_rows(const struct table *t)
{
    heading(t, "counters");
    ROW(t, "tlb_misses", tlb_misses);
    ROW(t, "walk_refs", walk_refs);
#define COUNTER(name, meaning) ROW_IF(t, #name, counters.name);
#include "vmm/counters.def"
}

static void hash_row(const struct table *t, const char *name, size_t offset)
{
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        snprintf(text, sizeof text, "%016" PRIx64, field(&t->runs[i], offset));
        cell(t, text);
    }
    end_row(t);
}

static void end_rows(const struct table *t)
{
    heading(t, "outcome");
    begin_row(t, "end");
    for (unsigned i = 0; i < t->count; i++) {
        char text[48];
        snprintf(text, sizeof text, "%s, status %u", report_reason(t->runs[i].end.reason), t->runs[i].status);
        cell(t, text);
    }
    end_row(t);
    hash_row(t, "state", offsetof(struct run_report, state_hash));
    hash_row(t, "console", offsetof(struct run_report, console_hash));
    hash_row(t, "traps", offsetof(struct run_report, trap_hash));
    if (t->runs[0].has_disk)
        hash_row(t, "disk", offsetof(struct run_report, disk_hash));
}

/* --- all of it ------------------------------------------------------------------------------------------------------------ */

static void widen(struct table *t, const char *text)
{
    if ((int)strlen(text) > t->width)
        t->width = (int)strlen(text);
}

static int column_width(struct table t)
{
    char text[EXIT_TEXT];
    t.width = COLUMN_LEAST;
    for (unsigned i = 0; i < t.count; i++) {
        widen(&t, t.runs[i].method->title);
        exit_text(text, &t, all_exits(&t.runs[i]));
        widen(&t, text);
    }
    return t.width;
}

void report_table(const struct run_report *runs, unsigned count, enum format format, bool compares, FILE *out)
{
    struct table t = {runs, count, compares, format == AS_MD, 0, out};
    t.width = column_width(t);
    if (!t.markdown)
        title_row(&t, "");
    instruction_rows(&t);
    exit_rows(&t);
    cycle_rows(&t);
    counter_rows(&t);
    end_rows(&t);
}
