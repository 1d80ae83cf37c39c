/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a board is given before its first instruction: the device tree, the ROM, images, HTIF words, drives.
 */
#include <libfdt.h>

#include "board.h"
#include "files.h"

#include "isa/drive.h"
#include "isa/fdt.h"
#include "isa/guest.h"

static uint8_t tree[FDT_ROOM + FDT_BOOTARGS];

/* --- the tree -------------------------------------------------------------------------------------------------------- */

static int node(const char *path)
{
    int offset = fdt_path_offset(tree, path);
    assert_true(offset >= 0);
    return offset;
}

static const void *property(const char *path, const char *name, int size)
{
    int length;
    const void *value = fdt_getprop(tree, node(path), name, &length);
    assert_non_null(value);
    if (size >= 0)
        assert_int_equal(length, size);
    return value;
}

static uint32_t cell(const char *path, const char *name, unsigned i)
{
    return fdt32_ld((const fdt32_t *)property(path, name, -1) + i);
}

static void assert_text(const char *path, const char *name, const char *text)
{
    assert_string_equal(property(path, name, (int)strlen(text) + 1), text);
}

static void assert_reg(const char *path, uint64_t base, uint64_t size)
{
    property(path, "reg", 16);
    assert_int_equal((uint64_t)cell(path, "reg", 0) << 32 | cell(path, "reg", 1), base);
    assert_int_equal((uint64_t)cell(path, "reg", 2) << 32 | cell(path, "reg", 3), size);
}

static void the_tree_describes_the_board(void **state)
{
    (void)state;
    size_t size = fdt_build(tree, sizeof tree, RAM_BASE, UINT64_C(5) << 30, "one two", false);
    assert_true(size > 0 && size <= FDT_ROOM);
    assert_int_equal(fdt_check_full(tree, size), 0);
    assert_text("/chosen", "bootargs", "one two");
    assert_text("/chosen", "stdout-path", "/soc/serial@10000000");
    assert_text("/memory@80000000", "device_type", "memory");
    assert_reg("/memory@80000000", RAM_BASE, UINT64_C(5) << 30);
    assert_int_equal(cell("/cpus", "timebase-frequency", 0), 10000000);
    assert_text("/cpus/cpu@0", "riscv,isa", "rv64imac_zicsr_zifencei_sstc");
    assert_text("/cpus/cpu@0", "mmu-type", "riscv,sv39");
    assert_text("/cpus/cpu@0", "compatible", "riscv");
    assert_text("/cpus/cpu@0", "status", "okay");
    assert_int_equal(cell("/cpus/cpu@0", "reg", 0), 0);
    assert_text("/cpus/cpu@0/interrupt-controller", "compatible", "riscv,cpu-intc");
    assert_text("/soc/serial@10000000", "compatible", "ns16550a");
    assert_reg("/soc/serial@10000000", BUS_UART, 0x100);
    assert_int_equal(cell("/soc/serial@10000000", "interrupts", 0), 10);
    assert_reg("/soc/plic@c000000", BUS_PLIC, BUS_PLIC_SIZE);
    assert_int_equal(cell("/soc/plic@c000000", "riscv,ndev", 0), 31);
    assert_reg("/soc/clint@2000000", BUS_CLINT, BUS_CLINT_SIZE);
    assert_reg("/soc/test@100000", BUS_FINISHER, 0x1000);
    assert_reg("/soc/virtio_mmio@10001000", BUS_VIRTIO, 0x1000);
    assert_reg("/soc/virtio_mmio@10008000", BUS_VIRTIO + 0x7000, 0x1000);
    assert_int_equal(cell("/soc/virtio_mmio@10008000", "interrupts", 0), 8);
}

static void its_parts_point_at_each_other(void **state)
{
    (void)state;
    assert_true(fdt_build(tree, sizeof tree, RAM_BASE, BOARD_RAM, NULL, false));
    assert_null(fdt_getprop(tree, node("/chosen"), "bootargs", NULL));
    uint32_t hart = cell("/cpus/cpu@0/interrupt-controller", "phandle", 0), plic = cell("/soc/plic@c000000", "phandle", 0);
    assert_int_equal(cell("/soc/serial@10000000", "interrupt-parent", 0), plic);
    assert_int_equal(cell("/soc/virtio_mmio@10001000", "interrupt-parent", 0), plic);
    const uint32_t to_plic[] = {hart, 11, hart, 9}, to_clint[] = {hart, 3, hart, 7};
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(cell("/soc/plic@c000000", "interrupts-extended", i), to_plic[i]);
        assert_int_equal(cell("/soc/clint@2000000", "interrupts-extended", i), to_clint[i]);
    }
    assert_int_equal(cell("/poweroff", "regmap", 0), cell("/soc/test@100000", "phandle", 0));
    assert_int_equal(cell("/poweroff", "value", 0), 0x5555);
    assert_int_equal(cell("/reboot", "value", 0), 0x7777);
    assert_int_equal(cell("/cpus/cpu-map/cluster0/core0", "cpu", 0), cell("/cpus/cpu@0", "phandle", 0));
}

