/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The device tree: what QEMU's board of the same shape says of the parts that this one has (Devicetree Specification
 * 0.4; the bindings of the parts).
 */
#include "fdt.h"

#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "bus.h"
#include "clock.h"

enum { PHANDLE_CPU = 1, PHANDLE_INTC, PHANDLE_PLIC, PHANDLE_TEST };
enum { IRQ_MSI = 3, IRQ_MTI = 7, IRQ_SEI = 9, IRQ_MEI = 11 }; /* of the hart, as in mip */
#define UART_CLOCK 3686400                                    /* Hz, as QEMU's */
#define SMALL_RAM (UINT64_C(8) << 20)                         /* see fdt_address() */
#define BIG_ALIGN (UINT64_C(2) << 20)
#define TOP (UINT64_C(3) << 30)
#define STRINGS(list) list, sizeof list /* a list of strings is one literal with NULs inside */

/* --- pieces --------------------------------------------------------------------------------------------------------- */

struct tree {
    void *fdt;
    int error; /* of libfdt, the first one; 0: none */
};

static void check(struct tree *t, int error)
{
    if (!t->error)
        t->error = error;
}

static void property(struct tree *t, const char *name, const void *value, size_t size)
{
    check(t, size > INT32_MAX ? -FDT_ERR_NOSPACE : fdt_property(t->fdt, name, value, (int)size));
}

static void text(struct tree *t, const char *name, const char *value)
{
    property(t, name, value, strlen(value) + 1);
}

static void number(struct tree *t, const char *name, uint32_t value)
{
    check(t, fdt_property_u32(t->fdt, name, value));
}

static void numbers(struct tree *t, const char *name, const uint32_t value[4])
{
    fdt32_t cell[4];
    for (unsigned i = 0; i < 4; i++)
        cell[i] = cpu_to_fdt32(value[i]);
    property(t, name, cell, sizeof cell);
}

static void begin(struct tree *t, const char *name)
{
    check(t, fdt_begin_node(t->fdt, name));
}

static void begin_at(struct tree *t, const char *name, uint64_t address)
{
    char full[40];
    snprintf(full, sizeof full, "%s@%llx", name, (unsigned long long)address);
    begin(t, full);
}

static void end(struct tree *t)
{
    check(t, fdt_end_node(t->fdt));
}

static void reg(struct tree *t, uint64_t base, uint64_t size)
{
    numbers(t, "reg", (uint32_t[]){(uint32_t)(base >> 32), (uint32_t)base, (uint32_t)(size >> 32), (uint32_t)size});
}

static void interrupt(struct tree *t, uint32_t source)
{
    number(t, "interrupts", source);
    number(t, "interrupt-parent", PHANDLE_PLIC);
}

static void address_cells(struct tree *t, uint32_t address, uint32_t size)
{
    number(t, "#address-cells", address);
    number(t, "#size-cells", size);
}

static void controller(struct tree *t, uint32_t phandle)
{
    property(t, "interrupt-controller", 0, 0);
    number(t, "#interrupt-cells", 1);
    number(t, "#address-cells", 0);
    number(t, "phandle", phandle);
}

/* --- nodes ----------------------------------------------------------------------------------------------------------- */

static void chosen_and_memory(struct tree *t, uint64_t base, uint64_t size, const char *bootargs)
{
    begin(t, "chosen");
    text(t, "stdout-path", "/soc/serial@10000000");
    if (bootargs)
        text(t, "bootargs", bootargs);
    end(t);

    begin_at(t, "memory", base);
    text(t, "device_type", "memory");
    reg(t, base, size);
    end(t);
}

static void cpus(struct tree *t, bool hext)
{
    begin(t, "cpus");
    address_cells(t, 1, 0);
    number(t, "timebase-frequency", CLOCK_TIME_HZ);
    begin_at(t, "cpu", 0);
    text(t, "device_type", "cpu");
    number(t, "reg", 0);
    text(t, "status", "okay");
    text(t, "compatible", "riscv");
    text(t, "riscv,isa", hext ? "rv64imach_zicsr_zifencei_sstc" : "rv64imac_zicsr_zifencei_sstc");
    text(t, "mmu-type", "riscv,sv39");
    number(t, "phandle", PHANDLE_CPU);

    begin(t, "interrupt-controller");
    text(t, "compatible", "riscv,cpu-intc");
    controller(t, PHANDLE_INTC);
    end(t);

    end(t);
    begin(t, "cpu-map");
    begin(t, "cluster0");
    begin(t, "core0");
    number(t, "cpu", PHANDLE_CPU);
    end(t);
    end(t);
    end(t);
    end(t);
}

