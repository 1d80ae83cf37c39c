/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A board before its first instruction. The reset ROM is QEMU's:
 *
 *   0x1000  auipc t0, 0 ...         a0 = mhartid, a1 = the device tree, a2 = fw_dynamic_info; jump to the first image
 *   0x1018  entry of the first image
 *   0x1020  address of the device tree
 *   0x1028  fw_dynamic_info (OpenSBI, include/sbi/fw_dynamic.h)
 */
#include "guest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "fdt.h"

#define ROM_ENTRY 24
#define ROM_DTB 32
#define ROM_DYNAMIC 40

static const uint32_t rom_code[] = {
    0x00000297, /* auipc t0, 0 */
    0x02828613, /* addi  a2, t0, ROM_DYNAMIC */
    0xf1402573, /* csrr  a0, mhartid */
    0x0202b583, /* ld    a1, ROM_DTB(t0) */
    0x0182b283, /* ld    t0, ROM_ENTRY(t0) */
    0x00028067, /* jr    t0 */
};
_Static_assert(sizeof rom_code == ROM_ENTRY, "the data follows the code");

enum { DYNAMIC_MAGIC = 0x4942534f, DYNAMIC_VERSION = 2, DYNAMIC_MODE_S = 1 };

static void write_rom(struct bus *bus, const struct guest *guest)
{
    const uint64_t dynamic[] = {
        DYNAMIC_MAGIC,  DYNAMIC_VERSION, guest->kernel.path ? guest->kernel.entry : 0,
        DYNAMIC_MODE_S, 0 /* options */, 0 /* boot hart */,
    };
    _Static_assert(ROM_DYNAMIC + sizeof dynamic <= BUS_ROM_SIZE, "the ROM is large enough");
    memcpy(bus->rom, rom_code, sizeof rom_code);
    bytes_put(bus->rom + ROM_ENTRY, 8, guest->image.entry);
    bytes_put(bus->rom + ROM_DTB, 8, guest->dtb);
    memcpy(bus->rom + ROM_DYNAMIC, dynamic, sizeof dynamic);
}

/* --- images ---------------------------------------------------------------------------------------------------------- */

/* Which file starts, and which one is only loaded (NULL: none): see struct guest_config. */
static bool choose(const struct guest_config *c, const char **first, const char **second, char *error, size_t n)
{
    const char *given[3];
    unsigned count = 0;
    if (c->bios)
        given[count++] = c->bios;
    if (c->image)
        given[count++] = c->image;
    if (c->kernel)
        given[count++] = c->kernel;
    *first = count > 0 ? given[0] : NULL;
    *second = count > 1 ? given[1] : NULL;
    if (count == 0)
        snprintf(error, n, "no image given");
    else if (count == 3)
        snprintf(error, n, "%s: there is a --bios (%s) and a --kernel (%s) already", c->image, c->bios, c->kernel);
    return count == 1 || count == 2;
}

static void tell(struct bus *bus, const struct image *image)
{
    for (unsigned i = 0; i < image->segment_count; i++)
        bus->host->dma_write(bus->host->context, image->segment[i].pa, image->segment[i].size);
}

static bool load_images(struct guest *guest, struct bus *bus, const struct guest_config *c, char *error, size_t n)
{
    const char *first, *second;
    if (!choose(c, &first, &second, error, n))
        return false;
    if (!image_load(&guest->image, first, &bus->ram, bus->ram.base, NULL, error, n))
        return false;
    tell(bus, &guest->image);
    if (!second)
        return true;
    uint64_t raw_base = bus->ram.base + (GUEST_KERNEL_BASE - RAM_BASE);
    if (!image_load(&guest->kernel, second, &bus->ram, raw_base, &guest->image, error, n))
        return false;
    tell(bus, &guest->kernel);
    return true;
}

/* --- the device tree ------------------------------------------------------------------------------------------------- */

static bool apart(const struct image *image, uint64_t base, uint64_t size, char *error, size_t n)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];
        if (s->pa < base + size && base < s->pa + s->size) {
            snprintf(error, n,
                     "%s: segment %u (0x%" PRIx64 "-0x%" PRIx64 ") leaves no room for the device tree at 0x%" PRIx64
                     "; give it more memory",
                     image->path, i, s->pa, s->pa + s->size - 1, base);
            return false;
        }
    }
    return true;
}

static size_t tree_room(const char *append)
{
    return FDT_ROOM + (append ? strlen(append) + 1 : 0);
}

/* The tree's whole room is kept free, since firmware adds to it in place. */
static bool place_tree(struct guest *guest, struct bus *bus, const char *append, bool hext, char *error, size_t n)
{
    size_t arguments = append ? strlen(append) + 1 : 0;
    if (arguments > FDT_BOOTARGS) {
        snprintf(error, n, "boot arguments of %zu bytes: at most %u", arguments - 1, FDT_BOOTARGS - 1);
        return false;
    }
    size_t room = tree_room(append);
    guest->dtb = fdt_address(&bus->ram, room);
    uint8_t *to = guest->dtb ? ram_at(&bus->ram, guest->dtb, room) : NULL;
    if (!to) {
        snprintf(error, n, "memory of %" PRIu64 " bytes has no room for a device tree", bus->ram.size);
        return false;
    }
    if (!apart(&guest->image, guest->dtb, room, error, n) || !apart(&guest->kernel, guest->dtb, room, error, n))
        return false;
    bus->host->dma_write(bus->host->context, guest->dtb, room);
    if (!fdt_build(to, room, bus->ram.base, bus->ram.size, append, hext)) {
        snprintf(error, n, "the device tree does not fit into %zu bytes", room);
        return false;
    }
    return true;
}

