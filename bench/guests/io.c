/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The guests' console, their arguments, and their start.
 */
#include "io.h"

#define UART_THR ((volatile uint8_t *)0x10000000)
#define UART_LSR ((volatile uint8_t *)0x10000005)
#define LSR_THRE 0x20
#define LSR_TEMT 0x40
#define FINISHER ((volatile uint32_t *)0x100000)
#define FINISHER_PASS 0x5555u
#define FINISHER_FAIL 0x13333u

static void put_text(const char *s)
{
    for (; *s; s++) {
        while (!(*UART_LSR & LSR_THRE))
            ;
        *UART_THR = (uint8_t)*s;
    }
}

static void put_number(uint64_t n)
{
    char text[] = "0x0000000000000000";
    for (char *digit = text + sizeof text - 2; n; n >>= 4)
        *digit-- = (char)((n & 15) < 10 ? '0' + (n & 15) : 'a' + (n & 15) - 10);
    put_text(text);
}

static void stop(uint32_t value)
{
    while (!(*UART_LSR & LSR_TEMT))
        ;
    *FINISHER = value;
    for (;;)
        ;
}

void finish(uint64_t checksum)
{
    put_text("checksum ");
    put_number(checksum);
    put_text("\n");
    stop(FINISHER_PASS);
    __builtin_unreachable();
}

void fail(uint64_t cause, uint64_t pc)
{
    put_text("trap ");
    put_number(cause);
    put_text(" at ");
    put_number(pc);
    put_text("\n");
    stop(FINISHER_FAIL);
    __builtin_unreachable();
}

/* --- arguments ---------------------------------------------------------------------------------------------------------- */

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* The property `name` of the first node that has it, or nothing: the only "bootargs" is /chosen's. The structure block is
 * tokens: 1 node (its name follows), 2 end of it, 3 property (length, offset of its name, value), 4 nothing, 9 the end. */
static const char *find_property(const uint8_t *fdt, const char *name)
{
    const uint8_t *p = fdt + big_endian(fdt + 8);
    const char *names = (const char *)fdt + big_endian(fdt + 12);

    if (big_endian(fdt) != 0xd00dfeed)
        return "";
    for (;;) {
        uint32_t token = big_endian(p), length = 0;
        p += 4;
        if (token == 1) {
            while (p[length++])
                ;
        } else if (token == 3) {
            length = big_endian(p) + 8;
            if (equal(names + big_endian(p + 4), name))
                return (const char *)p + 8;
        } else if (token == 9) {
            return "";
        }
        p += (length + 3) & ~3u;
    }
}

/* --- start -------------------------------------------------------------------------------------------------------------- */

/* Goes on in a lower mode, with paging, and with system calls left to S-mode if that is the mode. */
static void run_paged(uint64_t n, unsigned mode)
{
    paging_permit();
    csr_write(satp, paging_make(0));
    __asm__ volatile("sfence.vma" ::: "memory");
    if (mode == MODE_S)
        csr_write(medeleg, 1 << 8);
    enter(n, mode, mode == MODE_S ? SUPERVISOR_VIEW : 0);
}

/* crt0.S: the device tree is there. */
void start(const uint8_t *fdt)
{
    const char *args = find_property(fdt, "bootargs");
    uint64_t n = 0;

    for (; *args >= '0' && *args <= '9'; args++)
        n = 10 * n + (uint64_t)(*args - '0');
    while (*args == ' ')
        args++;
    if (!n)
        n = default_count;
    if (default_mode == MODE_S)
        run_paged(n, MODE_S);
    if (equal(args, "paged"))
        run_paged(n, MODE_U);
    finish(run(n));
}
