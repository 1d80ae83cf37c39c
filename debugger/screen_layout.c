/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the panels of a screen are.
 */
#include "screen.h"

#define WIDE 120 /* columns, and ... */
#define HIGH 40  /* ... rows from which on all panels are shown */
#define BARS 3   /* rows that are no panel's */
#define STATE 43 /* columns of real beside virtual state */

/* A strip of the screen: one panel, or two beside each other. */
struct band {
    enum panel left, right; /* right PANEL_count: none */
    unsigned weight;        /* its share of the rows */
};

static void place(struct area *a, unsigned row, unsigned column, unsigned rows, unsigned columns)
{
    *a = (struct area){row, column, rows, columns};
}

static void place_band(const struct band *b, unsigned row, unsigned rows, unsigned columns, struct area *area)
{
    if (b->right == PANEL_count) {
        place(&area[b->left], row, 0, rows, columns);
        return;
    }
    unsigned right = b->right == PANEL_state      ? (columns < 160 ? STATE : 60)
                     : b->right == PANEL_timeline ? columns * 4 / 7
                                                  : columns / 2 - 1;
    place(&area[b->left], row, 0, rows, columns - right - 1);
    place(&area[b->right], row, columns - right, rows, right);
}

static void place_bands(const struct band *band, unsigned n, unsigned rows, unsigned columns, struct area *area)
{
    unsigned weights = 0, used = 0, weight = 0;
    for (unsigned i = 0; i < n; i++)
        weights += band[i].weight;
    for (unsigned i = 0; i < n; i++) {
        weight += band[i].weight;
        unsigned end = rows * weight / weights;
        place_band(&band[i], 1 + used, end - used, columns, area);
        used = end;
    }
}

void screen_layout(unsigned rows, unsigned columns, const struct screen_choice *choice, struct area area[PANEL_count])
{
    static const struct band all[] = {{PANEL_code, PANEL_state, 17},
                                      {PANEL_trap, PANEL_timeline, 11},
                                      {PANEL_memory, PANEL_console, 9},
                                      {PANEL_output, PANEL_count, 10}};
    const struct band some[] = {
        {PANEL_code, PANEL_state, 9}, {choice->slot, PANEL_count, 8}, {PANEL_output, PANEL_count, 4}};
    for (unsigned i = 0; i < PANEL_count; i++)
        area[i] = (struct area){0, 0, 0, 0};
    if (rows < SCREEN_ROWS || columns < SCREEN_COLUMNS)
        return;
    if (choice->zoomed)
        place(&area[choice->focus], 1, 0, rows - BARS, columns);
    else if (rows >= HIGH && columns >= WIDE)
        place_bands(all, sizeof all / sizeof all[0], rows - BARS, columns, area);
    else
        place_bands(some, sizeof some / sizeof some[0], rows - BARS, columns, area);
}
