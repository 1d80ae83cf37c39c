/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The virtio block device (virtio 1.1, 5.2): what a request asks, how long it takes, doing it.
 *
 *   read by the device                         written by the device
 *   | type 4 | reserved 4 | sector 8 | data ... |   | data ... | status 1 |
 *
 * The pieces that a chain cuts this into are the driver's choice, except that each piece of data must be whole sectors.
 */
#include "virtio.h"
#include "virtq.h"

enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum { STATUS_OK = 0, STATUS_IOERR = 1, STATUS_UNSUPP = 2 };
enum { HEADER_SECTOR = 8, HEADER_SIZE = 16, ID_SIZE = 20 };
static const char disk_id[ID_SIZE] = "trapeze-disk";

#define F_SEG_MAX (UINT64_C(1) << 2)
#define F_RO (UINT64_C(1) << 5)
#define F_BLK_SIZE (UINT64_C(1) << 6)
#define F_FLUSH (UINT64_C(1) << 9)

enum { CONFIG_CAPACITY = 0, CONFIG_SEG_MAX = 12, CONFIG_BLK_SIZE = 20 };

enum { TIME_COMMAND = 2000, TIME_SECTOR = 500, TIME_FLUSH = 5000 }; /* V */

struct request {
    struct virtq_chain chain; /* without the header and the status byte: data only */
    uint32_t type;
    uint64_t sector, sectors; /* of TYPE_IN and TYPE_OUT */
    uint64_t status_pa;
    uint8_t status; /* what is known of it before anything was done */
};

/* Takes the first HEADER_SIZE bytes off the pieces that are read. */
static bool take_header(const struct ram *ram, struct virtq_chain *chain, uint8_t header[HEADER_SIZE])
{
    uint64_t have = 0;
    for (unsigned i = 0; i < chain->reads && have < HEADER_SIZE; i++) {
        struct virtq_piece *piece = &chain->piece[i];
        uint64_t n = piece->length < HEADER_SIZE - have ? piece->length : HEADER_SIZE - have;
        __builtin_memcpy(header + have, ram_at(ram, piece->pa, n), n);
        piece->pa += n;
        piece->length -= n;
        have += n;
    }
    return have == HEADER_SIZE;
}

/* Takes the last byte off the pieces that are written, also of a chain that is not sound. */
static bool take_status(const struct bus *bus, struct request *r)
{
    for (unsigned i = r->chain.count; i-- > 0;) {
        struct virtq_piece *piece = &r->chain.piece[i];
        if (piece->write && piece->length > 0) {
            r->status_pa = piece->pa + --piece->length;
            return bus_dma_place(bus, r->status_pa, 1);
        }
    }
    return false;
}

/* Bytes in pieces [from, to). At most VIRTQ_MAX * 2^32: no overflow. */
static uint64_t length_of(const struct virtq_chain *chain, unsigned from, unsigned to)
{
    uint64_t length = 0;
    for (unsigned i = from; i < to; i++)
        length += chain->piece[i].length;
    return length;
}

/* Of a transfer: is the data on the right side, of whole sectors, and on the disk? */
static bool transfer_good(const struct virtio *v, struct request *r)
{
    const struct virtq_chain *chain = &r->chain;
    uint64_t to_disk = length_of(chain, 0, chain->reads), from_disk = length_of(chain, chain->reads, chain->count);
    for (unsigned i = 0; i < chain->count; i++)
        if (chain->piece[i].length % VIRTIO_SECTOR)
            return false;
    if (r->type == TYPE_OUT ? v->readonly || from_disk : to_disk != 0)
        return false;
    r->sectors = (to_disk + from_disk) / VIRTIO_SECTOR;
    return r->sector <= v->sectors && r->sectors <= v->sectors - r->sector;
}

