#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What of the documentation follows from the program is what the program says now; `make docs` brings it up to date.
set -u
bad=0
for f in docs/isa.md docs/costs.md docs/theorem.md docs/translation.md docs/paravirtual.md docs/measurements.md docs/debugger.md docs/trapeze.1 README.md; do
    docs/generate $f >"$TMP/new" || { echo "$f: cannot be generated"; bad=1; }
    diff -u "$f" "$TMP/new" | head -20
    cmp -s "$f" "$TMP/new" || { echo "$f has drifted: make docs"; bad=1; }
done
exit $bad
