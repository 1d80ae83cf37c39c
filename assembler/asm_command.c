/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * trapeze asm: options, files and the exit status.
 */
#include "assembler.h"
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_TEXT = 256, OPTION_NO_COMPRESS, OPTION_PROFILE };

struct request {
    struct asm_options options;
    struct asm_input *inputs;
    size_t input_count;
    const char **include_dirs;
    struct asm_define *defines;
    const char *output, *listing, *format;
};

/* Room for one more; the arrays are as long as argv, so they never move. */
static void add_define(struct request *r, char *text, struct argp_state *state)
{
    char *equals = strchr(text, '=');
    uint64_t value = 1;
    bool name = isalpha((unsigned char)*text) || *text == '_' || *text == '.';
    if (equals != NULL && !command_number(equals + 1, &value))
        command_refuse(state, "-D %s: the value is not a number", text);
    if (equals != NULL)
        *equals = '\0';
    if (!name)
        command_refuse(state, "-D %s: this is not the name of a symbol", text);
    r->defines[r->options.define_count++] = (struct asm_define){text, (int64_t)value};
}

/* Do both names stand for one file? */
static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    if (stat(a, &x) != 0)
        return strcmp(a, b) == 0;
    return stat(b, &y) == 0 && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* No output may replace a source, nor the other output. */
