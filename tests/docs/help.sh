#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --help of everything works, and the man page has every subcommand and every option of run and compare, and no others
# there; those of the rest are written by docs/generate.
set -u
bad=0
"$TRAPEZE" --help >"$TMP/help" || exit 1
subcommands=$(sed -n 's/^  \([a-z]*\)  .*/\1/p' "$TMP/help")
for s in $subcommands; do
    "$TRAPEZE" "$s" --help >"$TMP/$s.help" || { echo "$s --help: $?"; bad=1; }
    grep -q "^Usage: " "$TMP/$s.help" || { echo "$s --help shows no usage"; bad=1; }
    grep -q "^\.B.* $s\$\|^\.B $s\$" docs/trapeze.1 || { echo "the man page does not know $s"; bad=1; }
done
options() { grep -ohE -- '--[a-z][a-z-]+' "$@" | sort -u; }
options "$TMP/run.help" "$TMP/compare.help" | grep -vxE -- '--(help|usage)' >"$TMP/is"
sed 's/\\-/-/g' docs/trapeze.1 | sed -n '/^\.SH OPTIONS/,/^\.SH OPTIONS OF THE OTHERS/p' | options >"$TMP/said"
diff "$TMP/is" "$TMP/said" || { echo "the man page's options are others (<: --help, >: man page)"; bad=1; }
exit $bad
