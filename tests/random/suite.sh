#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Random programs come out the same in every way of running them. RANDOM_PROGRAMS and RANDOM_SEED: how many, and the first.
set -u
"$BUILD/tests/random/suite" --count "${RANDOM_PROGRAMS:-500}" --seed "${RANDOM_SEED:-1}" --keep "$BUILD/tests/random" \
    ${RANDOM_OPTIONS:-}
