/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drives on raw files.
 *
 * A snapshot never writes to its file: sectors written go to an overlay in memory, as large as the drive but with real
 * memory only where it was touched, and a bit for each sector says where its contents are.
 */
#include "drive.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#define HASH_CHUNK 128 /* sectors read at once */

struct drive {
    char *path;
    int fd;
    bool readonly;
    uint64_t sectors;
    uint8_t *overlay;          /* snapshot: the written sectors; else NULL */
    uint8_t *written;          /* snapshot: a bit a sector */
    struct replaced *replaced; /* owned: by writes since the first mark, the oldest first */
    size_t replaced_count, replaced_room;
    bool marked;
    char error[256]; /* the first one; empty: none */
};

/* A sector of the overlay as it was before it was written. */
struct replaced {
    uint64_t sector;
    bool written;
    uint8_t bytes[DRIVE_SECTOR];
};

/* --- the option ------------------------------------------------------------------------------------------------------ */

/* Takes the part of *option up to the next single comma off it, with double commas made single. Malloc'ed; NULL: no
 * memory. */
static char *take_part(const char **option)
{
    char *part = malloc(strlen(*option) + 1), *to = part;
    if (!part)
        return NULL;
    for (; **option; (*option)++) {
        if (**option == ',' && *++*option != ',')
            break;
        *to++ = **option;
    }
    *to = 0;
    return part;
}

/* One part of the option that is not the file's bare name. */
static bool parse_part(struct drive *d, const char *part)
{
    if (!strcmp(part, "readonly") || !strcmp(part, "readonly=on"))
        d->readonly = true;
    else if (!strcmp(part, "readonly=off"))
        d->readonly = false;
    else
        return !strcmp(part, "format=raw") || !strcmp(part, "if=none") || !strcmp(part, "if=virtio");
    return true;
}

static bool parse(struct drive *d, const char *option, char *error, size_t n)
{
    const char *rest = option;
    bool good = true;
    for (bool first = true; good && (first || *rest); first = false) {
        char *part = take_part(&rest);
        bool named = part && !strncmp(part, "file=", 5);
        if (part && !d->path && (named || first) && *part && !parse_part(d, part)) {
            d->path = strdup(named ? part + 5 : part);
        } else if (!part || !*part || !parse_part(d, part)) {
            snprintf(error, n, "--drive %s: cannot make sense of '%s'; it takes FILE[,readonly]", option, part ? part : "");
            good = false;
        }
        free(part);
    }
    if (good && (!d->path || !*d->path)) {
        snprintf(error, n, "--drive %s: names no file", option);
        good = false;
    }
    return good;
}

/* --- opening --------------------------------------------------------------------------------------------------------- */

static bool refuse(const struct drive *d, char *error, size_t n, const char *what, const char *hint)
{
    snprintf(error, n, "%s: %s%s", d->path, what, hint);
    return false;
}

static bool open_file(struct drive *d, bool snapshot, char *error, size_t n)
{
    struct stat st;
    bool reads = d->readonly || snapshot;
    if (stat(d->path, &st))
        return refuse(d, error, n, strerror(errno), "");
    if (S_ISDIR(st.st_mode))
        return refuse(d, error, n, "is a directory", "");
    if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
        return refuse(d, error, n, "is not a regular file", "");
    d->fd = open(d->path, (reads ? O_RDONLY : O_RDWR) | O_CLOEXEC);
    if (d->fd < 0 && !reads && access(d->path, R_OK) == 0)
        return refuse(d, error, n, strerror(errno), " for writing; add ,readonly to open it all the same");
    if (d->fd < 0)
        return refuse(d, error, n, strerror(errno), "");
    off_t size = lseek(d->fd, 0, SEEK_END);
    if (size < 0)
        return refuse(d, error, n, strerror(errno), "");
    if (size == 0)
        return refuse(d, error, n, "is empty", "");
    if (size % DRIVE_SECTOR) {
        snprintf(error, n, "%s: %jd bytes are not whole sectors of %d bytes", d->path, (intmax_t)size, DRIVE_SECTOR);
        return false;
    }
    d->sectors = (uint64_t)size / DRIVE_SECTOR;
    return true;
}

