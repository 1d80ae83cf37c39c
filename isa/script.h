/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scripts for consoles: what to type, and after what the guest has printed. Everything follows from the guest's output and
 * virtual time, nothing from the host's, so that every run of a guest with a script is the same. Hosted.
 *
 * A line is a comment (#), empty, or one of
 *   expect TEXT   goes on once TEXT was printed, after what the `expect` before this one has seen
 *   send TEXT     types it, and a newline
 *   type TEXT     types it
 *   quit          leaves the guest
 * TEXT is the rest of the line, or of it what stands in quotes; \n \r \t \e \\ \" and \xHH are what they are in C.
 */
#ifndef ISA_SCRIPT_H
#define ISA_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SCRIPT_TEXT_MAX 255                          /* bytes of one TEXT */
#define SCRIPT_PATIENCE (UINT64_C(100) * 1000000000) /* V without a byte printed, after which an `expect` is given up */

enum script_verb { SCRIPT_EXPECT, SCRIPT_TYPE, SCRIPT_QUIT };

struct script_item {
    enum script_verb verb;
    unsigned line;
    size_t size;
    uint8_t text[SCRIPT_TEXT_MAX + 1];
};

struct script {
    struct script_item *item;
    size_t count;
};

/* What a TEXT of `size` letters means: its bytes, of which *n are added to those in `bytes`. Returns NULL, or what is wrong with it. */
const char *script_text(const char *text, size_t size, uint8_t bytes[SCRIPT_TEXT_MAX + 1], size_t *n);

/* Malloc'ed. NULL: error has one line without a newline. */
struct script *script_read(const char *path, char *error, size_t n);
void script_free(struct script *script); /* NULL is allowed */

/* Where one run is in a script. Begins as {.script = script}. */
struct script_player {
    const struct script *script; /* borrowed */
    size_t item, typed;          /* the item at hand, and how much of it was typed */
    uint8_t tail[SCRIPT_TEXT_MAX];
    size_t tail_count;  /* bytes printed since the last `expect`, or the last ones of them */
    uint64_t silent;    /* V of the first call of script_get() since a byte was printed; 0: there was none */
    bool gave_up, quit; /* an `expect` waited in vain; `quit` was reached */
};

/* The guest has printed a byte. Returns whether an `expect` was just met by it; its line is then in *line. */
bool script_printed(struct script_player *player, uint8_t byte, unsigned *line);

/* The next byte to be typed at V `now`, or BUS_NO_INPUT, or BUS_END_OF_INPUT (bus.h). */
int script_get(struct script_player *player, uint64_t now);

/* The item that the run has not got past; NULL if it is through. */
const struct script_item *script_pending(const struct script_player *player);

#endif
