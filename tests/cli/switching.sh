#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Changes of technique in mid-run: the end is native's; each step is counted by the technique that it belongs to.
set -eu
json=$BUILD/tests/tools/json
fail() { echo "$*"; exit 1; }
run() { "$TRAPEZE" run --quiet --append run=hello --stats="$TMP/$1.json" "${@:2}" "$KERNEL" >"$TMP/$1.out" </dev/null || [ $? = 124 ]; }
hashes() { "$json" "$TMP/$1.json" "${2:-}"{state_hash,console_hash,trap_hash,instructions.guest,instructions.by_mode,exit}; }
interpreted() { "$json" "$TMP/$1.json" "${2:-}instructions.interpreted"; }

run native -t native
read -ra monitored <<<"${TECHNIQUES#native }"
all=
for t in "${monitored[@]}"; do
    run "$t" -t "$t"
    all+=${all:+,}$((1000 * (${#all} + 1))):$t
done

# From step N on, exactly: what is interpreted up to there is the first technique's, the rest the second one's.
for n in 1 40 1234 12345; do
    run interp.n -t interp --max-insns $n
    run te.n -t te --max-insns $n
    run switched -t interp --switch $n:te
    [ "$(hashes switched)" = "$(hashes native)" ] || fail "interp, from $n on te: another end than native"
    [ "$(interpreted switched)" = $(($(interpreted interp.n) + $(interpreted te) - $(interpreted te.n))) ] || fail "interp, from $n on te: counts"
    [ "$("$json" "$TMP/switched.json" technique switches title | tr '\n' ' ')" = "interp [\"$n:te\"] interp, switched " ] || fail "report"
done
run switched --switch 1000:interp,99999999:te
[ "$("$json" "$TMP/switched.json" switches)" = '["1000:interp"]' ] || fail "a change that was not come to is reported"

# All techniques in one run; and in each of several guests.
for t in "${monitored[@]}"; do
    run switched -t "$t" --switch "$all"
    [ "$(hashes switched)" = "$(hashes native)" ] || fail "$t --switch $all: another end than native"
done
run alone --switch 2000:interp
"$TRAPEZE" run --quiet --stats="$TMP/two.json" --switch 2000:interp "$KERNEL" --append run=hello "$KERNEL" --append run=hello \
    >/dev/null </dev/null || fail "two guests: $?"
for i in 0 1; do
    [ "$(hashes two $i.) $(interpreted two $i.)" = "$(hashes alone) $(interpreted alone)" ] || fail "two guests, guest $i"
done

# compare: native runs stay as they are. And all the time.
compare() { "$TRAPEZE" compare "$@" "$KERNEL" >"$TMP/compare" </dev/null || { tail -5 "$TMP/compare"; fail "compare $*"; }; }
compare --append run=hello --switch 500:interp,600:te,700:interp
grep -q '^te, switched: final state, console and traps are equal to those of native$' "$TMP/compare" || fail "compare: $(tail -1 "$TMP/compare")"
compare -t native,te,te/traced --append run=hello --stress-switch 1
compare -t native,te,te/traced --append run=forktree --stress-switch 7
compare -t native,te --append run=pfstorm --stress-switch 1000
