#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench nano: every operation by every technique, with figures that can be worked out by hand; the same twice; orderings that turn
# with a cost; a guest that fails its own check is noticed.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
json() { "$BUILD/tests/tools/json" "$TMP/nano.json" "$@"; }
nano() { "$TRAPEZE" bench nano -n 300 "$@"; }
pair() { nano -t native,bt "$@"; }

nano --format json >"$TMP/nano.json" || wrong "status $?"
nano --format json | cmp - "$TMP/nano.json" || wrong "two runs differ"
[ "$(json schema iterations cost_model.name | xargs)" = "trapeze.nano/1 300 default" ] || wrong "$(json schema iterations cost_model.name)"
[ "$(json rows.{0,1,2,3,4,5,6}.name | xargs)" = "syscall in cr8wr callret pgfault divzero ptemod" ] || wrong "$(json rows.{0,1,2,3,4,5,6}.name)"
titles=$(nano | sed -n 's/^cycles *//p')
for t in $TECHNIQUES bt/no-adaptive hw/shadow; do
    [[ " $titles " == *" $t "* ]] || wrong "$t is not measured"
done
# By hand, with the default costs: ecall, csrr, addi, csrw, addi, sret; a load; csrci and csrsi, by two; jal and ret.
[ "$(json rows.{0,1,2,3}.cells.0.{title,cycles} | xargs)" = "native 44.0 native 102.0 native 13.0 native 2.0" ] ||
    wrong "natively: $(json rows.{0,1,2,3}.cells.0.{title,cycles} | xargs)"
nano -t native,te --format csv >"$TMP/nano.csv"
[ "$(wc -l <"$TMP/nano.csv")" = 15 ] || wrong "the CSV has $(wc -l <"$TMP/nano.csv") lines"
grep -q '^syscall,te,te,shadow,[0-9.]*,4.0000$' "$TMP/nano.csv" || wrong "te's exits for a system call: $(grep syscall,te "$TMP/nano.csv")"
# A cost counts as often as there are events of it.
before=$(json rows.0.cells.0.cycles)
pair --cost-set trap_enter=1020 --format json >"$TMP/nano.json"
[ "$(json rows.0.cells.0.cycles)" = "$(awk "BEGIN { printf \"%.1f\", $before + 1000 }")" ] || wrong "a trap for 1000 cycles more: $(json rows.0.cells.0.cycles)"

# The paper's orderings, where both techniques are there; by a cost that is near where it turns; by another that is beyond.
cost="--cost bench/cost/p4-2006.ini"
verdicts() { nano -t "$1" $cost "${@:2}" | sed -n '/^Orderings/,/^$/p' | awk 'NR > 1 && NF { print $1, $2 ($3 == "nearly" ? " " $3 " " $4 : ""), /not measured/ ? "-" : /NOT/ ? "no" : "yes" }'; }
verdicts native,bt,hw/shadow >"$TMP/verdicts"
[ "$(wc -l <"$TMP/verdicts")" = 14 ] || wrong "$(wc -l <"$TMP/verdicts") orderings"
grep -v " yes$" "$TMP/verdicts" && wrong "these do not hold"
verdicts native,bt --cost-set csr_serialize=10 | grep -qx "cr8wr bt<native no" || wrong "a write of the interrupt mask for nothing: bt is still better"
pair $cost --cost-set csr_serialize=31 | grep -q '^  cr8wr bt<native: no longer with csr_serialize 25 % less: 34.5 : 27.2$' ||
    wrong "what turns: $(pair $cost --cost-set csr_serialize=31 | sed -n '/^They turn/,$p')"
nano -t native,bt,hw/shadow $cost | sed -n '/^They turn/,$p' | grep ' : ' && wrong "an ordering turns that should not"
verdicts native,bt | grep -c -- " -$" | grep -qx 7 || wrong "without hw its orderings are not measured: $(verdicts native,bt)"

# A guest that fails; guests that are not there; one that is none.
cp -r "$BUILD/bench/nano" "$TMP/guests"
mkdir "$TMP/worse"
sed "s/s1, s1, 1\$/s1, s1, 2/" bench/nano/nano.inc >"$TMP/worse/nano.inc"
cp bench/nano/syscall.s "$TMP/worse"
"$TRAPEZE" asm "$TMP/worse/syscall.s" -o "$TMP/guests/syscall.elf" || exit 1
"$TRAPEZE" bench nano -n 10 --guests "$TMP/guests" >"$TMP/out" 2>"$TMP/err"
[ $? = 1 ] && grep -q "syscall by native has not passed its own check" "$TMP/err" && grep -q "syscall by native: its guest has failed" "$TMP/out" ||
    wrong "a guest that fails: $(cat "$TMP/err")"
cp "$KERNEL" "$TMP/guests/syscall.elf"
"$TRAPEZE" bench nano -n 10 --guests "$TMP/guests" >"$TMP/out" 2>&1
[ $? = 125 ] && grep -q "has no symbol 'iterations'" "$TMP/out" || wrong "no nanobenchmark: $(cat "$TMP/out")"
rm "$TMP/guests/syscall.elf"
"$TRAPEZE" bench nano -n 10 --guests "$TMP/guests" >"$TMP/out" 2>&1
[ $? = 125 ] && [ "$(wc -l <"$TMP/out")" = 1 ] && grep -q "syscall.elf: cannot be read" "$TMP/out" || wrong "no guest: $(cat "$TMP/out")"
for wrong_use in "bench" "bench nono" "bench nano -t xyz" "bench nano -t native,te,bt/no-adaptive --plot x.gif" "bench nano -n 0" "bench nano kernel.elf"; do
    # shellcheck disable=SC2086
    "$TRAPEZE" $wrong_use >"$TMP/out" 2>&1
    [ $? = 125 ] && [ "$(wc -l <"$TMP/out")" = 1 ] || wrong "$wrong_use: $(cat "$TMP/out")"
done

# The guests are real ones: they pass on QEMU, too.
if command -v qemu-system-riscv64 >/dev/null; then
    for image in "$BUILD"/bench/nano/*.elf; do
        case $image in *-pv.elf) continue ;; esac     # who call a monitor
        timeout 60 qemu-system-riscv64 -M virt -bios none -m 128M -nographic -kernel "$image" </dev/null || wrong "$image on QEMU: $?"
    done
fi

if command -v gnuplot >/dev/null; then
    nano -t native,te,bt/no-adaptive --plot "$TMP/nano.svg" >/dev/null || wrong "--plot: $?"
    for text in syscall ptemod bt/no-adaptive cycles 10 1000; do
        grep -q "> *$text *</t" "$TMP/nano.svg" || wrong "the picture does not say '$text'"
    done
fi
exit $bad
