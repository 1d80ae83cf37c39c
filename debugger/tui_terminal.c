/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal of the full screen. There is one in a process, and a signal handler has to find what it was like: so this is in a
 * variable of this file.
 */
#include "tui_terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <term.h>
#undef columns /* macros of term.h */
#undef lines

#define WAKE_MS 200
#define ESCAPE_MS 25

static const int deadly[] = {SIGHUP, SIGQUIT, SIGTERM, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGXCPU};
#define DEADLY (sizeof deadly / sizeof deadly[0])

static struct {
    volatile sig_atomic_t open;
    bool prepared; /* for exit() */
    bool colour, unicode;
    struct termios saved;
    char undo[256]; /* what makes the terminal a plain one again */
    size_t undo_length;
    struct sigaction before[DEADLY];
    SCREEN *screen;
    int stderr_kept, stderr_file; /* -1: it is no terminal */
    char stack[16384];            /* of the handlers: the one in use may be full */
} terminal;

/* --- as it was -------------------------------------------------------------------------------------------------------------- */

/* What was said meanwhile. */
static void give_stderr_back(void)
{
    char bytes[512];
    ssize_t n;
    if (terminal.stderr_kept < 0)
        return;
    dup2(terminal.stderr_kept, STDERR_FILENO);
    lseek(terminal.stderr_file, 0, SEEK_SET);
    while ((n = read(terminal.stderr_file, bytes, sizeof bytes)) > 0)
        if (write(STDERR_FILENO, bytes, (size_t)n) != n)
            break;
    close(terminal.stderr_kept);
    close(terminal.stderr_file);
    terminal.stderr_kept = -1;
}

/* Only by functions that a signal handler may call (signal-safety(7)). */
static void restore(void)
{
    if (!terminal.open)
        return;
    terminal.open = 0;
    if (write(STDOUT_FILENO, terminal.undo, terminal.undo_length) < 0)
        terminal.undo_length = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal.saved);
    give_stderr_back();
}

/* Then the signal does what it did before. */
static void restore_and_die(int number)
{
    restore();
    for (unsigned i = 0; i < DEADLY; i++)
        if (deadly[i] == number)
            sigaction(number, &terminal.before[i], NULL);
    raise(number);
}

static void catch_signals(void)
{
    struct sigaction mine = {.sa_handler = restore_and_die, .sa_flags = SA_ONSTACK}, other;
    stack_t stack = {.ss_sp = terminal.stack, .ss_size = sizeof terminal.stack}, now;
    if (!sigaltstack(NULL, &now) && now.ss_flags & SS_DISABLE)
        sigaltstack(&stack, NULL);
    for (unsigned i = 0; i < DEADLY; i++) {
        sigaction(deadly[i], NULL, &terminal.before[i]);
        other = terminal.before[i];
        if (other.sa_handler != SIG_IGN)
            sigaction(deadly[i], &mine, NULL);
    }
}

static void leave_signals(void)
{
    for (unsigned i = 0; i < DEADLY; i++)
        sigaction(deadly[i], &terminal.before[i], NULL);
}

static int collect(int c)
{
    if (terminal.undo_length < sizeof terminal.undo && c)
        terminal.undo[terminal.undo_length++] = (char)c;
    return c;
}

static bool collect_string(const char *name)
{
    const char *text = tigetstr(name);
    bool there = text && text != (const char *)-1;
    if (there)
        tputs(text, 1, collect);
    return there;
}

static void collect_undo(void)
{
    static const char *const names[] = {"sgr0", "op", "cnorm", "rmkx"};
    terminal.undo_length = 0;
    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++)
        collect_string(names[i]);
    if (!collect_string("rmcup")) /* no other screen to go back to */
        collect_string("clear");
}

static void keep_stderr(void)
{
    terminal.stderr_kept = terminal.stderr_file = -1;
    if (!isatty(STDERR_FILENO))
        return;
    terminal.stderr_file = memfd_create("stderr", MFD_CLOEXEC);
    terminal.stderr_kept = terminal.stderr_file < 0 ? -1 : dup(STDERR_FILENO);
    if (terminal.stderr_kept >= 0)
        dup2(terminal.stderr_file, STDERR_FILENO);
}

/* --- opening ---------------------------------------------------------------------------------------------------------------- */

bool tui_terminal_possible(char *error, size_t n)
{
    const char *name = getenv("TERM"), *cup;
    int result;
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        snprintf(error, n, "the full screen needs a terminal as standard input and output");
        return false;
    }
    if (!name || !*name || setupterm(NULL, STDOUT_FILENO, &result) != 0) {
        snprintf(error, n, "the full screen needs a terminal that is known: TERM is '%s'", name ? name : "");
        return false;
    }
    cup = tigetstr("cup");
    if (cup && cup != (const char *)-1)
        return true;
    snprintf(error, n, "the full screen needs a terminal whose cursor can be moved: TERM is '%s'", name);
    return false;
}

