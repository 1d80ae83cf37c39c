/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looking at the guest's state, and changing it.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "debugger/command.h"
#include "debugger/expression.h"
#include "debugger/lines.h"
#include "debugger/view.h"

/* --- print ---------------------------------------------------------------------------------------------------------------- */

static void print_bits(FILE *out, uint64_t value)
{
    int bit = 63;
    while (bit > 0 && !(value >> bit & 1))
        bit--;
    for (; bit >= 0; bit--)
        fputc('0' + (int)(value >> bit & 1), out);
}

static void print_value(struct debugger *d, uint64_t value, char format, unsigned size)
{
    char symbol[SYMBOL_TEXT];
    int64_t number = (int64_t)(value << (64 - 8 * size)) >> (64 - 8 * size);
    switch (format) {
    case 'd':
        fprintf(d->out, "%" PRId64, number);
        break;
    case 'u':
        fprintf(d->out, "%" PRIu64, value);
        break;
    case 'o':
        fprintf(d->out, "0%" PRIo64, value);
        break;
    case 't':
        print_bits(d->out, value);
        break;
    case 'c':
        fprintf(d->out, isprint((int)(value & 0xff)) ? "'%c'" : "'\\%03o'", (int)(value & 0xff));
        break;
    case 'a':
        fprintf(d->out, "0x%" PRIx64 "%s", value, scene_symbol(&d->shown, value, symbol, sizeof symbol));
        break;
    default:
        fprintf(d->out, "0x%" PRIx64, value);
    }
}

/* "/FORMAT" before the rest. */
static const char *take_format(const char *text, char *format, size_t n)
{
    format[0] = '\0';
    return *text == '/' ? argument_word(text + 1, format, n) : text;
}

static bool run_print(struct debugger *d, const char *arguments)
{
    char format[16];
    uint64_t value;
    arguments = take_format(arguments, format, sizeof format);
    if (strlen(format) > 1 || !strchr("xduotca", format[0]))
        return debugger_fail(d, "'/%s' is no format of print; it has /x /d /u /o /t /c /a", format);
    if (!argument_value(d, arguments, &value))
        return false;
    print_value(d, value, format[0], 8);
    if (!format[0] && value > 9)
        fprintf(d->out, " = %" PRIu64, value);
    fprintf(d->out, "\n");
    return true;
}

/* --- x/FMT ---------------------------------------------------------------------------------------------------------------- */

struct examine {
    unsigned count, size;
    char letter;
    bool physical;
};

static bool parse_examine(struct debugger *d, const char *format, struct examine *x)
{
    char *end;
    *x = (struct examine){.count = 1, .size = 8, .letter = 'x'};
    if (isdigit((unsigned char)*format)) {
        x->count = (unsigned)strtoul(format, &end, 10);
        format = end;
    }
    for (; *format; format++) {
        const char *size = strchr("bhwg", *format);
        if (size)
            x->size = 1u << (size - "bhwg");
        else if (*format == 'p')
            x->physical = true;
        else if (strchr("xduotcais", *format))
            x->letter = *format;
        else
            return debugger_fail(d, "'%s' is no format: x/[N][xduotcais][bhwg][p]", format);
    }
    return (x->count > 0 && x->count <= 65536) || debugger_fail(d, "so much is not shown at once");
}

static bool examine_text(struct debugger *d, bool physical)
{
    uint8_t byte;
    size_t done;
    fprintf(d->out, "0x%" PRIx64 ": \"", d->examine_at);
    for (unsigned n = 0; n < 256 && debugger_read(&d->shown, d->examine_at, physical, &byte, 1, &done); n++) {
        d->examine_at++;
        if (!byte)
            break;
        fprintf(d->out, isprint(byte) ? "%c" : byte == '\n' ? "\\n" : "\\%03o", byte);
    }
    fprintf(d->out, "\"\n");
    return true;
}

