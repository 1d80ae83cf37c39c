#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Several guests on one machine: at random steps, forwards and back, each is what it is when it runs natively and alone; stops say whose
# they are; and a run that was looked at ends with the exits and cycles of one that was not.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
hello=(--append run=hello)
primes=(--append "run=primes 100,forktree")
awk 'BEGIN { srand(11); for (i = 0; i < 40; i++) print int(rand() * 2) + 1, int(rand() * 30000) * (rand() < 0.5 ? 1 : 8) }' >"$TMP/places"
for n in 1 2; do
    [ $n = 1 ] && own=("${hello[@]}") || own=("${primes[@]}")
    awk -v n=$n '$1 == n { print $2 }' "$TMP/places" | sort -nu | while read -r t; do printf '%s\n' "goto $t" "echo at $t" "info status"; done >"$TMP/alone.dbg"
    "$TRAPEZE" debug --quiet -t native -x "$TMP/alone.dbg" --console /dev/null "$KERNEL" "${own[@]}" </dev/null >"$TMP/out" || wrong "alone, $n: $?"
    awk -v n=$n '/^at/ { t = $2 } /^state/ { print n, t, $2 }' "$TMP/out" >"$TMP/alone.$n"
    tail -n 1 "$TMP/alone.$n"
done >"$TMP/last"
cat "$TMP"/alone.[12] | sort >"$TMP/wanted"
while read -r n t; do printf '%s\n' "guest $n" "goto $t" "echo at $n $t" "info status" "guest $((3 - n))"; done <"$TMP/places" >"$TMP/walk.dbg"
for t in $TECHNIQUES; do
    [ "$t" != native ] || continue
    both=(-t "$t" "$KERNEL" "${hello[@]}" "$KERNEL" "${primes[@]}")
    "$TRAPEZE" debug --quiet -x "$TMP/walk.dbg" --console /dev/null "${both[@]}" </dev/null >"$TMP/out" || wrong "$t: $?: $(tail -2 "$TMP/out")"
    awk '/^at/ { n = $2; t = $3 } /^state/ { print n, t, $2 }' "$TMP/out" | sort -u >"$TMP/got"
    [ "$(wc -l <"$TMP/got")" -gt 30 ] || wrong "$t: few states"
    sort -u "$TMP/wanted" | diff - "$TMP/got" >"$TMP/diff" || wrong "$t: not what they are alone: $(head -4 "$TMP/diff")"

    # Nothing has changed.
    "$TRAPEZE" run --quiet --stats="$TMP/run.json" "${both[@]}" </dev/null >"$TMP/console" || wrong "$t: run: $?"
    { cat "$TMP/walk.dbg"; printf '%s\n' "continue" "guest 1" "p/u exits.csr + exits.mmio + exits.budget" "p/u I" "guest 2" \
        "p/u exits.csr + exits.mmio + exits.budget" "p/u I"; } >"$TMP/end.dbg"
    "$TRAPEZE" debug --quiet -x "$TMP/end.dbg" --console /dev/null "${both[@]}" </dev/null >"$TMP/out" || wrong "$t: $?"
    grep -x '[0-9]*' "$TMP/out" | tail -n 4 >"$TMP/got"
    for i in 0 1; do
        echo $(($("$BUILD"/tests/tools/json "$TMP/run.json" "$i.exits.csr.count") + $("$BUILD"/tests/tools/json "$TMP/run.json" "$i.exits.mmio.count") + \
            $("$BUILD"/tests/tools/json "$TMP/run.json" "$i.exits.budget.count")))
        "$BUILD"/tests/tools/json "$TMP/run.json" "$i.instructions.guest"
    done | diff - "$TMP/got" || wrong "$t: exits"
    grep -q '^guest 1: the guest has ended, with status 0$' "$TMP/out" && grep -q '^guest 2: the guest has ended, with status 0$' "$TMP/out" ||
        wrong "$t: ends: $(tail -3 "$TMP/out")"

    # Stops are of the guest that was shown when they were set, and it is shown when they are met; words are about the guest that is shown.
    cat >"$TMP/stops.dbg" <<'END'
