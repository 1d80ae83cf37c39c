/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * oracle [OPTIONS]: programs (oracle.h) run natively here and on QEMU, whose RAM is a file: all that they have left in RAM must be
 * equal, but for what allowed.def lists. Fails, too, if the programs were not worth much. See README.md.
 */
#include <argp.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "isa/insn.h"
#include "isa/machine.h"
#include "isa/trap.h"
#include "oracle.h"

#define STEPS_MOST UINT64_C(1000000)
#define CAUSES 32

struct options {
    uint64_t count, seed;
    const char *cache, *work;
};

static const char *const allowed_names[] = {
#define ALLOWED(name, section, text) #name,
#include "allowed.def"
};
enum allowed {
#define ALLOWED(name, section, text) ALLOWED_##name,
#include "allowed.def"
    ALLOWED_count
};

/* What has come of all programs so far. */
struct result {
    uint64_t instructions, traps[2][CAUSES], allowed[ALLOWED_count], kinds[INSN_count];
    unsigned failures, elements;
};

static void need(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(2);
}

/* --- on QEMU --------------------------------------------------------------------------------------------------------- */

static uint8_t *map_file(const char *path, bool create)
{
    int fd = open(path, create ? O_RDWR | O_CREAT | O_TRUNC : O_RDWR, 0600);
    need(fd >= 0 && (!create || ftruncate(fd, (off_t)ORACLE_RAM) == 0), path);
    uint8_t *bytes = mmap(NULL, ORACLE_RAM, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    need(bytes != MAP_FAILED, path);
    close(fd);
    return bytes;
}

/* Runs until the finisher; the file is its RAM. With one hart only, QEMU would take AMOs apart into loads and stores, and the faults of
 * the loads for those of the AMOs. */
static bool run_qemu(const char *path)
{
    char object[600];
    snprintf(object, sizeof object, "memory-backend-file,id=ram,size=%" PRIu64 ",share=on,mem-path=%s", ORACLE_RAM, path);
    char size[24];
    snprintf(size, sizeof size, "%" PRIu64 "M", ORACLE_RAM >> 20);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        execlp("timeout", "timeout", "60", "qemu-system-riscv64", "-M", "virt,memory-backend=ram", "-object", object, "-m",
               size, "-cpu", "rv64,priv_spec=v1.12.0,f=off,d=off,h=off,zba=off,zbb=off,zbc=off,zbs=off", "-bios", "none",
               "-smp", "2", "-display", "none", "-serial", "none", "-monitor", "none", "-parallel", "none", NULL);
        _exit(127);
    }
    int status = 0;
    need(child > 0, "QEMU");
    need(waitpid(child, &status, 0) == child, "QEMU");
    if (status != 0)
        printf("QEMU ends with status 0x%x\n", (unsigned)status);
    return status == 0;
}

/* RAM as the program has left it on QEMU, mapped; NULL: it did not end. With a cache: kept there, by number. */
static uint8_t *on_qemu(const struct options *o, uint64_t number, const struct program *p)
{
    char path[500], made[520];
    snprintf(path, sizeof path, "%s/%" PRIu64 ".ram", o->cache ? o->cache : o->work, number);
    if (o->cache && access(path, R_OK) == 0)
        return map_file(path, false);
    snprintf(made, sizeof made, "%s.new", path);
    uint8_t *ram = map_file(made, true);
    for (uint64_t page = 0; page < PROGRAM_PAGES; page++)
        if (p->used[page])
            memcpy(ram + page * PAGE_SIZE, p->image + page * PAGE_SIZE, PAGE_SIZE);
    bool good = run_qemu(made);
    need(good ? rename(made, path) == 0 : unlink(made) == 0, path);
    if (!o->cache && good)
        unlink(path);
    if (!good)
        munmap(ram, ORACLE_RAM);
    return good ? ram : NULL;
}

/* --- here ------------------------------------------------------------------------------------------------------------ */

static void put(void *context, uint8_t byte)
{
    (void)context, (void)byte;
}

static int get(void *context)
{
    (void)context;
    return BUS_END_OF_INPUT;
}

static void dma(void *context, uint64_t pa, uint64_t n)
{
    (void)context, (void)pa, (void)n;
}

static struct machine *here(const struct program *p)
{
    static const struct bus_host host = {.console_put = put, .console_get = get, .dma_write = dma};
    struct machine *m = machine_new(&(struct machine_config){.ram_size = ORACLE_RAM}, &host);
    need(m, "a machine");
    for (uint64_t page = 0; page < PROGRAM_PAGES; page++)
        if (p->used[page]) {
            memcpy(m->ram.bytes + page * PAGE_SIZE, p->image + page * PAGE_SIZE, PAGE_SIZE);
            machine_wrote(m, RAM_BASE + page * PAGE_SIZE, PAGE_SIZE, false);
        }
    m->hart.ctx.pc = RAM_BASE;
    machine_run(m, STEPS_MOST);
    return m;
}

