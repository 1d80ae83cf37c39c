#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Witnesses: every one that --explain names can be executed again, and shows what it says. Wrong names are refused.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
for insn in add ecall sfence.vma wfi sret mret rdtime csrrw.satp csrrs.sstatus csrrw.minstret csrrwi.0x5c0 popf smsw era jrst; do
    "$TRAPEZE" classify --profile flawed --explain $insn >"$TMP/explain" || wrong "$insn: $?"
    grep -qE '^So (it|Theorem)' "$TMP/explain" || { wrong "$insn: no conclusion"; cat "$TMP/explain"; }
    while read -r _ command; do
        # shellcheck disable=SC2086
        "$TRAPEZE" $command >"$TMP/witness" || wrong "$command: $?"
        grep -q '^executed again: the witness holds$' "$TMP/witness" || wrong "$command does not hold"
    done < <(grep '^  trapeze ' "$TMP/explain")
done
"$TRAPEZE" classify --profile flawed --witness popf-control | grep -q 'mstatus (K): .* -> ' || wrong "popf-control does not show mstatus"
"$TRAPEZE" classify --profile flawed --witness smsw-mode | grep -q 'mode  *S  *U  *<- differ' || wrong "smsw-mode does not show the modes"
"$TRAPEZE" classify --profile flawed --witness era-location | grep -c 'x8 = 0000000080' | grep -qx 2 || wrong "era-location does not show addresses"
"$TRAPEZE" classify --profile flawed --witness jrst-control | grep -q 'mode (M): [SM] -> U' || wrong "jrst-control does not show the mode"

# refused TEXT ARGUMENT...
refused() {
    local text=$1
    shift
    "$TRAPEZE" classify "$@" >"$TMP/out" 2>"$TMP/err"
    [ $? = 125 ] && [ ! -s "$TMP/out" ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -qF -- "$text" "$TMP/err" || { wrong "classify $*"; cat "$TMP/err"; }
}
refused "no instruction 'popf'" --explain popf
refused "did you mean 'sret'" --explain sretq
refused "csrrw.mstatsu: there is no CSR 'mstatsu' (did you mean 'mstatus'?)" --explain csrrw.mstatsu
refused "say which, as in csrrw.sstatus" --explain csrrw
refused "no pair of states shows add-control" --witness add-control
refused "did you mean 'control'" --witness sret-contrl
refused "NAME-TEST is wanted" --witness sret
refused "one argument too many" kernel.elf
refused "classify: --format is for the whole" --format json --explain add
exit $bad
