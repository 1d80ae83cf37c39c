#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Typing to the guest, by every technique: what was typed comes again at the same moment after going back, counters and all; it is
# forgotten when something else is typed before; a guest that waits stands still, and Ctrl-C is heard meanwhile.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
debug() { timeout 100 "$TRAPEZE" debug --quiet -t "$t" "$@" "$KERNEL"; }
plain() { sed -E "s/, $t\$//; s/^T ([0-9]+), waiting/T \1/" "$1"; }
counted='p exits.budget
p exits.csr
p exits.timer
p cycles'

cat >"$TMP/type.dbg" <<'END'
type ""
continue
send run primes 20
goto 60000
type "ps\n"
continue
send exit 3
continue
END
for t in $TECHNIQUES; do
    numbers=$counted
    [ "$t" != native ] || numbers="p V"
    # Forwards only; and with a walk back over what was typed, in its middle, and to where the guest waited.
    { cat "$TMP/type.dbg"; echo "info status"; echo "$numbers"; } >"$TMP/once.dbg"
    { cat "$TMP/type.dbg"; printf '%s\n' "reverse-stepi 1000" "goto 50000" "goto 0" "goto 33000" "goto 31000" "break exit if T == 5" continue continue "goto 70000" \
        "reverse-stepi 9500" "set errors ignore" reverse-trap "set errors stop" continue "info status"; echo "$numbers"; } >"$TMP/walk.dbg"
    [ "$t" != native ] || sed -i '/break exit/d' "$TMP/walk.dbg"
    for way in once walk; do
        debug --console "$TMP/console.$way" -x "$TMP/$way.dbg" </dev/null >"$TMP/$way" 2>&1 || wrong "$t, $way: $?: $(tail -2 "$TMP/$way")"
        tail -n 6 "$TMP/$way" >"$TMP/$way.end"
    done
    diff "$TMP/once.end" "$TMP/walk.end" >"$TMP/diff" || wrong "$t: after going back: $(cat "$TMP/diff")"
    cmp "$TMP/console.once" "$TMP/console.walk" || wrong "$t: another console"
    for line in "the guest waits for input: send TEXT types a line" "the guest has ended, with status 3"; do
        grep -qxF "$line" "$TMP/once" || wrong "$t: '$line' is missing"
    done
    grep -q '^8 primes below 20' "$TMP/console.once" || wrong "$t: $(cat "$TMP/console.once")"
    plain "$TMP/once" | grep -v ' = \|^0x' | sed 's/^T \([0-9]*\).*/T \1/' >"$TMP/$t.once"
    diff "$TMP/native.once" "$TMP/$t.once" || wrong "$t is not native"

    # Typed earlier, after going back: the rest is forgotten.
    { cat "$TMP/type.dbg"; printf '%s\n' "goto 40000" "send exit 7" continue; } >"$TMP/other.dbg"
    debug -x "$TMP/other.dbg" </dev/null >"$TMP/out" 2>&1 || wrong "$t, typed earlier: $?"
    [ "$(tail -n 3 "$TMP/out" | head -n 1)" = "the guest has ended, with status 7" ] || wrong "$t, typed earlier: $(tail -n 3 "$TMP/out")"
    # Twice at the same step is both; after going back to it, the second alone.
    printf '%s\n' 'type "ex"' 'send it 9' continue 'goto 0' 'send exit 8' continue >"$TMP/same.dbg"
    debug -x "$TMP/same.dbg" </dev/null >"$TMP/out" 2>&1 || wrong "$t, same step: $?"
    [ "$(grep -o 'with status .' "$TMP/out" | tr -d '\n')" = "with status 9with status 8" ] || wrong "$t, same step: $(grep status "$TMP/out")"

    # A script begins to type when the input has ended already: but not behind a change.
    printf '%s\n' continue 'send exit 5' continue >"$TMP/late.dbg"
    debug -x "$TMP/late.dbg" </dev/null >"$TMP/out" 2>&1 || wrong "$t, late: $?"
    grep -q '^the guest has ended, with status 5' "$TMP/out" || wrong "$t, late: $(tail -3 "$TMP/out")"
    printf '%s\n' 'goto 1000' 'set t6 = t6' 'send exit 5' >"$TMP/late.dbg"
    debug -x "$TMP/late.dbg" </dev/null >"$TMP/out" 2>&1
    [ $? = 1 ] && grep -q 'late.dbg:3: its input has ended before you changed' "$TMP/out" || wrong "$t, after a change: $(cat "$TMP/out")"
    # Where it waits it can be changed, and is found again as it was changed: before what was typed, and behind it.
    printf '%s\n' 'type ""' continue 'set t6 = 0x1234' 'set p64(0x80007000) = 0x77' 'send exit 3' continue 'reverse-stepi 1000' 'goto 30955' 'p t6' \
        'p p64(0x80007000)' stepi 'p t6' reverse-stepi 'p t6' 'info status' 'goto 40000' 'info status' 'goto 30955' 'p t6' 'goto 30954' 'p t6' continue 'p t6' \
        >"$TMP/change.dbg"
    debug -x "$TMP/change.dbg" </dev/null >"$TMP/out" 2>&1 || wrong "$t, a change where it waits: $(tail -2 "$TMP/out")"
    [ "$(grep '^0x' "$TMP/out" | tr '\n' ' ')" = "0x1234 = 4660 0x77 = 119 0x1234 = 4660 0x1234 = 4660 0x1234 = 4660 0x0 0x0 " ] &&
        [ "$(grep -c '^T 30955, waiting' "$TMP/out")" = 5 ] || wrong "$t, a change where it waits: $(cat "$TMP/out")"
    plain "$TMP/out" >"$TMP/$t.change"
    diff "$TMP/native.change" "$TMP/$t.change" || wrong "$t, a change where it waits: not native"
    # An interrupt that is enabled and pending ends its waiting, at once.
    printf '%s\n' 'type ""' continue 'p T' 'p V' 'set mie = mie | 2' 'set mip = mip | 2' stepi 'p V' >"$TMP/wake.dbg"
    debug -x "$TMP/wake.dbg" </dev/null >"$TMP/out" 2>&1 || wrong "$t, woken: $?"
    sed -n 's/^0x[0-9a-f]* = //p' "$TMP/out" | { read -r T && read -r V && read -r then && [ "$then" = $((V + 1)) ]; } || wrong "$t, woken: $(cat "$TMP/out")"
    # --input first, then what is typed.
    printf 'sleep 1\n' >"$TMP/first"
    printf '%s\n' 'type ""' continue 'send exit 6' continue >"$TMP/after.dbg"
    debug --input "$TMP/first" -x "$TMP/after.dbg" </dev/null >"$TMP/out" 2>&1 || wrong "$t, --input: $?"
    grep -q '^| .* sleep 1$' "$TMP/out" && grep -q 'with status 6' "$TMP/out" || wrong "$t, --input: $(cat "$TMP/out")"
done
for mistake in 'type' 'type \q' 'send a\' "type $(head -c 250 /dev/zero | tr '\0' x)\\n\\n\\n\\n\\n\\n\\n"; do
    t=te
    debug <<<"$mistake" >"$TMP/out" 2>&1
    [ $? = 1 ] && [ "$(wc -l <"$TMP/out")" = 1 ] || wrong "$mistake: $(cat "$TMP/out")"
done
exit $bad
