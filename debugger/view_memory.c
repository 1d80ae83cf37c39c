/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Memory at an address that is followed, and whose it is.
 */
#include <ctype.h>
#include <inttypes.h>

#include "debugger/command.h"
#include "debugger/view.h"
#include "vmm/memory/watch.h"

#define ROW 16

static void print_owner(struct debugger *d, uint64_t gva)
{
    const struct vm *vm = d->target->vm;
    uint64_t gpa;
    if (!scene_translate(&d->shown, gva, ACCESS_LOAD, &gpa)) {
        fprintf(d->out, "not mapped for loads: a page fault\n");
        return;
    }
    fprintf(d->out, "%s 0x%" PRIx64, vm ? "gpa" : "pa", gpa);
    if (!ram_at(target_ram(d->target), gpa, 1)) {
        fprintf(d->out, ": no RAM, %s\n", vm ? "a virtual device or nothing" : "a device or nothing");
        return;
    }
    if (vm) {
        unsigned flags = watch_flags(vm, gpa);
        fprintf(d->out, ", hpa 0x%" PRIx64 ": the guest's RAM", vm_hpa(vm, gpa));
        fprintf(d->out, "%s", flags & WATCH_TABLE ? ", watched: a page table" : "");
        fprintf(d->out, "%s", flags & WATCH_CODE ? ", watched: code that was translated" : "");
    }
    fprintf(d->out, "\n");
}

static void print_row(struct debugger *d, uint64_t at, uint64_t followed)
{
    uint8_t bytes[ROW];
    size_t done;
    debugger_read(&d->shown, at, false, bytes, ROW, &done);
    fprintf(d->out, "%08" PRIx64 " ", at);
    for (unsigned word = 0; word < ROW; word += 8) {
        bool here = followed >= at + word && followed < at + word + 8;
        if (done >= word + 8)
            fprintf(d->out, " %s%016" PRIx64 "%s", style(d, here ? STYLE_HEAD : STYLE_PLAIN), bytes_get(bytes + word, 8),
                    style(d, STYLE_PLAIN));
        else
            fprintf(d->out, " %-16s", "-");
    }
    fprintf(d->out, "  ");
    for (unsigned i = 0; i < done; i++)
        fputc(isprint(bytes[i]) ? bytes[i] : '.', d->out);
    fprintf(d->out, "\n");
}

bool view_memory(struct debugger *d, const char *expression, unsigned lines)
{
    char symbol[SYMBOL_TEXT];
    uint64_t address;
    if (!argument_value(d, expression, &address))
        return false;
    fprintf(d->out, "%s = 0x%" PRIx64 "%s\n", expression, address, scene_symbol(&d->shown, address, symbol, sizeof symbol));
    print_owner(d, address);
    for (unsigned i = 0; i < lines; i++)
        print_row(d, (address & ~(uint64_t)(ROW - 1)) + ROW * i, address);
    return true;
}