/* --- comparing ------------------------------------------------------------------------------------------------------- */

/* Which row of allowed.def permits the doubleword at `at` to differ; -1: none. */
static int permitted(const uint8_t *ours, const uint8_t *qemu, uint32_t at)
{
    if (at < OR_M_TRAPS || at >= OR_S_TRAPS + (OR_S_TRAPS - OR_M_TRAPS))
        return -1;
    uint32_t trap = at / OR_TRAP * OR_TRAP;
    uint64_t cause = bytes_get(ours + trap, 8), epc = bytes_get(ours + trap + 8, 8);
    uint64_t a = bytes_get(ours + at, 8), b = bytes_get(qemu + at, 8);
    if (at - trap == 16 && cause == CAUSE_breakpoint && a == 0 && b == epc)
        return ALLOWED_ebreak_tval;
    return -1;
}

static const char *name_of_place(const struct oracle *o, uint32_t at, char *text, size_t n)
{
    if (at - OR_SLOTS < OR_SLOT * o->elements)
        snprintf(text, n, "element %u (%s): x%u", (at - OR_SLOTS) / OR_SLOT, o->element[(at - OR_SLOTS) / OR_SLOT].kind,
                 at % OR_SLOT / 8);
    else if (at - OR_SLOTS - OR_SLOT * o->elements < OR_SLOT)
        snprintf(text, n, "CSR 0x%x in the end", oracle_csrs[at % OR_SLOT / 8].number);
    else if (at >= OR_M_TRAPS)
        snprintf(text, n, "trap %u to %c: %s", at % 0x80000 / OR_TRAP, at < OR_S_TRAPS ? 'M' : 'S',
                 (const char *const[]){"cause", "epc", "tval", "status"}[at % OR_TRAP / 8]);
    else
        snprintf(text, n, "RAM at 0x%" PRIx64, RAM_BASE + at);
    return text;
}

/* The element that the code at this address is of; NULL: none. */
static const struct element *element_at(const struct oracle *o, uint64_t pc)
{
    for (unsigned i = 0; i < o->elements; i++)
        if ((pc & 0x7fffffff) >= o->element[i].at && (pc & 0x7fffffff) < o->element[i].end)
            return &o->element[i];
    return NULL;
}

static void list_element(const struct oracle *o, const struct element *e)
{
    for (uint32_t at = e->at; at < e->end;) {
        char text[80];
        unsigned length = (o->g.p->image[at] & 3) == 3 ? 4 : 2;
        insn_format(text, sizeof text, (uint32_t)bytes_get(o->g.p->image + at, length), RAM_BASE + at);
        printf("      0x%" PRIx64 "  %s\n", RAM_BASE + at, text);
        at += length;
    }
}

/* One line, and the code that may be at fault. */
static void tell(const struct oracle *o, uint64_t number, const uint8_t *ours, const uint8_t *qemu, uint32_t at)
{
    char text[100];
    printf("program %" PRIu64 ": %s is 0x%" PRIx64 ", on QEMU 0x%" PRIx64 "\n", number,
           name_of_place(o, at, text, sizeof text), bytes_get(ours + at, 8), bytes_get(qemu + at, 8));
    const struct element *e = NULL;
    for (uint32_t word = at / OR_TRAP * OR_TRAP; at >= OR_M_TRAPS && word < at / OR_TRAP * OR_TRAP + OR_TRAP; word += 8)
        printf("      %-28s 0x%" PRIx64 "  0x%" PRIx64 "\n", name_of_place(o, word, text, sizeof text),
               bytes_get(ours + word, 8), bytes_get(qemu + word, 8));
    if (at - OR_SLOTS < OR_SLOT * o->elements)
        e = &o->element[(at - OR_SLOTS) / OR_SLOT];
    else if (at >= OR_M_TRAPS)
        e = element_at(o, bytes_get(ours + at / OR_TRAP * OR_TRAP + 8, 8));
    if (e)
        list_element(o, e);
}

/* The slots come first: they are in the order of time. */
static bool compare(const struct oracle *o, uint64_t number, const uint8_t *ours, const uint8_t *qemu, struct result *r)
{
    static const uint32_t parts[][2] = {{OR_SLOTS, OR_M_TRAPS}, {OR_M_TRAPS, PROGRAM_IMAGE}, {0, OR_SLOTS}};
    for (unsigned part = 0; part < 3; part++)
        for (uint32_t at = parts[part][0]; at < parts[part][1]; at += 8) {
            if (memcmp(ours + at, qemu + at, 8) == 0)
                continue;
            int row = permitted(ours, qemu, at);
            if (row < 0) {
                tell(o, number, ours, qemu, at);
                return false;
            }
            r->allowed[row]++;
        }
    return true;
}