/* --- HTIF and drives ------------------------------------------------------------------------------------------------- */

/* The address of a doubleword that the first image names, else the second; 0 if neither does. */
static bool find_word(const struct guest *guest, const struct ram *ram, const char *name, uint64_t *pa, char *error,
                      size_t n)
{
    const struct image *image = &guest->image;
    const struct image_symbol *symbol = image_find(image, name);
    if (!symbol && guest->kernel.path)
        symbol = image_find(image = &guest->kernel, name);
    *pa = symbol ? image_physical(image, symbol->address) : 0;
    if (!symbol || (ram_at(ram, *pa, 8) && *pa % 8 == 0))
        return true;
    snprintf(error, n, "%s: %s at 0x%" PRIx64 " is not an aligned doubleword of RAM", image->path, name, symbol->address);
    return false;
}

static bool connect(struct guest *guest, struct bus *bus, const struct guest_config *c, char *error, size_t n)
{
    if (c->drive_count + c->device_count > BUS_VIRTIO_SLOTS) {
        snprintf(error, n, "%u drives and devices: at most %u", c->drive_count + c->device_count, BUS_VIRTIO_SLOTS);
        return false;
    }
    for (unsigned i = 0; i < c->drive_count; i++)
        bus_add_disk(bus, i, drive_sectors(c->drive[i]), drive_readonly(c->drive[i]));
    for (unsigned i = 0; i < c->device_count; i++)
        if (c->device[i] == VIRTIO_RNG)
            bus_add_rng(bus, c->drive_count + i, c->seed + i);
        else
            bus_add_console(bus, c->drive_count + i);
    return find_word(guest, &bus->ram, "tohost", &bus->htif_tohost, error, n) &&
           find_word(guest, &bus->ram, "fromhost", &bus->htif_fromhost, error, n);
}

/* --- for a reset ----------------------------------------------------------------------------------------------------- */

/* A part of RAM as it was loaded: these bytes, then zeros. */
struct guest_part {
    uint64_t pa, size, filled;
    uint8_t *bytes;
};

static bool keep_part(struct guest *guest, const struct ram *ram, uint64_t pa, uint64_t size, uint64_t filled)
{
    struct guest_part *part = &guest->part[guest->part_count];
    *part = (struct guest_part){pa, size, filled, malloc(filled ? filled : 1)};
    if (!part->bytes)
        return false;
    guest->part_count++;
    if (filled)
        memcpy(part->bytes, ram_at(ram, pa, filled), filled);
    return true;
}

static bool keep_image(struct guest *guest, const struct ram *ram, const struct image *image)
{
    for (unsigned i = 0; i < image->segment_count; i++) {
        const struct image_segment *s = &image->segment[i];
        if (!keep_part(guest, ram, s->pa, s->size, s->filled))
            return false;
    }
    return true;
}

static bool keep(struct guest *guest, const struct bus *bus, uint64_t tree_room, char *error, size_t n)
{
    guest->part = calloc(guest->image.segment_count + guest->kernel.segment_count + 1, sizeof *guest->part);
    if (guest->part && keep_image(guest, &bus->ram, &guest->image) && keep_image(guest, &bus->ram, &guest->kernel) &&
        keep_part(guest, &bus->ram, guest->dtb, tree_room, tree_room))
        return true;
    snprintf(error, n, "%s: out of memory", guest->image.path);
    return false;
}

void guest_reload(const struct guest *guest, struct bus *bus)
{
    for (unsigned i = 0; i < guest->part_count; i++) {
        const struct guest_part *part = &guest->part[i];
        uint8_t *to = ram_at(&bus->ram, part->pa, part->size);
        bus->host->dma_write(bus->host->context, part->pa, part->size);
        memcpy(to, part->bytes, part->filled);
        memset(to + part->filled, 0, part->size - part->filled);
    }
}

bool guest_load(struct guest *guest, struct bus *bus, const struct guest_config *config, char *error, size_t n)
{
    *guest = (struct guest){.reset_pc = BUS_ROM_BASE};
    if (load_images(guest, bus, config, error, n) && place_tree(guest, bus, config->append, config->hext, error, n) &&
        connect(guest, bus, config, error, n) && keep(guest, bus, tree_room(config->append), error, n)) {
        write_rom(bus, guest);
        return true;
    }
    guest_free(guest);
    return false;
}

void guest_free(struct guest *guest)
{
    image_free(&guest->image);
    image_free(&guest->kernel);
    for (unsigned i = 0; i < guest->part_count; i++)
        free(guest->part[i].bytes);
    free(guest->part);
    *guest = (struct guest){0};
}
