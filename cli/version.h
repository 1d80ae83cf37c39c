/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What `trapeze --version` and every report say about the program.
 */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

extern const char *const version_number;        /* "0.1" */
extern const char *const version_revision;      /* of the source, as git describes it; "unknown" outside of a clone */

#endif