static void check_outputs(const struct request *r, const struct argp_state *state)
{
    for (size_t i = 0; i < r->input_count; i++) {
        if (same_file(r->output, r->inputs[i].name))
            command_refuse(state, "-o %s: this is a source", r->output);
        if (r->listing != NULL && same_file(r->listing, r->inputs[i].name))
            command_refuse(state, "-l %s: this is a source", r->listing);
    }
    if (r->listing != NULL && same_file(r->listing, r->output))
        command_refuse(state, "-l %s: the image goes there (-o)", r->listing);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
    struct request *r = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->err_stream = fopen("/dev/null", "w"); /* argp's second line on how to get help */
        return 0;
    case 'o':
        r->output = arg;
        return 0;
    case 'l':
        r->listing = arg;
        return 0;
    case 'f':
        if (strcmp(arg, "elf") != 0 && strcmp(arg, "bin") != 0)
            command_refuse(state, "-f %s: the format is elf or bin", arg);
        r->format = arg;
        return 0;
    case 'T': /* -Ttext ADDR, as the linkers have it */
        if (strncmp(arg, "text", 4) != 0)
            command_refuse(state, "-T%s: only -Ttext is known", arg);
        arg += arg[4] == '=' ? 5 : 4;
        if (*arg == '\0' && state->next < state->argc)
            arg = state->argv[state->next++];
        __attribute__((fallthrough));
    case OPTION_TEXT:
        if (!command_number(arg, &r->options.text_base))
            command_refuse(state, "--text %s: this is not an address", arg);
        return 0;
    case 'I':
        r->include_dirs[r->options.include_dir_count++] = arg;
        return 0;
    case 'D':
        add_define(r, arg, state);
        return 0;
    case OPTION_NO_COMPRESS:
        r->options.compress = false;
        return 0;
    case OPTION_PROFILE:
        r->options.profile = command_profile(arg, state);
        return 0;
    case ARGP_KEY_ARG:
        r->inputs[r->input_count++] = (struct asm_input){.name = arg};
        return 0;
    case ARGP_KEY_END:
        if (r->input_count == 0)
            command_refuse(state, "no source file is given");
        if (r->output == NULL)
            command_refuse(state, "no output file is given (-o FILE)");
        check_outputs(r, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp_option asm_command_options[] = {
    {"output", 'o', "FILE", 0, "Write the image to FILE", 0},
    {"listing", 'l', "FILE", 0, "Write a listing: addresses, bytes, source lines, symbols", 0},
    {"format", 'f', "FORMAT", 0, "elf or bin (default: bin if the output is named *.bin, else elf)", 0},
    {"text", OPTION_TEXT, "ADDR", 0, "Address of .text (default 0x80000000); also -Ttext ADDR", 0},
    {"include", 'I', "DIR", 0, "Search DIR for .include and .incbin", 0},
    {"define", 'D', "SYM[=VALUE]", 0, "Define an absolute symbol (1 if no value is given)", 0},
    {"profile", OPTION_PROFILE, "NAME", 0, "Instructions that there are: strict (default), flawed or flawed:SEED", 0},
    {"no-compress", OPTION_NO_COMPRESS, NULL, 0, "Start with .option norvc", 0},
    {NULL, 'T', "text", OPTION_HIDDEN, NULL, 0},
    {0},
};

static const char before[] = "Assemble RISC-V sources (RV64IMAC, Zicsr; GNU syntax) and link them into one image.";
static const char after[] = "Examples:\n"
                            "  trapeze asm kernel.s -o kernel.elf\n"
                            "  trapeze asm boot.s trap.s main.s -o kernel.elf -l kernel.lst -D DEBUG=1\n"
                            "  trapeze asm rom.s -o rom.bin --text 0x1000\n\n"
                            "All sources see each other's .globl symbols. The entry is _start, or the first byte of .text. "
                            "Exit status: 0, or 125 after any error; then no output file is left.";

/* Output goes to a file beside the real one, which it replaces when it is whole. A device is written as it is. */
static bool write_output(struct asm_result *result, const char *name, bool (*write)(struct asm_result *, FILE *))
{
    struct stat status;
    bool direct = stat(name, &status) == 0 && !S_ISREG(status.st_mode);
    char *temporary = malloc(strlen(name) + sizeof ".XXXXXX");
    if (temporary == NULL)
        return false;
    sprintf(temporary, "%s%s", name, direct ? "" : ".XXXXXX");
    int error = 0;
    FILE *out = NULL;
    int fd = direct ? -1 : mkstemp(temporary);
    out = direct ? fopen(name, "wb") : fd < 0 ? NULL : fdopen(fd, "w+b");
    if (out == NULL) {
        error = errno;
        if (fd >= 0)
            close(fd);
    } else {
        if (!write(result, out))
            error = errno != 0 ? errno : EIO;
        mode_t mask = umask(0);
        umask(mask);
        if (!direct && fchmod(fileno(out), 0666 & ~mask) != 0 && error == 0)
            error = errno;
        if (fclose(out) != 0 && error == 0)
            error = errno;
        if (!direct && error == 0 && rename(temporary, name) != 0)
            error = errno;
    }
    if (!direct && error != 0 && fd >= 0)
        unlink(temporary);
    free(temporary);
    errno = error;
    return error == 0;
}

/* ELF is written to and fro: what is no regular file gets a copy. */
static bool write_elf(struct asm_result *result, FILE *out)
{
    struct stat status;
    if (fstat(fileno(out), &status) == 0 && S_ISREG(status.st_mode))
        return asm_write_elf(result, out);
    FILE *whole = tmpfile();
    bool ok = whole != NULL && asm_write_elf(result, whole) && fseek(whole, 0, SEEK_SET) == 0;
    for (int byte; ok && (byte = getc(whole)) != EOF;)
        ok = putc(byte, out) != EOF;
    int error = errno;
    if (whole != NULL)
        fclose(whole);
    errno = error;
    return ok;
}
static bool write_listing(struct asm_result *result, FILE *out)
{
    return asm_write_listing(result, out);
}

static int assemble(struct request *r)
{
    r->options.include_dirs = r->include_dirs;
    r->options.defines = r->defines;
    r->options.colour = command_colour(STDERR_FILENO);
    size_t length = strlen(r->output);
    bool binary = r->format != NULL ? r->format[0] == 'b' : length > 4 && strcmp(r->output + length - 4, ".bin") == 0;
    struct asm_result *result = asm_assemble(r->inputs, r->input_count, &r->options, stderr);
    int status = asm_error_count(result) == 0 ? 0 : COMMAND_REFUSED;
    const char *name = r->output;
    bool ok = status != 0 || write_output(result, name, binary ? asm_write_binary : write_elf);
    if (ok && status == 0 && r->listing != NULL) {
        name = r->listing;
        ok = write_output(result, name, write_listing);
    }
    if (!ok) {
        fprintf(stderr, "trapeze asm: %s: %s\n", name, strerror(errno));
        status = COMMAND_REFUSED;
    }
    asm_free(result);
    return status;
}

int asm_command(int argc, char **argv)
{
    static const struct argp argp = {asm_command_options, parse_option, "FILE.s... -o OUT", NULL, NULL, NULL, NULL};
    char *doc = malloc(sizeof before + sizeof after + 1);
    size_t n = (size_t)argc + 1;
    struct request r = {.options = ASM_DEFAULTS};
    r.inputs = calloc(n, sizeof *r.inputs);
    r.include_dirs = calloc(n, sizeof *r.include_dirs);
    r.defines = calloc(n, sizeof *r.defines);
    int status = COMMAND_REFUSED;
    if (doc != NULL && r.inputs != NULL && r.include_dirs != NULL && r.defines != NULL) {
        sprintf(doc, "%s\v%s", before, after);
        struct argp with_doc = argp;
        with_doc.doc = doc;
        command_parse(&with_doc, argc, argv, &r);
        status = assemble(&r);
    }
    free(doc);
    free(r.inputs);
    free(r.include_dirs);
    free(r.defines);
    return status;
}
