#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# SIGINT and SIGTERM end a run as Ctrl-A x does: status 124, with its report, and all that the guest has put out; whether it
# computes or waits for input from a pipe. Who has switched the signal off is not disturbed.
set -u
trap 'kill $(jobs -p) 2>/dev/null' EXIT
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json
cat >"$TMP/spin.s" <<'END'
_start: li      t0, 0x10000000
        li      t1, 'x'
        sb      t1, (t0)
        li      t1, '\n'
        sb      t1, (t0)
spin:   j       spin
END
"$TRAPEZE" asm "$TMP/spin.s" -o "$TMP/spin.elf" || exit 1

# Is process $1 the program, and does it catch SIGTERM?
catches() { local mask=; [ "$(cat "/proc/$1/comm")" != trapeze ] || mask=$(sed -n "s/^SigCgt:[[:space:]]*/0x/p" "/proc/$1/status"); [ $((${mask:-0} & 0x4000)) != 0 ]; }

# stopped SIGNAL NAME OPTION...: a while after it can be. With job control, since without it SIGINT is switched off.
stopped() {
    local signal=$1 name=$2 status run
    shift 2
    rm -f "$TMP/stats" "$TMP/dump"
    set -m
    "$TRAPEZE" run --stats="$TMP/stats" --dump-state "$TMP/dump" "$@" >"$TMP/out" 2>"$TMP/err" &
    run=$!
    set +m
    for _ in {1..1000}; do ! catches $run || break; sleep 0.02; done
    sleep 0.1
    kill -"$signal" $run
    wait $run
    status=$?
    [ $status = 124 ] || wrong "$name, $signal: status $status: $(cat "$TMP/err")"
    [ "$("$json" "$TMP/stats" exit)" = '{"code":0,"reason":"quit","status":124}' ] || wrong "$name, $signal: $(tail -1 "$TMP/stats")"
    tail -1 "$TMP/dump" | grep -q '^csr' || wrong "$name, $signal: no state"
    [ "$("$BUILD"/tests/tools/rehash "$TMP/dump")" = "$("$json" "$TMP/stats" state_hash)" ] || wrong "$name, $signal: another state"
}
for t in native te bt; do
    for signal in INT TERM; do
        stopped $signal "computing, $t" -t $t "$TMP/spin.elf" </dev/null
        [ "$(cat "$TMP/out")" = x ] || wrong "computing, $t: console $(cat "$TMP/out")"
    done
done
mkfifo "$TMP/pipe"
sleep 60 >"$TMP/pipe" &
writer=$!
for t in native te; do
    stopped TERM "waiting, $t" -t $t "$KERNEL" <"$TMP/pipe"
done
kill $writer

# compare shows the runs that are done, and writes no file.
cat >"$TMP/count.s" <<'END'
_start: li      t0, 0x10000000
        li      t1, 50000000
count:  addi    t1, t1, -1
        bnez    t1, count
        li      t1, '\n'
        sb      t1, (t0)
        li      t0, 0x100000
        li      t1, 0x5555
        sw      t1, (t0)
END
"$TRAPEZE" asm "$TMP/count.s" -o "$TMP/count.elf" || exit 1
for signal in INT TERM; do
    rm -f "$TMP/stats" "$TMP/out"
    set -m
    "$TRAPEZE" compare --show-console --stats="$TMP/stats" -t native,interp,te "$TMP/count.elf" </dev/null >"$TMP/out" 2>"$TMP/err" &
    run=$!
    set +m
    for _ in {1..3000}; do [ ! -s "$TMP/out" ] || break; sleep 0.02; done
    sleep 0.2
    kill -$signal $run
    wait $run
    status=$?
    [ $status = 124 ] && [ "$(cat "$TMP/err")" = "trapeze: interrupted: 1 of 3 runs are done, and no file was written" ] || wrong "compare, $signal: status $status: $(cat "$TMP/err")"
    [ ! -e "$TMP/stats" ] && grep -q '^cycles by owner' "$TMP/out" && grep -qx ' *native' "$TMP/out" || wrong "compare, $signal: $(ls "$TMP"); $(cat "$TMP/out")"
done

"$TRAPEZE" run -t native --quiet --max-insns 100000000 --stats="$TMP/stats" "$TMP/spin.elf" >/dev/null </dev/null &    # without job control
sleep 0.5
kill -INT $!
wait $!
[ "$("$json" "$TMP/stats" exit.reason)" = budget ] || wrong "a signal that is switched off: $("$json" "$TMP/stats" exit)"
exit $bad
