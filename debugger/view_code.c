/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the run stands, and code.
 */
#include <inttypes.h>
#include <string.h>

#include "vmm/technique/technique.h"
#include "debugger/command.h"
#include "debugger/lines.h"
#include "debugger/view.h"
#include "vmm/technique/bt/listing.h"

const char *scene_symbol(const struct scene *s, uint64_t address, char *text, size_t n)
{
    text[0] = '\0';
    for (unsigned i = 0; i < 2; i++) {
        const struct image_symbol *symbol = s->target->image[i] ? image_symbol_at(s->target->image[i], address) : NULL;
        if (!symbol)
            continue;
        if (address == symbol->address)
            snprintf(text, n, " <%s>", symbol->name);
        else
            snprintf(text, n, " <%s+0x%" PRIx64 ">", symbol->name, address - symbol->address);
        break;
    }
    return text;
}

unsigned insn_text(const struct scene *s, uint64_t address, bool physical, char *text, size_t n)
{
    uint8_t bytes[4] = {0};
    size_t done;
    struct insn i;
    debugger_read(s, address, physical, bytes, 4, &done);
    if (done < 2)
        return 0;
    uint32_t word = (uint32_t)bytes_get(bytes, 4);
    insn_decode_in(s->target->profile, word, &i);
    if (done < i.length)
        return 0;
    insn_format_in(s->target->profile, text, n, word, address);
    return i.length;
}

static void line_of_code(struct debugger *d, uint64_t address, const char *text)
{
    char symbol[SYMBOL_TEXT];
    const char *file;
    unsigned line;
    bool here = address == d->shown.guest.ctx.pc;
    fprintf(d->out, "%s0x%" PRIx64 "%s:  %s%s%s", here ? "=> " : "   ", address,
            scene_symbol(&d->shown, address, symbol, sizeof symbol), style(d, here ? STYLE_HEAD : STYLE_PLAIN), text,
            style(d, STYLE_PLAIN));
    if (lines_at(d->lines, address, &file, &line))
        fprintf(d->out, "  %s%s:%u%s", style(d, STYLE_DIM), file, line, style(d, STYLE_PLAIN));
    fprintf(d->out, "\n");
}

bool view_code(struct debugger *d, uint64_t address, unsigned n, bool physical)
{
    char text[128];
    for (; n; n--) {
        unsigned length = insn_text(&d->shown, address, physical, text, sizeof text);
        if (!length)
            return debugger_fail(d, "0x%" PRIx64 " cannot be read", address);
        line_of_code(d, address, text);
        address += length;
        d->examine_at = address;
    }
    return true;
}

void view_place(struct debugger *d)
{
    const struct scene *s = &d->shown;
    const struct execution *e = d->execution;
    char text[128] = "not mapped, or no memory: it will fault";
    enum place place = scene_place(s);
    if (e->count > 1)
        fprintf(d->out, "guest %u, ", d->target->number + 1);
    fprintf(d->out, "%sT %" PRIu64 "%s", style(d, STYLE_HEAD), debugger_step(d), style(d, STYLE_PLAIN));
    if (e->now.stage > 0 && place == PLACE_STAGE)
        fprintf(d->out, ", stage %" PRIu64, e->now.stage);
    if (place == PLACE_IDLE)
        fprintf(d->out, ", waiting");
    fprintf(d->out, ", %s-mode, %s\n", mode_name(s->guest.priv.mode), execution_technique_name(e, d->target));
    insn_text(s, s->guest.ctx.pc, false, text, sizeof text);
    line_of_code(d, s->guest.ctx.pc, text);
    d->examine_at = s->guest.ctx.pc;
}

/* --- translated ----------------------------------------------------------------------------------------------------------- */

static void unit_text(struct debugger *d, const struct listed_unit *u)
{
    struct listing l;
    struct listed_insn i;
    char text[128], symbol[SYMBOL_TEXT];
    uint64_t guest = UINT64_MAX;
    listing_begin(&l, d->target->vm, u);
    while (listing_next(&l, &i)) {
        if (!i.second_entry && i.first && i.guest != guest) {
            guest = i.guest;
            insn_text(&d->shown, guest, false, text, sizeof text);
            fprintf(d->out, "0x%" PRIx64 "%s:  %s\n", guest, scene_symbol(&d->shown, guest, symbol, sizeof symbol), text);
        }
        insn_format_in(d->target->profile, text, sizeof text, i.word, TRANSLATOR_BASE + i.offset);
        fprintf(d->out, "    0x%" PRIx64 ":  %s%s\n", TRANSLATOR_BASE + i.offset, text,
                i.second_entry ? "   (second entry)"
                : i.retires    ? "   (retires)"
                               : "");
    }
}

bool view_translation(struct debugger *d, uint64_t address)
{
    struct listed_unit u = {0};
    bool any = false;
    while (listing_unit(d->target->vm, &u)) {
        struct listing l;
        struct listed_insn i;
        bool here = false;
        listing_begin(&l, d->target->vm, &u);
        while (listing_next(&l, &i))
            here |= !i.second_entry && i.guest == address;
        if (here)
            unit_text(d, &u);
        any |= here;
    }
    return any;
}
