#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Lab 1: the starter has no points, the reference solution all, on several machines; each wrong solution loses what it is to lose, by the
# tests that it is to fail; tests changed in a student's folder change nothing; what is no solution at all is graded, and what is no
# folder is refused; the other formats say the same; the handout's commands work in a student's folder.
set -u
bad=0 rows=0
wrong() { echo "$*"; bad=1; }
command -v jq >/dev/null || { echo "jq is not installed"; exit 77; }
command -v xmllint >/dev/null || { echo "xmllint is not installed"; exit 77; }
TRAPEZE=$(realpath "$TRAPEZE")
all="form odd1 odd2 odd3 odd4 odd5 odd6 theorem1 theorem3 violations evidence holds least runs"

# classify says the same each time: it is asked once.
cat >"$TMP/trapeze" <<END
#!/bin/bash
if [ "\$1" != classify ] || [ "\$2" = --help ]; then exec "$TRAPEZE" "\$@"; fi
kept=$TMP/kept.\${*//[^a-zA-Z0-9=]/_}
[ -e "\$kept.status" ] || { "$TRAPEZE" "\$@" >"\$kept" 2>&1; echo \$? >"\$kept.status"; }
cat "\$kept"
exit "\$(cat "\$kept.status")"
END
chmod +x "$TMP/trapeze"
real=$TRAPEZE
export TRAPEZE=$TMP/trapeze

# graded FOLDER POINTS STATUS "TEST ..." NAME [OPTION...]: the sum, the status, and the tests without all of their points.
graded() {
    local folder=$1 points=$2 wanted=$3 failed=$4 name=$5 status
    labs/grade 01 "$folder" --format tap "${@:6}" >"$TMP/tap" 2>"$TMP/errors"
    status=$?
    if [ "$(sed -n 's/^# \([0-9]* of 100\) points.*/\1/p' "$TMP/tap")" != "$points of 100" ] || [ $status != "$wanted" ] || [ -s "$TMP/errors" ] ||
        [ "$(sed -n 's/^not ok [0-9]* - \([a-z0-9]*\):.*/\1/p' "$TMP/tap" | xargs)" != "$failed" ]; then
        wrong "$name: status $status; wanted $points points, status $wanted, and failing: $failed"
        cat "$TMP/tap" "$TMP/errors"
    fi
}

# --- starter and solution, on several machines -----------------------------------------------------------------------------

for seed in 7 1 2 1974 ada@example.org; do
    labs/mklab 01 "$TMP/$seed" --seed $seed >/dev/null || exit 1
    labs/mklab 01 "$TMP/$seed.solution" --seed $seed --solution >/dev/null || exit 1
    graded "$TMP/$seed" 0 2 "${all#form }" "starter of $seed"
    graded "$TMP/$seed.solution" 100 0 "" "solution of $seed"
    grep -q "^flawed:[0-9]*$" "$TMP/$seed/machine" || wrong "the machine of $seed"
done
[ "$(cat "$TMP/7/machine")" = flawed:7 ] || wrong "seed 7: $(cat "$TMP/7/machine")"
cp -r "$TMP/7" "$TMP/student"
[ "$(find "$TMP/student" -type f -printf '%P\n' | sort | xargs)" = "README.md answers.txt check experiment.s harness.inc machine \
tests/01-theorem/harness.inc tests/01-theorem/tests tests/common.sh tests/grade" ] || wrong "a student's folder: $(find "$TMP/student" -type f)"
grep -rlE '^#>|\{odd|Evidence:|[Rr]eference solution' "$TMP/student" | grep -v /tests/ && wrong "the starter has the solution in it, or marks of where it was"
diff <(cd "$TMP/7" && grep -rh . answers.txt experiment.s) <(cd "$TMP/1" && grep -rh . answers.txt experiment.s) || wrong "the starter depends on the seed"
diff "$TMP/7.solution/answers.txt" "$TMP/1.solution/answers.txt" >/dev/null && wrong "seeds 7 and 1 have the same answers"
labs/mklab 01 "$TMP/ADA" --seed Ada@Example.org >/dev/null
cmp "$TMP/ADA/machine" "$TMP/ada@example.org/machine" || wrong "names in capitals are others"

# --- wrong solutions -----------------------------------------------------------------------------------------------------------

solution=$TMP/7.solution
"$TRAPEZE" classify --profile flawed:7 --answers --format json >"$TMP/key.json"
read -r v1 v2 v3 <<<"$(jq -r '.violations | join(" ")' "$TMP/key.json")"
trapping=$(jq -r '[.instructions[] | select(.privileged == "yes") | .insn][0]' "$TMP/key.json")
harmless=$(jq -r '[.instructions[] | select([.privileged, .control, .location, .mode] == ["no", "no", "no", "no"]) | .insn][0]' "$TMP/key.json")
trappings=$(jq -r '[.instructions[] | select(.privileged == "yes") | .insn] | join(" ")' "$TMP/key.json")
[[ "$v1 $v2 $v3 $trapping $harmless" =~ ^(odd[1-6]\ ){4}odd[1-6]$ ]] || wrong "the key: $(cat "$TMP/key.json")"

# lost POINTS STATUS "TEST ..." NAME COMMAND: the solution, after the command in its folder.
lost() {
    rows=$((rows + 1))
    rm -rf "$TMP/wrong"
    cp -r "$solution" "$TMP/wrong"
    (cd "$TMP/wrong" && eval "$5") || wrong "$4: the command fails"
    diff -r "$TMP/wrong" "$solution" >/dev/null && wrong "$4: it changes nothing"
    graded "$TMP/wrong" $((100 - $1)) "$2" "$3" "$4"
}
# put INSN COLUMN WORD; 5 is the repair. turn INSN COLUMN: yes becomes no, no yes.
put() { awk -v i="$1" -v c="$2" -v w="$3" '$1 == i { $(c + 1) = w } 1' answers.txt >new && mv new answers.txt; }
turn() { put "$1" "$2" "$(awk -v i="$1" -v c="$2" '$1 == i { print $(c + 1) == "yes" ? "no" : "yes" }' answers.txt)"; }
body() { printf '.include "harness.inc"\nin_s: %s\n.section .user, "ax"\nin_u: ecall\n' "$2" >"$1.s"; }

lost 3 1 "$v1" "one column wrong" "turn $v1 2"
lost 6 1 "$v1" "two columns wrong" "turn $v1 2; turn $v1 3"
lost 6 1 "$v2" "a row not answered" "for c in 1 2 3 4; do put $v2 \$c '?'; done"
lost 3 1 "$harmless" "harmless, and called privileged" "turn $harmless 1"
lost $((3 * $(wc -w <<<"$trappings"))) 1 "$trappings" "nothing is privileged" "for i in $trappings; do turn \$i 1; done"
lost 5 1 theorem1 "Theorem 1 holds" "sed -i 's/^theorem1.*/theorem1 yes/' answers.txt"
lost 5 1 theorem3 "Theorem 3, the other way round" "sed -i '/^theorem3/{s/yes/NO/;t;s/no/YES/}' answers.txt"
lost 4 1 violations "a violation is missing" "sed -i 's/^violations.*/violations $v1, $v3/' answers.txt"
lost 4 1 violations "a violation too many" "sed -i '/^violations/s/\$/ $trapping/' answers.txt"
lost 4 1 violations "no violations" "sed -i '/^violations/d' answers.txt"
lost 14 1 "theorem1 theorem3 violations" "task 2 is not there" "sed -i '/^[tv]/d' answers.txt"
lost 8 1 evidence "a program is missing" "rm $v2.s"
lost 24 1 evidence "no programs" "rm odd*.s"
lost 8 1 evidence "it does not assemble" "echo 'no such thing' >>$v1.s"
lost 8 1 evidence "an endless loop" "body $v1 '1: j 1b'"
lost 8 1 evidence "a loop that is endless under te, too, and only after the instruction" "body $v1 '$v1 a0, a1; 1: j 1b'"
lost 8 1 evidence "it ends with another status" "body $v1 '$v1 a0, a1; ecall'"
lost 8 1 evidence "nothing happens" "body $v1 ret"
lost 8 1 evidence "another instruction's fault" "sed 's/^# .*//' $v2.s >$v1.s"
lost 8 1 evidence "used in user mode only, where it is what it is" "body $v1 ret; sed -i 's/ecall/$v1 a0, a1; ecall/' $v1.s; mv $v1.s $trapping.s; cp $v2.s $harmless.s"
lost 8 1 evidence "not the instruction's fault" "cp '$PWD/tests/labs/stale.s' $v1.s"
lost 8 1 evidence "a program of junk" "head -c 3000 /dev/urandom >$v3.s"
lost 8 1 evidence "a huge program" "truncate -s 4G $v3.s"
lost 8 1 evidence "a folder instead of a program" "rm $v3.s; mkdir $v3.s"
lost 60 2 "holds least runs" "one not repaired" "put $v2 5 -"
lost 60 2 "holds least runs" "none repaired" "for i in $v1 $v2 $v3; do put \$i 5 '?'; done"
lost 60 2 "holds least runs" "one that trapped traps no more" "put $trapping 5 U"
lost 6 1 least "one repaired that is harmless" "put $harmless 5 S"
lost 6 1 least "one repaired that trapped" "put $trapping 5 s"
lost 6 1 least "everything repaired" "for i in 1 2 3 4 5 6; do put odd\$i 5 S; done"
lost 8 1 runs "repaired too much: not the supervisor's any more" "put $v1 5 M"
lost 14 1 "least runs" "everything is M-mode's" "for i in 1 2 3 4 5 6; do put odd\$i 5 M; done"
lost 60 2 "form $v1" "a word that is none" "put $v1 1 \"per'haps\""
lost 60 2 "form" "a repair that is none" "put $harmless 5 H"
lost 60 2 "form $v2 holds least runs" "a row is missing" "sed -i '/^$v2/d' answers.txt"
for junk in "rm answers.txt" "head -c 3000 /dev/urandom >answers.txt" "truncate -s 4G answers.txt" ": >answers.txt" \
    "rm answers.txt; mkdir answers.txt" "yes odd1 | head -c 60000 >answers.txt" "ln -sf /dev/zero answers.txt"; do
    lost 76 2 "form odd1 odd2 odd3 odd4 odd5 odd6 theorem1 theorem3 violations holds least runs" "$junk" "$junk"
done

# --- the tests that count are ours --------------------------------------------------------------------------------------------

cp -r "$TMP/7" "$TMP/cheat"
cat >"$TMP/cheat/tests/01-theorem/tests" <<'END'
run_tests() { result all 100 100 public "everything"; }
END
cp "$TMP/cheat/tests/01-theorem/tests" "$TMP/cheat/tests/grade"
printf 'in_s: ret\n' >"$TMP/cheat/harness.inc"
cp "$TMP/cheat/harness.inc" "$TMP/cheat/tests/01-theorem/harness.inc"
graded "$TMP/cheat" 0 2 "${all#form }" "a starter with other tests"
cp -r "$solution" "$TMP/broken"
find "$TMP/broken/tests" -type f -exec sh -c 'echo exit 3 >"$1"' x {} \;
rm "$TMP/broken/harness.inc"
graded "$TMP/broken" 100 0 "" "a solution without harness and tests"
cp -r "$TMP/1.solution" "$TMP/friend"
graded "$TMP/friend" 100 0 "" "a friend's solution for a friend's machine"
labs/grade 01 "$TMP/friend" --seed 7 >"$TMP/out"
[ $? = 2 ] && grep -q '^Lab 01, flawed:7$' "$TMP/out" || wrong "a friend's solution: $(cat "$TMP/out")"
graded "$solution" 100 0 "" "the seed as a name" --seed 7
graded "$TMP/ada@example.org.solution" 100 0 "" "the seed as a name" --seed ADA@example.org
out=$("$TMP/7.solution/check") || wrong "the student's own check of a solution: $out"
[ "$(tail -1 <<<"$out")" = "24 of 24 points" ] || wrong "check: $out"
"$TMP/student/check" >"$TMP/out" && wrong "the student's own check of a starter: $(cat "$TMP/out")"

# --- formats ---------------------------------------------------------------------------------------------------------------------

cp -r "$solution" "$TMP/some"
(cd "$TMP/some" && turn "$v1" 2 && body "$v2" '"<&>"')
labs/grade 01 "$TMP/some" >"$TMP/text"
[ "$(tail -1 "$TMP/text")" = "89 of 100 points" ] || wrong "text: $(cat "$TMP/text")"
labs/grade 01 "$TMP/some" --format=junit >"$TMP/junit.xml"
xmllint --noout "$TMP/junit.xml" || wrong "junit"
[ "$(xmllint --xpath 'concat(/testsuite/@tests, " ", count(//testcase), " ", /testsuite/@failures, " ", count(//failure), " ", //property[@name="score"]/@value)' "$TMP/junit.xml")" = \
    "14 14 2 2 89" ] || wrong "junit: $(cat "$TMP/junit.xml")"
labs/grade 01 "$TMP/some" --format gradescope >"$TMP/results.json"
[ "$(jq -c '[.score, ([.tests[].score] | add), ([.tests[].max_score] | add), (.tests | length), ([.tests[] | select(.status == "failed")] | length),
    ([.tests[] | select(.visibility == "visible") | .number])]' "$TMP/results.json")" = '[89,89,100,14,2,["form","evidence"]]' ] ||
    wrong "gradescope: $(cat "$TMP/results.json")"
labs/grade 01 "$TMP/7" --format gradescope | jq -e '.score == 0 and (.tests | all(.score == 0))' >/dev/null || wrong "gradescope: a starter"

# --- what is refused: one line, status 125 ---------------------------------------------------------------------------------

refused() {
    local out
    out=$("$@" 2>&1 >"$TMP/stdout")
    [ $? = 125 ] && [ "$(wc -l <<<"$out")" = 1 ] && [ -n "$out" ] && [ ! -s "$TMP/stdout" ] || wrong "$*: $out"
}
echo flawed:7,odd1=S >"$TMP/cheat/machine"
refused labs/grade 01 "$TMP/cheat"
head -c 300 /dev/urandom >"$TMP/cheat/machine"
refused labs/grade 01 "$TMP/cheat"
rm "$TMP/cheat/machine"
refused labs/grade 01 "$TMP/cheat"
refused labs/grade 01 "$TMP/nowhere"
refused labs/grade 01 "$TMP/tap"
refused labs/grade 99 "$TMP/7"
refused labs/grade x "$TMP/7"
refused labs/grade 01
refused labs/grade 01 "$TMP/7" more
refused labs/grade 01 "$TMP/7" --format html
refused labs/grade 01 "$TMP/7" --format
refused labs/grade 01 "$TMP/7" --none
refused env TRAPEZE=/nowhere labs/grade 01 "$TMP/7"
# shellcheck disable=SC2016
printf '#!/bin/bash\n[ "$1" != classify ] || { echo no; exit 125; }\n' >"$TMP/no-classify"
chmod +x "$TMP/no-classify"
refused env TRAPEZE="$TMP/no-classify" labs/grade 01 "$TMP/7"
refused env TRAPEZE="$TMP/no-classify" labs/mklab 01 "$TMP/new" --solution
refused labs/mklab 01 "$TMP/7"
refused labs/mklab 99 "$TMP/new"
refused labs/mklab 01 "$TMP/new" --seed
refused env TRAPEZE=/nowhere labs/mklab 01 "$TMP/new" --solution
[ ! -e "$TMP/new" ] || wrong "mklab leaves something behind"

# --- the handout, command by command -------------------------------------------------------------------------------------------

mkdir "$TMP/bin"
ln -s "$real" "$TMP/bin/trapeze"
commands=0
while IFS= read -r command; do
    commands=$((commands + 1))
    (cd "$TMP/student" && PATH=$TMP/bin:$PATH bash -eu -o pipefail -c "$command") </dev/null >"$TMP/log" 2>&1 || { wrong "$command:"; tail -5 "$TMP/log"; }
done < <(awk '/^```sh lab$/ { on = 1; next } /^```/ { on = 0 } on' labs/01-theorem/README.md)
grep -q 'equal to those of native' "$TMP/log" || grep -q differs "$TMP/log" || wrong "the handout's last command: $(cat "$TMP/log")"
[ $rows -ge 30 ] && [ $commands -ge 8 ] || wrong "$rows wrong solutions, $commands commands"
echo "$rows wrong solutions, $commands commands of the handout"
exit $bad
