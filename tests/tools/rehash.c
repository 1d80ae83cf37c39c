/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rehash DUMP: computes the state hash again, from the text that --dump-state writes and from docs/formats.md alone; it
 * shares no code with Trapeze, XXH64 included.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- XXH64, after its specification (xxHash fast digest algorithm, 0.1.1), over bytes that are all there ----------------- */

#define P1 UINT64_C(0x9E3779B185EBCA87)
#define P2 UINT64_C(0xC2B2AE3D27D4EB4F)
#define P3 UINT64_C(0x165667B19E3779F9)
#define P4 UINT64_C(0x85EBCA77C2B2AE63)
#define P5 UINT64_C(0x27D4EB2F165667C5)

static uint64_t rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static uint64_t read_le(const uint8_t *p, unsigned n)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < n; i++)
        v |= (uint64_t)p[i] << (8 * i);
    return v;
}

static uint64_t lane(uint64_t acc, uint64_t word)
{
    return rotate(acc + word * P2, 31) * P1;
}

static uint64_t long_input(const uint8_t *p, size_t n)
{
    uint64_t a[4] = {P1 + P2, P2, 0, -P1}, h;
    for (size_t stripe = 0; stripe < n / 32; stripe++)
        for (unsigned i = 0; i < 4; i++)
            a[i] = lane(a[i], read_le(p + 32 * stripe + 8 * i, 8));
    h = rotate(a[0], 1) + rotate(a[1], 7) + rotate(a[2], 12) + rotate(a[3], 18);
    for (unsigned i = 0; i < 4; i++)
        h = (h ^ lane(0, a[i])) * P1 + P4;
    return h;
}

static uint64_t own_xxh64(const uint8_t *p, size_t n)
{
    uint64_t h = n < 32 ? P5 : long_input(p, n);
    size_t at = n / 32 * 32;
    h += n;
    for (; at + 8 <= n; at += 8)
        h = rotate(h ^ lane(0, read_le(p + at, 8)), 27) * P1 + P4;
    if (at + 4 <= n) {
        h = rotate(h ^ read_le(p + at, 4) * P1, 23) * P2 + P3;
        at += 4;
    }
    for (; at < n; at++)
        h = rotate(h ^ p[at] * P5, 11) * P1;
    h = (h ^ h >> 33) * P2;
    h = (h ^ h >> 29) * P3;
    return h ^ h >> 32;
}

/* --- the dump as the stream of bytes that is hashed ----------------------------------------------------------------------- */

struct bytes {
    uint8_t *at;
    size_t size, room;
};

static void put_byte(struct bytes *b, uint8_t byte)
{
    if (b->size == b->room) {
        b->room = b->room ? 2 * b->room : 65536;
        b->at = realloc(b->at, b->room);
        if (!b->at)
            exit(2);
    }
    b->at[b->size++] = byte;
}

static void put_word(struct bytes *b, uint64_t word)
{
    for (unsigned i = 0; i < 8; i++)
        put_byte(b, (uint8_t)(word >> (8 * i)));
}

static void put_page(struct bytes *b, FILE *dump)
{
    for (unsigned i = 0; i < 4096; i++) {
        unsigned byte;
        if (fscanf(dump, "%2x", &byte) != 1)
            exit(2);
        put_byte(b, (uint8_t)byte);
    }
}

int main(int argc, char **argv)
{
    struct bytes b = {NULL, 0, 0};
    char line[256];
    FILE *dump = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!dump)
        return 2;
    while (fgets(line, sizeof line, dump)) {
        uint64_t number, value;
        if (sscanf(line, "page 0x%" SCNx64 " at", &number) == 1) {
            put_word(&b, number);
            put_page(&b, dump);
        } else if (sscanf(line, "csr 0x%" SCNx64 " %*s = 0x%" SCNx64, &number, &value) == 2) {
            put_word(&b, number);
            put_word(&b, value);
        } else if (sscanf(line, "x%*u = 0x%" SCNx64, &value) == 1 || sscanf(line, "pc = 0x%" SCNx64, &value) == 1) {
            put_word(&b, value);
        } else if (line[0] != '\n') {
            fprintf(stderr, "rehash: what is this? %s", line);
            return 2;
        }
    }
    printf("xxh64:%016" PRIx64 "\n", own_xxh64(b.at, b.size));
    free(b.at);
    fclose(dump);
    return 0;
}
