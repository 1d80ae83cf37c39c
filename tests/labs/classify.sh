#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lab 1: the starter has few points, the solution has all, each wrong solution loses what it is to lose; the handout's commands
# work in a student's folder, and no solution is in it.
set -u
bad=0 rows=0
wrong() { echo "$*"; bad=1; }
TRAPEZE=$(realpath "$TRAPEZE")
lab=labs/01-classify
# classify says the same each time: it is asked once.
cat >"$TMP/trapeze" <<END
#!/bin/bash
if [ "\$1" != classify ] || [ "\$2" = --help ]; then exec "$TRAPEZE" "\$@"; fi
kept=$TMP/kept.\${*//[^a-z]/_}
[ -e "\$kept" ] || { "$TRAPEZE" "\$@" >"\$kept"; echo \$? >"\$kept.status"; }
cat "\$kept"
exit "\$(cat "\$kept.status")"
END
chmod +x "$TMP/trapeze"
TRAPEZE=$TMP/trapeze
task1=28 each=4 all=100             # each: of a row of the predictions
"$TRAPEZE" classify --help >/dev/null 2>&1 || { task1=0 all=$((all - 28)); }
"$TRAPEZE" run -t interp /nowhere 2>&1 | grep -q "unknown technique" && { each=2 all=$((all - 16)); }

# marked FOLDER POINTS NAME
marked() {
    local out status
    out=$(TRAPEZE=$TRAPEZE "$lab/check" "$1" 2>&1)
    status=$?
    [ "$(echo "$out" | tail -1)" = "$2 of $all points" ] && [ $status = $(($2 != all)) ] || { echo "$3: status $status, wanted $2 points:"; echo "$out"; bad=1; }
}

labs/mklab 01 "$TMP/starter" >/dev/null || exit 1
labs/mklab 01 "$TMP/starter" >/dev/null && wrong "mklab writes into a folder that is there"
grep -rlE 'reference solution|csrw +sepc, +\\entry' "$TMP/starter" && wrong "the starter has the solution in it"
marked "$TMP/starter" 0 starter
marked $lab/solution "$all" solution
cp $lab/solution/* "$TMP/starter/"
[ "$(cd "$TMP/starter" && TRAPEZE=$TRAPEZE ./check | tail -1)" = "$all of $all points" ] || wrong "the student's own check says something else"

# lost POINTS FILE EDIT NAME: the solution, edited.
lost() {
    rows=$((rows + 1))
    rm -rf "$TMP/wrong"
    mkdir "$TMP/wrong"
    cp $lab/solution/* "$TMP/wrong/"
    sed -i -E "$3" "$TMP/wrong/$2"
    cmp -s "$TMP/wrong/$2" $lab/solution/"$2" && wrong "$4: the edit changes nothing"
    marked "$TMP/wrong" $((all - $1)) "$4"
}
lost 10 uses.inc 's/csrs    sstatus, t0$/csrsi   sstatus, SIE/; s/andi    t0, \\old, SIE/nop/' "interrupts on, whatever they were"
lost 10 uses.inc 's/andi    t0, \\old, SIE/popf    \\old/' "a popf is left"
lost 10 uses.inc 's/andi    t0, \\old, SIE/li t0, 0/' "interrupts stay off"
lost 10 uses.inc 's/li      \\rd, 1/li \\rd, 0/' "a wrong mode"
lost 10 uses.inc 's/li      \\rd, 1/csrr \\rd, mstatus/' "a CSR of M-mode"
lost 10 uses.inc 's/sub     t0, .*/li t0, 0x123/' "only one place of the buffer"
lost 10 uses.inc 's/add     \\rd, t0, t1/era \\rd, \\va/' "an era is left"
lost 10 uses.inc 's/csrc    sstatus, t0/nop/' "back to S-mode"
lost 10 uses.inc 's/^        sret/jrst \\entry/' "a jrst is left"
lost 40 uses.inc 's/^        sret/no such instruction/' "it does not assemble"
lost 2 answers.txt 's/^smsw user +wrong/smsw user right/' "a wrong prediction"
lost $each answers.txt 's/^jrst user .*/jrst user/' "a prediction is missing"
lost $((8 * each)) answers.txt '/^(popf|smsw|era|jrst) /d' "no predictions"
if [ $task1 != 0 ]; then
    lost 5 answers.txt 's/^flawed +no +no/flawed no yes/' "Theorem 3"
    lost 8 answers.txt 's/^violations .*/violations popf smsw era/' "a violation is missing"
    lost 8 answers.txt 's/^violations .*/violations popf, smsw, era, jrst, wfi/' "a violation too many"
    lost 8 answers.txt '/^violations/d' "no violations"
fi

# The handout, command by command.
labs/mklab 01 "$TMP/student" >/dev/null
mkdir "$TMP/bin"
ln -s "$TRAPEZE" "$TMP/bin/trapeze"
blocks=0
while IFS= read -r command; do
    blocks=$((blocks + 1))
    [ $task1 = 0 ] && [[ $command == *classify* ]] && continue
    [ $each = 2 ] && [[ $command == *interp* ]] && continue
    (cd "$TMP/student" && PATH=$TMP/bin:$PATH bash -eu -o pipefail -c "$command") </dev/null >"$TMP/log" 2>&1 ||
        # classify on the flawed machine: the theorem does not hold
        { [ $? = 1 ] && [[ $command == "trapeze classify --profile flawed"* ]]; } || { echo "$command:"; tail -5 "$TMP/log"; bad=1; }
done < <(awk '/^```sh lab$/ { on = 1; next } /^```/ { on = 0 } on' $lab/README.md)
[ $rows -ge 13 ] && [ $blocks -ge 8 ] || wrong "$rows wrong solutions, $blocks commands"
echo "$rows wrong solutions, $blocks commands of the handout"
exit $bad