static bool examine_line(struct debugger *d, const struct examine *x, unsigned n)
{
    char symbol[SYMBOL_TEXT];
    uint8_t bytes[8];
    size_t done;
    fprintf(d->out, "0x%" PRIx64 "%s:", d->examine_at, scene_symbol(&d->shown, d->examine_at, symbol, sizeof symbol));
    for (unsigned i = 0; i < n; i++, d->examine_at += x->size) {
        if (!debugger_read(&d->shown, d->examine_at, x->physical, bytes, x->size, &done)) {
            fprintf(d->out, "\n");
            return debugger_fail(d, "0x%" PRIx64 " cannot be read", d->examine_at + done);
        }
        uint64_t value = bytes_get(bytes, x->size);
        fprintf(d->out, " ");
        if (x->letter == 'x')
            fprintf(d->out, "0x%0*" PRIx64, (int)(2 * x->size), value);
        else
            print_value(d, value, x->letter, x->size);
    }
    fprintf(d->out, "\n");
    return true;
}

static bool run_x(struct debugger *d, const char *arguments)
{
    char format[16];
    struct examine x;
    const char *rest = take_format(arguments, format, sizeof format);
    if (format[0])
        snprintf(d->examine_format, sizeof d->examine_format, "%s", format);
    if (!parse_examine(d, d->examine_format, &x) || (*rest && !argument_value(d, rest, &d->examine_at)))
        return false;
    snprintf(d->repeated, sizeof d->repeated, "x");
    if (x.letter == 'i')
        return view_code(d, d->examine_at, x.count, x.physical);
    bool good = true;
    unsigned row = x.letter == 'a' ? 1 : x.size == 8 ? 2 : 16 / x.size;
    for (unsigned left = x.count; good && left;) {
        unsigned n = x.letter == 's' ? 1 : left < row ? left : row;
        good = x.letter == 's' ? examine_text(d, x.physical) : examine_line(d, &x, n);
        left -= n;
    }
    return good;
}

static bool run_xp(struct debugger *d, const char *arguments)
{
    char format[16], all[LINE_MOST + 8];
    const char *rest = take_format(arguments, format, sizeof format);
    snprintf(all, sizeof all, "/%.13sp %s", format, rest);
    bool good = run_x(d, all);
    snprintf(d->repeated, sizeof d->repeated, "x");
    return good;
}

/* --- set ------------------------------------------------------------------------------------------------------------------ */

static bool set_errors(struct debugger *d, const char *value)
{
    if (strcmp(value, "stop") != 0 && strcmp(value, "ignore") != 0)
        return debugger_fail(d, "set errors stop, or set errors ignore");
    d->ignore_errors = *value == 'i';
    return true;
}

static bool set_checkpoints(struct debugger *d, const char *value)
{
    uint64_t mib;
    if (!argument_value(d, value, &mib))
        return false;
    if (mib == 0 || mib > UINT64_C(1) << 20)
        return debugger_fail(d, "set checkpoints MIB: from 1 on");
    checkpoints_limit(d->execution->checkpoints, mib << 20);
    return true;
}

/* What is of the debugger. */
static const struct {
    const char *name;
    bool (*set)(struct debugger *d, const char *value);
} options[] = {{"errors", set_errors}, {"checkpoints", set_checkpoints}};

/* "u32(A) = V": writes as much. */
static bool set_memory(struct debugger *d, const char *target, uint64_t value)
{
    static const char *const heads[] = {"u8(", "u16(", "u32(", "u64(", "p8(", "p16(", "p32(", "p64("};
    uint8_t bytes[8];
    uint64_t address;
    for (unsigned i = 0; i < 8; i++) {
        size_t n = strlen(heads[i]);
        if (strncmp(target, heads[i], n) != 0)
            continue;
        bytes_put(bytes, 8, value);
        return argument_value(d, target + n - 1, &address) && debugger_write(d, address, i >= 4, bytes, (size_t)1 << i % 4);
    }
    bytes_put(bytes, 8, value);
    return argument_value(d, target + 1, &address) && debugger_write(d, address, false, bytes, 8);
}

static bool run_set(struct debugger *d, const char *arguments)
{
    char name[128];
    uint64_t value;
    const char *rest = argument_word(arguments, name, sizeof name);
    for (unsigned i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(name, options[i].name) == 0)
            return options[i].set(d, rest);
    if (strncmp(arguments, "var ", 4) == 0)
        arguments = rest;
    const char *equals = strchr(arguments, '=');
    if (!equals)
        return debugger_fail(d, "set NAME = VALUE; help set");
    size_t n = (size_t)(equals - arguments);
    while (n > 0 && isspace((unsigned char)arguments[n - 1]))
        n--;
    snprintf(name, sizeof name, "%.*s", (int)n, arguments);
    if (!argument_value(d, equals + 1, &value))
        return false;
    if (name[0] == '*' || strchr(name, '('))
        return set_memory(d, name, value);
    return debugger_set_register(d, name + (name[0] == '$'), value);
}

