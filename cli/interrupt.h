/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SIGINT and SIGTERM as a wish: the run is to end as if its user had left it, with its report.
 */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <signal.h>

/* From now on the first of them only sets what is returned; the second one does what it always did. Those that the caller
 * of the program has switched off stay so. */
const volatile sig_atomic_t *interrupt_catch(void);

#endif
