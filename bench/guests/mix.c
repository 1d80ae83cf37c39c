/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A mix of everyday work, each part's result folded into a bitwise CRC: a list that is searched, sorted by merging and
 * reversed; small matrices; a state machine that tells numbers from other text.
 */
#include "io.h"

#define ITEMS 64
#define SIDE 10
#define TEXT 512

const uint64_t default_count = 5000;
const unsigned default_mode = MODE_M;

static uint16_t crc16(uint16_t crc, uint16_t value)
{
    for (unsigned bit = 0; bit < 16; bit++, value >>= 1) {
        bool carry = (crc ^ value) & 1;
        crc >>= 1;
        if (carry)
            crc ^= 0xa001;
    }
    return crc;
}

/* --- lists ---------------------------------------------------------------------------------------------------------------- */

struct item {
    struct item *next;
    int16_t key;
    int16_t index;
};

static struct item items[ITEMS];

static struct item *list_make(uint64_t *seed)
{
    struct item *list = NULL;
    for (int i = 0; i < ITEMS; i++) {
        items[i] = (struct item){.next = list, .key = (int16_t)(next_random(seed) & 0x3ff), .index = (int16_t)i};
        list = &items[i];
    }
    return list;
}

static struct item *list_find(struct item *list, int16_t key)
{
    while (list && list->key != key)
        list = list->next;
    return list;
}

static struct item *list_reverse(struct item *list)
{
    struct item *done = NULL;
    while (list) {
        struct item *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static bool by_key(const struct item *a, const struct item *b)
{
    return a->key < b->key || (a->key == b->key && a->index <= b->index);
}

static bool by_index(const struct item *a, const struct item *b)
{
    return a->index <= b->index;
}

typedef bool (*order)(const struct item *, const struct item *);

static struct item *list_merge(struct item *a, struct item *b, order before)
{
    struct item *first = NULL, **end = &first;
    while (a && b) {
        struct item **from = before(a, b) ? &a : &b;
        *end = *from;
        end = &(*from)->next;
        *from = *end;
    }
    *end = a ? a : b;
    return first;
}

/* Takes `count` items off *rest and returns them sorted. */
static __attribute__((noinline)) struct item *list_sort(struct item **rest, unsigned count, order before)
{
    if (count == 1) {
        struct item *only = *rest;
        *rest = only->next;
        only->next = NULL;
        return only;
    }
    struct item *a = list_sort(rest, count / 2, before);
    struct item *b = list_sort(rest, count - count / 2, before);
    return list_merge(a, b, before);
}

static uint16_t lists(uint64_t *seed, uint16_t crc)
{
    struct item *list = list_make(seed);

    for (unsigned i = 0; i < 16; i++) {
        const struct item *found = list_find(list, (int16_t)(next_random(seed) & 0x3ff));
        crc = crc16(crc, found ? (uint16_t)found->index : 0xffff);
        list = list_reverse(list);
    }
    list = list_sort(&list, ITEMS, by_key);
    for (const struct item *i = list; i; i = i->next)
        crc = crc16(crc, (uint16_t)i->key);
    list = list_sort(&list, ITEMS, by_index);
    return crc16(crc, (uint16_t)list->next->key);
}

/* --- matrices ------------------------------------------------------------------------------------------------------------- */

static int16_t left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];

static void matrix_fill(uint64_t *seed)
{
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned j = 0; j < SIDE; j++) {
            uint64_t r = next_random(seed);
            left[i][j] = (int16_t)r;
            right[i][j] = (int16_t)(r >> 16);
        }
}

static void matrix_scale(int16_t factor)
{
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned j = 0; j < SIDE; j++)
            left[i][j] = (int16_t)(left[i][j] * factor + right[j][i]);
}

static void matrix_multiply(void)
{
    for (unsigned i = 0; i < SIDE; i++)
        for (unsigned j = 0; j < SIDE; j++) {
            int32_t sum = 0;
            for (unsigned k = 0; k < SIDE; k++)
                sum = (int32_t)((uint32_t)sum + (uint32_t)(left[i][k] * right[k][j]));
            product[i][j] = sum;
        }
}

static uint16_t matrices(uint64_t *seed, uint16_t crc)
{
    int32_t past = 0, sum = 0;

    matrix_fill(seed);
    for (int16_t turn = 1; turn <= 3; turn++) {
        matrix_scale((int16_t)(turn * 7));
        matrix_multiply();
        for (unsigned i = 0; i < SIDE; i++)
            for (unsigned j = 0; j < SIDE; j++) {
                int32_t now = product[i][j];
                sum += now > past ? 10 : (now & 0x7f) >> 3;
                past = now;
            }
        crc = crc16(crc, (uint16_t)sum);
    }
    return crc;
}

/* --- a state machine ------------------------------------------------------------------------------------------------------ */

enum state { START, SIGN, WHOLE, POINT, EXPONENT, EXPONENT_SIGN, POWER, OTHER, STATES };

static char text[TEXT + 1];

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static enum state step(enum state state, char c)
{
    switch (state) {
    case START:
        return is_digit(c) ? WHOLE : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : OTHER;
    case SIGN:
        return is_digit(c) ? WHOLE : c == '.' ? POINT : OTHER;
    case WHOLE:
        return is_digit(c) ? WHOLE : c == '.' ? POINT : c == 'e' ? EXPONENT : OTHER;
    case POINT:
        return is_digit(c) ? POINT : c == 'e' ? EXPONENT : OTHER;
    case EXPONENT:
        return is_digit(c) ? POWER : c == '+' || c == '-' ? EXPONENT_SIGN : OTHER;
    case EXPONENT_SIGN:
    case POWER:
        return is_digit(c) ? POWER : OTHER;
    default:
        return OTHER;
    }
}

static void text_make(uint64_t *seed)
{
    static const char kinds[8][9] = {"5012,", "-874,", "+122,", "35.54400", ".12345,", "5.500e+3", "-.123e-2", "T0.3e-1F"};
    unsigned at = 0;

    while (at < TEXT) {
        const char *kind = kinds[next_random(seed) >> 20 & 7];
        while (*kind && at < TEXT)
            text[at++] = *kind++;
        if (at < TEXT)
            text[at++] = ',';
    }
}

static uint16_t states(uint64_t *seed, uint16_t crc)
{
    uint32_t ends[STATES] = {0}, passed[STATES] = {0};
    enum state state = START;

    text_make(seed);
    for (const char *c = text; *c; c++) {
        if (*c == ',') {
            ends[state]++;
            state = START;
            continue;
        }
        enum state next = step(state, *c);
        passed[next] += next != state;
        state = next;
    }
    for (unsigned i = 0; i < STATES; i++)
        crc = crc16(crc16(crc, (uint16_t)ends[i]), (uint16_t)passed[i]);
    return crc;
}

uint64_t run(uint64_t n)
{
    uint64_t sum = n, seed = 88172645463325252;
    uint16_t crc = 0;

    while (n--) {
        crc = lists(&seed, crc);
        crc = matrices(&seed, crc);
        crc = states(&seed, crc);
        sum = fold(sum, crc);
    }
    return sum;
}
