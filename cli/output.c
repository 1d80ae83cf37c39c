/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Writing beside, and renaming.
 */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "message.h"

/* Is there something that must not be replaced by a file? A directory is, too: opening it says what is wrong. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

/* The file behind links, so that a link stays one; malloc'ed. */
static char *resolve(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : need(strdup(path));
}

/* The folder of `path`, malloc'ed: "." if it has none. */
static char *folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    return need(slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup("."));
}

void output_check(const char *path)
{
    if (!path)
        return;
    if (!*path)
        refuse("the name of an output file is empty");
    struct stat st;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        refuse("%s: %s", path, strerror(EISDIR));
    if (access(path, W_OK) != 0 && errno != ENOENT)
        refuse("%s: %s", path, strerror(errno));
    if (is_special(path))
        return;
    char *target = resolve(path), *dir = folder(target);
    if (access(dir, W_OK | X_OK) != 0)
        refuse("%s: %s", path, strerror(errno));
    free(dir);
    free(target);
}

bool output_is(const char *path, const char *other)
{
    struct stat a, b;
    if (stat(path, &a) != 0)
        return strcmp(path, other) == 0;
    return stat(other, &b) == 0 && S_ISREG(a.st_mode) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static char *name_beside(const char *target, const char *end)
{
    char *name;
    if (asprintf(&name, "%s.%s", target, end) < 0)
        refuse("out of memory");
    return name;
}

/* A file that has no name yet, in the folder of `target`; -1 where there is no such thing. */
static int open_unnamed(const char *target)
{
    char *dir = folder(target);
    int fd = access("/proc/self/fd", X_OK) == 0 ? open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666) : -1;
    free(dir);
    return fd;
}

/* Gives it one. False: errno. */
static bool give_name(struct output *out)
{
    char from[64], end[32];
    snprintf(from, sizeof from, "/proc/self/fd/%d", fileno(out->file));
    for (unsigned i = 0; i < 1000 && !out->temporary; i++) {
        snprintf(end, sizeof end, "%d-%u", (int)getpid(), i);
        out->temporary = name_beside(out->target, end);
        if (linkat(AT_FDCWD, from, AT_FDCWD, out->temporary, AT_SYMLINK_FOLLOW) == 0)
            return true;
        free(out->temporary);
        out->temporary = NULL;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

void output_begin(struct output *out, const char *path)
{
    *out = (struct output){.path = path};
    if (is_special(path)) {
        out->file = fopen(path, "w");
    } else {
        out->target = resolve(path);
        int fd = open_unnamed(out->target);
        out->unnamed = fd >= 0;
        if (!out->unnamed) {
            out->temporary = name_beside(out->target, "XXXXXX");
            mode_t mask = umask(0);
            umask(mask);
            fd = mkstemp(out->temporary);
            if (fd >= 0)
                fchmod(fd, 0666 & ~mask);
        }
        out->file = fd >= 0 ? fdopen(fd, "w") : NULL;
    }
    if (!out->file)
        refuse("%s: %s", path, strerror(errno));
}

void output_end(struct output *out)
{
    bool good = fflush(out->file) == 0 && !ferror(out->file) && (!out->unnamed || give_name(out));
    int error = errno;
    if (fclose(out->file) != 0 && good) {
        good = false;
        error = errno;
    }
    if (good && out->temporary && rename(out->temporary, out->target) != 0) {
        good = false;
        error = errno;
    }
    if (!good) {
        if (out->temporary)
            unlink(out->temporary);
        refuse("%s: %s", out->path, strerror(error));
    }
    free(out->temporary);
    free(out->target);
}

void output_drop(struct output *out)
{
    fclose(out->file);
    if (out->temporary)
        unlink(out->temporary);
    free(out->temporary);
    free(out->target);
}
