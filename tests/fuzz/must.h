/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For fuzz targets: what must hold, or the fuzzer keeps the input.
 */
#ifndef TESTS_FUZZ_MUST_H
#define TESTS_FUZZ_MUST_H

#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                                                    \
    do {                                                                                                                   \
        if (!(condition)) {                                                                                                \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                \
            abort();                                                                                                       \
        }                                                                                                                  \
    } while (0)

#endif
