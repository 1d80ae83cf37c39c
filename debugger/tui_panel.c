/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts of the panels, the first row, help and keys.
 */
#include "tui_panel.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/memory.h"
#include "debugger/tui_terminal.h"
#include "debugger/view.h"
#include "vmm/technique/technique.h"

#define CODE_BEFORE 40
#define CODE_AFTER 60
#define TIMELINE_SHOWN 500
#define MEMORY_SHOWN 8

/* --- panels ----------------------------------------------------------------------------------------------------------------- */

/* Sentences of a view are broken for a terminal: here they become one line, to be broken for the panel. */
static void join_lines(char *text)
{
    char *to = text;
    for (const char *p = text; *p; p++) {
        bool newline = *p == '\n' && p[1];
        if (newline && p[1] == ' ' && p[2] == ' ')
            *to++ = ';';
        *to++ = newline ? ' ' : *p;
        while (newline && p[1] == ' ')
            p++;
    }
    *to = '\0';
}

/* What the view says, in one line behind the first `whole` ones. */
static void joined(struct debugger *d, void (*view)(struct debugger *d), unsigned whole)
{
    FILE *out = d->out;
    char *text = NULL, *rest;
    size_t n;
    d->out = memory_need(open_memstream(&text, &n));
    view(d);
    fclose(d->out);
    d->out = out;
    for (rest = text; whole > 0 && strchr(rest, '\n'); whole--)
        rest = strchr(rest, '\n') + 1;
    join_lines(rest);
    fputs(text, out);
    free(text);
}

static void trap_panel(struct debugger *d)
{
    joined(d, view_life, 1);
    if (scene_place(&d->shown) == PLACE_STAGE && d->execution->now.stage > 0 && d->execution->stage != STAGE_enter)
        joined(d, view_trap, 0);
}

static void timeline_panel(struct debugger *d)
{
    if (d->target->vm)
        view_timeline(d, TIMELINE_SHOWN);
    else
        fprintf(d->out, "a native run has no monitor, and no exits\n");
}

static void memory_panel(struct debugger *d)
{
    if (!view_memory(d, d->followed, MEMORY_SHOWN))
        fprintf(d->out, "%s\n", d->error);
    if (!d->target->vm)
        return;
    fprintf(d->out, "real memory:\n");
    view_frames(d);
}

static void write_panel(struct debugger *d, enum panel p, unsigned columns)
{
    switch (p) {
    case PANEL_code:
        view_listing(d, CODE_BEFORE, CODE_AFTER, columns);
        break;
    case PANEL_state:
        view_state(d);
        break;
    case PANEL_trap:
        trap_panel(d);
        break;
    case PANEL_timeline:
        timeline_panel(d);
        break;
    case PANEL_memory:
        memory_panel(d);
        break;
    case PANEL_console:
        view_console_all(d);
        break;
    default:
        break;
    }
}

void tui_panel_text(struct debugger *d, enum panel p, unsigned columns, struct text *text)
{
    FILE *out = d->out;
    bool colour = d->colour;
    char error[sizeof d->error], *bytes = NULL;
    size_t n;
    struct text whole = {0};
    memcpy(error, d->error, sizeof error);
    d->colour = true;
    d->out = memory_need(open_memstream(&bytes, &n));
    write_panel(d, p, columns);
    fclose(d->out);
    d->out = out;
    d->colour = colour;
    memcpy(d->error, error, sizeof error);
    text_add(&whole, bytes, n, LOOK_PLAIN);
    free(bytes);
    text_clear(text);
    if (!screen_wraps(p)) {
        *text = whole;
        return;
    }
    text_wrap(&whole, columns, text);
    text_clear(&whole);
}

/* --- the first row ---------------------------------------------------------------------------------------------------------- */

/* 1234567 as "1,234,567". */
static const char *grouped(uint64_t value, char text[32])
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%" PRIu64, value), at = 0;
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}

