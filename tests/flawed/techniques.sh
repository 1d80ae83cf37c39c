#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The table of docs/theorem.md says what each technique saves on the flawed machine. Each of its cells: the kernel with this one use runs right or goes wrong as it says there, by its own console and by compare.
set -u
bad=0 cells=0
wrong() { echo "$*"; bad=1; }
sed -n '/^<!-- techniques/,/^<!-- end of techniques/p' docs/theorem.md | grep '^|' | sed 's/[`|]/ /g' >"$TMP/table"
read -ra techniques < <(sed -n '1s/instruction *used by//p' "$TMP/table")
[ "${techniques[*]}" = "te interp bt hw" ] || wrong "the table's columns are: ${techniques[*]}"
[ "$(wc -l <"$TMP/table")" = 10 ] || wrong "the table has not eight rows"

# check MASK INSTRUCTION USER TECHNIQUE OUTCOME
check() {
    local line status
    cells=$((cells + 1))
    line=$("$TRAPEZE" run --quiet -t "$4" --profile flawed --max-insns 1000000 "$TMP/$1.elf" 2>&1 </dev/null | grep -E "^$2 +$3: ")
    [[ $line == *": expected 0x"*", got 0x"*": $5" ]] || wrong "$2 by $3, $4 is to be $5: '$line'"
    "$TRAPEZE" compare --quiet -t "native,$4" --profile flawed --max-insns 1000000 "$TMP/$1.elf" >"$TMP/out" 2>&1 </dev/null
    status=$?
    if [ "$5" = right ]; then
        [ $status = 0 ] || wrong "$2 by $3, $4: compare says $status: $(tail -2 "$TMP/out")"
    else
        [ $status = 1 ] && grep -q "^$4: the reason is \`$2\` at 0x.*--explain $2$" "$TMP/out" ||
            wrong "$2 by $3, $4: compare says $status, and: $(tail -2 "$TMP/out")"
    fi
}

names=(popf smsw era jrst) number=0
while read -r instruction user outcomes; do
    mask=$((1 << number))
    [ "$instruction" = "${names[number % 4]}" ] || wrong "row $number is of $instruction"
    "$TRAPEZE" asm --profile flawed -D CHECKS=$mask guestos/flawed/kernel.s -o "$TMP/$mask.elf" || exit 1
    check $mask "$instruction" "$user" native right
    read -ra outcome <<<"$outcomes"
    for i in "${!techniques[@]}"; do
        check $mask "$instruction" "$user" "${techniques[i]}" "${outcome[i]}"
    done
    number=$((number + 1))
done < <(sed 1,2d "$TMP/table" | sort -s -b -k2,2)      # the kernel's four, then the user's

# All in one, as the documentation runs it.
for t in native te; do
    "$TRAPEZE" run -t $t --profile flawed "$BUILD/guestos/flawed.elf" >"$TMP/all" 2>&1
    [ $? = "$(grep -c ': wrong$' "$TMP/all")" ] && [ "$(wc -l <"$TMP/all")" = 9 ] || { cat "$TMP/all"; bad=1; }
done
[ $cells = 40 ] || wrong "only $cells cells"
echo "$cells cells"
exit $bad
