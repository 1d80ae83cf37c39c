#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pv on the command line: what is compared, what is left out, what is refused; and the same run twice.
set -u
json=$BUILD/tests/tools/json
bad=0
wrong() { echo "$*"; bad=1; }
refused() {     # LINE ARGUMENT...
    local want=$1 got
    shift
    got=$("$TRAPEZE" "$@" 2>&1 >/dev/null </dev/null)
    [ $? = 125 ] && [ "$got" = "trapeze: $want" ] || wrong "$*: $got"
}
refused "--switch 100:pv: a kernel asks for it when it starts; no run can change to it" run --switch 100:pv "$KERNEL"
refused "--switch: a paravirtual kernel cannot go on by another technique" run -t pv --switch 100:te "$KERNEL"
refused "--shadow flush: no technique of this run has it" run -t pv --shadow flush "$KERNEL"
refused "-t: pv has no option 'traced'" run -t pv/traced "$KERNEL"
refused "--mmu shadow: pv has only direct" run -t pv --mmu shadow "$KERNEL"
refused "--format asm: only hypercalls has constants for an assembler" info isa --format asm

# Only end, console and disks are compared.
"$TRAPEZE" compare -t native,pv --append run=hello --format json "$KERNEL" >"$TMP/c.json" </dev/null || wrong "compare: $?"
[ "$("$json" "$TMP/c.json" equal verdicts | tr '\n' ' ')" = \
    'true [{"console":"equal","first_difference":null,"mmu":"direct","state":"not_compared","technique":"pv","title":"pv","traps":"not_compared"}] ' ] ||
    wrong "verdict: $("$json" "$TMP/c.json" verdicts)"
[ "$("$json" "$TMP/c.json" runs.1.{mmu,shadow} | tr '\n' ' ')" = "direct null " ] || wrong "mmu of pv"
"$TRAPEZE" compare -t pv,native --append run=hello "$KERNEL" </dev/null | tail -1 |
    grep -qx 'native: end, console and disks are equal; state and traps are not compared' || wrong "pv as the reference"
# A console that differs: the kernel says who it is.
cat >"$TMP/says.s" <<'END'
        .include "pv.inc"
        BEGIN
        BECOME_PARAVIRTUAL
        call console_write, RAM, 4
        END
END
"$TRAPEZE" asm -I tests/pv -I "$BUILD/guestos" "$TMP/says.s" -o "$TMP/says.elf" || bad=1
"$TRAPEZE" compare -t native,pv "$TMP/says.elf" </dev/null >"$TMP/out"
[ $? = 1 ] && [ "$(tail -1 "$TMP/out")" = "pv: end, console or disks differ; state and traps are not compared" ] || wrong "another console: $(tail -1 "$TMP/out")"
"$TRAPEZE" verify -t pv --format json "$TMP/says.elf" >"$TMP/v.json" </dev/null
[ $? = 1 ] && [ "$("$json" "$TMP/v.json" techniques.0.{equivalence.holds,resource_control.holds,equivalence.first_difference.what} | xargs)" = "false true outcome" ] ||
    wrong "verify of another console: $("$json" "$TMP/v.json" techniques.0.equivalence)"

# Left out, with a note.
printf '_start: li t0, 0x100000\nli t1, 0x5555\nsw t1, 0(t0)\n' >"$TMP/plain.s"
"$TRAPEZE" asm "$TMP/plain.s" -o "$TMP/plain.elf" || bad=1
for command in "compare -t native,pv,te" "verify -t pv,te"; do
    # shellcheck disable=SC2086
    "$TRAPEZE" $command "$TMP/plain.elf" >"$TMP/out" 2>"$TMP/err" </dev/null || wrong "$command: $?"
    [ "$(cat "$TMP/err")" = "trapeze: pv is left out: the kernel makes no hypercalls" ] || wrong "$command: $(cat "$TMP/err")"
    grep -q '^pv' "$TMP/out" && wrong "$command: pv is not left out"
    grep -q '^te' "$TMP/out" || wrong "$command: te is left out"
done
"$TRAPEZE" compare -t native,pv --max-insns 20000 --append run=hello "$KERNEL" 2>"$TMP/err" >/dev/null </dev/null
grep -q '^trapeze: pv is left out: the other runs stop' "$TMP/err" || wrong "a budget: $(cat "$TMP/err")"
"$TRAPEZE" compare -t native,te,pv --switch 100:interp,5000:te --append run=hello "$KERNEL" >"$TMP/out" </dev/null || wrong "switched: $?"
[ "$(head -1 "$TMP/out" | xargs)" = "native te, switched pv" ] || wrong "switched: $(head -1 "$TMP/out")"

# Twice the same; also with the simulator's short cuts off.
for i in 1 2; do
    "$TRAPEZE" run -t pv --append par=forktree,pfstorm --stats "$KERNEL" --format json 2>&1 </dev/null | sed '/"host"/,/}/d' >"$TMP/$i"
done
cmp "$TMP/1" "$TMP/2" || wrong "two runs differ"
grep -q '"hypercall"' "$TMP/1" || wrong "no report"
[ "$("$TRAPEZE" info hypercalls | grep -cE '^[0-9]+ +[a-z_]+ ')" -ge 18 ] || wrong "info hypercalls"
cmp <("$TRAPEZE" info hypercalls --format asm) "$BUILD/guestos/hypercall.inc" || wrong "hypercall.inc is old"
exit $bad
