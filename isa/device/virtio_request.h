/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One request to a virtio block device. Freestanding.
 */
#ifndef ISA_DEVICE_VIRTIO_REQUEST_H
#define ISA_DEVICE_VIRTIO_REQUEST_H

#include "../bus.h"

#define VIRTIO_SECTOR 512

/* V that the request at `head` takes, as its descriptors are now. */
uint64_t virtio_request_time(const struct bus *bus, unsigned slot, uint16_t head);

/* Does the request, writes its status byte, and says how many bytes were written in all. False if there is no status
 * byte to be found. */
bool virtio_request_serve(struct bus *bus, unsigned slot, uint16_t head, uint32_t *written);

#endif
