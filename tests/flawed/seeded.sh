#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Machines drawn from seeds: what is found by running them is what was drawn; the three that are to be repaired are, and no repair
# but theirs is needed; nobody is told who does not ask for the answers; all subcommands know the machine.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json
answers() { "$TRAPEZE" classify --profile "$1" --answers --format json; }
get() { "$json" "$1" "${@:2}"; }
seeds="0 1 2 7 1974 4294967295"

# violations FILE: "odd1 odd4 odd5"
violations() { get "$1" violations | grep -oE 'odd[1-6]' | xargs; }

for seed in $seeds; do
    key=$TMP/$seed.json
    answers "flawed:$seed" >"$key"
    [ $? = 1 ] || wrong "$seed: status"
    [ "$(get "$key" schema profile theorem1 | xargs)" = "trapeze.answers/1 flawed:$seed false" ] || wrong "$seed: $(head -4 "$key")"
    names=$(violations "$key")
    [ "$(echo "$names" | wc -w)" = 3 ] || wrong "$seed: violations: $names"
    repairs=
    for name in $names; do repairs+=,$name=S; done
    answers "flawed:$seed$repairs" >"$TMP/repaired.json" || wrong "$seed: repaired by $repairs, and status $?"
    [ "$(get "$TMP/repaired.json" theorem1 theorem3 profile | xargs)" = "true true flawed:$seed$repairs" ] || wrong "$seed: repaired?"
    for name in $names; do
        answers "flawed:$seed${repairs/,$name=S/}" >"$TMP/partly.json" && wrong "$seed: $name need not be repaired"
        [ "$(violations "$TMP/partly.json")" = "$name" ] || wrong "$seed without $name: $(violations "$TMP/partly.json")"
    done
    # For who executes in S-mode nothing is different: the machine's own columns but for the mode.
    for i in 0 1 2 3 4 5; do
        [ "$(get "$key" instructions.$i.does)" = "$(get "$TMP/repaired.json" instructions.$i.does)" ] || wrong "$seed: a repair changes row $i"
    done
done
[ "$(for s in $seeds; do sed 1,3d "$TMP/$s.json" | cksum; done | sort -u | wc -l)" = "$(echo "$seeds" | wc -w)" ] || wrong "two seeds, one machine"
[ "$(for s in $seeds; do get "$TMP/$s.json" theorem3; done | sort -u | xargs)" = "false true" ] || wrong "theorem 3 is the same for all seeds"
answers flawed:7 | cmp - "$TMP/7.json" || wrong "7 is another machine now"

# Not without asking.
for option in "" "--explain odd1" "--witness odd1-control" "--format json"; do
    # shellcheck disable=SC2086
    out=$("$TRAPEZE" classify --profile flawed:7 $option 2>&1)
    [ $? = 125 ] && [[ $out == *"is the machine of a lab"* ]] && [ "$(echo "$out" | wc -l)" = 1 ] || wrong "classify $option: $out"
done
"$TRAPEZE" classify --profile flawed --answers >"$TMP/out" 2>&1 && wrong "answers of the flawed machine"
grep -q "seeded machine" "$TMP/out" || wrong "$(cat "$TMP/out")"
"$TRAPEZE" classify --profile flawed:7 --answers --explain odd1 | grep -q -- "--profile flawed:7 --answers --witness odd1-" || wrong "explain"
"$TRAPEZE" classify --profile flawed:7 --answers | grep -q '^Theorem 1 fails' || wrong "table"
"$TRAPEZE" info isa --profile flawed:7 >"$TMP/info" || wrong info
[ "$(grep -cE '^odd[1-6] ' "$TMP/info")" = 6 ] || wrong "info: not all six"
grep -E '^(popf|odd[1-6].*(control|location|innocuous|mode))' "$TMP/info" && wrong "info tells"

# Assembler, disassembler, engine: odd ones of seeded machines alone. Those that trap do so with the word in mtval.
cat >"$TMP/x.s" <<'END'
_start: li      a0, 0
        odd3    a1, a2
        j       _start
END
for profile in strict flawed; do
    "$TRAPEZE" asm --profile $profile "$TMP/x.s" -o "$TMP/x.elf" 2>&1 | grep -q "x.s:2:.*odd3.*is of seeded machines" || wrong "asm --profile $profile"
done
printf '_start: popf a0\n' >"$TMP/popf.s"
"$TRAPEZE" asm --profile flawed:7 "$TMP/popf.s" -o "$TMP/x.elf" 2>&1 | grep -q "is of the flawed profile" || wrong "asm: popf of a seeded machine"
"$TRAPEZE" asm --profile flawed:7 "$TMP/x.s" -o "$TMP/x.elf" || wrong asm
"$TRAPEZE" disasm --profile flawed:7 "$TMP/x.elf" | grep -q 'odd3 a1,a2' || wrong disasm
"$TRAPEZE" disasm --profile flawed "$TMP/x.elf" | grep -q odd3 && wrong "disasm --profile flawed knows odd3"

# Texts that are no profile.
for text in flawed: flawed:x flawed:4294967296 flawed:-1 "flawed:1," flawed:1,odd7=S flawed:1,odd1 flawed:1,odd1=H flawed:1,odd1=S,odd1=S \
    flawed:1,odd1=Sx "flawed:1 " flawed1 strict:1; do
    out=$("$TRAPEZE" run --profile "$text" x 2>&1)
    [ $? = 125 ] && [ "$(echo "$out" | wc -l)" = 1 ] && [[ $out == *"--profile '$text'"* ]] || wrong "run --profile '$text': $out"
done
exit $bad
