/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kernels that hang, each in its way: HANG=wfi, stack, stvec, device. For ../hangs.sh.
 */
__attribute__((naked, section(".text.start"))) void _start(void)
{
    __asm__("lui sp, 0x80100 >> 0 & 0xfffff\n slli sp, sp, 32\n srli sp, sp, 32\n j start");
}

static void put(const char *s)
{
    while (*s)
        *(volatile char *)0x10000000 = *s++;
}

__attribute__((noinline)) void sleep_well(void)
{
    for (;;)
        __asm__ volatile("wfi");
}

__attribute__((noinline)) int dig(volatile int *above)
{
    volatile int here[1000];
    here[0] = *above + 1;
    return dig(here) + here[0];
}

__attribute__((noinline)) void supervisor(void)
{
    put("S-mode\n");
    __asm__ volatile("csrr a0, mstatus");
}

__attribute__((noinline)) void enter_supervisor(void)
{
    __asm__ volatile(
        "csrw medeleg, %0\n csrw pmpaddr0, %1\n csrw pmpcfg0, %2\n csrw stvec, zero\n csrw mepc, %3" ::"r"(0xb1ff),
        "r"(-1L), "r"(0x1f), "r"(supervisor));
    __asm__ volatile("li t0, 0x1800\n csrc mstatus, t0\n li t0, 0x800\n csrs mstatus, t0\n mret" ::: "t0");
}

__attribute__((noinline)) void wait_for_disk(void)
{
    while (!(*(volatile unsigned *)0x10001060 & 1))
        ;
}

enum { wfi, stack, stvec, device };

__attribute__((used)) static void start(void)
{
    volatile int top = 0;
    put("ready\n");
    switch (HANG) {
    case wfi:
        sleep_well();
        break;
    case stack:
        dig(&top);
        break;
    case stvec:
        enter_supervisor();
        break;
    case device:
        wait_for_disk();
        break;
    }
}
