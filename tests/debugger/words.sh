#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Words that are about the guest mean the same by every technique, and while techniques change: they stop at the same steps, forwards
# and back. Those about the monitor stop where its counters, its technique and its exits say.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
said() { sed -E 's/-mode, [a-z]+$/-mode/; s/^(=> |   )0x([0-9a-f]+)( <[^>]*>)?:.*/\1\2\3/' "$1"; }
cat >"$TMP/kernel.dbg" <<'END'
until vm_switch
finish
next 5
stepi 7
tbreak schedule
continue
until
next 12
watch satp
continue
continue
delete
watch sepc if scause == 8
continue
p/x sepc
reverse-stepi 3
continue
continue
delete
watch I if I % 1000 == 7
continue
delete
break if mode == U && T % 7 == 3
continue
continue
ignore 5 3
continue
info breakpoints
delete
watch mode
continue
continue
reverse-continue
delete
goto 19500
break trap_entry if a7 != 0
stepi 9000
continue
disable
goto 24000
info registers
info csr mstatus.MPP
info status
next 3
finish
p/x sstatus.SPP + 2 * (sstatus.SUM == 1)
p I
reverse-stepi 5000
info registers
reverse-continue
END
sed -i 's/^info csr mstatus.MPP/p mstatus.MPP/' "$TMP/kernel.dbg"
sed -n '2,$p' tests/debugger/running.dbg | grep -v '^info csr$' >"$TMP/guest.dbg"
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
# run NAME OPTION...: both scripts, as NAME has it.
run() {
    local name=$1
    shift
    "$TRAPEZE" debug --quiet "$@" -x "$TMP/kernel.dbg" --append run=hello "$KERNEL" </dev/null >"$TMP/raw" 2>&1 || wrong "$name: $?: $(tail -n 2 "$TMP/raw")"
    said "$TMP/raw" >"$TMP/$name"
    grep -q 'the guest has ended' "$TMP/$name" && wrong "$name: the kernel has ended"
    "$TRAPEZE" debug --quiet "$@" -x "$TMP/guest.dbg" "$TMP/guest.elf" </dev/null >"$TMP/raw" 2>&1 || wrong "$name, guest: $?: $(tail -n 2 "$TMP/raw")"
    said "$TMP/raw" >>"$TMP/$name"
}
run wanted -t native
[ "$(wc -l <"$TMP/wanted")" -gt 200 ] || wrong "little is said: $(cat "$TMP/wanted")"
same() { diff "$TMP/wanted" "$TMP/$1" >"$TMP/diff" || { wrong "$1 is not native:"; head -n 12 "$TMP/diff"; }; }
for t in $METHODS; do
    [ $t != native ] || continue
    run "${t//\//-}" -t "$t"
    same "${t//\//-}"
done
run switching -t te --switch 10:bt,30:hw,50:interp,80:bt,14100:hw,14640:te,15000:bt,19000:interp,19500:hw,24500:bt,26000:te
same switching
run often -t te --stress-switch 97
same often
# By hand, in the middle of things: each stop is followed by another technique.
i=0
while read -r line; do
    echo "$line"
    case $line in finish | next* | until*)
        technique=$(echo bt hw interp te | cut -d ' ' -f $((i % 4 + 1)))
        echo "technique $technique"
        i=$((i + 1))
        ;;
    esac
done <"$TMP/kernel.dbg" | sed '/reverse-stepi 5000/,$d' >"$TMP/hand.dbg"
"$TRAPEZE" debug --quiet -t te -x "$TMP/hand.dbg" --append run=hello "$KERNEL" </dev/null >"$TMP/raw" 2>&1 || wrong "by hand: $?: $(tail -n 2 "$TMP/raw")"
said "$TMP/raw" | grep -v '^technique ' >"$TMP/hand"
diff <(head -n "$(wc -l <"$TMP/hand")" "$TMP/wanted") "$TMP/hand" >"$TMP/diff" || { wrong "by hand:"; head -n 12 "$TMP/diff"; }

