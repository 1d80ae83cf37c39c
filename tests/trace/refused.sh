#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Traces that are none, or not whole, are refused with one line that names the file; so are options that mean nothing. A trace that
# cannot be written leaves nothing behind; a run that is interrupted leaves a whole one.
set -u
trap 'kill $(jobs -p) 2>/dev/null' EXIT
bad=0
wrong() { echo "$*"; bad=1; }
"$TRAPEZE" run --append run=hello --trace "$TMP/good.json" "$KERNEL" </dev/null >/dev/null
"$TRAPEZE" run --append run=hello --trace "$TMP/good.json.zst" "$KERNEL" </dev/null >/dev/null

# refused PATTERN OPTION...: one line.
refused() {
    local pattern=$1
    shift
    "$TRAPEZE" "$@" >"$TMP/out" 2>"$TMP/err" </dev/null
    local status=$?
    { [ $status = 125 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -q -- "$pattern" "$TMP/err"; } || wrong "$*: status $status: $(head -3 "$TMP/err")"
}
# broken PATTERN: $TMP/t.json is.
broken() { refused "^trapeze: $TMP/t.json: line [0-9]*: $1" trace "$TMP/t.json"; }

n=$(wc -c <"$TMP/good.json")
for cut in 1 30 400 1000 $((n / 2)) $((n - 4)) $((n - 2)); do
    head -c "$cut" "$TMP/good.json" >"$TMP/t.json"
    broken 'the trace ends in the middle'
done
head -c 2000 "$TMP/good.json.zst" >"$TMP/t.json"
broken 'ends in the middle'
{ head -c 3000 "$TMP/good.json.zst"; echo garbage; tail -c +3010 "$TMP/good.json.zst"; } >"$TMP/t.json"
broken 'cannot be unpacked'
: >"$TMP/t.json"; broken 'the trace ends in the middle'
head -c 5000 "$KERNEL" >"$TMP/t.json"; broken "no trace: '{' is wanted"
echo '{"traceEvents":[]}' >"$TMP/t.json"; broken 'no trace of this program: "otherData" is not before'
echo '{"otherData":{"schema":"other/1"},"traceEvents":[]}' >"$TMP/t.json"; broken 'no trace of this program: "schema"'
echo '{"otherData":{"schema":"trapeze.trace/1"}}' >"$TMP/t.json"; broken 'no trace: it has no "traceEvents"'
{ cat "$TMP/good.json"; echo more; } >"$TMP/t.json"; broken 'there is more behind the trace'
event() {
    printf '{"otherData":{"schema":"trapeze.trace/1"},"traceEvents":[\n%s\n]}\n' "$1" >"$TMP/t.json"
    broken "$2"
}
good='{"name":"csr","cat":"exit","ph":"X","pid":1,"tid":2,"ts":1,"dur":2,"args":{"T":1,"ran":0,"pc":"0x1","at":"","mode":"M","cause":"x","tval":"0x0","technique":"te","did":"","interpreted":0}}'
event 'gibberish' 'no JSON'
event "$(printf '{"a\001b\nc":1}')" 'no JSON'
event '[1]' 'an event is no object'
event "$good $good" "no trace: ',' is wanted between events"
event "${good/csr/nosuch}" "'nosuch' is no reason"
event "${good/\"pid\":1/\"pid\":99}" '"pid" of an event is no guest'
event "${good/\"dur\":2/\"dur\":-2}" '"dur" of an event is no number'
event "${good/\"T\":1/\"T\":\"x\"}" '"T" of an event is no number'
event "${good/0x1/0x}" '"pc" of an event is no address'
event "${good/0x1/0x11111111111111111}" '"pc" of an event is no address'
event "${good/\"cause\":\"x\"/\"cause\":\"a\\nb\"}" '"cause" of an event is no line'
event "${good/\"did\":\"\",/}" '"did" of an event is no text'
printf '{"otherData":{"schema":"trapeze.trace/1"},"traceEvents":[\n%s\n]}\n' "$good" >"$TMP/t.json"
[ "$("$TRAPEZE" trace --format csv "$TMP/t.json" | tail -1)" = 'A,1,1,0x1,"","M","x",0x0,csr,exit,2,"te","",0,0' ] || wrong "a good event"

refused "$TMP/nosuch: No such file" trace "$TMP/nosuch"
refused 'no trace is given' trace
refused 'did you mean .csr' trace --reason cst "$TMP/good.json"
refused "'0x10-0x1'" trace --pc 0x10-0x1 "$TMP/good.json"
refused "'12'" trace --pc 12 "$TMP/good.json"
refused "'x'" trace --steps x "$TMP/good.json"
refused "'md'" trace --format md "$TMP/good.json"
refused 'a letter is wanted' trace --guest 0 "$TMP/good.json"
refused 'one trace is wanted' trace "$TMP/good.json" "$TMP/good.json"

# Writing.
refused '/dev/full: No space left on device' run --append run=hello --trace /dev/full "$KERNEL"
refused '/dev/full: No space left on device' run --append run=hello --folded /dev/full "$KERNEL"
refused 'No such file or directory' run --append run=hello --trace "$TMP/no/such" "$KERNEL"
refused 'the trace goes there (--trace)' run --trace "$TMP/x" --folded "$TMP/x" "$KERNEL"
refused 'no place for a report' run --trace "$KERNEL" "$KERNEL"
mkdir "$TMP/place"
echo old >"$TMP/place/trace.json"
refused 'No space left' run --append run=hello --trace "$TMP/place/trace.json" --folded /dev/full "$KERNEL"
rm "$TMP/place/trace.json"
echo old >"$TMP/place/trace.json"
"$TRAPEZE" run --append run=hello --trace "$TMP/place/trace.json" "$KERNEL" </dev/null >/dev/full 2>/dev/null    # the console's fault
[ $? = 125 ] && [ "$(cat "$TMP/place/trace.json")" = old ] && [ "$(ls "$TMP/place")" = trace.json ] || wrong "a run that was given up: $(ls "$TMP/place")"

# Interrupted: whole.
printf '_start: la t0, trap\ncsrw mtvec, t0\nspin: li t2, 100000\nloop: addi t2, t2, -1\nbnez t2, loop\necall\nj spin\n.align 2
trap: csrr t1, mepc\naddi t1, t1, 4\ncsrw mepc, t1\nmret\n' >"$TMP/spin.s"
"$TRAPEZE" asm "$TMP/spin.s" -o "$TMP/spin.elf" || exit 1
set -m
"$TRAPEZE" run --trace "$TMP/spin.json.zst" --stats="$TMP/spin.stats" "$TMP/spin.elf" </dev/null >/dev/null 2>&1 &
run=$!
set +m
for _ in {1..500}; do
    case $(cat /proc/$run/comm) in trapeze) mask=$(sed -n 's/^SigCgt:[[:space:]]*/0x/p' /proc/$run/status); [ $((mask & 2)) = 0 ] || break ;; esac
    sleep 0.02
done
sleep 0.3
kill -INT $run
wait $run
[ $? = 124 ] || wrong "interrupted: another status"
"$TRAPEZE" trace --summary --format csv "$TMP/spin.json.zst" | sed -n 's/^privileged,\([0-9]*\),.*/\1/p' >"$TMP/count"
[ "$(cat "$TMP/count")" = "$("$BUILD"/tests/tools/json "$TMP/spin.stats" exits.privileged.count)" ] && [ "$(cat "$TMP/count")" -gt 100 ] || wrong "interrupted: $(cat "$TMP/count") mrets"
exit $bad
