/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal in raw mode, for as long as some console wants it. Hosted.
 */
#ifndef ISA_TERMINAL_H
#define ISA_TERMINAL_H

#include <stdbool.h>

/* Keys go to the reader one by one, without echo and without signals. False if fd is no terminal whose foreground this
 * process is in, or not the one that is in raw mode already. */
bool terminal_raw(int fd);

/* Undoes one terminal_raw(); the last one restores the terminal. Exit and deadly signals do, too. */
void terminal_release(void);

#endif
