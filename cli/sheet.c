/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables of text.
 */
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#include "message.h"

struct sheet sheet_make(const char *title, const char *text, const char *const *columns, unsigned column_count)
{
    return (struct sheet){.title = title, .text = text, .columns = columns, .column_count = column_count};
}

void sheet_row(struct sheet *sheet, const char *const *cells)
{
    size_t used = (size_t)sheet->row_count * sheet->column_count;
    sheet->cells = need(realloc(sheet->cells, (used + sheet->column_count) * sizeof *sheet->cells));
    for (unsigned c = 0; c < sheet->column_count; c++)
        sheet->cells[used + c] = need(strdup(cells[c]));
    sheet->row_count++;
}

void sheet_free(struct sheet *sheet)
{
    for (size_t i = 0; i < (size_t)sheet->row_count * sheet->column_count; i++)
        free(sheet->cells[i]);
    free(sheet->cells);
}

static const char *cell(const struct sheet *s, unsigned row, unsigned column)
{
    return s->cells[(size_t)row * s->column_count + column];
}

/* A cell of a Markdown table; a bar would end it. */
static void markdown_cell(const char *text, FILE *out)
{
    fputs(" ", out);
    for (; *text; text++)
        fprintf(out, *text == '|' ? "\\%c" : "%c", *text);
    fputs(" |", out);
}

void sheet_markdown(const struct sheet *s, FILE *out)
{
    fprintf(out, "## %s\n\n", s->title);
    if (s->text)
        fprintf(out, "%s\n\n", s->text);
    fputc('|', out);
    for (unsigned c = 0; c < s->column_count; c++)
        markdown_cell(s->columns[c], out);
    fputs("\n|", out);
    for (unsigned c = 0; c < s->column_count; c++)
        fputs("---|", out);
    for (unsigned r = 0; r < s->row_count; r++) {
        fputs("\n|", out);
        for (unsigned c = 0; c < s->column_count; c++)
            markdown_cell(cell(s, r, c), out);
    }
    fputc('\n', out);
}

void sheet_text(const struct sheet *s, FILE *out)
{
    size_t width[SHEET_COLUMNS] = {0};
    for (unsigned c = 0; c < s->column_count; c++) {
        width[c] = strlen(s->columns[c]);
        for (unsigned r = 0; r < s->row_count; r++)
            width[c] = strlen(cell(s, r, c)) > width[c] ? strlen(cell(s, r, c)) : width[c];
    }
    for (unsigned r = 0; r <= s->row_count; r++) {
        for (unsigned c = 0; c < s->column_count; c++) {
            const char *text = r == 0 ? s->columns[c] : cell(s, r - 1, c);
            if (c + 1 < s->column_count)
                fprintf(out, "%-*s  ", (int)width[c], text);
            else
                fprintf(out, "%s\n", text);
        }
    }
}

json_t *sheet_json(const struct sheet *s)
{
    json_t *array = json_array();
    for (unsigned r = 0; r < s->row_count; r++) {
        json_t *object = json_object();
        for (unsigned c = 0; c < s->column_count; c++)
            json_object_set_new(object, s->columns[c], json_string(cell(s, r, c)));
        if (json_array_append_new(array, object) != 0)
            refuse("out of memory");
    }
    return array;
}
