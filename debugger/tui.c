/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The full-screen face: its loop and its keys. Screens are composed in screen.c from texts made in tui_panel.c.
 */
#include "tui.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <readline/history.h>

#include "debugger/command.h"
#include "debugger/memory.h"
#include "debugger/tui_line.h"
#include "debugger/tui_panel.h"
#include "debugger/tui_terminal.h"

#define OUTPUT_LINES 5000
#define LINE_ROOM (LINE_MOST + 32)
#define PULSE_MS 100
#define PULSE_CALLS 256 /* between looks at the clock */
#define CONTROL(c) ((c)&0x1f)

struct tui {
    struct debugger *d;
    volatile sig_atomic_t *interrupted;
    struct screen screen;
    struct screen_choice choice;
    struct text output, panel[PANEL_count], help, keys; /* panel: as wide as they are */
    int scroll[PANEL_count], help_scroll;
    struct tui_line line;
    enum { NOTHING_TYPED, COMMAND_TYPED, GUEST_TYPED } typing; /* what the line is */
    bool helping, leaving;                                     /* leaving: it was asked whether to */
    bool running;
    uint64_t step; /* running: where */
    unsigned calls;
    struct timespec drawn;
    char offered[1024]; /* words that could complete */
};

/* --- showing ---------------------------------------------------------------------------------------------------------------- */

static void take_area(struct area area[PANEL_count], const struct tui *t)
{
    unsigned rows, columns;
    tui_terminal_size(&rows, &columns);
    screen_layout(rows, columns, &t->choice, area);
}

static void take_panel(struct tui *t, enum panel p, unsigned columns)
{
    if (p == PANEL_output)
        text_wrap(&t->output, columns, &t->panel[p]);
    else
        tui_panel_text(t->d, p, columns, &t->panel[p]);
}

/* Of those that can be seen. While the guest runs only the console is made anew: the others say where it stood. */
static void take_panels(struct tui *t)
{
    struct area area[PANEL_count];
    unsigned rows, columns;
    take_area(area, t);
    tui_terminal_size(&rows, &columns);
    for (unsigned p = 0; p < PANEL_count; p++) {
        bool left = area[p].column + area[p].columns < columns; /* a blank before its neighbour */
        if (area[p].rows && (!t->running || p == PANEL_console))
            take_panel(t, (enum panel)p, area[p].columns - left);
    }
}

static void say_line(const struct tui *t, struct screen_input *in, char text[LINE_ROOM])
{
    const char *prompt = t->typing == GUEST_TYPED ? "to the guest: " : ":";
    in->typing = t->typing && !t->running;
    in->line = "";
    if (t->leaving)
        in->line = "leave the debugger? y: yes; any other key: no";
    else if (t->helping)
        in->line = "arrows: more; any other key: back";
    if (!in->typing)
        return;
    snprintf(text, LINE_ROOM, "%s%s", prompt, t->line.text);
    in->line = text;
    in->cursor = (unsigned)strlen(prompt) + text_width(t->line.text, t->line.at);
}

static void show(struct tui *t)
{
    struct screen_input in = {.unicode = tui_terminal_unicode(), .choice = t->choice};
    char status[512], line[LINE_ROOM];
    tui_terminal_size(&in.rows, &in.columns);
    if (t->running)
        tui_status_running(t->d, t->step, status, sizeof status);
    else
        tui_status(t->d, status, sizeof status);
    tui_keys(&t->keys, in.columns);
    if (t->helping)
        tui_help(&t->help, in.columns);
    for (unsigned p = 0; p < PANEL_count; p++)
        in.panel[p] = (struct screen_panel){&t->panel[p], t->scroll[p]};
    in.over = t->helping ? &t->help : NULL;
    in.over_scroll = t->help_scroll;
    in.status = status;
    in.keys = &t->keys;
    in.line_look = t->leaving ? LOOK_HEAD : LOOK_PLAIN;
    say_line(t, &in, line);
    screen_compose(&in, &t->screen);
    tui_terminal_draw(&t->screen);
    clock_gettime(CLOCK_MONOTONIC, &t->drawn);
}

/* --- commands --------------------------------------------------------------------------------------------------------------- */

/* One line into the output, or what there is of lines in it. */
static void say(struct tui *t, enum look look, const char *head, const char *text)
{
    char *line;
    int n = asprintf(&line, "%s%s", head, text);
    if (n >= 0)
        text_add(&t->output, line, (size_t)n, look);
    if (n >= 0)
        free(line);
    text_keep(&t->output, OUTPUT_LINES);
}