static void a_tree_that_does_not_fit_is_none(void **state)
{
    (void)state;
    size_t size = fdt_build(tree, sizeof tree, RAM_BASE, BOARD_RAM, "x", false);
    for (size_t room = 0; room < size; room++)
        assert_int_equal(fdt_build(tree, room, RAM_BASE, BOARD_RAM, "x", false), 0);
    assert_int_equal(fdt_build(tree, size, RAM_BASE, BOARD_RAM, "x", false), size);
}

static void its_place_is_near_the_end_of_ram(void **state)
{
    (void)state;
    static const struct {
        uint64_t ram, size, at;
    } cases[] = {
        {UINT64_C(128) << 20, 8192, 0x87e00000},
        {UINT64_C(8) << 20, 8192, 0x80600000},
        {UINT64_C(4) << 20, 8192, 0x803fe000},
        {UINT64_C(4) << 20, 8193, 0x803fd000},
        {0x4000, 8192, 0x80002000},
        {UINT64_C(8) << 30, 8192, UINT64_C(0x13fe00000)},
        {0x1000, 8192, 0},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(fdt_address(&(struct ram){NULL, RAM_BASE, cases[i].ram}, cases[i].size), cases[i].at);
}

/* --- the whole board ------------------------------------------------------------------------------------------------- */

static char message[512];

static bool try_load(struct board *b, struct guest *guest, struct guest_config config)
{
    message[0] = 0;
    return guest_load(guest, &b->bus, &config, message, sizeof message);
}

static void the_rom_starts_the_image(void **state)
{
    struct board *b = *state;
    struct guest guest;
    assert_true(try_load(b, &guest, (struct guest_config){.image = file_make("one", "first", 5), .append = "args"}));
    assert_int_equal(guest.reset_pc, 0x1000);
    assert_memory_equal(b->ram, "first", 5);
    static const uint32_t code[] = {0x00000297, 0x02828613, 0xf1402573, 0x0202b583, 0x0182b283, 0x00028067}; /* as QEMU's */
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(load(b, 0x1000 + 4 * i, 4), code[i]);
    assert_int_equal(load(b, 0x1018, 8), RAM_BASE);
    assert_int_equal(load(b, 0x1020, 8), guest.dtb);
    static const uint64_t dynamic[] = {0x4942534f, 2, 0, 1, 0, 0};
    for (unsigned i = 0; i < 6; i++)
        assert_int_equal(load(b, 0x1028 + 8 * i, 8), dynamic[i]);
    assert_true(b->announced[0] && b->announced[4] && !b->announced[5]);
    assert_true(b->announced[guest.dtb - RAM_BASE]);
    memcpy(tree, ram_at(&b->bus.ram, guest.dtb, FDT_ROOM), FDT_ROOM);
    assert_text("/chosen", "bootargs", "args");
    assert_reg("/memory@80000000", RAM_BASE, BOARD_RAM);
    assert_null(guest.kernel.path);
    guest_free(&guest);
}

static void ignore(void *context, uint64_t pa, uint64_t n)
{
    (void)context, (void)pa, (void)n;
}

/* Two raw images take more RAM than the board has. */
static void a_second_image_is_the_next_stage(void **state)
{
    struct board *b = *state;
    struct guest guest;
    uint64_t size = UINT64_C(8) << 20;
    b->bus.ram = (struct ram){calloc(1, size), RAM_BASE, size};
    b->host.dma_write = ignore;
    struct guest_config ways[] = {
        {.bios = file_make("one", "bios", 4), .image = file_make("two", "kernel", 6)},
        {.bios = file_path("one"), .kernel = file_path("two")},
        {.image = file_path("one"), .kernel = file_path("two")},
    };
    for (unsigned i = 0; i < 3; i++) {
        memset(b->bus.ram.bytes, 0, size);
        assert_true(try_load(b, &guest, ways[i]));
        assert_memory_equal(b->bus.ram.bytes, "bios", 4);
        assert_memory_equal(b->bus.ram.bytes + 0x200000, "kernel", 6);
        assert_int_equal(load(b, 0x1018, 8), RAM_BASE);
        assert_int_equal(load(b, 0x1038, 8), GUEST_KERNEL_BASE);
        assert_int_equal(guest.kernel.entry, GUEST_KERNEL_BASE);
        guest_free(&guest);
    }
    assert_true(try_load(b, &guest,
                         (struct guest_config){.bios = file_path("one"), .kernel = "tests/fuzz/corpus/image/symbols.elf"}));
    assert_int_equal(b->bus.htif_tohost, RAM_BASE + 0x1000);
    guest_free(&guest);
    free(b->bus.ram.bytes);
}

static void refused(struct board *b, struct guest_config config, const char *start, const char *part)
{
    struct guest guest;
    assert_false(try_load(b, &guest, config));
    assert_message(message, start, part);
    assert_null(guest.image.path);
}

static void bad_combinations_are_refused(void **state)
{
    struct board *b = *state;
    const char *one = file_make("one", "first", 5);
    char *big = calloc(1, BOARD_RAM), *arguments = calloc(1, FDT_BOOTARGS + 1);
    memset(arguments, 'a', FDT_BOOTARGS);
    refused(b, (struct guest_config){0}, "no image given", "");
    refused(b, (struct guest_config){.image = "i", .bios = "b", .kernel = "k"},
            "i: ", "there is a --bios (b) and a --kernel (k) already");
    refused(b, (struct guest_config){.image = file_path("none")}, file_path("none"), "No such file");
    refused(b, (struct guest_config){.image = one, .kernel = file_path("none")}, file_path("none"), "No such file");
    refused(b, (struct guest_config){.image = one, .kernel = one}, one, "is outside of RAM");
    refused(b, (struct guest_config){.image = file_make("big", big, BOARD_RAM - 4096)}, file_path("big"),
            "leaves no room for the device tree");
    refused(b, (struct guest_config){.image = one, .append = arguments}, "boot arguments of 4096 bytes", "at most 4095");
    refused(b, (struct guest_config){.image = one, .drive_count = 9}, "9 drives", "at most 8");
    arguments[FDT_BOOTARGS - 1] = 0;
    struct guest guest;
    assert_true(try_load(b, &guest, (struct guest_config){.image = one, .append = arguments}));
    guest_free(&guest);
    b->bus.ram.size = 4096;
    refused(b, (struct guest_config){.image = one}, "memory of 4096 bytes", "no room for a device tree");
    free(big);
    free(arguments);
}

static void drives_go_into_slots(void **state)
{
    struct board *b = *state;
    static char sectors[1024];
    struct guest guest;
    struct guest_config config = {.image = file_make("one", "first", 5), .drive_count = 2};
    char option[600];
    snprintf(option, sizeof option, "%s,readonly", file_make("disk", sectors, 1024));
    config.drive[0] = drive_open(file_path("disk"), false, message, sizeof message);
    config.drive[1] = drive_open(option, true, message, sizeof message);
    assert_true(try_load(b, &guest, config));
    assert_true(b->bus.virtio[0].kind && !b->bus.virtio[0].readonly);
    assert_true(b->bus.virtio[1].kind && b->bus.virtio[1].readonly);
    assert_int_equal(b->bus.virtio[1].sectors, 2);
    assert_false(b->bus.virtio[2].kind);
    guest_free(&guest);
    drive_close(config.drive[0]);
    drive_close(config.drive[1]);
}

/* The seed of the fuzz target has both symbols; see there for its source. */
static void htif_words_are_found(void **state)
{
    struct board *b = *state;
    struct guest guest;
    assert_true(try_load(b, &guest, (struct guest_config){.image = "tests/fuzz/corpus/image/symbols.elf"}));
    assert_int_equal(b->bus.htif_tohost, RAM_BASE + 0x1000);
    assert_int_equal(b->bus.htif_fromhost, RAM_BASE + 0x1008);
    guest_free(&guest);
    assert_true(try_load(b, &guest, (struct guest_config){.image = file_make("one", "first", 5)}));
    assert_int_equal(b->bus.htif_tohost, 0);
    guest_free(&guest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tree_describes_the_board),
        cmocka_unit_test(its_parts_point_at_each_other),
        cmocka_unit_test(a_tree_that_does_not_fit_is_none),
        cmocka_unit_test(its_place_is_near_the_end_of_ram),
        BOARD_TEST(the_rom_starts_the_image),
        BOARD_TEST(a_second_image_is_the_next_stage),
        BOARD_TEST(bad_combinations_are_refused),
        BOARD_TEST(drives_go_into_slots),
        BOARD_TEST(htif_words_are_found),
    };
    return cmocka_run_group_tests(tests, files_setup, files_teardown);
}
