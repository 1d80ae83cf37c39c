#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Reports: every name of docs/formats.md is there, sums hold, two runs differ in `host` alone, the three formats agree.
set -eu
json=$BUILD/tests/tools/json
fail() { echo "$*"; exit 1; }
run() { "$TRAPEZE" run --append run=hello "$@" "$KERNEL" </dev/null; }

for t in $TECHNIQUES; do
    run -t $t --stats="$TMP/$t.json" >/dev/null
    run -t $t --stats="$TMP/$t.2.json" >/dev/null
    cmp <(sed '/"host"/,$d; /"command"/,/]/d' "$TMP/$t.json") <(sed '/"host"/,$d; /"command"/,/]/d' "$TMP/$t.2.json") || fail "two runs differ"
    [ "$("$json" "$TMP/$t.json" schema technique profile clock seed cost_model.name exit.reason disk_hash | tr '\n' ' ')" = \
        "trapeze.run/1 $t strict insns 1 default finisher null " ] || fail "identity of $t"
    [ "$("$json" "$TMP/$t.json" title)" = $t ] || fail "title of $t"
    for name in version revision command image image_hash mmu shadow cost_model.hash exit.status exit.code host.seconds host.mips \
        instructions.{guest,direct,interpreted,translated,by_mode.{M,S,U}} cycles.{total,guest,trap,switch,walk,monitor,device,idle} \
        exits.{csr,privileged,ecall,exception,page_{true,hidden,trace},mmio,timer,interrupt,wfi,hypercall,callout,guest_page,virtual_insn,budget}.{count,cycles} \
        counters.{tlb_misses,walk_refs,guest_traps} {state,console,trap}_hash; do
        [ "$("$json" "$TMP/$t.json" "$name")" != missing ] || fail "$t: no $name"
    done
    for hash in image_hash cost_model.hash {state,console,trap}_hash; do
        "$json" "$TMP/$t.json" $hash | grep -qE '^xxh64:[0-9a-f]{16}$' || fail "$t: $hash"
    done
    mapfile -t n < <("$json" "$TMP/$t.json" instructions.{guest,direct,interpreted,translated,by_mode.{M,S,U}})
    [ "${n[0]}" = $((n[1] + n[2] + n[3])) ] && [ "${n[0]}" = $((n[4] + n[5] + n[6])) ] || fail "$t: instructions ${n[*]}"
done
[ "$("$json" "$TMP/native.json" mmu shadow | tr '\n' ' ')" = "real null " ] || fail "mmu of native"
[ "$("$json" "$TMP/bt.json" mmu shadow options | tr '\n' ' ')" = "shadow traced [] " ] || fail "mmu of bt"
[ "$("$json" "$TMP/te.json" mmu shadow | tr '\n' ' ')" = "shadow flush " ] || fail "mmu of te"
for name in {state,console,trap}_hash instructions.{guest,by_mode} counters.{guest_traps,guest_interrupts}; do
    for t in $TECHNIQUES; do
        [ "$("$json" "$TMP/native.json" $name)" = "$("$json" "$TMP/$t.json" $name)" ] || fail "native and $t differ in $name"
    done
done

# Theorem 3's hybrid monitor: what the kernel executes is interpreted, what programs execute is not.
[ "$("$json" "$TMP/interp.json" instructions.{interpreted,direct})" = "$("$json" "$TMP/native.json" instructions.by_mode.{M,S,U} |
    { read -r m; read -r s; read -r u; echo $((m + s)); echo "$u"; })" ] || fail "interp does not interpret M and S, and nothing else"

# Each exit is a return of hw_run: a trap and two world switches belong to each.
exits=0
for n in $("$json" "$TMP/te.json" exits.{csr,privileged,ecall,exception,page_true,page_hidden,mmio,timer,wfi,budget}.count); do exits=$((exits + n)); done
[ "$("$json" "$TMP/te.json" events.world_switch)" = $((2 * exits)) ] || fail "exits do not sum to the world switches"

# CSV: the same names, dotted, and as many values.
run --stats="$TMP/te.csv" --format csv >/dev/null
head -1 "$TMP/te.csv" | tr , '\n' >"$TMP/names"
for name in schema exit.status instructions.by_mode.U exits.page_hidden.cycles state_hash host.mips; do
    grep -qx "$name" "$TMP/names" || fail "CSV: no $name"
done
[ "$(wc -l <"$TMP/te.csv")" = 2 ] || fail "CSV: lines"
column=$(grep -nx cycles.total "$TMP/names" | cut -d: -f1)
[ "$(tail -1 "$TMP/te.csv" | cut -d, -f"$column")" = "$("$json" "$TMP/te.json" cycles.total)" ] || fail "CSV: cycles.total"

# On stderr: a table, or what --format says.
run --stats 2>&1 >/dev/null | grep -q 'share of instructions' || fail "no table"
run --format json 2>"$TMP/stderr.json" >/dev/null
[ "$("$json" "$TMP/stderr.json" state_hash)" = "$("$json" "$TMP/te.json" state_hash)" ] || fail "JSON on stderr"

# compare
compare() { "$TRAPEZE" compare --append run=hello "$@" "$KERNEL" </dev/null; }
compare -t native,te --stats="$TMP/c.json" >"$TMP/table"
[ "$("$json" "$TMP/c.json" schema reference equal verdicts | tr '\n' ' ')" = 'trapeze.compare/1 native true [{"console":"equal","first_difference":null,"mmu":"shadow","state":"equal","technique":"te","title":"te","traps":"equal"}] ' ] ||
    fail "verdict: $("$json" "$TMP/c.json" verdicts)"
for i in 0 1; do
    t=$([ $i = 0 ] && echo native || echo te)
    [ "$("$json" "$TMP/c.json" runs.$i.{state_hash,cycles,exits,events})" = "$("$json" "$TMP/$t.json" {state_hash,cycles,exits,events})" ] || fail "compare: run $i"
done
# The guest uses its devices as often whoever they are.
[ "$("$json" "$TMP/c.json" runs.0.counters.device_accesses)" = "$("$json" "$TMP/c.json" runs.1.counters.device_accesses)" ] ||
    fail "device_accesses differ"
[ "$(tail -1 "$TMP/table")" = "te: final state, console and traps are equal to those of native" ] || fail "$(tail -1 "$TMP/table")"
[ "$(compare -t te,native,te | grep -c 'equal to those of te$')" = 2 ] || fail "te as the reference"

# By default all techniques; a technique with an option of its own is a column of its own.
compare --format json >"$TMP/all.json"
[ "$(for t in $TECHNIQUES pv; do echo "$t"; done)" = "$("$json" "$TMP/all.json" runs.{0..8}.technique | grep -v missing)" ] || fail "not all techniques are compared"
compare -t native,te/traced,interp,te/flush --shadow traced --format json >"$TMP/variants.json"
[ "$("$json" "$TMP/variants.json" runs.{0..3}.{title,technique,shadow} equal | tr '\n' ' ')" = \
    "native native null te/traced te traced interp interp traced te/flush te flush true " ] || fail "variants"
compare -t native,bt,bt/flush,te,bt/no-chain/no-inline --no-inline --format json >"$TMP/variants.json"
[ "$("$json" "$TMP/variants.json" runs.{1..4}.{title,shadow,options} equal | tr '\n' ' ')" = \
    'bt traced ["no-inline"] bt/flush flush ["no-inline"] te flush [] bt/no-chain/no-inline traced ["no-chain","no-inline"] true ' ] ||
    fail "variants of bt: $("$json" "$TMP/variants.json" runs.{1..4}.{title,shadow,options})"
