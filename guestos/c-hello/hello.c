/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A guest in C without a kernel: prints, computes, takes two traps, halts. */

#include <stdint.h>

#define UART_THR ((volatile uint8_t *)0x10000000)
#define UART_LSR ((volatile uint8_t *)0x10000005)
#define LSR_THRE 0x20
#define LSR_TEMT 0x40
#define FINISHER ((volatile uint32_t *)0x100000)
#define FINISHER_PASS 0x5555
#define FINISHER_FAIL 0x3333

static void put_char(char c)
{
    while (!(*UART_LSR & LSR_THRE))
        ;
    *UART_THR = c;
}

static void put_string(const char *s)
{
    while (*s)
        put_char(*s++);
}

static void put_number(unsigned long n)
{
    if (n >= 10)
        put_number(n / 10);
    put_char('0' + n % 10);
}

/* crt0.S: stops the machine when main returns. */
void halt(int status)
{
    while (!(*UART_LSR & LSR_TEMT))
        ;
    *FINISHER = status ? (uint32_t)status << 16 | FINISHER_FAIL : FINISHER_PASS;
    for (;;)
        ;
}

/* crt0.S: every trap comes here. Returns the pc to go on at: behind the instruction. */
unsigned long trap(unsigned long cause, unsigned long pc, unsigned long value)
{
    uint16_t first = *(const uint16_t *)pc;

    (void)value;
    put_string("trap with cause ");
    put_number(cause);
    put_string("\n");
    return pc + ((first & 3) == 3 ? 4 : 2);
}

/* Steps of the Collatz sequence from n to 1. */
static unsigned collatz(unsigned long n)
{
    unsigned steps = 0;

    for (; n != 1; steps++)
        n = n % 2 ? 3 * n + 1 : n / 2;
    return steps;
}

int main(void)
{
    unsigned long best = 1;

    put_string("hello from C\n");
    for (unsigned long n = 2; n < 1000; n++)
        if (collatz(n) > collatz(best))
            best = n;
    put_string("longest Collatz sequence below 1000: from ");
    put_number(best);
    put_string(", steps ");
    put_number(collatz(best));
    put_string("\n");

    __asm__ volatile("ebreak");
    __asm__ volatile("ecall" ::: "memory");
    return best == 871 ? 0 : 1;
}
