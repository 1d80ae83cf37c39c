# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash disable=SC2154,SC2034
#
# What mklab and grade share. They set `here`, the folder of labs, and `me`, their name.

export LC_ALL=C
set -o pipefail

# One clear line, and status 125: what is wrong with the command, not with a student's work.
refuse() { echo "$me: $*" >&2; exit 125; }

# Sets TRAPEZE to $TRAPEZE, or the one in PATH, or this checkout's build.
find_trapeze() {
    [ -n "${TRAPEZE:-}" ] || TRAPEZE=$(command -v trapeze || echo "$here/../build/trapeze")
    TRAPEZE=$(realpath "$TRAPEZE" 2>/dev/null) && "$TRAPEZE" --version >/dev/null 2>&1 || refuse "no trapeze: put it into PATH, or its place into TRAPEZE"
}

# lab_folder NUMBER: sets lab.
lab_folder() {
    local found=("$here/$1"-*)
    [[ $1 =~ ^[0-9]+$ ]] && [ -e "${found[0]}/tests" ] || refuse "there is no lab '$1'"
    lab=${found[0]}
}

# seed_of WORD: a number below 2^32 as it is; of any other word, such as a student's name or address, a number that
# follows from it, in capitals or not.
seed_of() {
    if [[ $1 =~ ^[0-9]{1,10}$ ]] && [ $((10#$1)) -lt 4294967296 ]; then
        echo $((10#$1))
    else
        printf %s "$1" | tr '[:upper:]' '[:lower:]' | cksum | cut -d ' ' -f 1
    fi
}

# answers PROFILE: the classifier's key as JSON; what it cannot do is refused.
answers() {
    "$TRAPEZE" classify --profile "$1" --answers --format json </dev/null 2>/dev/null
    [ $? -le 1 ] || refuse "trapeze classify --profile $1 --answers does not run"
}

# key PROFILE: lines "odd1.mode yes", "theorem1 no", "violations odd1 odd4 odd5", which fill the {...} of a lab's sources.
key() {
    command -v jq >/dev/null || refuse "jq is not installed (Debian: apt-get install jq)"
    answers "$1" | jq -r 'def word: if . == true then "yes" elif . == false then "no" else . end;
        .violations as $bad | "theorem1 \(.theorem1 | word)", "theorem3 \(.theorem3 | word)", "violations \($bad | join(" "))",
        (.instructions[] | .insn as $i | to_entries[] | "\($i).\(.key) \(.value)"),
        (.instructions[].insn | "\(.).repair \(if IN($bad[]) then "S" else "-" end)")' 2>/dev/null
}

# value NAME KEYFILE
value() { awk -v name="$1" '$1 == name { sub(/^[^ ]* */, ""); print }' "$2"; }

# cut_source SOURCE student|solution [KEYFILE [INSN]]: one of the trees' versions of a source. Lines behind `#> student` and `#> solution`
# belong to that tree alone, until `#> end` (behind `#> source` to none); behind `#> solution A B`, only if what INSN does is A or B. {NAME} is the key's value, and
# ? in a student's tree; {insn}, {meaning} are those of INSN.
cut_source() {
    awk -v tree="$2" -v keys="${3:-}" -v insn="${4:-}" '
        BEGIN {
            while (keys != "" && (getline line <keys) > 0) {
                name = line; sub(/ .*/, "", name); sub(/^[^ ]* */, "", line); value[name] = line
            }
            value["insn"] = insn; value["meaning"] = value[insn ".meaning"]; does = value[insn ".does"]; on = 1
        }
        $1 == "#>" {
            on = $2 == "end" || ($2 == tree && NF == 2)
            for (i = 3; i <= NF; i++) on = on || ($2 == tree && $i == does)
            next
        }
        !on { next }
        {
            while (match($0, /\{[a-z0-9.]+\}/)) {
                name = substr($0, RSTART + 1, RLENGTH - 2)
                text = tree == "student" ? "?" : value[name]
                if (name ~ /\./) text = sprintf("%-10s", text)
                $0 = substr($0, 1, RSTART - 1) text substr($0, RSTART + RLENGTH)
            }
            sub(/ +$/, "")
            print
        }' "$1"
}
