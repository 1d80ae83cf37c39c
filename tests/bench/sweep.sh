#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench sweep: what is computed from one run is what runs at each point give, and what `run` gives; where techniques meet is where
# they do; an interrupted sweep goes on, without running again what it has; the file of another sweep is refused.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
image=(--append run=sysstorm "$KERNEL")
sweep() { "$TRAPEZE" bench sweep "$@" >"$TMP/out" 2>"$TMP/err" </dev/null; }
row=(--row trap_enter=0:1000:250)
all=$(xargs <<<"$TECHNIQUES" | tr ' ' ,)

sweep "${row[@]}" -t "$all" --row insn_decoded=10:20:10 -o "$TMP/a.csv" "${image[@]}" || wrong "status $?: $(cat "$TMP/err")"
[ -s "$TMP/err" ] && wrong "not on a terminal, and on stderr: $(cat "$TMP/err")"
n=$(wc -w <<<"$TECHNIQUES")
[ "$(wc -l <"$TMP/a.csv")" = $((1 + 10 * n)) ] || wrong "$(wc -l <"$TMP/a.csv") lines"
head -1 "$TMP/a.csv" | grep -qx "parameters,technique,trap_enter,insn_decoded,cycles,exits,end,status" || wrong "$(head -1 "$TMP/a.csv")"
grep -q "^0 of $((10 * n)) figures were in the file; $n runs.$" "$TMP/out" || wrong "$(grep figures "$TMP/out")"
sweep "${row[@]}" -t "$all" --row insn_decoded=10:20:10 --each -o "$TMP/each.csv" "${image[@]}" || wrong "--each: $?"
grep -q "; $((10 * n)) runs.$" "$TMP/out" || wrong "--each: $(grep figures "$TMP/out")"
cmp "$TMP/a.csv" "$TMP/each.csv" || wrong "what was computed is not what comes of running it"
for t in $TECHNIQUES; do
    "$TRAPEZE" run -t "$t" --stats="$TMP/run.json" --cost-set trap_enter=750 --cost-set insn_decoded=20 "${image[@]}" >/dev/null </dev/null
    cycles=$("$BUILD/tests/tools/json" "$TMP/run.json" cycles.total)
    grep -q "^[0-9a-f]*,$t,750,20,$cycles," "$TMP/a.csv" || wrong "$t: run says $cycles, $(grep ",$t,750,20," "$TMP/a.csv")"
done

# Where te and interp meet: by one cycle less one of them is better, by one more the other.
sweep "${row[@]}" -t te,interp -o "$TMP/b.csv" "${image[@]}" || wrong "status $?"
at=$(sed -n 's/^te and interp: meet at trap_enter = \([0-9]*\)\.[0-9]*; below that te takes less, above it interp$/\1/p' "$TMP/out")
if [ -n "$at" ]; then
    sweep --row trap_enter=$((at - 1)):$((at + 2)):3 -t te,interp --each -o "$TMP/c.csv" "${image[@]}"
    awk -F, 'NR > 1 { cycles[$3, $2] = $4 } END { exit !(cycles['$((at - 1))', "te"] < cycles['$((at - 1))', "interp"] && cycles['$((at + 2))', "te"] > cycles['$((at + 2))', "interp"]) }' "$TMP/c.csv" ||
        wrong "they do not meet at $at: $(cat "$TMP/c.csv")"
else
    wrong "where they meet: $(cat "$TMP/out")"
fi
sweep --row trap_enter=0:100:50 -t native,te "${image[@]}"
grep -qx "native and te: do not meet; native takes less" "$TMP/out" || wrong "natively it is always less: $(cat "$TMP/out")"

