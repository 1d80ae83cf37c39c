/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An instruction as text: each letter of the format's syntax prints one operand.
 */
#include "insn.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* A buffer that counts on when it is full, as snprintf does. */
struct text {
    char *at;
    size_t room;
    size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    bool fits = t->length < t->room;
    int n = vsnprintf(fits ? t->at + t->length : NULL, fits ? t->room - t->length : 0, format, args);
    va_end(args);
    if (n > 0)
        t->length += (size_t)n;
}

static void put_csr(struct text *t, unsigned number)
{
    switch (number) {
#define CSR(name, number, kind, mask, reset, meaning)                                                                      \
    case number:                                                                                                           \
        put(t, "%s", #name);                                                                                               \
        break;
#define HCSR(name, number, kind, mask, reset, meaning) CSR(name, number, kind, mask, reset, meaning)
#include "csr.def"
    default:
        put(t, "0x%x", number);
    }
}

/* Predecessors and successors: four bits each, i o r w from the highest. */
static void put_fence(struct text *t, unsigned imm)
{
    for (int bit = 7; bit >= 0; bit--) {
        if (imm >> bit & 1)
            put(t, "%c", "wroiwroi"[bit]);
        if (bit == 4)
            put(t, ",");
    }
}

static void put_ordering(struct text *t, unsigned aqrl)
{
    static const char *const suffixes[4] = {"", ".rl", ".aq", ".aqrl"};
    put(t, "%s", suffixes[aqrl & 3]);
}

static void put_operand(struct text *t, char letter, const struct insn *i, uint64_t pc)
{
    unsigned format = insn_rows[i->id].format;
    bool shift = format == FORMAT_SHIFT || format == FORMAT_SHIFTW || format == FORMAT_CSHIFT || format == FORMAT_CSLLI;
    switch (letter) {
    case 'd':
        put(t, "%s", insn_register_names[i->rd]);
        break;
    case 's':
        put(t, "%s", insn_register_names[i->rs1]);
        break;
    case 't':
        put(t, "%s", insn_register_names[i->rs2]);
        break;
    case 'i':
        put(t, shift ? "0x%" PRIx64 : "%" PRId64, i->imm);
        break;
    case 'u':
        put(t, "0x%x", (unsigned)(i->imm >> 12) & 0xfffff);
        break;
    case 'p':
        put(t, "0x%" PRIx64, pc + (uint64_t)i->imm);
        break;
    case 'c':
        put_csr(t, (unsigned)i->imm);
        break;
    case 'z':
        put(t, "%d", i->rs1);
        break;
    case 'f':
        put_fence(t, (unsigned)i->imm);
        break;
    case 'q':
        break;
    case '2':
        put(t, "sp");
        break;
    default:
        put(t, "%c", letter);
    }
}

/* Instructions that have a spelling of their own: NULL, or all of the text but for the register rd. */
static const char *own_spelling(const struct insn *i)
{
    if (i->imm == 0) {
        switch (i->id) {
        case INSN_c_nop:
            return "c.nop";
        case INSN_c_slli:
            return "c.slli64 ";
        case INSN_c_srli:
            return "c.srli64 ";
        case INSN_c_srai:
            return "c.srai64 ";
        default:
            return NULL;
        }
    }
    return i->id == INSN_fence && i->imm == 0x833 && i->rd == 0 && i->rs1 == 0 ? "fence.tso" : NULL;
}

/* Fields that the machine ignores and the syntax cannot write: such a word has no text. */
static bool has_text(const struct insn *i)
{
    if (i->id == INSN_fence)
        return i->rd == 0 && i->rs1 == 0 && i->imm >> 8 == 0 && (i->imm & 0xf) != 0 && i->imm >> 4 != 0;
    if (i->id == INSN_fence_i)
        return i->rd == 0 && i->rs1 == 0 && i->imm == 0;
    return true;
}

size_t insn_format_in(insn_profile profile, char *out, size_t n, uint32_t word, uint64_t pc)
{
    struct text t = {out, n, 0};
    struct insn i;
    bool valid = insn_decode_in(profile, word, &i);
    const struct insn_row *row = &insn_rows[i.id];
    const struct insn_format_row *format = &insn_formats[row->format];
    const char *own = valid ? own_spelling(&i) : NULL;
    if (own != NULL) {
        put(&t, "%s", own);
        if (own[0] == 'c' && i.id != INSN_c_nop)
            put(&t, "%s", insn_register_names[i.rd]);
    } else if (valid && has_text(&i)) {
        put(&t, "%s", row->mnemonic);
        if (format->immediate == IMMEDIATE_aqrl)
            put_ordering(&t, (unsigned)i.imm);
        if (format->syntax[0] != '\0')
            put(&t, " ");
        for (const char *s = format->syntax; *s != '\0'; s++)
            put_operand(&t, *s, &i, pc);
    } else if (i.length == 4) {
        put(&t, ".4byte 0x%08" PRIx32, word);
    } else {
        put(&t, ".2byte 0x%04" PRIx32, word & 0xffff);
    }
    return t.length;
}