/* While the guest runs. */
static void pulse(void *context, uint64_t step)
{
    struct tui *t = context;
    struct timespec now;
    if (++t->calls % PULSE_CALLS)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if ((now.tv_sec - t->drawn.tv_sec) * 1000 + (now.tv_nsec - t->drawn.tv_nsec) / 1000000 < PULSE_MS)
        return;
    t->running = true;
    t->step = step;
    take_panels(t);
    show(t);
}

/* One line, by the core; what it says goes to the output. */
static bool carry_out(struct tui *t, const char *line)
{
    struct debugger *d = t->d;
    bool colour = d->colour;
    char *text = NULL;
    size_t n;
    FILE *out = memory_need(open_memstream(&text, &n));
    say(t, LOOK_HEAD, "> ", *line ? line : d->repeated);
    *t->interrupted = 0;
    clock_gettime(CLOCK_MONOTONIC, &t->drawn);
    d->colour = true;
    d->execution->pulse = pulse;
    d->execution->pulse_context = t;
    bool good = debugger_command(d, line, out);
    d->execution->pulse = NULL;
    d->colour = colour;
    t->running = false;
    fclose(out);
    say(t, LOOK_PLAIN, "", text);
    free(text);
    if (!good)
        say(t, LOOK_ERROR, "", d->error);
    for (unsigned p = 0; p < PANEL_count; p++)
        t->scroll[p] = 0;
    return good;
}

static void offer(void *context, const char *word)
{
    struct tui *t = context;
    size_t n = strlen(t->offered);
    if (word) {
        snprintf(t->offered + n, sizeof t->offered - n, "%s  ", word);
        return;
    }
    say(t, LOOK_DIM, "", t->offered);
    t->offered[0] = '\0';
}

/* --- keys ------------------------------------------------------------------------------------------------------------------- */

static void scroll_help(struct tui *t, int lines)
{
    unsigned rows, columns;
    tui_terminal_size(&rows, &columns);
    int most = (int)t->help.count - (int)rows + 3, to = t->help_scroll + lines;
    t->help_scroll = to > most ? (most > 0 ? most : 0) : to < 0 ? 0 : to;
}

static void scroll_by(struct tui *t, int lines)
{
    struct area area[PANEL_count];
    enum panel p = t->choice.focus;
    take_area(area, t);
    if (area[p].rows)
        t->scroll[p] = screen_scroll(p, &t->panel[p], area[p].rows - 1, t->scroll[p] + lines);
}

/* Through the marked panel, or the help. False: the key is not about that. */
static bool scroll_key(struct tui *t, int key)
{
    unsigned rows, columns;
    tui_terminal_size(&rows, &columns);
    int page = (int)rows / 3, end = 1 << 20;
    int lines = key == TUI_UP          ? -1
                : key == TUI_DOWN      ? 1
                : key == TUI_PAGE_UP   ? -page
                : key == TUI_PAGE_DOWN ? page
                : key == TUI_HOME      ? -end
                : key == TUI_END       ? end
                                       : 0;
    if (lines)
        (t->helping ? scroll_help : scroll_by)(t, lines);
    return lines != 0;
}

/* This panel is marked; it can be seen then. */
static void mark_panel(struct tui *t, enum panel p)
{
    struct area area[PANEL_count];
    t->choice.focus = p;
    take_area(area, t);
    if (!area[p].rows)
        t->choice.slot = p;
}

/* The next one that can be seen; of all, if one alone is. */
static void mark_next(struct tui *t, int by)
{
    struct area area[PANEL_count];
    unsigned p = t->choice.focus;
    take_area(area, t);
    do
        p = (p + PANEL_count + (unsigned)by) % PANEL_count;
    while (!t->choice.zoomed && !area[p].rows && p != t->choice.focus);
    t->choice.focus = (enum panel)p;
}

static void begin_command(struct tui *t, int key)
{
    tui_line_begin(&t->line);
    t->typing = COMMAND_TYPED;
    if (key)
        tui_line_key(&t->line, t->d, key, offer, t);
}

enum screen_key {
#define COMMAND_KEY(...)
#define SCREEN_KEY(key, function, shown, word, name, meaning) SCREEN_KEY_##name,
#include "debugger/tui_key.def"
};

