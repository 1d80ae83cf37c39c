/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Follows a list through 8 MiB in random order: 2^17 nodes of 64 bytes in one cycle. n counts thousands of steps.
 */
#include "io.h"

#define NODES (1u << 17)

const uint64_t default_count = 6000;
const unsigned default_mode = MODE_M;

struct node {
    struct node *next;
    uint64_t value;
    uint64_t unused[6];
};

static struct node nodes[NODES] __attribute__((aligned(64)));

/* Sattolo's shuffle of the links: one cycle through all. */
static void link_nodes(void)
{
    uint64_t seed = 88172645463325252;

    for (unsigned i = 0; i < NODES; i++) {
        nodes[i].next = &nodes[i];
        nodes[i].value = next_random(&seed);
    }
    for (unsigned i = NODES - 1; i > 0; i--) {
        unsigned j = (unsigned)(next_random(&seed) % i);
        struct node *swap = nodes[i].next;
        nodes[i].next = nodes[j].next;
        nodes[j].next = swap;
    }
}

uint64_t run(uint64_t n)
{
    uint64_t sum = n;

    link_nodes();
    const struct node *node = nodes;
    for (uint64_t step = 1000 * n; step; step--) {
        sum += node->value;
        node = node->next;
    }
    return fold(sum, node->value);
}