/* --- code ----------------------------------------------------------------------------------------------------------------- */

static bool run_list(struct debugger *d, const char *arguments)
{
    uint64_t address = d->shown.guest.ctx.pc;
    const char *rest = "", *file;
    unsigned line;
    char text[256];
    if (*arguments && (!argument_address(d, arguments, &address, &rest) || !argument_none(d, rest)))
        return false;
    if (!lines_at(d->lines, address, &file, &line))
        return debugger_fail(d, "no source is known of 0x%" PRIx64, address);
    fprintf(d->out, "%s:\n", file);
    for (unsigned i = line > 5 ? line - 5 : 1; i < line + 6 && lines_text(file, i, text, sizeof text); i++)
        fprintf(d->out, "%s%5u  %s\n", i == line ? "=>" : "  ", i, text);
    return true;
}

static bool run_disassemble(struct debugger *d, const char *arguments)
{
    uint64_t address = d->shown.guest.ctx.pc;
    const char *rest = "";
    if (*arguments && (!argument_address(d, arguments, &address, &rest) || !argument_none(d, rest)))
        return false;
    return view_code(d, address, 10, false);
}

static bool run_translation(struct debugger *d, const char *arguments)
{
    uint64_t address = d->shown.guest.ctx.pc;
    const char *rest = "";
    if (*arguments && (!argument_address(d, arguments, &address, &rest) || !argument_none(d, rest)))
        return false;
    if (!d->target->vm)
        return debugger_fail(d, "a native run translates nothing");
    return view_translation(d, address) || debugger_fail(d, "there is no translation of 0x%" PRIx64, address);
}

static bool run_follow(struct debugger *d, const char *arguments)
{
    uint64_t value;
    if (*arguments && !argument_value(d, arguments, &value))
        return false;
    if (*arguments)
        snprintf(d->followed, sizeof d->followed, "%s", arguments);
    return view_memory(d, d->followed, 4);
}

const struct command commands_data[] = {
    {"print", "p", "[/FORMAT] EXPRESSION",
     "the value of an expression, as /x /d /u /o /t(bits) /c /a(address)\n"
     "Names: registers (a0, pc), CSRs (satp) and their parts (mstatus.MPP), the same of the real hart (real.mcause),\n"
     "mode, T V I, cycles, counters (shadow_fills, exits.csr), cause tval epc in a trap, symbols.\n"
     "Memory: u8(A) to u64(A), *A; p8(A) to p64(A) by physical address. Operators as in C.",
     "print/x u64(sp + 8)", run_print, false, COMPLETE_EXPRESSION},
    {"x", NULL, "[/FORMAT] [ADDRESS]",
     "memory: x/[N][xduotcais][bhwg][p]; i: instructions, s: text, p: the address is physical", "x/4i pc", run_x, true,
     COMPLETE_EXPRESSION},
    {"xp", NULL, "[/FORMAT] [ADDRESS]", "the same, by physical address", "xp/4xw 0x80000000", run_xp, true,
     COMPLETE_EXPRESSION},
    {"set", NULL, "NAME = VALUE",
     "a register, a CSR or memory of the guest; which it would not have without you\n"
     "set errors ignore     scripts go on behind a command that fails (stop: they do not)\n"
     "set checkpoints MIB   so much memory may be taken by what is kept to go back",
     "set a0 = 1", run_set, false, COMPLETE_EXPRESSION},
    {"follow", NULL, "[ADDRESS]",
     "memory at this address, an expression, which is taken anew each time: `info memory` shows it from now on",
     "follow sp", run_follow, false, COMPLETE_EXPRESSION},
    {"list", "l", "[ADDRESS]", "source lines around an address", "list", run_list, false, COMPLETE_EXPRESSION},
    {"disassemble", "disas", "[ADDRESS]", "ten instructions from an address on", "disassemble", run_disassemble, false,
     COMPLETE_EXPRESSION},
    {"translation", NULL, "[ADDRESS]", "what binary translation has made of the code there", "translation", run_translation,
     false, COMPLETE_EXPRESSION},
    {0},
};
