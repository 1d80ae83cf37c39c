#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Tracing changes nothing; two traces are the same bytes; the sums of a trace are those of the run's report; the folded stacks have
# every cycle once; and the traps that the guest sees are the same ones by every technique.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json

# All of a report but what names files and the host.
report() { sed '/"command"/,/]/d; /"host"/,/}/d' "$1"; }
sums() { sed '/"exits"/,/^ }/!d' "$1" | tr -d ' "{},\n' | sed 's/^exits://; s/count:/ /g; s/cycles:/ /g; s/\([a-z_]*\): \([0-9]*\) \([0-9]*\)/\1,\2,\3\n/g' | sort; }

# follow NAME OPTION...: a run with a trace, and one without.
follow() {
    local name=$1 total
    shift
    rm -f "$TMP/a.json" "$TMP/b.json" "$TMP/p.json.zst" "$TMP/folded"
    "$TRAPEZE" run --stats="$TMP/plain" "$@" </dev/null >"$TMP/plain.out" || wrong "$name: $?"
    "$TRAPEZE" run --stats="$TMP/a.stats" --trace "$TMP/a.json" "$@" </dev/null >"$TMP/a.out" || wrong "$name, traced: $?"
    "$TRAPEZE" run --stats="$TMP/b.stats" --trace "$TMP/b.json" --folded "$TMP/folded" "$@" </dev/null >/dev/null
    cmp "$TMP/plain.out" "$TMP/a.out" || wrong "$name: another console"
    for r in a b; do
        diff <(report "$TMP/plain") <(report "$TMP/$r.stats") || wrong "$name: tracing has changed the report ($r)"
    done
    cmp "$TMP/a.json" "$TMP/b.json" || wrong "$name: two traces differ"
    "$json" "$TMP/a.json" otherData.schema | grep -qx trapeze.trace/1 || wrong "$name: no JSON, or no schema"
    "$TRAPEZE" trace --visible --format csv "$TMP/a.json" | cut -d, -f1,2,4- >"$TMP/visible"
    total=$(awk '{ sum += $NF } END { printf "%d", sum }' "$TMP/folded")
    [ "$total" = "$("$json" "$TMP/plain" cycles.total)" ] || wrong "$name: the folded stacks have $total cycles"
    for owner in guest trap switch walk monitor device idle; do
        total=$(awk -v end=";$owner" '{ k = $0; sub(/ [0-9]*$/, "", k) } substr(k, length(k) - length(end) + 1) == end { sum += $NF } END { printf "%d", sum }' "$TMP/folded")
        [ "$total" = "$("$json" "$TMP/plain" cycles.$owner)" ] || wrong "$name: the folded stacks have $total cycles of $owner"
    done
}

for t in $TECHNIQUES; do
    for append in run=hello "tick=200 run=primes"; do
        follow "$t, $append" -t "$t" --append "$append" "$KERNEL"
        case $t:$append in native:*) cp "$TMP/visible" "$TMP/native.$append" ;; esac
        cmp "$TMP/visible" "$TMP/native.$append" || wrong "$t, $append: the guest sees other traps than natively"
        [ "$(wc -l <"$TMP/visible")" -gt 10 ] || wrong "$t: hardly any trap"
        [ $t != native ] || continue
        "$TRAPEZE" trace --summary --format csv "$TMP/a.json" | sed 1d | sort >"$TMP/sums"
        diff "$TMP/sums" <(sums "$TMP/plain") || wrong "$t, $append: the sums are not the report's"
        [ "$(grep -vc ',0,0$' "$TMP/sums")" -ge 2 ] || wrong "$t: hardly any reason"
    done
done
traps=$("$json" "$TMP/plain" counters.guest_traps)
[ "$(sed 1d "$TMP/visible" | wc -l)" = "$traps" ] || wrong "not $traps traps"

# The bare machine takes each trap at the cycles that a run up to there has cost.
"$TRAPEZE" run -t native --append run=hello --trace "$TMP/native.json" "$KERNEL" </dev/null >/dev/null
while IFS=, read -r _ step cycles _; do
    "$TRAPEZE" run -t native --quiet --append run=hello --max-insns "$step" --stats="$TMP/part" "$KERNEL" </dev/null >/dev/null
    [ "$("$json" "$TMP/part" cycles.total)" = "$cycles" ] || wrong "native: the trap at step $step is not at cycle $cycles"
done < <("$TRAPEZE" trace --format csv --cause U-mode "$TMP/native.json" | sed -n '2p; 6p; $p')

# A packed trace says the same, in every format.
"$TRAPEZE" run -t te --append run=hello --trace "$TMP/te.json" "$KERNEL" </dev/null >/dev/null
"$TRAPEZE" run -t te --append run=hello --trace "$TMP/te.json.zst" "$KERNEL" </dev/null >/dev/null
for f in csv json table; do
    "$TRAPEZE" trace --format $f "$TMP/te.json" >"$TMP/out.$f" || wrong "trace --format $f: $?"
    "$TRAPEZE" trace --format $f - <"$TMP/te.json.zst" | cmp - "$TMP/out.$f" || wrong "packed, $f is another"
    [ "$(grep -c mhartid "$TMP/out.$f")" -gt 0 ] || wrong "$f: no mhartid"
done
[ "$(head -c 4 "$TMP/te.json.zst" | od -An -tx1)" = " 28 b5 2f fd" ] || wrong "is not packed"

# Slices of a guest and its monitor lie end to end; the hardware's lie inside of the monitor's.
slices() { sed -n "s/.*\"ph\":\"X\",\"pid\":1,\"tid\":$1,\"ts\":\([0-9]*\),\"dur\":\([0-9]*\).*/\1 \2/p" "$TMP/te.json"; }
{ slices 1; slices 2; } | sort -n -k1,1 -k2,2 | awk 'NR > 1 && $1 != end { print "a gap or an overlap at " $1 ", not " end; bad = 1 } { end = $1 + $2 } END { exit bad || NR < 100 }' ||
    wrong "slices do not lie end to end"
{ slices 2 | sed 's/$/ m/'; slices 3 | sed 's/$/ h/'; } | sort -k1,1n -k3,3r | awk '
    $3 == "m" { begin = $1; end = $1 + $2 } $3 == "h" { n++; if ($1 < begin || $1 + $2 > end) bad = 1 } END { exit bad || n < 100 }' ||
    wrong "the hardware is busy outside of exits"
exit $bad
