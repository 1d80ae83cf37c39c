#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# --profile everywhere: the four instructions are there with it, and illegal instructions, bare words and errors without.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json

# The code it ends with: 16 times the cause of the first trap, plus how many bytes behind `first` that was.
cat >"$TMP/four.s" <<'END'
_start: la      t0, handler
        csrw    mtvec, t0
        la      t6, over
first:  popf    zero
        smsw    t1
        era     t2, zero
        jrst    t6
over:   ecall
handler:
        csrr    a0, mepc
        la      a1, first
        sub     a0, a0, a1
        csrr    a1, mcause
        slli    a1, a1, 4
        add     a0, a0, a1
        slli    a0, a0, 16
        li      a1, 0x3333
        or      a0, a0, a1
        li      a1, 0x100000
        sw      a0, (a1)
END
"$TRAPEZE" asm "$TMP/four.s" -o "$TMP/four.elf" 2>"$TMP/errors" && wrong "the strict assembler takes them"
[ "$(grep -c "is of the flawed profile: assemble with --profile flawed" "$TMP/errors")" = 4 ] || { cat "$TMP/errors"; bad=1; }
"$TRAPEZE" asm --profile flawed --no-compress "$TMP/four.s" -o "$TMP/four.elf" || exit 1

"$TRAPEZE" disasm "$TMP/four.elf" | grep -qE 'popf|smsw|era|jrst' && wrong "the strict disassembler knows them"
"$TRAPEZE" disasm --profile flawed "$TMP/four.elf" | sed -n 's/.*  \(popf\|smsw\|era\|jrst\) \(.*\)/\1 \2/p' >"$TMP/got"
printf '%s\n' 'popf zero' 'smsw t1' 'era t2,zero' 'jrst t6' | diff - "$TMP/got" || wrong "the flawed disassembler writes something else"

# strict: the first one is illegal (cause 2). flawed: all go by, and the ecall is user mode's (cause 8) at byte 16. Under the
# monitor the guest's ecall comes from the mode that the guest believes to be in, which jrst has not changed: M (cause 11).
status() { "$TRAPEZE" run --quiet -t "$1" --profile "$2" "$TMP/four.elf"; echo $?; }
[ "$(status native strict)" = $((2 * 16)) ] || wrong "strict, native: $(status native strict)"
[ "$(status te strict)" = $((2 * 16)) ] || wrong "strict, te: $(status te strict)"
"$TRAPEZE" run --quiet -t native --profile flawed --stats="$TMP/run.json" "$TMP/four.elf"
[ "$("$json" "$TMP/run.json" profile exit.code | tr '\n' ' ')" = "flawed $((8 * 16 + 16)) " ] || wrong "flawed: $(cat "$TMP/run.json")"
"$TRAPEZE" run --quiet -t te --profile flawed --stats="$TMP/run.json" "$TMP/four.elf"
[ "$("$json" "$TMP/run.json" profile exit.code | tr '\n' ' ')" = "flawed $((11 * 16 + 16)) " ] || wrong "flawed, te: $(cat "$TMP/run.json")"
"$TRAPEZE" compare --quiet --profile strict "$TMP/four.elf" >"$TMP/out" || wrong "strict: compare finds a difference"
"$TRAPEZE" compare --quiet --profile flawed "$TMP/four.elf" >"$TMP/out" && wrong "flawed: compare finds none"

"$TRAPEZE" info isa | grep -q '^popf ' && wrong "info: popf in the strict machine"
[ "$("$TRAPEZE" info isa --profile flawed | grep -cE '^(popf|smsw|era|jrst) +R')" = 4 ] || wrong "info: not all four"

for command in "run x" "compare x" "asm x -o y" "disasm x" "info isa" "verify x" classify; do
    # shellcheck disable=SC2086
    out=$("$TRAPEZE" $command --profile broken 2>&1)
    [ $? = 125 ] && [ "$(echo "$out" | wc -l)" = 1 ] && [[ $out == *--profile*broken*strict*flawed*SEED* ]] || wrong "$command: $out"
done
exit $bad
