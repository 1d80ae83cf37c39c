#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# classify on both profiles: every control that is known beforehand comes out as it must, and the tables agree.
set -u
bad=0
json=$BUILD/tests/tools/json
wrong() { echo "$*"; bad=1; }

"$TRAPEZE" classify --format json >"$TMP/strict.json"; strict=$?
"$TRAPEZE" classify --profile flawed --format json >"$TMP/flawed.json"; flawed=$?
[ "$strict $flawed" = "0 1" ] || wrong "statuses $strict and $flawed"
for p in strict flawed; do
    "$json" "$TMP/$p.json" instructions | sed 's/{"clock"/\n&/g' | grep '"name"' | tr -d ' ' | sed 's/]$//; s/,$//' >"$TMP/$p.rows"
    [ "$("$json" "$TMP/$p.json" schema profile table_mismatches | xargs)" = "trapeze.classify/1 $p []" ] ||
        wrong "$p: $("$json" "$TMP/$p.json" schema profile table_mismatches)"
    grep -E '"untested":[^0]|undetermined' "$TMP/$p.rows" && wrong "$p: not all is decided"
done

# row PROFILE NAME PATTERN...: each pattern stands in the row.
row() {
    local found name=$2 profile=$1
    found=$(grep -F "\"name\":\"$name\"" "$TMP/$profile.rows") || wrong "$profile: no $name"
    shift 2
    for pattern; do
        grep -qE -- "$pattern" <<<"$found" || wrong "$profile: $name: $pattern is not in $found"
    done
}
none=('"control":"no"' '"location":"no"' '"mode":"no"')
all() { "$json" "$TMP/$1.json" all_configurations.theorem1_strict all_configurations.theorem1_pointwise all_configurations.theorem3 | xargs; }
[ "$(all strict)" = "64 64 64" ] || wrong "strict: the theorems hold in $(all strict) of 64 configurations"
[ "$(all flawed)" = "0 0 0" ] || wrong "flawed: the theorems hold in $(all flawed) of 64 configurations"
for i in 0 1 2 3 4 5 6 7; do
    t=$("$json" "$TMP/strict.json" configurations.$i.theorem1_strict configurations.$i.theorem1_pointwise configurations.$i.theorem3 configurations.$i.violations | xargs)
    [ "$t" = "true true true []" ] || wrong "strict, configuration $i: $t"
done

# Strict: what is innocuous, what is privileged.
for insn in add addi lw sd c.add lr.w sc.d amoadd.d fence fence.i jalr; do row strict $insn '"privileged":"no"' "${none[@]}" '"config":"no"' '"clock":"no"'; done
for insn in wfi sret mret sfence.vma; do row strict $insn '"privileged":"yes"' '"control":"yes"' '"mode":"no"'; done
for insn in ecall ebreak c.ebreak; do row strict $insn '"privileged":"no"' "${none[@]}"; done
row strict csrrw.satp '"privileged":"yes"' '"control":"yes"' '"location":"yes"'
row strict csrrs.mhartid '"privileged":"yes"' "${none[@]}"
for csr in time cycle instret; do
    row strict csrrs.$csr '"privileged":"yes"' "${none[@]}" '"clock":"yes"' '"config":"yes"' '"counters":"innocuous"'
done
for change in wfi:tw sret:tsr csrrw.satp:tvm sfence.vma:tvm; do row strict "${change%:*}" '"privileged":"yes"'; done

# Every CSR of S- and M-level, in all six instructions that can access it at all.
grep '"name":"csr' "$TMP/strict.rows" | grep -vE '\.(time|cycle|instret)"' >"$TMP/csrs"
[ "$(wc -l <"$TMP/csrs")" -gt 250 ] || wrong "only $(wc -l <"$TMP/csrs") rows of CSRs"
grep -v '"privileged":"yes"' "$TMP/csrs" && wrong "a CSR can be reached from U-mode"

# Flawed: each of the four is caught, and nothing else; nothing that a configuration could remove.
violations=$("$json" "$TMP/flawed.json" configurations.0.violations | grep -o '"insn": *"[^"]*"' | cut -d '"' -f 4 | sort | xargs)
[ "$violations" = "era jrst popf smsw" ] || wrong "flawed: violations: $violations"
"$json" "$TMP/flawed.json" configurations.0.violations | grep -o '"removed_by": *[^,}]*' | grep -v null && wrong "removed?"
row flawed popf '"privileged":"no"' '"control":"yes"' '"location":"no"' '"mode":"no"'
row flawed smsw '"privileged":"no"' '"control":"no"' '"mode":"yes"'
row flawed era '"privileged":"no"' '"control":"no"' '"location":"yes"' '"mode":"no"'
row flawed jrst '"privileged":"no"' '"control":"yes"' '"location":"no"'
diff <(grep -vE '"(popf|smsw|era|jrst)"' "$TMP/flawed.rows") "$TMP/strict.rows" || wrong "the other instructions differ between the profiles"

# Theorem 3, instruction by instruction.
for pair in popf:holds smsw:holds jrst:holds era:fails; do
    "$TRAPEZE" classify --profile flawed --explain "${pair%:*}" >"$TMP/explain" || wrong "${pair%:*}: no explanation"
    grep -q "^Theorem 3 (a hybrid monitor) ${pair#*:}" "$TMP/explain" || { wrong "${pair}"; cat "$TMP/explain"; }
done

# Twice the same.
for i in 1 2; do "$TRAPEZE" classify --explain csrrw.mstatus >"$TMP/explain.$i"; done
diff "$TMP/explain.1" "$TMP/explain.2" || wrong "another run says something else"
exit $bad
