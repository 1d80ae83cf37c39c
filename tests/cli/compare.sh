#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# compare: the four formats say the same of the same runs; shares and ratios are what they are said to be.
set -u
json=$BUILD/tests/tools/json
bad=0
wrong() { echo "$*"; bad=1; }
compare() { "$TRAPEZE" compare -t native,te/flush,te/traced,bt,interp --append run=forktree "$@" "$KERNEL" </dev/null; }
titles=(native te/flush te/traced bt interp)
compare --format json >"$TMP/json" || wrong "json: $?"
compare >"$TMP/table" || wrong "table: $?"
compare --format md >"$TMP/md" || wrong "md: $?"
compare --format csv >"$TMP/csv" || wrong "csv: $?"
compare --stats="$TMP/stats.csv" --format csv >"$TMP/table2" || wrong "stats: $?"
cmp -s "$TMP/table" "$TMP/table2" || wrong "with --stats another table is printed"
cmp -s <(sed 's/,[^,]*,[^,]*$//; s/--format csv//; s/--stats[^ ]*//; s/  */ /g' "$TMP/csv") \
    <(sed 's/,[^,]*,[^,]*$//; s/--format csv//; s/--stats[^ ]*//; s/  */ /g' "$TMP/stats.csv") || wrong "with --stats another CSV is written"

# The row NAME below the heading SECTION, without commas in numbers: of the table, and of Markdown.
in_table() { awk -v section="$1" -v name="$2" '!/^ / { inside = $0 ~ "^" section } inside && $1 == name' "$TMP/table" | tr -d ,; }
in_md() { awk -F ' *[|] *' -v section="$1" -v name="$2" '/^$/ { getline; inside = $2 ~ "^" section } inside && $2 == name' "$TMP/md" | tr -d ,; }
[ "$(head -1 "$TMP/table" | xargs)" = "${titles[*]}" ] || wrong "the columns are $(head -1 "$TMP/table")"
[ "$(grep -c '^|---|--:|--:|--:|--:|--:|$' "$TMP/md")" = "$(grep -c '^| [a-z ():,]* | native | te/flush | te/traced | bt | interp |$' "$TMP/md")" ] || wrong "Markdown: headings"
[ "$(grep -c 'are equal to those of native$' "$TMP/md")" = 4 ] || wrong "Markdown: verdicts"

column() { head -1 "$TMP/csv" | tr , '\n' | grep -nx "$1" | cut -d: -f1; }
[ "$(wc -l <"$TMP/csv")" = 6 ] || wrong "CSV: lines"
# The one field with quotes is the command.
values() { tail -n +2 "$TMP/csv" | sed 's/"[^"]*"/command/'; }
mapfile -t csv_titles < <(values | cut -d, -f"$(column title)")
[ "${csv_titles[*]}" = "${titles[*]}" ] || wrong "CSV: ${csv_titles[*]}"
for field in cycles.total cycles.switch exits.page_hidden.count counters.walk_refs instructions.interpreted state_hash; do
    mapfile -t want < <("$json" "$TMP/json" runs.{0..4}."$field")
    mapfile -t got < <(values | cut -d, -f"$(column $field)")
    [ "${got[*]}" = "${want[*]}" ] || wrong "CSV: $field: ${got[*]}; JSON: ${want[*]}"
    case $field in
    cycles.*) where="cycles ${field#*.}" ;;
    counters.*) where="counters ${field#*.}" ;;
    instructions.*) where="instructions ${field#*.}" ;;
    *) continue ;;
    esac
    # shellcheck disable=SC2086
    { [ "$(in_table $where | xargs)" = "${where#* } ${want[*]}" ] || wrong "table: $field: $(in_table $where)"
      [ "$(in_md $where | tr '|' ' ' | xargs)" = "${where#* } ${want[*]}" ] || wrong "Markdown: $field: $(in_md $where)"; }
done

# Ratios, shares, all exits.
mapfile -t cycles < <("$json" "$TMP/json" runs.{0..4}.cycles.total)
expected=$(for c in "${cycles[@]}"; do awk -v c="$c" -v n="${cycles[0]}" 'BEGIN { printf "%.3f ", c / n }'; done)
[ "$(sed -n "s/^  times native's *//p" "$TMP/table" | xargs)" = "$(echo "$expected" | xargs)" ] || wrong "ratios: expecteded $expected"
for part in "direct run directly" "translated translated" "interpreted interpreted"; do
    expected=
    for i in 0 1 2 3 4; do
        read -r n all < <("$json" "$TMP/json" runs.$i.instructions.{"${part%% *}",guest} | xargs)
        expected+=$(awk -v n="$n" -v all="$all" 'BEGIN { printf "%.3f %% ", 100 * n / all }')
    done
    found=$(sed -n '/^share/,/^exits/p' "$TMP/table" | sed -n "s/^  ${part#* } *//p" | xargs)
    [ "$found" = "$(echo "$expected" | xargs)" ] || wrong "share ${part#* }: $found, expecteded $expected"
done
sum=0
for n in $("$json" "$TMP/json" runs.3.exits.{csr,privileged,ecall,exception,page_{true,hidden,trace},mmio,timer,interrupt,wfi,hypercall,callout,guest_page,virtual_insn,budget}.count); do
    sum=$((sum + n))
done
found=$(in_md exits total | cut -d'|' -f6)
[ "${found%%(*}" -eq "$sum" ] || wrong "all exits of bt: $found, expecteded $sum"
grep -q 'hypercall' "$TMP/table" && wrong "a row of zeros"
[ "$("$TRAPEZE" run --append run=hello --format md "$KERNEL" 2>&1 >/dev/null </dev/null | grep -c "^| in U-mode | 299 |$")" = 1 ] || wrong "run --format md"
exit $bad
