#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Both compilers take everything without a warning (of those that need no optimizer; the build itself sees the rest).
set -u
bad=0
flags=$(make -s --no-print-directory print-flags)
mapfile -t sources < <(find isa vmm assembler cli debugger bench tests -name '*.c' ! -path 'bench/guests/*' ! -path 'tests/*/guests/*')
for cc in gcc clang; do
    command -v $cc >/dev/null || { echo "$cc is not installed"; exit 77; }
    # shellcheck disable=SC2086
    $cc $flags -Werror -fsyntax-only -include "$BUILD/revision.h" "${sources[@]}" || { echo "$cc complains"; bad=1; }
done
exit $bad
