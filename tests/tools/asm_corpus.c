/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Prints assembly that both assemblers must turn into the same bytes:  asm_corpus KIND SEED
 *   rows      every row of insn.def, with the corners of its operands and random ones
 *   compress  instructions near the edges of their compressed forms
 *   pseudo    every row of pseudo.def
 *   li        li of corner and random values
 *   relax     branches and jumps around the limits of their ranges
 *   random    a program of branches among random fillings
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "isa/insn.h"

static uint64_t seed;

static uint64_t random_next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static unsigned below(unsigned n)
{
    return (unsigned)(random_next() >> 20) % n;
}

static const char *any_register(void)
{
    static const unsigned favourites[] = {0, 1, 2, 5, 8, 10, 10, 11, 15, 16};
    return insn_register_names[below(2) ? below(32) : favourites[below(10)]];
}

static const char *any_csr(void)
{
    static const char *const names[] = {
#define CSR(name, number, kind, mask, reset, meaning) #name,
#define HCSR(name, number, kind, mask, reset, meaning) #name,
#include "isa/csr.def"
        "0x5c0",
        "3072",
    };
    return names[below(sizeof names / sizeof *names)];
}

static const struct insn_format_row *format_of(unsigned id)
{
    return &insn_formats[insn_rows[id].format];
}

/* A label every few lines, so that 1f and 1b are always near. */
static void maybe_label(unsigned line)
{
    if (line % 16 == 0)
        puts("1:");
}

/* Target operands become labels: a bare number is not the same to both assemblers. */
static void print_word(uint32_t word)
{
    char text[96];
    struct insn i;
    insn_decode_in(PROFILE_HEXT, word, &i);
    insn_format_in(PROFILE_HEXT, text, sizeof text, word, 0);
    if (strchr(format_of(i.id)->syntax, 'p') != NULL && text[0] != '.') {
        char *target = strrchr(text, ',');
        target = target != NULL ? target + 1 : strchr(text, ' ') + 1;
        strcpy(target, below(2) ? "1b" : "1f");
    }
    puts(text);
}

static void rows(void)
{
    static const uint32_t corners[] = {0, UINT32_MAX, 0x55555555, 0xaaaaaaaa, 0x00000fff, 0xfffff000};
    unsigned line = 0;
    for (unsigned id = INSN_illegal + 1; id < INSN_count_all; id++) {
        if (id == INSN_count)
            id = INSN_count_flawed;
        uint32_t mask = format_of(id)->mask, match = insn_rows[id].match;
        puts(format_of(id)->length == 2 || id % 2 == 0 ? ".option rvc" : ".option norvc");
        for (unsigned i = 0; i < 60; i++) {
            uint32_t bits = i < 6 ? corners[i] : i < 38 ? 1u << (i - 6) : (uint32_t)random_next();
            uint32_t word = match | (bits & ~mask);
            struct insn decoded;
            maybe_label(line++);
            if (insn_decode_in(PROFILE_HEXT, word, &decoded) && decoded.id == id)
                print_word(word);
        }
    }
    for (uint32_t sets = 0; sets < 256; sets++) /* few other fences have a text */
        print_word(insn_rows[INSN_fence].match | sets << 20);
}

/* Operands that a compressed form may or may not take: few registers, immediates near the ends of its range. */
static void compress(void)
{
    static const uint8_t registers[] = {0, 1, 2, 2, 7, 8, 9, 10, 10, 11, 15, 16};
    static const int limits[] = {0, 1, 4, 8, 16, 31, 32, 63, 64, 124, 128, 248, 252, 256, 496, 504, 512, 1020, 1024};
    unsigned line = 0;
    puts(".option rvc");
    for (unsigned id = INSN_illegal + 1; id < INSN_count; id++) {
        if (format_of(id)->length != 2)
            continue;
        unsigned base = insn_rows[id].base;
        for (unsigned i = 0; i < 1500; i++) {
            struct insn insn = {.id = (uint16_t)(base == INSN_add && below(4) == 0 ? INSN_addi : base)};
            const struct insn_format_row *f = format_of(insn.id);
            insn.rd = f->rd == FIELD_ZERO ? 0 : registers[below(12)];
            insn.rs1 = f->rs1 == FIELD_ZERO ? 0 : below(2) ? insn.rd : registers[below(12)];
            insn.rs2 = f->rs2 == FIELD_ZERO ? 0 : below(3) == 0 ? insn.rd : registers[below(12)];
            if (f->immediate == IMMEDIATE_u)
                insn.imm = (int32_t)(((unsigned)limits[below(7)] + below(3) - 1) << 12);
            else if (f->immediate != IMMEDIATE_none)
                insn.imm = (limits[below(19)] + (int)below(3) - 1) * (below(2) ? 1 : -1);
            if (strchr(f->syntax, 'p') != NULL)
                insn.imm = 0;
            uint32_t word;
            maybe_label(line++);
            if (insn_encode(&insn, &word))
                print_word(word);
        }
    }
}

/* An operand for a letter of the syntax. `id` has the range of the immediate. */
static void print_operand(char letter, unsigned id, bool address)
{
    struct insn_range r = insn_immediate_range((enum insn_immediate)format_of(insn_rows[id].base)->immediate);
    static const char *const sets[] = {"r", "w", "rw", "iorw", "io", "ow", "i", "o"};
    const char *name = any_register();
    while (address && strcmp(name, "zero") == 0)
        name = any_register();
    if (strncmp(insn_rows[id].mnemonic, "c.s", 3) == 0) /* shifts: only x8 to x15 */
        name = insn_register_names[8 + below(8)];
    switch (letter) {
    case 'd':
    case 's':
    case 't':
        fputs(name, stdout);
        break;
    case 'i':
        printf("%" PRId64, r.least + (int64_t)(random_next() >> 1) % (r.greatest - r.least + 1));
        break;
    case 'p':
        fputs(below(2) ? "1b" : "1f", stdout);
        break;
    case 'a':
        printf("%s%s", below(2) ? "1b" : "1f", below(3) ? "" : "+6");
        break;
    case 'I':
        printf("%" PRId64, (int64_t)random_next() >> below(64));
        break;
    case 'c':
        fputs(any_csr(), stdout);
        break;
    case 'z':
        printf("%u", below(32));
        break;
    case 'f':
        printf("%s,%s", sets[below(8)], sets[below(8)]);
        break;
    default:
        putchar(letter);
    }
}

