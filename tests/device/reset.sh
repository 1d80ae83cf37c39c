#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The finisher's reset: a guest restarts, natively and by every technique, alone and beside others, and with its debugger back and forth.
set -u
bad=0
complain() { echo "$*"; bad=1; }
"$TRAPEZE" asm tests/device/reset.s -o "$TMP/reset.elf" || exit 1
printf '_start: li t0, 0x100000\n li t1, 0x7777\n sw t1, (t0)\n1: j 1b\n' >"$TMP/loop.s"
"$TRAPEZE" asm "$TMP/loop.s" -o "$TMP/loop.elf" || exit 1
seq 1 900 >"$TMP/disk"
truncate -s 4096 "$TMP/disk"
printf 'boot 1 a\nboot 2 b\nboot 3 c\nboot 4 d\n' >"$TMP/want"

# boots OPTION...
boots() {
    printf abcdef | timeout 60 "$TRAPEZE" run "$@" --max-insns 100000 --drive "$TMP/disk,readonly" "$TMP/reset.elf" >"$TMP/out" 2>&1 ||
        complain "$*: status $?"
    cmp -s "$TMP/want" "$TMP/out" || { complain "$*:"; cat "$TMP/out"; }
}
for t in $TECHNIQUES pv; do boots -t "$t"; done
boots -t native --clock cycles
boots -t native --cpu rv64,h=true
boots -t te --switch 300:bt,1290:hw,1300:interp,2590:te

equal() {
    local got
    got=$(printf abcdef | "$TRAPEZE" compare "$@" --drive "$TMP/disk,readonly" "$TMP/reset.elf" 2>"$TMP/err") || complain "compare $*: $?"
    [ "$(grep -c 'console and traps are equal' <<<"$got")" = "$(($(wc -w <<<"${TECHNIQUES//pv/}") - 1))" ] || complain "compare $*: $(tail -5 <<<"$got")"
}
equal
for way in --stress-one "--stress-tlb 9" "--stress-stall 5" "--stress-switch 1" "--stress-switch 23"; do
    # shellcheck disable=SC2086
    equal $way
done
printf abcdef | "$TRAPEZE" verify --drive "$TMP/disk,readonly" "$TMP/reset.elf" >"$TMP/out" 2>&1 || { complain "verify: $?"; tail -5 "$TMP/out"; }

# Beside others, that go on.
printf 'type uvwx\nexpect "boot 4 x"\n' >"$TMP/other.expect"
for t in $TECHNIQUES; do
    case $t in native | pv) continue ;; esac
    printf abcdef | timeout 60 "$TRAPEZE" run -t "$t" --max-insns 3000000 "$TMP/reset.elf" "$KERNEL" --append run=hello "$TMP/reset.elf" \
        --expect "$TMP/other.expect" >"$TMP/out" 2>&1 || complain "three guests by $t: $?"
    for line in "[A] boot 1 a" "[A] boot 2 b" "[A] boot 3 c" "[A] boot 4 d" "[C] boot 1 u" "[C] boot 2 v" "[C] boot 3 w" "[C] boot 4 x"; do
        [ "$(grep -cxF -- "$line" "$TMP/out")" = 1 ] || complain "three guests by $t: not '$line'"
    done
    grep -q '^\[B\] hello from' "$TMP/out" || complain "three guests by $t: the one without a reset"
done

# For ever, until it is enough; or not at all.
for t in $TECHNIQUES; do
    timeout 60 "$TRAPEZE" run -t "$t" --quiet --max-insns 20000 "$TMP/loop.elf" </dev/null
    [ $? = 124 ] || complain "an endless row of resets by $t"
    got=$("$TRAPEZE" run -t "$t" --no-reboot "$TMP/loop.elf" 2>&1 </dev/null) || complain "--no-reboot by $t: $?"
    [ "$got" = "trapeze: the guest has asked for a reset, which ends the run (--no-reboot)" ] || complain "--no-reboot by $t: $got"
done

# What images have become on the host's disk is nothing to a guest that was started.
cp "$TMP/reset.elf" "$TMP/gone.elf"
mkfifo "$TMP/keys"
timeout 60 "$TRAPEZE" run -t te "$TMP/gone.elf" <"$TMP/keys" >"$TMP/out" 2>&1 &
run=$!
{ printf a; while ! grep -q 'boot 1' "$TMP/out" && kill -0 $run; do sleep 0.1; done; printf '' >"$TMP/gone.elf"; printf bcd; } >"$TMP/keys" 2>/dev/null
wait $run || complain "with its image gone: $?"
cmp -s "$TMP/want" "$TMP/out" || { complain "with its image gone:"; cat "$TMP/out"; }

# The debugger: at each step around the resets, the state is that of every technique, and also when it comes back there.
steps=$(seq 1 37 5400; seq 1240 1340; seq 2540 2640)
look() { while read -r t; do echo "goto $t"; echo "info status"; done; }
sort -nu <<<"$steps" | look >"$TMP/forward.dbg"
{ echo continue; sort -nru <<<"$steps" | look; } >"$TMP/back.dbg"
states() { awk '/^T/ { t = $2 } /^state/ { print t, $2 }' "$1" | sort -u; }
for t in $TECHNIQUES; do
    for way in forward back; do
        "$TRAPEZE" debug --quiet -t "$t" --input "$TMP/want" --console /dev/null --drive "$TMP/disk,readonly" -x "$TMP/$way.dbg" "$TMP/reset.elf" \
            </dev/null >"$TMP/out" || complain "debug $way, $t: $?"
        states "$TMP/out" >"$TMP/$t.$way"
    done
    cmp "$TMP/native.forward" "$TMP/$t.forward" || complain "debug: $t is not native"
    cmp "$TMP/native.forward" "$TMP/$t.back" || complain "debug: $t is elsewhere after going back"
done
[ "$(wc -l <"$TMP/native.forward")" -ge 250 ] || complain "too few states"
exit $bad
