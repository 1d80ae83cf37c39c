#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Everything compiles without a warning, with both compilers.
set -u
for cc in gcc clang; do
    command -v $cc >/dev/null || { echo "$cc is not installed"; exit 77; }
    make -s -k -j"$(nproc)" CC=$cc WERROR=1 BUILD="$TMP/$cc" objects >"$TMP/$cc.log" 2>&1 || { cat "$TMP/$cc.log"; exit 1; }
    [ ! -s "$TMP/$cc.log" ] || grep -i warning "$TMP/$cc.log" && exit 1
done
exit 0