static void interrupt_controllers(struct tree *t)
{
    begin_at(t, "plic", BUS_PLIC);
    property(t, "compatible", STRINGS("sifive,plic-1.0.0\0riscv,plic0"));
    reg(t, BUS_PLIC, BUS_PLIC_SIZE);
    numbers(t, "interrupts-extended", (uint32_t[]){PHANDLE_INTC, IRQ_MEI, PHANDLE_INTC, IRQ_SEI});
    number(t, "riscv,ndev", BUS_IRQS - 1);
    controller(t, PHANDLE_PLIC);
    end(t);

    begin_at(t, "clint", BUS_CLINT);
    property(t, "compatible", STRINGS("sifive,clint0\0riscv,clint0"));
    reg(t, BUS_CLINT, BUS_CLINT_SIZE);
    numbers(t, "interrupts-extended", (uint32_t[]){PHANDLE_INTC, IRQ_MSI, PHANDLE_INTC, IRQ_MTI});
    end(t);
}

static void peripherals(struct tree *t)
{
    begin_at(t, "test", BUS_FINISHER);
    property(t, "compatible", STRINGS("sifive,test1\0sifive,test0\0syscon"));
    reg(t, BUS_FINISHER, BUS_DEVICE_PAGE);
    number(t, "phandle", PHANDLE_TEST);
    end(t);

    begin_at(t, "serial", BUS_UART);
    text(t, "compatible", "ns16550a");
    reg(t, BUS_UART, 0x100);
    number(t, "clock-frequency", UART_CLOCK);
    interrupt(t, BUS_IRQ_UART);
    end(t);

    for (unsigned slot = 0; slot < BUS_VIRTIO_SLOTS; slot++) {
        uint64_t base = BUS_VIRTIO + slot * BUS_DEVICE_PAGE;
        begin_at(t, "virtio_mmio", base);
        text(t, "compatible", "virtio,mmio");
        reg(t, base, BUS_DEVICE_PAGE);
        interrupt(t, BUS_IRQ_VIRTIO + slot);
        end(t);
    }
}

static void power(struct tree *t, const char *name, const char *compatible, uint32_t value)
{
    begin(t, name);
    text(t, "compatible", compatible);
    number(t, "regmap", PHANDLE_TEST);
    number(t, "offset", 0);
    number(t, "value", value);
    end(t);
}

size_t fdt_build(void *tree, size_t room, uint64_t base, uint64_t size, const char *bootargs, bool hext)
{
    struct tree tree_under_way = {.fdt = tree}, *t = &tree_under_way;
    if (room > INT32_MAX || fdt_create(tree, (int)room) || fdt_finish_reservemap(tree))
        return 0;
    begin(t, "");
    address_cells(t, 2, 2);
    text(t, "compatible", "riscv-virtio");
    text(t, "model", "trapeze");
    chosen_and_memory(t, base, size, bootargs);
    cpus(t, hext);
    power(t, "poweroff", "syscon-poweroff", 0x5555);
    power(t, "reboot", "syscon-reboot", 0x7777);
    begin(t, "soc");
    address_cells(t, 2, 2);
    text(t, "compatible", "simple-bus");
    property(t, "ranges", 0, 0);
    interrupt_controllers(t);
    peripherals(t);
    end(t);
    end(t);
    check(t, fdt_finish(tree));
    return t->error ? 0 : fdt_totalsize(tree);
}

uint64_t fdt_address(const struct ram *ram, size_t size)
{
    uint64_t align = ram->size < SMALL_RAM ? PAGE_SIZE : BIG_ALIGN;
    uint64_t top = ram->size < TOP ? ram->size : TOP;
    return size < top ? ram->base + (top - size) / align * align : 0;
}
