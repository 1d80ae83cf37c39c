#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Each measuring guest, with a small count, prints the same checksum natively, under te, and on QEMU where that is installed:
# the one in `checksums`, which QEMU printed. Those written in C with paging, too.
set -u
command -v riscv64-unknown-elf-gcc >/dev/null || { echo "riscv64-unknown-elf-gcc is not installed"; exit 77; }
make -s BUILD="$TMP" bench-guests >"$TMP/make.log" 2>&1 || { cat "$TMP/make.log"; exit 1; }
grep warning "$TMP/make.log" && exit 1
bad=0

# same WHAT COMMAND...: its output is the line expected.
same() {
    local what=$1 got
    shift
    got=$("$@" </dev/null 2>&1)
    [ "$got" = "checksum $sum" ] || { echo "$what: expected checksum $sum, got: $got"; bad=1; }
}

# shellcheck disable=SC2317  # called through same
qemu() {
    timeout 60 qemu-system-riscv64 -M virt -bios none -m 128M -nographic -append "$1" -kernel "$2"
}

while read -r name count sum; do
    image=$TMP/bench/guests/$name.elf
    ways=("$count")
    [ ! -f "bench/guests/$name.c" ] || ways+=("$count paged")
    for append in "${ways[@]}"; do
        for t in $TECHNIQUES; do
            same "$name $append, $t" "$TRAPEZE" run -t $t --append "$append" "$image"
        done
        if command -v qemu-system-riscv64 >/dev/null; then same "$name $append, QEMU" qemu "$append" "$image"; fi
    done
done < <(grep -v '^#' tests/bench/checksums)

# None is forgotten.
for image in "$TMP"/bench/guests/*.elf; do
    grep -q "^$(basename "$image" .elf) " tests/bench/checksums || { echo "$image: not in tests/bench/checksums"; bad=1; }
done
exit $bad