static bool make_overlay(struct drive *d, char *error, size_t n)
{
    void *overlay =
        mmap(NULL, d->sectors * DRIVE_SECTOR, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    d->overlay = overlay == MAP_FAILED ? NULL : overlay;
    d->written = calloc(d->sectors / 8 + 1, 1);
    return (d->overlay && d->written) || refuse(d, error, n, "no memory for a snapshot", "");
}

struct drive *drive_open(const char *option, bool snapshot, char *error, size_t n)
{
    struct drive *d = calloc(1, sizeof *d);
    if (!d) {
        snprintf(error, n, "--drive %s: out of memory", option);
        return NULL;
    }
    d->fd = -1;
    if (parse(d, option, error, n) && open_file(d, snapshot, error, n) && (!snapshot || make_overlay(d, error, n)))
        return d;
    drive_close(d);
    return NULL;
}

void drive_close(struct drive *d)
{
    if (!d)
        return;
    if (d->overlay)
        munmap(d->overlay, d->sectors * DRIVE_SECTOR);
    if (d->fd >= 0)
        close(d->fd);
    free(d->written);
    free(d->replaced);
    free(d->path);
    free(d);
}

uint64_t drive_sectors(const struct drive *d)
{
    return d->sectors;
}

bool drive_readonly(const struct drive *d)
{
    return d->readonly;
}

bool drive_clashes(const struct drive *a, const struct drive *b)
{
    struct stat x, y;
    bool writes = (!a->readonly && !a->overlay) || (!b->readonly && !b->overlay);
    return writes && fstat(a->fd, &x) == 0 && fstat(b->fd, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool drive_lock(const struct drive *d)
{
    int shared = d->readonly || d->overlay ? LOCK_SH : LOCK_EX;
    return flock(d->fd, shared | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}

const char *drive_path(const struct drive *d)
{
    return d->path;
}

/* --- sectors --------------------------------------------------------------------------------------------------------- */

static bool failed(struct drive *d, const char *what, uint64_t sector, const char *why)
{
    if (!d->error[0])
        snprintf(d->error, sizeof d->error, "%s: %s at sector %" PRIu64 ": %s", d->path, what, sector, why);
    return false;
}

static bool file_transfer(struct drive *d, bool write, uint64_t sector, uint64_t count, uint8_t *bytes)
{
    uint64_t offset = sector * DRIVE_SECTOR, left = count * DRIVE_SECTOR;
    while (left) {
        ssize_t n = write ? pwrite(d->fd, bytes, left, (off_t)offset) : pread(d->fd, bytes, left, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return failed(d, write ? "writing" : "reading", offset / DRIVE_SECTOR,
                          n < 0 ? strerror(errno) : "the file has become shorter");
        bytes += n;
        offset += (uint64_t)n;
        left -= (uint64_t)n;
    }
    return true;
}

static bool is_written(const struct drive *d, uint64_t sector)
{
    return d->written[sector / 8] >> (sector % 8) & 1;
}

static bool keep_replaced(struct drive *d, uint64_t sector)
{
    if (d->replaced_count == d->replaced_room) {
        size_t room = d->replaced_room ? 2 * d->replaced_room : 64;
        struct replaced *grown = realloc(d->replaced, room * sizeof *grown);
        if (!grown)
            return failed(d, "writing", sector, "no memory to go back");
        d->replaced = grown;
        d->replaced_room = room;
    }
    struct replaced *r = &d->replaced[d->replaced_count++];
    *r = (struct replaced){.sector = sector, .written = is_written(d, sector)};
    memcpy(r->bytes, d->overlay + sector * DRIVE_SECTOR, DRIVE_SECTOR);
    return true;
}

uint64_t drive_mark(struct drive *d)
{
    d->marked = true;
    return d->replaced_count;
}

void drive_rewind(struct drive *d, uint64_t mark)
{
    while (d->replaced_count > mark) {
        const struct replaced *r = &d->replaced[--d->replaced_count];
        memcpy(d->overlay + r->sector * DRIVE_SECTOR, r->bytes, DRIVE_SECTOR);
        if (!r->written)
            d->written[r->sector / 8] &= (uint8_t) ~(1 << r->sector % 8);
    }
}

static bool overlay_write(struct drive *d, uint64_t sector, uint64_t count, const uint8_t *bytes)
{
    for (uint64_t s = sector; d->marked && s < sector + count; s++)
        if (!keep_replaced(d, s))
            return false;
    memcpy(d->overlay + sector * DRIVE_SECTOR, bytes, count * DRIVE_SECTOR);
    for (uint64_t s = sector; s < sector + count; s++)
        d->written[s / 8] |= (uint8_t)(1 << s % 8);
    return true;
}

/* Run by run: as many sectors at once as come from the same place. */
static bool overlay_read(struct drive *d, uint64_t sector, uint64_t count, uint8_t *bytes)
{
    for (uint64_t end = sector + count, run; sector < end; sector += run, bytes += run * DRIVE_SECTOR) {
        bool here = is_written(d, sector);
        for (run = 1; sector + run < end && is_written(d, sector + run) == here; run++)
            ;
        if (here)
            memcpy(bytes, d->overlay + sector * DRIVE_SECTOR, run * DRIVE_SECTOR);
        else if (!file_transfer(d, false, sector, run, bytes))
            return false;
    }
    return true;
}

bool drive_transfer(struct drive *d, bool write, uint64_t sector, uint64_t count, uint8_t *bytes)
{
    if (sector > d->sectors || count > d->sectors - sector || (write && d->readonly))
        return false;
    if (!d->overlay)
        return file_transfer(d, write, sector, count, bytes);
    if (!write)
        return overlay_read(d, sector, count, bytes);
    return overlay_write(d, sector, count, bytes);
}

bool drive_flush(struct drive *d)
{
    if (d->overlay || d->readonly || fdatasync(d->fd) == 0)
        return true;
    return failed(d, "flushing", 0, strerror(errno));
}

const char *drive_error(const struct drive *d)
{
    return d->error[0] ? d->error : NULL;
}

static bool hash_one(struct drive *d, XXH64_state_t *state)
{
    uint8_t bytes[HASH_CHUNK * DRIVE_SECTOR];
    for (uint64_t sector = 0, n; sector < d->sectors; sector += n) {
        n = d->sectors - sector < HASH_CHUNK ? d->sectors - sector : HASH_CHUNK;
        if (!drive_transfer(d, false, sector, n, bytes))
            return false;
        XXH64_update(state, bytes, n * DRIVE_SECTOR);
    }
    return true;
}

bool drive_hash(struct drive *const *drives, unsigned count, uint64_t *hash)
{
    XXH64_state_t *state = XXH64_createState();
    bool good = state && XXH64_reset(state, 0) == XXH_OK;
    for (unsigned i = 0; good && i < count; i++)
        good = hash_one(drives[i], state);
    *hash = good ? XXH64_digest(state) : 0;
    XXH64_freeState(state);
    return good;
}
