/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Traces as files: a buffer, and zstd behind it where the name, or the first bytes, say so.
 */
#include "trace_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "message.h"
#include "output.h"

#define BUFFER (64u << 10)
#define PRINT_MOST (4u << 10)

/* --- writing ----------------------------------------------------------------------------------------------------------------- */

struct trace_sink {
    struct output out;
    ZSTD_CCtx *zstd; /* owned; NULL: plain */
    size_t used;
    char error[512];
    char plain[BUFFER], packed[BUFFER];
};

static bool ends_in(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n > m && strcmp(text + n - m, end) == 0;
}

struct trace_sink *trace_sink_open(const char *path)
{
    struct trace_sink *sink = need(malloc(sizeof *sink));
    sink->used = 0;
    sink->error[0] = '\0';
    sink->zstd = ends_in(path, ".zst") ? need(ZSTD_createCCtx()) : NULL;
    output_begin(&sink->out, path);
    return sink;
}

static void put(struct trace_sink *sink, const char *bytes, size_t n)
{
    if (!sink->error[0] && n && fwrite(bytes, 1, n, sink->out.file) != n)
        snprintf(sink->error, sizeof sink->error, "%s: %s", sink->out.path, strerror(errno));
}

static void pack(struct trace_sink *sink, bool last)
{
    ZSTD_inBuffer in = {sink->plain, sink->used, 0};
    size_t left = 1;
    while (!sink->error[0] && (last ? left != 0 : in.pos < in.size)) {
        ZSTD_outBuffer out = {sink->packed, sizeof sink->packed, 0};
        left = ZSTD_compressStream2(sink->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left))
            snprintf(sink->error, sizeof sink->error, "%s: %s", sink->out.path, ZSTD_getErrorName(left));
        else
            put(sink, sink->packed, out.pos);
    }
}

static void empty(struct trace_sink *sink, bool last)
{
    if (sink->zstd)
        pack(sink, last);
    else
        put(sink, sink->plain, sink->used);
    sink->used = 0;
    if (last && !sink->error[0] && fflush(sink->out.file) != 0)
        snprintf(sink->error, sizeof sink->error, "%s: %s", sink->out.path, strerror(errno));
}

void trace_sink_print(struct trace_sink *sink, const char *format, ...)
{
    va_list list;
    if (sizeof sink->plain - sink->used < PRINT_MOST)
        empty(sink, false);
    va_start(list, format);
    int n = vsnprintf(sink->plain + sink->used, PRINT_MOST, format, list);
    va_end(list);
    if (n >= (int)PRINT_MOST)
        snprintf(sink->error, sizeof sink->error, "%s: an event is too long", sink->out.path);
    else if (n > 0)
        sink->used += (size_t)n;
}

const char *trace_sink_error(const struct trace_sink *sink)
{
    return sink->error[0] ? sink->error : NULL;
}

static void release(struct trace_sink *sink)
{
    ZSTD_freeCCtx(sink->zstd);
    free(sink);
}

void trace_sink_drop(struct trace_sink *sink)
{
    if (!sink)
        return;
    output_drop(&sink->out);
    release(sink);
}

void trace_sink_close(struct trace_sink *sink)
{
    empty(sink, true);
    if (sink->error[0]) {
        output_drop(&sink->out);
        refuse("%s", sink->error);
    }
    output_end(&sink->out);
    release(sink);
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

struct trace_source {
    const char *path;
    FILE *file; /* owned, but for stdin; NULL: bytes in memory */
    const char *memory;
    size_t memory_left;
    ZSTD_DCtx *zstd; /* owned; NULL: plain */
    ZSTD_inBuffer in;
    size_t frame; /* 0: between two frames */
    const char *at, *end;
    char error[512];
    char raw[BUFFER], plain[BUFFER];
};

static size_t read_raw(struct trace_source *s)
{
    size_t n;
    if (s->file) {
        n = fread(s->raw, 1, sizeof s->raw, s->file);
        if (n == 0 && ferror(s->file))
            snprintf(s->error, sizeof s->error, "%s", strerror(errno));
        return n;
    }
    n = s->memory_left < sizeof s->raw ? s->memory_left : sizeof s->raw;
    memcpy(s->raw, s->memory, n);
    s->memory += n;
    s->memory_left -= n;
    return n;
}

static void start(struct trace_source *s)
{
    static const char magic[4] = {'\x28', '\xb5', '\x2f', '\xfd'};
    size_t n = read_raw(s);
    if (n >= sizeof magic && memcmp(s->raw, magic, sizeof magic) == 0) {
        s->zstd = need(ZSTD_createDCtx());
        s->in = (ZSTD_inBuffer){s->raw, n, 0};
        s->at = s->end = s->plain;
    } else {
        s->at = s->raw;
        s->end = s->raw + n;
    }
}

static struct trace_source *source_new(const char *path)
{
    struct trace_source *s = need(malloc(sizeof *s));
    memset(s, 0, offsetof(struct trace_source, raw));
    s->path = path;
    return s;
}

struct trace_source *trace_source_open(const char *path)
{
    struct trace_source *s = source_new(path);
    s->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!s->file)
        refuse("%s: %s", path, strerror(errno));
    start(s);
    if (s->error[0])
        refuse("%s: %s", path, s->error);
    return s;
}

struct trace_source *trace_source_of(const char *bytes, size_t n)
{
    struct trace_source *s = source_new("memory");
    s->memory = bytes;
    s->memory_left = n;
    start(s);
    return s;
}

static bool unpack(struct trace_source *s)
{
    ZSTD_outBuffer out = {s->plain, sizeof s->plain, 0};
    while (out.pos == 0) {
        if (s->in.pos == s->in.size) {
            s->in = (ZSTD_inBuffer){s->raw, read_raw(s), 0};
            if (s->in.size == 0 && s->frame != 0 && !s->error[0])
                snprintf(s->error, sizeof s->error, "ends in the middle");
            if (s->in.size == 0)
                return false;
        }
        s->frame = ZSTD_decompressStream(s->zstd, &out, &s->in);
        if (ZSTD_isError(s->frame)) {
            snprintf(s->error, sizeof s->error, "cannot be unpacked: %s", ZSTD_getErrorName(s->frame));
            return false;
        }
    }
    s->at = s->plain;
    s->end = s->plain + out.pos;
    return true;
}

static bool refill(struct trace_source *s)
{
    if (s->error[0])
        return false;
    if (s->zstd)
        return unpack(s);
    s->at = s->raw;
    s->end = s->raw + read_raw(s);
    return s->at < s->end;
}

int trace_source_get(struct trace_source *s)
{
    if (s->at == s->end && !refill(s))
        return -1;
    return (unsigned char)*s->at++;
}

const char *trace_source_error(const struct trace_source *s)
{
    return s->error[0] ? s->error : NULL;
}

void trace_source_close(struct trace_source *s)
{
    if (s->file && s->file != stdin)
        fclose(s->file);
    ZSTD_freeDCtx(s->zstd);
    free(s);
}
