#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Programs that come out the same here and on QEMU (README.md). ORACLE_PROGRAMS and ORACLE_SEED: how many, and the first;
# ORACLE_CACHE: a folder that keeps what QEMU made of them.
set -u
command -v qemu-system-riscv64 >/dev/null || { echo "qemu-system-riscv64 is missing: apt install qemu-system-misc"; exit 77; }
allowed=$(sed -n 's/^ALLOWED(\([a-z_]*\),.*/\1/p' tests/oracle/allowed.def | sort)
described=$(sed -n 's/^| `\([a-z_]*\)` |.*/\1/p' tests/oracle/README.md | sort)
[ "$allowed" = "$described" ] || { echo "README.md describes '$described', and allowed are '$allowed'"; exit 1; }
"$BUILD"/tests/oracle/oracle --count "${ORACLE_PROGRAMS:-100}" --seed "${ORACLE_SEED:-1}" ${ORACLE_CACHE:+--cache "$ORACLE_CACHE"}