/* Understands the request at `head`. False if it has no status byte. */
static bool request_read(const struct bus *bus, unsigned slot, uint16_t head, struct request *r)
{
    const struct virtio *v = &bus->virtio[slot];
    uint8_t header[HEADER_SIZE];
    r->sectors = 0;
    r->type = UINT32_MAX;
    r->status = STATUS_IOERR;
    if (!virtq_chain(&bus->ram, &v->queue[0], head, &r->chain) || !take_status(bus, r))
        return false;
    if (!r->chain.sound || !take_header(&bus->ram, &r->chain, header))
        return true;
    r->type = (uint32_t)bytes_get(header, 4);
    r->sector = bytes_get(header + HEADER_SECTOR, 8);
    if (r->type == TYPE_IN || r->type == TYPE_OUT)
        r->status = transfer_good(v, r) ? STATUS_OK : STATUS_IOERR;
    else
        r->status = r->type == TYPE_FLUSH || r->type == TYPE_GET_ID ? STATUS_OK : STATUS_UNSUPP;
    return true;
}

static uint64_t block_time(const struct bus *bus, unsigned slot, unsigned queue, uint16_t head)
{
    (void)queue;
    struct request r;
    if (!request_read(bus, slot, head, &r) || r.status != STATUS_OK)
        return TIME_COMMAND;
    return r.type == TYPE_FLUSH ? TIME_FLUSH : TIME_COMMAND + TIME_SECTOR * r.sectors;
}

/* Moves the data; *written grows by what went to RAM. */
static uint8_t transfer(struct bus *bus, unsigned slot, const struct request *r, uint32_t *written)
{
    const struct bus_host *host = bus->host;
    bool write = r->type == TYPE_OUT;
    uint64_t sector = r->sector;
    for (unsigned i = 0; i < r->chain.count; i++) {
        const struct virtq_piece *piece = &r->chain.piece[i];
        uint64_t count = piece->length / VIRTIO_SECTOR;
        if (count && !host->disk_transfer(host->context, slot, write, sector, count, piece->pa))
            return STATUS_IOERR;
        sector += count;
        *written += write ? 0 : (uint32_t)piece->length;
    }
    return STATUS_OK;
}

static uint8_t get_id(struct bus *bus, const struct request *r, uint32_t *written)
{
    uint64_t done = 0;
    for (unsigned i = r->chain.reads; i < r->chain.count && done < ID_SIZE; i++) {
        const struct virtq_piece *piece = &r->chain.piece[i];
        uint64_t n = piece->length < ID_SIZE - done ? piece->length : ID_SIZE - done;
        uint8_t *to = bus_dma_place(bus, piece->pa, n);
        if (!to)
            return STATUS_IOERR;
        bus->host->dma_write(bus->host->context, piece->pa, n);
        __builtin_memcpy(to, disk_id + done, n);
        done += n;
    }
    *written += (uint32_t)done;
    return STATUS_OK;
}

static bool block_serve(struct bus *bus, unsigned slot, unsigned queue, uint16_t head, uint32_t *written)
{
    (void)queue;
    struct request r;
    *written = 0;
    if (!request_read(bus, slot, head, &r))
        return false;
    if (r.status == STATUS_OK && (r.type == TYPE_IN || r.type == TYPE_OUT))
        r.status = transfer(bus, slot, &r, written);
    else if (r.status == STATUS_OK && r.type == TYPE_FLUSH)
        r.status = bus->host->disk_flush(bus->host->context, slot) ? STATUS_OK : STATUS_IOERR;
    else if (r.status == STATUS_OK)
        r.status = get_id(bus, &r, written);
    bus->host->dma_write(bus->host->context, r.status_pa, 1);
    *ram_at(&bus->ram, r.status_pa, 1) = r.status;
    *written += 1;
    return true;
}

static uint64_t block_features(const struct virtio *v)
{
    return F_FLUSH | F_BLK_SIZE | F_SEG_MAX | (v->readonly ? F_RO : 0);
}

static void block_config(const struct virtio *v, uint8_t config[VIRTIO_CONFIG_MOST])
{
    bytes_put(config + CONFIG_CAPACITY, 8, v->sectors);
    bytes_put(config + CONFIG_SEG_MAX, 4, VIRTQ_MAX - 2);
    bytes_put(config + CONFIG_BLK_SIZE, 4, VIRTIO_SECTOR);
}

const struct virtio_ops virtio_block_kind = {
    .device_id = 2,
    .queues = 1,
    .features = block_features,
    .config = block_config,
    .time = block_time,
    .serve = block_serve,
};
