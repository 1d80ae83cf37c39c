#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The kernel's programs under verify, with their input from a pipe and their disk, which stays as it is: all three properties
# hold. Those that take long only with VERIFY_ALL=1, as make stress does.
set -u
bad=0
json=$BUILD/tests/tools/json
programs=(hello nosuch primes diskcopy)
[ -z "${VERIFY_ALL:-}" ] || programs=($(basename -s .args tests/golden/*.args))

for name in "${programs[@]}"; do
    golden=tests/golden/$name input=/dev/null drive=()
    [ ! -e "$golden.in" ] || input=$golden.in
    if [ -e "$golden.disk" ]; then
        seq -f %07.0f 1 "$(cat "$golden.disk")" >"$TMP/disk"
        cp "$TMP/disk" "$TMP/before"
        drive=(--drive "$TMP/disk")
    fi
    cat "$input" | "$TRAPEZE" verify --append "$(cat "$golden.args")" "${drive[@]}" --stats="$TMP/$name.json" "$KERNEL" >"$TMP/out" 2>"$TMP/err" ||
        { echo "$name: status $?"; cat "$TMP/out" "$TMP/err"; bad=1; }
    [ ! -s "$TMP/err" ] || { echo "$name says:"; cat "$TMP/err"; bad=1; }
    [ ! -e "$golden.disk" ] || cmp "$TMP/disk" "$TMP/before" || bad=1
done

# What the report says of a run is what run says of it; the report is the same every time.
"$TRAPEZE" run -t te --append "$(cat tests/golden/hello.args)" --stats="$TMP/run.json" "$KERNEL" </dev/null >/dev/null
"$TRAPEZE" verify -t te --append "$(cat tests/golden/hello.args)" --format json "$KERNEL" </dev/null >"$TMP/again.json"
is() { [ "$1" = "$2" ] || { echo "$3: $1, not $2"; bad=1; }; }
emulated=0
while read -r n; do emulated=$((emulated + n)); done < <("$json" "$TMP/again.json" techniques.0.efficiency.emulated.{control,mode,location,by_csr,memory_trap,interpreter,mprv,straddling,rom,innocuous})
is $emulated "$("$json" "$TMP/run.json" instructions.interpreted)" "instructions emulated"
is "$("$json" "$TMP/again.json" schema)" trapeze.verify/1 schema
[ "$("$json" "$TMP/again.json" techniques.0.resource_control.audited_writes)" -gt 1000 ] || { echo "few writes were audited"; bad=1; }
"$TRAPEZE" verify -t te --append "$(cat tests/golden/hello.args)" --format json "$KERNEL" </dev/null | cmp - "$TMP/again.json" || bad=1

# A bit that is turned at the end of the last run is found where it was turned.
"$TRAPEZE" verify --append "$(cat tests/golden/hello.args)" --flip x10:3 --stats="$TMP/flip.json" "$KERNEL" </dev/null >"$TMP/out" 2>&1
is $? 1 "status with a bit turned"
last=$(($("$json" "$TMP/flip.json" techniques | grep -o '"technique":' | wc -l) - 1))
is "$("$json" "$TMP/flip.json" holds techniques.$last.equivalence.{holds,first_difference.what} | paste -sd' ')" "false false x10" "the bit turned"
grep -q 'differs from native after .*: x10 is' "$TMP/out" || { cat "$TMP/out"; bad=1; }

# The same after a budget; and what is refused.
"$TRAPEZE" verify --quiet --max-insns 5000 "$KERNEL" </dev/null >"$TMP/out" || { echo "with a budget:"; cat "$TMP/out"; bad=1; }
refused() {
    local want=$1
    shift
    "$TRAPEZE" verify "$@" </dev/null >"$TMP/out" 2>"$TMP/err"
    is $? 125 "status of verify $*"
    grep -qxF "trapeze: $want" "$TMP/err" && [ ! -s "$TMP/out" ] || { echo "verify $*:"; cat "$TMP/err"; bad=1; }
}
refused "no image is given: trapeze verify [OPTION...] IMAGE"
refused "$KERNEL: verify takes one image" "$KERNEL" "$KERNEL"
refused "-t native: a technique below the monitor is wanted" -t native "$KERNEL"
refused "--format: verify reports as table or json" --format csv "$KERNEL"
refused "--clock cycles: the guest then feels what the monitor costs, and equality is not promised" --clock cycles "$KERNEL"
refused "/nowhere.elf: No such file or directory" /nowhere.elf
exit $bad
