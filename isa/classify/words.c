/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Variants of instructions. Only formats are looked at: how operands lie in the word.
 */
#include "words.h"

#define RD 8 /* registers that compressed formats can name, too */
#define RS1 9
#define RS2 10

bool words_by_csr(uint16_t id)
{
    unsigned format = insn_rows[id].format;
    return format == FORMAT_CSR || format == FORMAT_CSRI;
}

/* What stands in a register's place: what is implied, or the register wanted. */
static uint8_t in_place(unsigned field, uint8_t wanted)
{
    switch (field) {
    case FIELD_ZERO:
        return 0;
    case FIELD_RA:
        return 1;
    case FIELD_SP:
        return 2;
    }
    return wanted;
}

/* Finds an immediate that the format can hold. */
static bool encode(struct insn *i, uint32_t *word)
{
    static const int64_t immediates[] = {8, 16, 0x1000, 4, 0};
    if (insn_encode(i, word))
        return true;
    for (unsigned k = 0; k < sizeof immediates / sizeof immediates[0]; k++) {
        i->imm = immediates[k];
        if (insn_encode(i, word))
            return true;
    }
    return false;
}

static bool make(uint16_t id, uint16_t csr, uint8_t rd, uint8_t rs1, uint8_t rs2, struct subject_insn *out)
{
    const struct insn_format_row *f = &insn_formats[insn_rows[id].format];
    bool immediate = insn_rows[id].format == FORMAT_CSRI;
    struct insn i = {
        .id = id, .rd = in_place(f->rd, rd), .rs1 = in_place(f->rs1, rs1), .rs2 = in_place(f->rs2, rs2), .imm = 8};
    if (f->rs1 == f->rd && f->rd != FIELD_ZERO)
        i.rs1 = i.rd;
    if (words_by_csr(id))
        i.imm = csr;
    if (immediate && rs1)
        i.rs1 = 31;
    uint32_t word;
    if (!encode(&i, &word))
        return false;
    *out = (struct subject_insn){
        .word = word, .length = f->length, .rs1 = immediate ? 0 : i.rs1, .rs2 = i.rs2, .spare = words_by_csr(id)};
    return true;
}

unsigned words_of(uint16_t id, uint16_t csr, struct subject_insn variant[VARIANTS_MOST])
{
    unsigned n = 0;
    for (unsigned which = 0; which < VARIANTS_MOST; which++) {
        if ((which & 4) && insn_rows[id].format != FORMAT_SFENCE)
            continue;
        if (!make(id, csr, which & 1 ? 0 : RD, which & 2 ? 0 : RS1, which & 4 ? 0 : RS2, &variant[n]))
            continue;
        unsigned same = 0;
        while (same < n && variant[same].word != variant[n].word)
            same++;
        n += same == n;
    }
    return n;
}
