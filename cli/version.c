/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that is compiled again when the revision changes; the Makefile defines the two macros.
 */
#include "version.h"

const char *const version_number = TRAPEZE_VERSION;
const char *const version_revision = TRAPEZE_REVISION;
