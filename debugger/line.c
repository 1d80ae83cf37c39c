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
    static char blanks[] = " \t", all[] = " \t\n()+-*/%&|^=<>!~,";
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

static void run_terminal(struct debugger *d, volatile sig_atomic_t *interrupted)
{
    char *line;
    begin_terminal(d);
    while (!d->quit && (line = readline(PROMPT)) != NULL) {
        *interrupted = 0;
        if (*line)
            add_history(line);
        if (!debugger_command(d, line, stdout))
            printf("%s\n", d->error);
        free(line);
    }
    end_terminal();
}

bool line_run(struct debugger *d, const char *const *scripts, unsigned n, volatile sig_atomic_t *interrupted,
              const char **error)
{
    bool good = true;
    for (unsigned i = 0; good && !d->quit && i < n; i++)
        good = debugger_source(d, scripts[i], stdout);
    if (good && !d->quit) {
        if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
            run_terminal(d, interrupted);
        else
            good = debugger_source(d, "/dev/stdin", stdout);
    }
    *error = d->error;
    return good;
}
