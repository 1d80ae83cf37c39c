/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Typing a command on the full screen.
 */
#include "tui_line.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include <readline/history.h>
#include <readline/readline.h>

#include "debugger/complete.h"
#include "debugger/memory.h"
#include "debugger/tui_terminal.h"

#define CONTROL(c) ((c)&0x1f)

void tui_line_begin(struct tui_line *l)
{
    *l = (struct tui_line){.length = 0};
}

/* --- editing ---------------------------------------------------------------------------------------------------------------- */

static void insert(struct tui_line *l, const char *bytes, size_t n)
{
    if (l->length + n > LINE_MOST)
        return;
    memmove(l->text + l->at + n, l->text + l->at, l->length - l->at + 1);
    memcpy(l->text + l->at, bytes, n);
    l->length += n;
    l->at += n;
}

static void erase_to(struct tui_line *l, size_t from, size_t to)
{
    memmove(l->text + from, l->text + to, l->length - to + 1);
    l->length -= to - from;
    l->at = from;
}

static bool continues(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

static size_t before(const struct tui_line *l)
{
    size_t at = l->at;
    do
        at -= at > 0;
    while (at > 0 && continues(l->text[at]));
    return at;
}

static size_t behind(const struct tui_line *l)
{
    size_t at = l->at;
    do
        at += at < l->length;
    while (at < l->length && continues(l->text[at]));
    return at;
}

static size_t word_before(const struct tui_line *l)
{
    size_t at = l->at;
    while (at > 0 && l->text[at - 1] == ' ')
        at--;
    while (at > 0 && l->text[at - 1] != ' ')
        at--;
    return at;
}

static void become(struct tui_line *l, const char *text)
{
    l->length = l->at = (size_t)snprintf(l->text, sizeof l->text, "%s", text) < sizeof l->text ? strlen(text) : LINE_MOST;
}

/* --- history ---------------------------------------------------------------------------------------------------------------- */

static void look_back(struct tui_line *l, int by)
{
    int older = l->older + by;
    if (older < 0 || older > history_length)
        return;
    if (l->older == 0)
        snprintf(l->kept, sizeof l->kept, "%s", l->text);
    l->older = older;
    const HIST_ENTRY *entry = older ? history_get(history_base + history_length - older) : NULL;
    become(l, entry ? entry->line : l->kept);
}

/* --- completion ------------------------------------------------------------------------------------------------------------- */

struct words {
    char **word; /* owned */
    size_t count;
};

static void add_word(void *context, const char *word)
{
    struct words *w = context;
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->word[i], word) == 0)
            return;
    w->word = memory_need(realloc(w->word, (w->count + 1) * sizeof *w->word));
    w->word[w->count++] = memory_text(word);
}

static void add_files(struct words *w, const char *begin)
{
    char *name;
    for (int state = 0; (name = rl_filename_completion_function(begin, state)) != NULL; state = 1) {
        add_word(w, name);
        free(name);
    }
}

static size_t common(const struct words *w)
{
    size_t n = strlen(w->word[0]);
    for (size_t i = 1; i < w->count; i++)
        for (size_t j = 0; j < n; j++)
            if (w->word[i][j] != w->word[0][j])
                n = j;
    return n;
}

static void finish_word(struct tui_line *l, const struct words *w, size_t begin, bool file)
{
    size_t n = common(w);
    if (n > l->at - begin)
        insert(l, w->word[0] + (l->at - begin), n - (l->at - begin));
    if (w->count == 1 && !file)
        insert(l, " ", 1);
}

static void complete_word(struct tui_line *l, const struct debugger *d, void (*offer)(void *, const char *), void *context)
{
    struct words w = {NULL, 0};
    char begun[LINE_MOST + 1];
    size_t begin = complete_begin(l->text, l->at), typed = l->at;
    bool files = !complete(d, l->text, begin, l->at, add_word, &w);
    if (files) {
        begin = word_before(l);
        snprintf(begun, sizeof begun, "%.*s", (int)(l->at - begin), l->text + begin);
        add_files(&w, begun);
    }
    if (w.count)
        finish_word(l, &w, begin, files);
    for (size_t i = 0; w.count > 1 && l->at == typed && i <= w.count; i++)
        offer(context, i < w.count ? w.word[i] : NULL);
    for (size_t i = 0; i < w.count; i++)
        free(w.word[i]);
    free(w.word);
}

/* --- keys ------------------------------------------------------------------------------------------------------------------- */

static void type(struct tui_line *l, int key)
{
    char bytes[MB_LEN_MAX];
    mbstate_t state = {0};
    size_t n = key < TUI_NOTHING && iswprint((wint_t)key) ? wcrtomb(bytes, (wchar_t)key, &state) : 0;
    if (n > 0 && n != (size_t)-1)
        insert(l, bytes, n);
}

static void edit(struct tui_line *l, int key)
{
    switch (key) {
    case TUI_LEFT:
    case CONTROL('b'):
        l->at = before(l);
        break;
    case TUI_RIGHT:
    case CONTROL('f'):
        l->at = behind(l);
        break;
    case TUI_HOME:
    case CONTROL('a'):
        l->at = 0;
        break;
    case TUI_END:
    case CONTROL('e'):
        l->at = l->length;
        break;
    case TUI_UP:
    case CONTROL('p'):
        look_back(l, 1);
        break;
    case TUI_DOWN:
    case CONTROL('n'):
        look_back(l, -1);
        break;
    case TUI_BACKSPACE:
        erase_to(l, before(l), l->at);
        break;
    case TUI_DELETE:
    case CONTROL('d'): {
        size_t at = l->at;
        erase_to(l, at, behind(l));
        break;
    }
    case CONTROL('u'):
        erase_to(l, 0, l->at);
        break;
    case CONTROL('k'):
        erase_to(l, l->at, l->length);
        break;
    case CONTROL('w'):
        erase_to(l, word_before(l), l->at);
        break;
    default:
        type(l, key);
    }
}

enum tui_typed tui_line_key(struct tui_line *l, const struct debugger *d, int key,
                            void (*offer)(void *context, const char *word), void *context)
{
    if (key == '\r' || key == '\n')
        return TUI_ENTERED;
    if (key == '\033' || key == CONTROL('g') || (key == TUI_BACKSPACE && l->length == 0))
        return TUI_LEFT_OFF;
    if (key == '\t')
        complete_word(l, d, offer, context);
    else
        edit(l, key);
    return TUI_GOES_ON;
}
