#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The same bytes as GNU as on every source of the repository: the kernel as a whole, every other file by itself, but for
# those of the labs, which are for other machines, and one that computes entries of page tables from labels.
# shellcheck source=tests/assembler/common.inc
. tests/assembler/common.inc

if [ -e guestos/kernel.files ]; then
    read -ra files <guestos/kernel.files
    same_bytes "the kernel" "-I guestos -I guestos/user -I $BUILD/guestos" "${files[@]/#/guestos/}"
fi
while read -r source; do
    same_bytes "$source" "-I $(dirname "$source") -I $BUILD/guestos" "$source"
done < <(find tests bench -name '*.s' -not -path '*/errors/*' -not -path '*/fuzz/*' -not -path 'tests/labs/*' -not -path 'tests/debugger/guest.s' | sort)
exit "$bad"