/* --- what was reached ------------------------------------------------------------------------------------------------ */

static void count_traps(const uint8_t *ram, uint32_t data, uint32_t traps, struct result *r)
{
    uint64_t end = bytes_get(ram + data, 8) - RAM_BASE;
    for (uint32_t at = traps; at < end; at += OR_TRAP) {
        uint64_t cause = bytes_get(ram + at, 8);
        r->traps[cause >> 63][cause % CAUSES]++;
    }
}

static void count_kinds(const struct oracle *o, struct result *r)
{
    for (unsigned i = 0; i < o->elements; i++)
        for (uint32_t at = o->element[i].at; at < o->element[i].end;) {
            struct insn insn;
            if (insn_decode((uint32_t)bytes_get(o->g.p->image + at, 4), &insn))
                r->kinds[insn.id]++;
            at += insn.length;
        }
    r->elements += o->elements;
}

static void one(const struct options *options, uint64_t number, struct oracle *o, struct result *r)
{
    oracle_generate(o, number);
    struct machine *m = here(o->g.p);
    uint8_t *qemu = on_qemu(options, number, o->g.p);
    bool good = qemu && m->end.reason == END_FINISHER && m->end.code == 0;
    if (!good)
        printf("program %" PRIu64 ": %s\n", number, qemu ? "does not end here" : "does not end on QEMU");
    if (good)
        good = compare(o, number, m->ram.bytes, qemu, r);
    r->failures += !good;
    r->instructions += m->clock.insns;
    count_kinds(o, r);
    count_traps(m->ram.bytes, OR_M_DATA, OR_M_TRAPS, r);
    count_traps(m->ram.bytes, OR_S_DATA, OR_S_TRAPS, r);
    if (qemu)
        munmap(qemu, ORACLE_RAM);
    machine_free(m);
}

/* Prints what there was; the programs are worth something if there was everything. */
static bool summary(const struct options *o, const struct result *r)
{
    static const unsigned exceptions[] = {1, 2, 3, 5, 7, 8, 9, 11, 12, 13, 15};
    bool good = true;
    printf("%" PRIu64 " programs, %u elements, %" PRIu64 " instructions, %u failures\n", o->count, r->elements,
           r->instructions, r->failures);
    for (unsigned kind = 0; kind < 2; kind++)
        for (unsigned i = 0; i < CAUSES; i++)
            if (r->traps[kind][i])
                printf("  %8" PRIu64 "  %s\n", r->traps[kind][i], trap_name((uint64_t)kind << 63 | i));
    for (unsigned i = 0; i < ALLOWED_count; i++)
        printf("  %8" PRIu64 "  allowed: %s\n", r->allowed[i], allowed_names[i]);
    for (unsigned i = 0; i < sizeof exceptions / sizeof *exceptions; i++)
        if (r->traps[0][exceptions[i]] < o->count / 2) {
            printf("too few: %s\n", trap_name(exceptions[i]));
            good = false;
        }
    for (unsigned id = 1; id < INSN_count; id++)
        if (r->kinds[id] == 0) {
            printf("never tried: %s\n", insn_rows[id].mnemonic);
            good = false;
        }
    return good || o->count < 20;
}

/* --- the options ----------------------------------------------------------------------------------------------------- */

static error_t take(int key, char *value, struct argp_state *state)
{
    struct options *o = state->input;
    if (key == 'n')
        o->count = strtoull(value, NULL, 0);
    else if (key == 's')
        o->seed = strtoull(value, NULL, 0);
    else if (key == 'c')
        o->cache = value;
    else
        return ARGP_ERR_UNKNOWN;
    return 0;
}

int main(int argc, char **argv)
{
    static const struct argp_option rows[] = {
        {"count", 'n', "N", 0, "so many programs (default 100)", 0},
        {"seed", 's', "N", 0, "the number of the first one (default 1)", 0},
        {"cache", 'c', "DIR", 0, "what QEMU made of a program is kept there, and not made again", 0},
        {0},
    };
    static const struct argp argp = {rows, take, NULL, "The same programs here and on QEMU.", NULL, NULL, NULL};
    struct options options = {.count = 100, .seed = 1, .work = getenv("TMP") ? getenv("TMP") : "/tmp"};
    struct result result = {0};
    struct oracle *o = calloc(1, sizeof *o);
    need(o, "memory");
    argp_parse(&argp, argc, argv, 0, NULL, &options);
    for (uint64_t i = 0; i < options.count && result.failures < 5; i++)
        one(&options, options.seed + i, o, &result);
    bool good = summary(&options, &result) && result.failures == 0;
    free(o->g.p);
    free(o);
    return good ? 0 : 1;
}
