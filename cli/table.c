/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reports as a table: a column for each run. Rows that are zero in all of them are left out, where they are many.
 */
#include <inttypes.h>
#include <string.h>

#include "report.h"

#define COLUMN 22

struct table {
    const struct run_report *runs;
    unsigned count;
    FILE *out;
};

static void heading(const struct table *t, const char *title)
{
    fprintf(t->out, "%s\n", title);
}

static void begin_row(const struct table *t, const char *name)
{
    fprintf(t->out, "  %-22s", name);
}

static void cell(const struct table *t, const char *text)
{
    fprintf(t->out, " %*s", COLUMN, text);
}

static void end_row(const struct table *t)
{
    fputc('\n', t->out);
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

/* A row of numbers that lie `offset` bytes into each report. */
static void row(const struct table *t, const char *name, size_t offset, bool skip_zeros)
{
    uint64_t value[METHODS_MOST + VMM_GUESTS_MAX], any = 0;
    for (unsigned i = 0; i < t->count; i++) {
        memcpy(&value[i], (const char *)&t->runs[i] + offset, sizeof value[i]);
        any |= value[i];
    }
    if (skip_zeros && !any)
        return;
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        group_digits(text, value[i]);
        cell(t, text);
    }
    end_row(t);
}

#define ROW(t, name, field) row(t, name, offsetof(struct run_report, field), false)
#define ROW_IF(t, name, field) row(t, name, offsetof(struct run_report, field), true)

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
    ROW(t, "run directly", insns.direct);
    ROW_IF(t, "from translations", insns.translated);
    ROW(t, "interpreted", insns.interpreted);
    begin_row(t, "share run directly");
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        uint64_t direct = t->runs[i].insns.direct, all = vm_insns_all(&t->runs[i].insns);
        snprintf(text, sizeof text, "%.3f %%", all ? 100.0 * (double)direct / (double)all : 100.0);
        cell(t, text);
    }
    end_row(t);
    ROW(t, "in M-mode", insns.by_mode[MODE_M]);
    ROW(t, "in S-mode", insns.by_mode[MODE_S]);
    ROW(t, "in U-mode", insns.by_mode[MODE_U]);
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
        const struct exit_count *e = &t->runs[i].exits[reason];
        char text[64], count[32], cycles[32];
        group_digits(count, e->count);
        group_digits(cycles, e->cycles);
        snprintf(text, sizeof text, "%s %13s", count, cycles);
        cell(t, e->count ? text : "-");
    }
    end_row(t);
}

static void exit_rows(const struct table *t)
{
    heading(t, "exits by reason: count, cycles");
#define EXIT(name, meaning) exit_row(t, #name, EXIT_##name);
#include "vmm/counters.def"
}

static void cycle_rows(const struct table *t)
{
    heading(t, "cycles by owner");
    for (unsigned owner = 0; owner < OWNER_count; owner++)
        row(t, cost_owner_names[owner], offsetof(struct run_report, cycles_by_owner) + owner * sizeof(uint64_t), true);
    ROW(t, "total", cycles);
}

static void hash_row(const struct table *t, const char *name, size_t offset)
{
    begin_row(t, name);
    for (unsigned i = 0; i < t->count; i++) {
        char text[32];
        uint64_t hash;
        memcpy(&hash, (const char *)&t->runs[i] + offset, sizeof hash);
        snprintf(text, sizeof text, "%016" PRIx64, hash);
        cell(t, text);
    }
    end_row(t);
}

static void end_rows(const struct table *t)
{
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

void report_table(const struct run_report *runs, unsigned count, FILE *out)
{
    const struct table t = {runs, count, out};
    begin_row(&t, "");
    for (unsigned i = 0; i < count; i++)
        cell(&t, runs[i].method->title);
    end_row(&t);
    instruction_rows(&t);
    exit_rows(&t);
    cycle_rows(&t);
    heading(&t, "counters");
    ROW(&t, "tlb_misses", tlb_misses);
    ROW(&t, "walk_refs", walk_refs);
#define COUNTER(name, meaning) ROW_IF(&t, #name, counters.name);
#include "vmm/counters.def"
    heading(&t, "outcome");
    end_rows(&t);
}
