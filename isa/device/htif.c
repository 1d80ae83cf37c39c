/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTIF, by which test programs talk to the simulator: two doublewords of RAM at the symbols tohost and fromhost.
 * (There is no manual; the meaning is that of the RISC-V ISA simulator.)
 *
 *   tohost   63    56 55     48 47          0
 *           | device | command |   payload   |
 *
 *   device 0, command 0: odd: the end of the run with status payload >> 1; even: a system call, at this address
 *   device 1, command 1: print a character. Everything else is taken and not answered.
 */
#include "device.h"

enum { HTIF_SYSCALL = 0x0000, HTIF_PUTCHAR = 0x0101 }; /* device << 8 | command */
enum { CALL_NUMBER, CALL_FD, CALL_BUFFER, CALL_LENGTH, CALL_WORDS };
enum { SYS_WRITE = 64, ERROR_BADF = -9, ERROR_FAULT = -14, ERROR_NOSYS = -38 }; /* numbers of Linux on RISC-V */

/* Does nothing where that is not RAM: an image need not have a fromhost. */
static void htif_put_word(struct bus *bus, uint64_t pa, uint64_t value)
{
    uint8_t *word = ram_at(&bus->ram, pa, 8);
    if (!word)
        return;
    bus->host->dma_write(bus->host->context, pa, 8);
    bytes_put(word, 8, value);
}

static int64_t htif_write(struct bus *bus, uint64_t fd, uint64_t buffer, uint64_t length)
{
    const uint8_t *bytes = ram_at(&bus->ram, buffer, length);
    if (fd != 1 && fd != 2)
        return ERROR_BADF;
    if (!bytes)
        return ERROR_FAULT;
    for (uint64_t i = 0; i < length; i++)
        bus->host->console_put(bus->host->context, bytes[i]);
    return (int64_t)length;
}

/* The block at pa has the number and arguments of a call; the result goes where the number was. */
static void htif_syscall(struct bus *bus, uint64_t pa)
{
    const uint8_t *block = ram_at(&bus->ram, pa, 8 * CALL_WORDS);
    if (!block)
        return;
    uint64_t word[CALL_WORDS];
    for (unsigned i = 0; i < CALL_WORDS; i++)
        word[i] = bytes_get(block + 8 * i, 8);
    int64_t result =
        word[CALL_NUMBER] == SYS_WRITE ? htif_write(bus, word[CALL_FD], word[CALL_BUFFER], word[CALL_LENGTH]) : ERROR_NOSYS;
    htif_put_word(bus, pa, (uint64_t)result);
}

void bus_htif(struct bus *bus)
{
    const uint8_t *word = ram_at(&bus->ram, bus->htif_tohost, 8);
    uint64_t value = word ? bytes_get(word, 8) : 0;
    uint64_t payload = value & ((UINT64_C(1) << 48) - 1);
    if (!value)
        return;
    if (value >> 48 == HTIF_SYSCALL && (payload & 1)) {
        bus_end(bus, BUS_STOP_HTIF, payload >> 1); /* tohost stays, as the rest of the final state */
        return;
    }
    if (value >> 48 == HTIF_PUTCHAR)
        bus->host->console_put(bus->host->context, (uint8_t)payload);
    htif_put_word(bus, bus->htif_tohost, 0);
    if (value >> 48 == HTIF_SYSCALL) {
        htif_syscall(bus, payload);
        htif_put_word(bus, bus->htif_fromhost, 1);
    }
}
