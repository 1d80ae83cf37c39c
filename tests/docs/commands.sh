#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The commands that the documentation marks with ```sh test do what they say; no link leads nowhere.
set -u
bad=0 blocks=0
mkdir "$TMP/place"
for f in * ; do [ "$f" = build ] || ln -s "$PWD/$f" "$TMP/place/$f"; done
ln -s "$(realpath "$BUILD")" "$TMP/place/build"

for doc in README.md CONTRIBUTING.md docs/*.md; do
    while read -r link; do
        [ -e "$(dirname "$doc")/$link" ] || { echo "$doc: $link is not there"; bad=1; }
    done < <(grep -oE '\]\([^)#:]+\)' "$doc" | sed 's/^](//; s/)$//')
    rm -f "$TMP"/block.*
    awk -v to="$TMP/block." '/^```sh test$/ { n++; out = to n; printf "" >out; next } /^```/ { out = "" } out { print >out }' "$doc"
    for block in "$TMP"/block.*; do
        [ -e "$block" ] || continue
        blocks=$((blocks + 1))
        (cd "$TMP/place" && bash -eu -o pipefail "$block") </dev/null >"$TMP/log" 2>&1 || { echo "$doc:"; cat "$block"; tail -5 "$TMP/log"; bad=1; }
    done
done
[ $blocks -ge 3 ] || { echo "only $blocks blocks"; bad=1; }
exit $bad
