/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Source lines of images, from their DWARF line tables, by libdw.
 */
#ifndef DEBUGGER_LINES_H
#define DEBUGGER_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lines;

/* What the images of these paths tell (NULL: none). Never NULL; an image without lines has none. */
struct lines *lines_new(const char *const *paths, unsigned n);
void lines_free(struct lines *l);

/* The line that the code at this address comes from. File is as short as it is still clear. */
bool lines_at(const struct lines *l, uint64_t address, const char **file, unsigned *line);

/* The lowest address of that line of a file (its path, or the end of it), or of the first line after it that has code. */
bool lines_find(const struct lines *l, const char *file, unsigned line, uint64_t *address, unsigned *found);

/* The text of a line, if the file can be read; in `text`. */
bool lines_text(const char *file, unsigned line, char *text, size_t n);

#endif
