/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Machines drawn from a seed: which odd instruction is what, and profiles as text.
 *
 * A seeded profile's bits: 39:8 the seed, and two from bit 40 + 2 * n for odd instruction n: 0 as it was drawn, else 1, 2, 3 for
 * repaired to U, S, M.
 */
#include "seeded.h"

#define SEED_AT 8
#define MODES_AT 40

enum { MODE_U = 0, MODE_S = 1, MODE_M = 3 };

const struct odd_row odd_rows[ODD_count] = {
#define ODD(name, class, meaning) {#name, meaning, CLASS_##class},
#include "flawed.def"
};

/* --- drawing --------------------------------------------------------------------------------------------------------------- */

#define FLAWED_INSNS 3 /* that are sensitive and do not trap */

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static void shuffle(struct odd *what, unsigned n, uint64_t *state)
{
    for (unsigned i = n; i > 1; i--) {
        unsigned k = (unsigned)(draw(state) % i);
        struct odd other = what[k];
        what[k] = what[i - 1];
        what[i - 1] = other;
    }
}

static void draw_machine(uint32_t seed, struct odd machine[ODD_INSNS])
{
    uint64_t state = seed;
    struct odd sensitive[ODD_count], innocuous[ODD_count];
    unsigned sensitives = 0, innocuouses = 0, n = 0;
    for (uint8_t does = 0; does < ODD_count; does++)
        if (odd_rows[does].class == CLASS_INNOCUOUS)
            innocuous[innocuouses++] = (struct odd){does, MODE_U};
        else
            sensitive[sensitives++] = (struct odd){does, MODE_U};
    shuffle(sensitive, sensitives, &state);
    shuffle(innocuous, innocuouses, &state);
    unsigned trapping = 1 + (unsigned)(draw(&state) % 2);
    for (; n < FLAWED_INSNS + trapping; n++) {
        machine[n] = sensitive[n];
        machine[n].mode = n < FLAWED_INSNS ? MODE_U : MODE_S;
    }
    for (unsigned i = 0; n < ODD_INSNS; i++, n++)
        machine[n] = innocuous[i];
    shuffle(machine, ODD_INSNS, &state);
}

uint32_t profile_seed(insn_profile profile)
{
    return (uint32_t)(profile >> SEED_AT);
}

static unsigned repaired(insn_profile profile, unsigned n)
{
    return profile >> (MODES_AT + 2 * n) & 3;
}

struct odd odd_insn(insn_profile profile, unsigned id)
{
    struct odd machine[ODD_INSNS];
    unsigned n = id - INSN_odd1, mode = repaired(profile, n);
    draw_machine(profile_seed(profile), machine);
    if (mode)
        machine[n].mode = mode == 3 ? MODE_M : (uint8_t)(mode - 1);
    return machine[n];
}

static bool is_odd(insn_profile profile, unsigned id)
{
    return (profile & PROFILE_SEEDED) && id >= INSN_odd1 && id < INSN_count_flawed;
}

uint8_t insn_mode_in(insn_profile profile, unsigned id)
{
    return is_odd(profile, id) ? odd_insn(profile, id).mode : insn_rows[id].mode;
}

/* To be mode sensitive it must complete in both modes: who traps in one of them has no effect there to compare. */
uint8_t insn_class_in(insn_profile profile, unsigned id)
{
    if (!is_odd(profile, id))
        return insn_rows[id].class;
    struct odd o = odd_insn(profile, id);
    return odd_rows[o.does].class == CLASS_MODE && o.mode != MODE_U ? CLASS_INNOCUOUS : odd_rows[o.does].class;
}

/* --- as text ----------------------------------------------------------------------------------------------------------------- */

/* Is `word` at *text? Then moves behind it. */
static bool take(const char **text, const char *word)
{
    const char *at = *text;
    while (*word != '\0')
        if (*at++ != *word++)
            return false;
    *text = at;
    return true;
}

static bool take_seed(const char **text, uint64_t *seed)
{
    const char *at = *text;
    for (*seed = 0; *at >= '0' && *at <= '9'; at++) {
        *seed = *seed * 10 + (uint64_t)(*at - '0');
        if (*seed > UINT32_MAX)
            return false;
    }
    bool any = at != *text;
    *text = at;
    return any;
}

static const char *parse_repair(const char **text, insn_profile *profile)
{
    for (unsigned n = 0; n < ODD_INSNS; n++) {
        if (!take(text, insn_rows[INSN_odd1 + n].mnemonic))
            continue;
        if (repaired(*profile, n))
            return "an instruction is repaired twice";
        uint64_t mode = take(text, "=U") ? 1 : take(text, "=S") ? 2 : take(text, "=M") ? 3 : 0;
        *profile |= mode << (MODES_AT + 2 * n);
        return mode ? NULL : "the least mode of an instruction is U, S or M, as in odd2=S";
    }
    return "a seeded machine has the instructions odd1 to odd6, and a repair is one like odd2=S";
}

const char *profile_parse(const char *text, insn_profile *profile)
{
    uint64_t seed;
    *profile = PROFILE_STRICT;
    if (take(&text, "strict"))
        return *text == '\0' ? NULL : "strict, flawed or flawed:SEED is wanted";
    if (!take(&text, "flawed") || (*text != '\0' && *text != ':'))
        return "strict, flawed or flawed:SEED is wanted";
    *profile = PROFILE_FLAWED;
    if (!take(&text, ":"))
        return NULL;
    if (!take_seed(&text, &seed))
        return "the seed is a number from 0 to 4294967295";
    *profile = PROFILE_SEEDED | seed << SEED_AT;
    while (take(&text, ",")) {
        const char *why = parse_repair(&text, profile);
        if (why)
            return why;
    }
    return *text == '\0' ? NULL : "behind the seed there are repairs, as in flawed:7,odd2=S,odd5=S";
}

static char *put(char *at, const char *word)
{
    while (*word != '\0')
        *at++ = *word++;
    return at;
}

struct profile_text profile_text(insn_profile profile)
{
    struct profile_text t = {{0}};
    char *at = put(t.text, profile & (PROFILE_FLAWED | PROFILE_SEEDED) ? "flawed" : "strict");
    if (!(profile & PROFILE_SEEDED))
        return t;
    at = put(at, ":");
    uint32_t seed = profile_seed(profile), power = 1;
    while (seed / power >= 10)
        power *= 10;
    for (; power; power /= 10)
        *at++ = (char)('0' + seed / power % 10);
    for (unsigned n = 0; n < ODD_INSNS; n++) {
        static const char *const modes[] = {"", "=U", "=S", "=M"};
        if (repaired(profile, n))
            at = put(put(put(at, ","), insn_rows[INSN_odd1 + n].mnemonic), modes[repaired(profile, n)]);
    }
    return t;
}