# Interrupted: in the middle of a line. What is there is kept, whatever it says; the rest is run, by the techniques that lack something.
{ grep -v ",interp,[57]" "$TMP/b.csv" && printf '0123456789abcdef,interp,50'; } >"$TMP/part.csv"
sed -i '2s/,finisher,0$/,tampered,0/' "$TMP/part.csv"
sweep "${row[@]}" -t te,interp -o "$TMP/part.csv" "${image[@]}" || wrong "going on: $?: $(cat "$TMP/err")"
diff <(sed '2s/,tampered,/,finisher,/' "$TMP/part.csv") "$TMP/b.csv" || wrong "going on, another result comes out"
grep -q tampered "$TMP/part.csv" || wrong "what was there was run again"
grep -q "^8 of 10 figures were in the file; 1 runs.$" "$TMP/out" || wrong "$(grep figures "$TMP/out")"
sweep "${row[@]}" -t te,interp -o "$TMP/part.csv" "${image[@]}"
grep -q "^10 of 10 figures were in the file; 0 runs.$" "$TMP/out" || wrong "$(grep figures "$TMP/out")"
sweep --row trap_enter=0:1250:250 -t te,interp,bt -o "$TMP/part.csv" "${image[@]}"
grep -q "^10 of 18 figures were in the file; 3 runs.$" "$TMP/out" || wrong "a wider sweep: $(grep figures "$TMP/out")"

# With the clock that counts cycles each point is run, since the guest can tell; and what was killed goes on.
sweep "${row[@]}" -t te --clock cycles -o "$TMP/cycles.csv" "${image[@]}" || wrong "--clock cycles: $?"
grep -q "; 5 runs.$" "$TMP/out" || wrong "--clock cycles: $(grep figures "$TMP/out")"
head -3 "$TMP/cycles.csv" >"$TMP/killed.csv"
sweep "${row[@]}" -t te --clock cycles -o "$TMP/killed.csv" "${image[@]}"
grep -q "^2 of 5 figures were in the file; 3 runs.$" "$TMP/out" || wrong "--clock cycles, going on: $(grep figures "$TMP/out")"
cmp "$TMP/killed.csv" "$TMP/cycles.csv" || wrong "--clock cycles, going on: another result"

# refused MESSAGE OPTION...: in one line, and the file stays as it is.
refused() {
    local message=$1
    shift
    cp "$TMP/b.csv" "$TMP/before.csv"
    sweep "$@"
    # shellcheck disable=SC2053
    [ $? = 125 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && [[ $(cat "$TMP/err") == $message ]] || wrong "$*: $(cat "$TMP/err")"
    cmp -s "$TMP/b.csv" "$TMP/before.csv" || wrong "$*: the file was written"
}
file=(-t "te,interp" -o "$TMP/b.csv")
refused "*b.csv:2: is of another image, or of other options*" "${row[@]}" "${file[@]}" --append run=hello "$KERNEL"
refused "*b.csv:2: is of another image, or of other options*" "${row[@]}" "${file[@]}" --cost-set mem=2 "${image[@]}"
refused "*b.csv:2: is of another image, or of other options*" "${row[@]}" "${file[@]}" --seed 2 "${image[@]}"
refused "*b.csv: is no file of this sweep*" --row mem=1:3:1 "${file[@]}" "${image[@]}"
refused "*b.csv:2: is no point of this sweep*" --row trap_enter=5:10:5 "${file[@]}" "${image[@]}"
refused "*b.csv:*: is no point of this sweep*" "${row[@]}" -t bt -o "$TMP/b.csv" "${image[@]}"
refused "*--row 'trap_ente=1:2:1': unknown cost 'trap_ente' (did you mean 'trap_enter'?)" --row trap_ente=1:2:1 "${image[@]}"
for spec in trap_enter trap_enter=1 trap_enter=1:2 trap_enter=1:2:0 trap_enter=2:1:1 trap_enter=1:2:1:1 trap_enter=1:2:x trap_enter=-1:2:1 trap_enter=0:1000000:1; do
    refused "trapeze: --row '$spec': *" --row $spec "${image[@]}"
done
refused "*swept already*" "${row[@]}" "${row[@]}" "${image[@]}"
refused "*--row ROW=FROM:TO:STEP is wanted" "${image[@]}"
refused "*is an image*" "${row[@]}" -o "$KERNEL" "$KERNEL"
echo "parameters,technique" >"$TMP/not.csv"
refused "*not.csv: is no file of this sweep*" "${row[@]}" -o "$TMP/not.csv" "${image[@]}"

if command -v gnuplot >/dev/null; then
    sweep "${row[@]}" -t te,interp --plot "$TMP/a.svg" "${image[@]}" || wrong "--plot: $(cat "$TMP/err")"
    for text in te interp trap_enter cycles; do grep -q "> *$text *</t" "$TMP/a.svg" || wrong "the picture does not say '$text'"; done
fi
exit $bad
