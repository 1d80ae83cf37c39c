/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For tests: a folder of their own for files. Include after cmocka.h.
 */
#ifndef TESTS_FILES_H
#define TESTS_FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char files_folder[256];

static inline int files_setup(void **state)
{
    (void)state;
    const char *base = getenv("TMP");
    snprintf(files_folder, sizeof files_folder, "%s/files.XXXXXX", base && *base ? base : "/tmp");
    return mkdtemp(files_folder) ? 0 : -1;
}

/* The path of `name` in the folder; good until there are 63 more. */
static inline const char *file_path(const char *name)
{
    static char paths[64][512];
    static unsigned next;
    char *path = paths[next++ % 64];
    snprintf(path, sizeof paths[0], "%s/%s", files_folder, name);
    return path;
}

static inline const char *file_make(const char *name, const void *bytes, size_t n)
{
    const char *path = file_path(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

static inline int files_teardown(void **state)
{
    char command[300];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", files_folder);
    return system(command);
}

/* One line that begins with the file's name (or `start`) and has `part` in it. */
static inline void assert_message(const char *message, const char *start, const char *part)
{
    if (strncmp(message, start, strlen(start)) || !strstr(message, part) || strchr(message, '\n'))
        fail_msg("message is: %s\nexpected: %s ... %s", message, start, part);
}

#endif