static void screen_key(struct tui *t, enum screen_key key)
{
    switch (key) {
    case SCREEN_KEY_command:
        begin_command(t, 0);
        break;
    case SCREEN_KEY_guest:
        tui_line_begin(&t->line);
        t->typing = GUEST_TYPED;
        mark_panel(t, PANEL_console);
        break;
    case SCREEN_KEY_zoom:
        t->choice.zoomed = !t->choice.zoomed;
        if (!t->choice.zoomed)
            mark_panel(t, t->choice.focus);
        break;
    case SCREEN_KEY_help:
        t->helping = true;
        t->help_scroll = 0;
        break;
    case SCREEN_KEY_quit:
        t->leaving = true;
        break;
    case SCREEN_KEY_next_panel:
        mark_next(t, 1);
        break;
    case SCREEN_KEY_lines:
        t->d->screen = false;
        break;
    }
}

/* A key of the table; false: it is none. */
static bool table_key(struct tui *t, int key)
{
#define COMMAND_KEY(letter, function, shown, word, command)                                                                \
    if (key == letter || (function && key == TUI_F + function)) {                                                          \
        carry_out(t, command);                                                                                             \
        return true;                                                                                                       \
    }
#define SCREEN_KEY(letter, function, shown, word, name, meaning)                                                           \
    if (key == letter || (function && key == TUI_F + function)) {                                                          \
        screen_key(t, SCREEN_KEY_##name);                                                                                  \
        return true;                                                                                                       \
    }
#include "debugger/tui_key.def"
    return false;
}

static void single_key(struct tui *t, int key)
{
    if (table_key(t, key) || scroll_key(t, key))
        return;
    if (key == '\r' || key == '\n')
        carry_out(t, "");
    else if (key == TUI_BACK_TAB)
        mark_next(t, -1);
    else if (key > '0' && key <= '0' + PANEL_count)
        mark_panel(t, (enum panel)(key - '1'));
    else if ((key >= 'a' && key <= 'z') || (key >= 'A' && key <= 'Z'))
        begin_command(t, key);
}

static void enter_line(struct tui *t)
{
    char line[LINE_ROOM];
    bool guest = t->typing == GUEST_TYPED;
    snprintf(line, sizeof line, "%s%s", guest ? "send " : "", t->line.text);
    tui_line_begin(&t->line);
    if (guest) {
        if (carry_out(t, line))
            carry_out(t, "continue");
        return;
    }
    t->typing = NOTHING_TYPED;
    if (*line)
        add_history(line);
    carry_out(t, line);
}

static void typing_key(struct tui *t, int key)
{
    enum tui_typed typed = tui_line_key(&t->line, t->d, key, offer, t);
    if (typed == TUI_LEFT_OFF)
        t->typing = NOTHING_TYPED;
    else if (typed == TUI_ENTERED)
        enter_line(t);
}

static void take_key(struct tui *t, int key)
{
    unsigned rows, columns;
    tui_terminal_size(&rows, &columns);
    if (key == CONTROL('l')) {
        tui_terminal_redraw();
    } else if (t->leaving) {
        t->leaving = false;
        t->d->quit = key == 'y' || key == 'Y';
    } else if (rows < SCREEN_ROWS || columns < SCREEN_COLUMNS) {
        t->d->quit = key == 'q';
    } else if (t->helping) {
        t->helping = scroll_key(t, key);
    } else if (t->typing) {
        typing_key(t, key);
    } else {
        single_key(t, key);
    }
}

static void loop(struct tui *t)
{
    while (!t->d->quit && t->d->screen) {
        take_panels(t);
        show(t);
        int key;
        do
            key = tui_terminal_key();
        while (key == TUI_NOTHING && !*t->interrupted);
        if (key == TUI_GONE)
            return;
        if (key == TUI_NOTHING)
            t->typing = NOTHING_TYPED, t->helping = t->leaving = false;
        else if (key != TUI_RESIZED)
            take_key(t, key);
        *t->interrupted = 0;
    }
}

bool tui_run(struct debugger *d, volatile sig_atomic_t *interrupted, const char *said)
{
    struct tui *t = NULL;
    if (!tui_terminal_open(d->colour, d->error, sizeof d->error)) {
        d->screen = false;
        return false;
    }
    t = memory_zero(sizeof *t);
    t->d = d;
    t->interrupted = interrupted;
    t->choice = (struct screen_choice){PANEL_code, PANEL_trap, false};
    if (said)
        say(t, LOOK_PLAIN, "", said);
    *interrupted = 0;
    loop(t);
    d->quit |= d->screen;
    tui_terminal_close();
    for (unsigned p = 0; p < PANEL_count; p++)
        text_clear(&t->panel[p]);
    text_clear(&t->output);
    text_clear(&t->help);
    text_clear(&t->keys);
    screen_free(&t->screen);
    free(t);
    return true;
}