static void pseudo(void)
{
    static const struct {
        const char *mnemonic, *syntax;
        unsigned id;
    } all[] = {
#define PSEUDO(mnemonic, syntax, id, rd, rs1, rs2, imm, compress) {mnemonic, syntax, INSN_##id},
#define EXPAND(mnemonic, syntax, function, id, imm) {mnemonic, syntax, INSN_##id},
#include "assembler/pseudo.def"
    };
    unsigned line = 0;
    for (size_t row = 0; row < sizeof all / sizeof *all; row++) {
        for (unsigned i = 0; i < 60; i++) {
            bool compressed = strncmp(all[row].mnemonic, "c.", 2) == 0;
            puts(compressed || i % 2 == 0 ? ".option rvc" : ".option norvc");
            maybe_label(line++);
            printf("\t%s ", all[row].mnemonic);
            for (const char *s = all[row].syntax; *s != '\0'; s++)
                print_operand(*s, all[row].id, strchr(all[row].syntax, 'a') != NULL);
            putchar('\n');
        }
    }
}

static void li(void)
{
    for (unsigned bit = 0; bit < 64; bit++)
        for (int64_t delta = -2; delta <= 2; delta++) {
            printf("li %s, 0x%" PRIx64 "\n", any_register(), ((uint64_t)1 << bit) + (uint64_t)delta);
            printf("li %s, -0x%" PRIx64 "\n", any_register(), ((uint64_t)1 << bit) + (uint64_t)delta);
            printf("li %s, 0x%" PRIx64 "\n", any_register(), 0x800 * (uint64_t)delta + ((uint64_t)1 << bit));
        }
    for (unsigned i = 0; i < 6000; i++) {
        if (i % 64 == 0)
            puts(i % 128 == 0 ? ".option rvc" : ".option norvc");
        uint64_t value = random_next() >> below(64);
        if (below(3) == 0)
            value &= random_next() & random_next();
        value <<= below(4) == 0 ? below(64) : 0;
        printf("li %s, %" PRId64 "\n", any_register(), (int64_t)(below(2) ? value : -value));
    }
}

static void relax(void)
{
    static const char *const branches[] = {"beqz a0,", "bnez s1,", "beqz t0,", "bne a0,a1,", "bltu a3,a4,", "bge zero,a0,",
                                           "j",        "jal",      "jal t0,",  "c.j",        "c.beqz a5,",  "bgt a0,a1,"};
    static const int limits[] = {254, 256, 2046, 2048, 4094, 4096};
    for (unsigned b = 0; b < sizeof branches / sizeof *branches; b++)
        for (unsigned l = 0; l < 6; l++)
            for (int delta = -8; delta <= 8; delta += 2) {
                printf("1:\t.skip %d\n\t%s 1b\n", limits[l] + delta, branches[b]);
                printf("\t%s 1f\n\t.skip %d\n1:\n", branches[b], limits[l] + delta);
                if (strncmp(branches[b], "c.", 2) != 0 && delta == 0)
                    printf(".option norvc\n1:\t.skip %d\n\t%s 1b\n.option rvc\n", limits[l], branches[b]);
            }
    puts("1:\t.skip 1048576\n\tj 1b\n\tbeqz a0, 2f\n\tjal 2f\n\t.skip 1048560\n2:\tnop");
}

/* Lines of the program, each with a label; every branch goes to a random one. */
static void random_program(void)
{
    enum { LINES = 600 };
    static const char *const branches[] = {"beqz a0,", "bnez a1,", "bne a0,a1,", "blt t0,t1,", "j", "jal", "beqz t0,"};
    unsigned reach = 20 + below(LINES);
    for (unsigned line = 0; line < LINES; line++) {
        printf("L%u:", line);
        unsigned from = line > reach ? line - reach : 0, to = line + reach < LINES ? line + reach : LINES - 1;
        unsigned target = from + below(to - from + 1);
        switch (below(8)) {
        case 0:
            printf("\t.skip %u\n", 2 * below(200));
            break;
        case 1:
            printf("\t.p2align %u\n", 1 + below(5));
            break;
        case 2:
            puts("\taddi a0,a0,1");
            break;
        case 3:
            puts(below(8) ? "\tld a5,80(a4)" : below(2) ? "\t.option norvc" : "\t.option rvc");
            break;
        default:
            printf("\t%s L%u\n", branches[below(7)], target);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*print)(void);
    } kinds[] = {
        {"rows", rows}, {"compress", compress}, {"pseudo", pseudo},
        {"li", li},     {"relax", relax},       {"random", random_program},
    };
    if (argc != 3)
        return 2;
    seed = strtoull(argv[2], NULL, 0) * 2654435761u + 88172645463325252u;
    printf("# asm_corpus %s %s\n\t.text\n\t.globl _start\n_start:\n1:\n", argv[1], argv[2]);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(argv[1], kinds[i].name) == 0) {
            kinds[i].print();
            puts("1:\tnop");
            return 0;
        }
    return 2;
}
