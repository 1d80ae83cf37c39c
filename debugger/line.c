/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The line face. Readline wants globals: what it completes for is the one in this file.
 */
#include "line.h"

#include <readline/history.h>
#include <readline/readline.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "debugger/complete.h"
#include "debugger/memory.h"
#include "debugger/tui.h"

#define PROMPT "(trapeze) "

/* --- completion ------------------------------------------------------------------------------------------------------------ */

/* The debugger that readline, of which there is one in a process, works for. */
static const struct debugger *completing;

struct words {
    char **word; /* owned, and malloc'ed each: readline's way. The first is what they have in common */
    size_t count;
};

static void add(void *context, const char *word)
{
    struct words *w = context;
    for (size_t i = 1; i <= w->count; i++)
        if (strcmp(w->word[i], word) == 0)
            return;
    w->word = memory_need(realloc(w->word, (w->count + 3) * sizeof *w->word));
    w->word[++w->count] = memory_text(word);
    w->word[w->count + 1] = NULL;
}

static char *common(const struct words *w)
{
    size_t n = strlen(w->word[1]);
    for (size_t i = 2; i <= w->count; i++) {
        size_t same = 0;
        while (same < n && w->word[i][same] == w->word[1][same])
            same++;
        n = same;
    }
    char *text = memory_text(w->word[1]);
    text[n] = '\0';
    return text;
}

static void no_word(void *context, const char *word)
{
    (void)context, (void)word;
}

/* A command can have a - in its name, and a file's name anything; among operands it stands between them. */
static char *break_characters(void)
{
    static char blanks[] = " \t", all[] = COMPLETE_BREAKS;
    size_t at = (size_t)rl_point, first = strspn(rl_line_buffer, blanks), length = strcspn(rl_line_buffer + first, " \t/");
    return at <= first + length || !complete(completing, rl_line_buffer, at, at, no_word, NULL) ? blanks : all;
}

static char **attempt(const char *text, int begin, int end)
{
    struct words w = {NULL, 0};
    (void)text;
    rl_attempted_completion_over = complete(completing, rl_line_buffer, (size_t)begin, (size_t)end, add, &w);
    if (w.count)
        w.word[0] = common(&w);
    return w.word;
}

/* --- reading --------------------------------------------------------------------------------------------------------------- */

static char *history_path(void)
{
    const char *home = getenv("HOME");
    char *path = NULL;
    if (!home || asprintf(&path, "%s/.trapeze_history", home) < 0)
        return NULL;
    return path;
}

static void begin_terminal(const struct debugger *d)
{
    completing = d;
    rl_readline_name = "trapeze";
    rl_attempted_completion_function = attempt;
    rl_completion_word_break_hook = break_characters;
    using_history();
    char *path = history_path();
    if (path)
        read_history(path);
    free(path);
}

static void end_terminal(void)
{
    char *path = history_path();
    if (path && write_history(path) == 0)
        history_truncate_file(path, 1000);
    free(path);
    completing = NULL;
}

/* One line; false: there are no more. */
static bool run_line(struct debugger *d, volatile sig_atomic_t *interrupted)
{
    char *line = readline(PROMPT);
    if (!line)
        return false;
    *interrupted = 0;
    if (*line)
        add_history(line);
    if (!debugger_command(d, line, stdout))
        printf("%s\n", d->error);
    free(line);
    return true;
}

/* Line by line, or with the full screen, as the user likes. */
static void run_terminal(struct debugger *d, volatile sig_atomic_t *interrupted, const char *said)
{
    bool more = true;
    begin_terminal(d);
    while (!d->quit && more) {
        if (!d->screen) {
            more = run_line(d, interrupted);
        } else if (tui_run(d, interrupted, said)) {
            rl_reset_terminal(NULL);
        } else {
            printf("%s\n", d->error);
        }
        said = NULL;
    }
    end_terminal();
}

/* What they print is kept for the full screen's output, if there is to be one. */
static bool run_scripts(struct debugger *d, const char *const *scripts, unsigned n, char **said)
{
    size_t size;
    bool good = true;
    FILE *out = d->screen ? memory_need(open_memstream(said, &size)) : stdout;
    for (unsigned i = 0; good && !d->quit && i < n; i++)
        good = debugger_source(d, scripts[i], out);
    if (out == stdout)
        return good;
    fclose(out);
    if (!good || d->quit)
        fputs(*said, stdout);
    return good;
}

bool line_run(struct debugger *d, const char *const *scripts, unsigned n, volatile sig_atomic_t *interrupted,
              const char **error)
{
    char *said = NULL;
    d->terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
    bool good = run_scripts(d, scripts, n, &said);
    if (good && !d->quit) {
        if (d->terminal)
            run_terminal(d, interrupted, said);
        else
            good = debugger_source(d, "/dev/stdin", stdout);
    }
    free(said);
    *error = d->error;
    return good;
}