static void begin_looks(bool colour)
{
    static const short colours[LOOK_count] = {
        [LOOK_CHANGED] = COLOR_YELLOW, [LOOK_TITLE] = COLOR_CYAN, [LOOK_KEY] = COLOR_CYAN, [LOOK_ERROR] = COLOR_RED};
    terminal.colour = colour && has_colors() && start_color() == OK;
    if (terminal.colour)
        use_default_colors();
    for (short i = 0; terminal.colour && i < LOOK_count; i++)
        if (colours[i])
            init_pair(i, colours[i], -1);
}

static attr_t attributes_of(enum look look)
{
    static const attr_t coloured[LOOK_count] = {[LOOK_CHANGED] = A_BOLD,
                                                [LOOK_DIM] = A_DIM,
                                                [LOOK_HEAD] = A_BOLD,
                                                [LOOK_FOCUS] = A_REVERSE,
                                                [LOOK_BAR] = A_REVERSE};
    static const attr_t plain[LOOK_count] = {[LOOK_CHANGED] = A_BOLD, [LOOK_HEAD] = A_BOLD,   [LOOK_FOCUS] = A_REVERSE,
                                             [LOOK_BAR] = A_REVERSE,  [LOOK_KEY] = A_REVERSE, [LOOK_ERROR] = A_BOLD};
    return terminal.colour ? coloured[look] : plain[look];
}

bool tui_terminal_open(bool colour, char *error, size_t n)
{
    if (!tui_terminal_possible(error, n))
        return false;
    tcgetattr(STDIN_FILENO, &terminal.saved);
    setlocale(LC_CTYPE, "");
    terminal.unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    fflush(NULL);
    catch_signals();
    terminal.screen = newterm(NULL, stdout, stdin);
    if (!terminal.screen) {
        leave_signals();
        snprintf(error, n, "the full screen cannot be had of this terminal");
        return false;
    }
    collect_undo();
    keep_stderr();
    if (!terminal.prepared)
        atexit(restore);
    terminal.prepared = true;
    terminal.open = 1;
    cbreak();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_MS);
    begin_looks(colour);
    return true;
}

void tui_terminal_close(void)
{
    if (!terminal.open)
        return;
    endwin();
    restore();
    leave_signals();
    delscreen(terminal.screen);
    setlocale(LC_CTYPE, "C");
}

/* --- out -------------------------------------------------------------------------------------------------------------------- */

bool tui_terminal_unicode(void)
{
    return terminal.unicode;
}

void tui_terminal_size(unsigned *rows, unsigned *columns)
{
    *rows = (unsigned)LINES;
    *columns = (unsigned)COLS;
}

static void draw_cell(unsigned row, unsigned column, const struct text_cell *cell)
{
    wchar_t text[2] = {cell->c, 0};
    cchar_t c;
    setcchar(&c, text, attributes_of((enum look)cell->look), terminal.colour ? (short)cell->look : 0, NULL);
    mvadd_wch((int)row, (int)column, &c);
}

void tui_terminal_draw(const struct screen *s)
{
    erase();
    for (unsigned row = 0; row < s->rows; row++)
        for (unsigned column = 0; column < s->columns; column++)
            if (s->cell[row * s->columns + column].c)
                draw_cell(row, column, &s->cell[row * s->columns + column]);
    curs_set(s->cursor ? 1 : 0);
    if (s->cursor)
        move((int)s->cursor_row, (int)s->cursor_column);
    refresh();
}

void tui_terminal_redraw(void)
{
    clearok(curscr, TRUE);
}

/* --- in --------------------------------------------------------------------------------------------------------------------- */

static int special(wint_t c)
{
    static const struct {
        wint_t curses;
        int key;
    } keys[] = {{KEY_RESIZE, TUI_RESIZED},
                {KEY_UP, TUI_UP},
                {KEY_DOWN, TUI_DOWN},
                {KEY_LEFT, TUI_LEFT},
                {KEY_RIGHT, TUI_RIGHT},
                {KEY_HOME, TUI_HOME},
                {KEY_END, TUI_END},
                {KEY_PPAGE, TUI_PAGE_UP},
                {KEY_NPAGE, TUI_PAGE_DOWN},
                {KEY_DC, TUI_DELETE},
                {KEY_BACKSPACE, TUI_BACKSPACE},
                {KEY_BTAB, TUI_BACK_TAB},
                {KEY_ENTER, '\r'}};
    for (unsigned i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i].curses == c)
            return keys[i].key;
    return c >= KEY_F(1) && c <= KEY_F(12) ? TUI_F + (int)(c - KEY_F0) : TUI_OTHER;
}

/* Has its size changed, and nobody told? */
static bool resized(void)
{
    struct winsize size;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || !size.ws_row || !size.ws_col ||
        (size.ws_row == LINES && size.ws_col == COLS))
        return false;
    resizeterm(size.ws_row, size.ws_col);
    return true;
}

int tui_terminal_key(void)
{
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    wint_t c;
    int result = get_wch(&c);
    if (result == KEY_CODE_YES)
        return special(c);
    if (result == OK)
        return c == 127 || c == 8 ? TUI_BACKSPACE : (int)c;
    if (poll(&input, 1, WAKE_MS) > 0)
        return input.revents & (POLLHUP | POLLERR | POLLNVAL) ? TUI_GONE : TUI_NOTHING;
    return resized() ? TUI_RESIZED : TUI_NOTHING;
}