void tui_status(const struct debugger *d, char *text, size_t n)
{
    const struct execution *e = d->execution;
    enum place place = scene_place(&d->shown);
    char step[32], stage[48] = "", symbol[SYMBOL_TEXT], guest[48] = "";
    if (e->count > 1)
        snprintf(guest, sizeof guest, "guest %u of %u  ", d->target->number + 1, e->count);
    if (place == PLACE_STAGE && e->now.stage > 0)
        snprintf(stage, sizeof stage, ", stage %" PRIu64, e->now.stage);
    snprintf(text, n, " trapeze  %s%s  %s-mode  T %s%s  pc 0x%" PRIx64 "%s%s", guest,
             execution_technique_name(e, d->target), mode_name(d->shown.guest.priv.mode), grouped(debugger_step(d), step),
             stage, d->shown.guest.ctx.pc, scene_symbol(&d->shown, d->shown.guest.ctx.pc, symbol, sizeof symbol),
             place == PLACE_END    ? "  ended"
             : place == PLACE_IDLE ? "  waits"
                                   : "");
}

void tui_status_running(const struct debugger *d, uint64_t step, char *text, size_t n)
{
    char number[32];
    snprintf(text, n, " trapeze  %s  %s  T %s  Ctrl-C: stop", execution_technique_name(d->execution, d->target),
             d->execution->quiet ? "executing again, to go back" : "running", grouped(step, number));
}

/* --- help and keys ---------------------------------------------------------------------------------------------------------- */

static void add(struct text *t, enum look look, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void add(struct text *t, enum look look, const char *format, ...)
{
    char line[256];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    text_add(t, line, n < (int)sizeof line ? (size_t)n : sizeof line - 1, look);
}

static void add_key(struct text *t, char key, unsigned function, const char *meaning)
{
    char name[8], other[16] = "";
    snprintf(name, sizeof name, key == '\t' ? "Tab" : "%c", key);
    if (function)
        snprintf(other, sizeof other, "F%u", function);
    add(t, LOOK_PLAIN, "  %-5s%-5s%s\n", name, other, meaning);
}

void tui_help(struct text *text, unsigned columns)
{
    struct text t = {0};
    add(&t, LOOK_HEAD, "Keys\n");
#define COMMAND_KEY(key, function, shown, word, command) add_key(&t, key, function, command);
#define SCREEN_KEY(key, function, shown, word, name, meaning) add_key(&t, key, function, meaning);
#include "debugger/tui_key.def"
    add(&t, LOOK_PLAIN, "  Enter     the last command again, if it can be repeated\n");
    add(&t, LOOK_PLAIN, "  1 to %u    this panel is marked; on a small screen it takes the place in the middle\n",
        PANEL_count);
    add(&t, LOOK_PLAIN, "  arrows, PageUp, PageDown, Home, End   through the marked panel\n");
    add(&t, LOOK_PLAIN, "  Ctrl-C    stops the guest;   Ctrl-L   draws everything again\n");
    add(&t, LOOK_PLAIN, "  Any other letter begins a command; `help` lists all.\n");
    add(&t, LOOK_HEAD, "Panels\n");
#define PANEL(name, title, wrapped, anchor, meaning)                                                                       \
    add(&t, LOOK_PLAIN, "  %u %-9s %s\n", PANEL_##name + 1, title, meaning);
#include "debugger/panel.def"
    text_wrap(&t, columns, text);
    text_clear(&t);
}

struct shown_key {
    const char *shown, *word;
};

void tui_keys(struct text *text, unsigned columns)
{
    static const struct shown_key keys[] = {
#define COMMAND_KEY(key, function, shown, word, command) {shown, word},
#define SCREEN_KEY(key, function, shown, word, name, meaning) {shown, word},
#include "debugger/tui_key.def"
    };
    char line[512] = "", part[64];
    size_t length = 0, width = 0;
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        size_t n = strlen(keys[i].shown) + strlen(keys[i].word) + 2;
        if (!*keys[i].shown)
            continue;
        if (width + n > columns)
            break;
        width += n;
        snprintf(part, sizeof part, "\033[1m%s\033[0m %s ", keys[i].shown, keys[i].word);
        length += (size_t)snprintf(line + length, sizeof line - length, "%s", part);
    }
    text_clear(text);
    text_add(text, line, strlen(line), LOOK_DIM);
}