guest 2
break vm_switch
guest 1
continue
stepi
guest 1
p T
stepi
p T
goto 99999
stepi 2
p T
reverse-stepi 2
p T
delete
watch satp
guest 2
goto 20000
info breakpoints
reverse-continue
guest 1
reverse-continue
info guests
END
    "$TRAPEZE" debug --quiet -x "$TMP/stops.dbg" -t "$t" "$KERNEL" "${primes[@]}" "$KERNEL" "${hello[@]}" </dev/null >"$TMP/out.$t" 2>&1 ||
        wrong "$t, stops: $?: $(tail -2 "$TMP/out.$t")"
    sed -E 's/0x[0-9a-f]{5,}/A/g; /stage [0-9]/ d; /^(the|return|   )/ d' "$TMP/out.$t" | grep -v '^=>' | sed "s/, $t\$//; s/ $t,//" >"$TMP/said"
    [ -z "${RECORD:-}" ] || cp "$TMP/said" tests/debugger/guests.out
    diff tests/debugger/guests.out "$TMP/said" >"$TMP/diff" || { wrong "$t, stops:"; cat "$TMP/diff"; }
done
# One that waits for input holds up nobody: the others run to their ends, and only then the user is asked. Each is what it is alone.
printf '%s\n' 'type ""' continue "info status" >"$TMP/first.dbg"
printf '%s\n' continue "info status" >"$TMP/second.dbg"
"$TRAPEZE" debug --quiet -t native -x "$TMP/first.dbg" --console /dev/null "$KERNEL" </dev/null >"$TMP/first" || wrong "alone, waiting: $?"
"$TRAPEZE" debug --quiet -t native -x "$TMP/second.dbg" --console /dev/null "$KERNEL" "${primes[@]}" </dev/null >"$TMP/second" || wrong "alone: $?"
printf '%s\n' 'type ""' continue "info guests" "info status" "guest 2" "info status" "guest 1" "send exit 4" continue >"$TMP/wait.dbg"
for t in $TECHNIQUES; do
    [ "$t" != native ] || continue
    timeout 60 "$TRAPEZE" debug --quiet -t "$t" -x "$TMP/wait.dbg" --console /dev/null "$KERNEL" "$KERNEL" "${primes[@]}" </dev/null >"$TMP/out" 2>&1 ||
        wrong "$t, one waits: $?: $(cat "$TMP/out")"
    grep -q '^  2 .*, ended$' "$TMP/out" && grep -q '^guest 1: the guest has ended, with status 4$' "$TMP/out" || wrong "$t, held up: $(cat "$TMP/out")"
    diff <(grep -h '^state' "$TMP/first" "$TMP/second") <(grep '^state' "$TMP/out") || wrong "$t, one waits: not what they are alone"
done
# The user is not asked while another one sleeps and works, however long: this one for 12 seconds of its time, 1 ms a time.
cat >"$TMP/sleeper.s" <<'END'
_start: li      s0, 0x0200bff8          # mtime
        li      s1, 0x02004000          # mtimecmp
        li      s2, 12000
        li      t0, 0x80
        csrw    mie, t0
again:  ld      t0, (s0)
        li      t1, 10000
        add     t0, t0, t1
        sd      t0, (s1)
        wfi
        addi    s2, s2, -1
        bnez    s2, again
        li      a0, 0x100000
        li      a1, 0x5555
        sw      a1, (a0)
END
"$TRAPEZE" asm "$TMP/sleeper.s" -o "$TMP/sleeper.elf" || wrong "sleeper.s"
printf '%s\n' 'type ""' continue "info guests" >"$TMP/sleep.dbg"
for t in te hw; do
    timeout 100 "$TRAPEZE" debug --quiet -t $t -x "$TMP/sleep.dbg" --console /dev/null "$KERNEL" "$TMP/sleeper.elf" </dev/null >"$TMP/out" 2>&1
    grep -q '^  2 .*, ended$' "$TMP/out" && grep -q '^the guest waits for input' "$TMP/out" || wrong "$t, asked while another one sleeps: $(cat "$TMP/out")"
done
for mistake in "guest 3" "guest 0" "guest x"; do
    "$TRAPEZE" debug --quiet -t te "$KERNEL" "$KERNEL" <<<"$mistake" >"$TMP/out" 2>&1
    [ $? = 1 ] && [ "$(wc -l <"$TMP/out")" = 1 ] || wrong "$mistake: $(cat "$TMP/out")"
done
exit $bad
