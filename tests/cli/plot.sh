#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# compare --plot: a picture in each format, with everything that it must show; and what goes wrong is told before any work.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
cp "$KERNEL" "$TMP/it's_a_{kernel} \\n%d.elf"
image="$TMP/it's_a_{kernel} \\n%d.elf"
plot() { "$TRAPEZE" compare -t native,te/flush,bt/no-chain --append run=hello --plot "$@" "$image" >"$TMP/out" 2>&1 </dev/null; }

# refused MESSAGE FILE: one line, nothing written, and nothing run.
refused() {
    plot "$2"
    local status=$?
    # shellcheck disable=SC2053
    [ $status = 125 ] && [ "$(wc -l <"$TMP/out")" = 1 ] && [[ $(cat "$TMP/out") == $1 ]] || wrong "$2: status $status: $(head -3 "$TMP/out")"
    [ ! -e "$2" ] || wrong "$2 was written"
}
refused "trapeze: --plot '*/a.gif': a name that ends in .svg, .png or .pdf is wanted" "$TMP/a.gif"
refused "trapeze: --plot '.svg': *" .svg
refused "trapeze: */nowhere/a.svg: No such file or directory" "$TMP/nowhere/a.svg"
mkdir "$TMP/few"
for program in wc head cat; do ln -s "$(command -v $program)" "$TMP/few"; done
(PATH=$TMP/few refused "trapeze: --plot needs gnuplot, which is not installed (Debian: gnuplot-nox)" "$TMP/a.svg"; exit $bad) || bad=1

# A gnuplot that fails: its own words; the old file stays.
mkdir "$TMP/fake"
printf '#!/bin/sh\ncat >/dev/null\necho half a picture\nprintf "\\n  ^\nline 3: no such terminal\n" >&2\nexit 3\n' >"$TMP/fake/gnuplot"
chmod +x "$TMP/fake/gnuplot"
echo old >"$TMP/old.svg"
PATH=$TMP/fake:$PATH plot "$TMP/old.svg"
[ $? = 125 ] && [ "$(cat "$TMP/old.svg")" = old ] && tail -1 "$TMP/out" | grep -q '^trapeze: --plot .*: gnuplot failed: line 3: no such terminal$' ||
    wrong "a gnuplot that fails: $(tail -1 "$TMP/out")"
[ "$(find "$TMP" -name 'old.svg*' | wc -l)" = 1 ] || wrong "a temporary file is left"

command -v gnuplot >/dev/null || { [ $bad = 0 ] || exit 1; echo "gnuplot is not installed"; exit 77; }
for suffix in svg png pdf; do plot "$TMP/a.$suffix" || wrong "$suffix: $(tail -1 "$TMP/out")"; done
[ "$(head -c 4 "$TMP/a.png" | tail -c 3)" = PNG ] || wrong "that is no PNG"
[ "$(head -c 4 "$TMP/a.pdf")" = %PDF ] || wrong "that is no PDF"
for text in "it's_a_{kernel} \\\\n%d.elf" native te/flush bt/no-chain guest trap switch walk monitor device 1.00 "cycles, as multiples of native's"; do
    sed "s/&#39;\|&apos;/'/g" "$TMP/a.svg" | grep -q "\(>\|Cycles by owner: \)$text *</t" || wrong "the picture does not say '$text'"
done
grep -q '>idle<' "$TMP/a.svg" && wrong "the picture has an owner without cycles"
exit $bad
