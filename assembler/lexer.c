/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words, strings and punctuation at the cursor.
 */
#include "internal.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void lex_skip_space(struct assembler *a)
{
    while (*a->at == ' ')
        a->at++;
}

bool lex_accept(struct assembler *a, char c)
{
    lex_skip_space(a);
    if (*a->at != c)
        return false;
    a->at++;
    return true;
}

bool lex_expect(struct assembler *a, char c)
{
    if (lex_accept(a, c))
        return true;
    return *a->at == '\0' ? asm_fail(a, a->at, "expected `%c` before the end of the line", c)
                          : asm_fail(a, a->at, "expected `%c`", c);
}

bool lex_at_end(struct assembler *a)
{
    lex_skip_space(a);
    return *a->at == '\0';
}

bool lex_expect_end(struct assembler *a)
{
    return lex_at_end(a) || asm_fail(a, a->at, "this is more than the line needs");
}

static bool starts_word(char c)
{
    return isalpha((unsigned char)c) || c == '_' || c == '.' || c == '$';
}

size_t lex_word_length(const char *at)
{
    if (!starts_word(*at))
        return 0;
    size_t n = 1;
    while (starts_word(at[n]) || isdigit((unsigned char)at[n]))
        n++;
    return n;
}

bool lex_word_is(const char *at, size_t length, const char *word)
{
    return strlen(word) == length && strncasecmp(at, word, length) == 0;
}

bool lex_name(struct assembler *a, const char **name, size_t *length)
{
    lex_skip_space(a);
    if (*a->at == '"') {
        char *text;
        if (!lex_string(a, &text, length))
            return false;
        *name = text;
        return *length > 0 || asm_fail(a, a->at, "the name is empty");
    }
    *name = a->at;
    *length = lex_word_length(a->at);
    a->at += *length;
    return *length > 0 || asm_fail(a, a->at, "expected a name");
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

int lex_escape(const char **at)
{
    static const char letters[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    char c = *(*at)++;
    const char *letter = c == '\0' ? NULL : strchr(letters, c);
    if (letter != NULL)
        return meanings[letter - letters];
    int value = 0;
    if (c == 'x' || c == 'X') {
        for (; digit_value(**at) < 16; (*at)++)
            value = (value * 16 + digit_value(**at)) & 0xff;
        return value;
    }
    if (c < '0' || c > '9')
        return (unsigned char)c;
    value = c - '0';
    for (int i = 0; i < 2 && digit_value(**at) < 10; i++)
        value = value * 8 + digit_value(*(*at)++);
    return value & 0xff;
}

bool lex_string(struct assembler *a, char **out, size_t *length)
{
    lex_skip_space(a);
    if (*a->at != '"')
        return asm_fail(a, a->at, "expected a string in double quotes");
    const char *s = a->at + 1;
    *out = arena_alloc(&a->arena, strlen(s) + 1);
    size_t n = 0;
    while (*s != '\0' && *s != '"') {
        if (*s != '\\' || s[1] == '\0') {
            (*out)[n++] = *s++;
        } else {
            s++;
            (*out)[n++] = (char)lex_escape(&s);
        }
    }
    if (*s != '"')
        return asm_fail(a, a->at, "the string is not closed");
    a->at = s + 1;
    *length = n;
    return true;
}