# Physical memory: the same word by its gpa.
for t in $TECHNIQUES; do
    printf '%s\n' "watch p64(count)" "watch count" continue continue "p count" "info breakpoints" >"$TMP/gpa.dbg"
    "$TRAPEZE" debug --quiet -t "$t" -x "$TMP/gpa.dbg" "$TMP/guest.elf" </dev/null >"$TMP/out" || wrong "$t, gpa: $?"
    [ "$(grep -c 'met 2 times' "$TMP/out")" = 2 ] || wrong "$t, gpa: $(cat "$TMP/out")"
done

# The technique itself, from the very step on that it changes at; counters, exits, traps with a condition.
printf '%s\n' "watch technique" continue "p T" "p technique == bt" continue "p T" reverse-continue "p T" delete "break if technique == hw" \
    continue "p T" delete "stepi 100" "p technique == hw" "reverse-stepi 101" "p technique == bt" >"$TMP/s.dbg"
for t in interp te hw; do
    "$TRAPEZE" debug --quiet -t $t --switch 20001:bt,21001:hw -x "$TMP/s.dbg" --append run=hello "$KERNEL" </dev/null >"$TMP/out" || wrong "$t, technique: $?"
    [ "$(sed -n 's/^0x[0-9a-f]* = //p' "$TMP/out" | tr '\n' ' ')" = "20001 21001 20001 21001 " ] || wrong "$t, watch technique: $(cat "$TMP/out")"
    [ "$(grep -cx 0x1 "$TMP/out")" = 3 ] || wrong "$t, technique ==: $(cat "$TMP/out")"
    grep -qx 'T 21001, .-mode, hw' "$TMP/out" && grep -qx 'T 21000, .-mode, bt' "$TMP/out" || wrong "$t, the technique that is shown: $(cat "$TMP/out")"
done
# ... and it is what it was at each step, also after going back.
printf '%s\n' "goto 21500" "goto 20500" "p technique == bt" "goto 100" "p technique == te" "goto 21500" "p technique == hw" "goto 20500" "stepi 600" "p technique == hw" >"$TMP/s.dbg"
"$TRAPEZE" debug --quiet -t te --switch 20001:bt,21001:hw -x "$TMP/s.dbg" --append run=hello "$KERNEL" </dev/null >"$TMP/out" || wrong "technique, back: $?"
[ "$(grep -cx 0x1 "$TMP/out")" = 4 ] || wrong "the technique after going back: $(cat "$TMP/out")"
# What was set by hand stays until the next change of --switch, also where the simulator looks up (2^24 steps).
printf '%s\n' "goto 2000" "technique te" "goto 17000000" "p technique == te" "goto 17000200" "p technique == hw" >"$TMP/s.dbg"
"$TRAPEZE" debug --quiet -t interp --switch 1000:bt,17000100:hw -x "$TMP/s.dbg" --append run=primes:1000000 "$KERNEL" </dev/null >"$TMP/out" || wrong "technique, by hand: $?"
[ "$(grep -cx 0x1 "$TMP/out")" = 2 ] || wrong "the technique set by hand: $(cat "$TMP/out")"
while read -r t counter reason; do
    printf '%s\n' "goto 500" "watch $counter" continue continue delete "break exit if exits.$reason == 40" continue "p/u exits.$reason" \
        delete "goto 15000" "break trap if cause == 8 && mode == U" continue "p/u cause" "p mode == U" >"$TMP/c.dbg"
    "$TRAPEZE" debug --quiet -t "$t" -x "$TMP/c.dbg" --append run=hello "$KERNEL" </dev/null >"$TMP/out" || wrong "$t, counters: $?: $(tail -n 2 "$TMP/out")"
    sed -n 's/^  was \(0x[0-9a-f]*\), is \(0x[0-9a-f]*\)$/\1 \2/p' "$TMP/out" >"$TMP/changes"
    while read -r was is; do [ $((is)) -gt $((was)) ] || wrong "$t, $counter: from $was to $is"; done <"$TMP/changes"
    [ "$(wc -l <"$TMP/changes")" = 2 ] || wrong "$t, watch $counter: $(cat "$TMP/out")"
    [ "$(grep -xE '[0-9]+|0x1' "$TMP/out" | tr '\n' ' ')" = "40 8 0x1 " ] || wrong "$t, break exit, break trap: $(cat "$TMP/out")"
done <<'END'
te shadow_fills csr
bt bt_units callout
hw exits.csr mmio
END
exit $bad
