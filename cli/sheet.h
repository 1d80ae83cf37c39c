/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sheets: a title, a few sentences and a table of texts, printed as Markdown, as aligned text or as JSON.
 */
#ifndef CLI_SHEET_H
#define CLI_SHEET_H

#include <jansson.h>
#include <stdio.h>

#define SHEET_COLUMNS 8

struct sheet {
    const char *title, *text;               /* borrowed; text may be NULL */
    const char *const *columns;             /* borrowed: the names, in small letters */
    unsigned column_count, row_count;
    char **cells;                           /* owned, row after row */
};

/* An empty one. */
struct sheet sheet_make(const char *title, const char *text, const char *const *columns, unsigned column_count);

/* Adds a row: as many texts as there are columns. They are copied. */
void sheet_row(struct sheet *sheet, const char *const *cells);

void sheet_free(struct sheet *sheet);

void sheet_markdown(const struct sheet *sheet, FILE *out);
void sheet_text(const struct sheet *sheet, FILE *out);
json_t *sheet_json(const struct sheet *sheet);      /* an array of objects; the caller has the reference */

#endif
