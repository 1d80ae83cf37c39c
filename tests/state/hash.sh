#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The state hash is what docs/formats.md says: computed again by separate code from the text of --dump-state.
set -eu
for technique in $TECHNIQUES; do
    for extra in "" "--clock cycles" "--max-insns 123457"; do
        # shellcheck disable=SC2086
        "$TRAPEZE" run -t $technique $extra --append demo --quiet --dump-state "$TMP/dump" --stats="$TMP/stats.json" "$KERNEL" \
            >/dev/null || [ $? = 124 ]
        hash=$("$BUILD"/tests/tools/json "$TMP/stats.json" state_hash)
        again=$("$BUILD"/tests/tools/rehash "$TMP/dump")
        [ "$hash" = "$again" ] || { echo "$technique $extra: $hash, computed again $again"; exit 1; }
    done
done
