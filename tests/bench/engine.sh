#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# bench-engine on counts too small to measure: each section is there, ratios follow from times, what is wrong is said. QEMU's
# place is taken by Trapeze itself, so that checksums agree wherever this runs; no time is judged.
set -u
command -v riscv64-unknown-elf-gcc >/dev/null || { echo "riscv64-unknown-elf-gcc is not installed"; exit 77; }
engine=$TMP/bench/engine
make -s BUILD="$TMP" WERROR=1 bench-guests "$engine" >"$TMP/make.log" 2>&1 || { cat "$TMP/make.log"; exit 1; }
json=$BUILD/tests/tools/json
fail() { echo "$*"; exit 1; }

# peer NAME: a stand-in for QEMU that runs this build; what follows is put in front of what it does.
peer() {
    cat >"$TMP/$1" <<END
#!/bin/bash
[ "\$1" = --version ] && { echo "stand-in 1.0"; exit; }
while [ \$# -gt 0 ]; do
    case \$1 in
    -m) memory=\$2; shift ;;
    -append) append=\$2; shift ;;
    -kernel) kernel=\$2; shift ;;
    esac
    shift
done
${2:-}
exec "$TRAPEZE" run -t native -m \$memory --append "\$append" "\$kernel"
END
    chmod +x "$TMP/$1"
}
peer good
# shellcheck disable=SC2016  # for the stand-in to expand
peer wrong 'case $kernel in */sum.elf) echo "checksum 0x0000000000000001"; exit ;; esac'
# shellcheck disable=SC2016
peer broken 'case $kernel in */sum.elf) exit 9 ;; esac'
run() { "$engine" --quick --runs 1 --qemu "$TMP/good" --trapeze "$TRAPEZE" --kernel "$KERNEL" --guests "$TMP/bench/guests" "$@"; }

# near A B: equal but for rounding.
near() { awk -v a="$1" -v b="$2" 'BEGIN { d = a - b; exit !(d * d <= 1e-6 * b * b) }' || fail "$3: $1, but its parts give $2"; }
get() { "$json" "$TMP/out.json" "$@"; }

run --only mix,chase,sum,pte,user,storm,startup --json "$TMP/out.json" >"$TMP/table" 2>"$TMP/messages" || fail "status $?: $(cat "$TMP/messages")"
[ ! -s "$TMP/messages" ] || fail "messages though nothing is wrong: $(cat "$TMP/messages")"
[ "$(get schema runs quick qemu | tr '\n' ' ')" = "trapeze.bench-engine/1 1 true stand-in 1.0 " ] || fail "identity: $(get schema runs quick qemu)"
for name in version revision compiler cpu cost_model.name cost_model.hash empty_seconds.{qemu,native,te,bt,hw} storm.{0,1,2}.{technique,exits,per_second,speed} \
    startup.{ms,qemu_ms,target_ms,peak_kib_128m,peak_kib_1g,target_kib,met}; do
    [ "$(get "$name")" != missing ] || fail "no $name"
done

# NAME of each row, in the order of the table, and each ratio.
for row in compute.0:mix compute.1:chase privileged.0:sum privileged.1:pte user.0:mix user.12:chase; do
    at=${row%:*}
    [ "$(get "$at.name")" = "${row#*:}" ] || fail "$at is $(get "$at.name")"
    ratio=$(get "$at.ratio")
    [ "$ratio" != null ] || continue    # too little time to measure
    case $at in
    user.*)
        mapfile -t n < <(get "$at".{native_seconds,seconds})
        near "$ratio" "$(awk "BEGIN { print ${n[0]} / ${n[1]} }")" "$at.ratio" ;;
    *)
        mapfile -t n < <(get "$at".{qemu,trapeze}.{seconds,count})
        near "$ratio" "$(awk "BEGIN { print (${n[0]} / ${n[1]}) / (${n[2]} / ${n[3]}) }")" "$at.ratio"
        [ "$(get "$at.met")" = "$(awk "BEGIN { print ($ratio >= $(get "$at.target")) ? \"true\" : \"false\" }")" ] || fail "$at.met" ;;
    esac
done
[ "$(get compute.2 privileged.2 user.18 | sort -u)" = missing ] || fail "more than was asked for"
mapfile -t n < <(get compute.0.instructions compute.0.trapeze.{seconds,mips})
[ "${n[2]}" = null ] || near "${n[2]}" "$(awk "BEGIN { print ${n[0]} / ${n[1]} / 1e6 }")" "MIPS"
mapfile -t n < <(get privileged.0.qemu.{seconds,count,ns})
[ "${n[2]}" = null ] || near "${n[2]}" "$(awk "BEGIN { print 1e9 * ${n[0]} / ${n[1]} }")" "ns"
[ "$(get storm.{0,1,2}.technique | tr '\n' ' ')" = "te bt hw " ] || fail "the storm is run under $(get storm.{0,1,2}.technique)"
[ "$(get storm.1.exits)" -gt 0 ] && [ "$(get storm.0.exits)" -gt $((3 * $(get storm.1.exits))) ] || fail "exits: $(get storm.{0,1}.exits)"
for name in mix chase sum pte; do
    grep -qE "^$name +[0-9]+ " "$TMP/table" || fail "no $name in the table: $(cat "$TMP/table")"
done

# says STATUS WORDS OPTION...: one line on stderr with these words.
says() {
    local status=$1 words=$2 got
    shift 2
    run "$@" >/dev/null 2>"$TMP/messages"
    got=$?
    [ $got = "$status" ] || fail "$*: status $got instead of $status: $(cat "$TMP/messages")"
    grep -q "$words" "$TMP/messages" || fail "$*: not '$words' but: $(cat "$TMP/messages")"
    [ "$(wc -l <"$TMP/messages")" = 1 ] || fail "$*: more than a line: $(cat "$TMP/messages")"
}
says 1 'sum: checksum 0x0*1, but 0x' --only sum --qemu "$TMP/wrong"
says 1 'sum.elf on .*broken: status 9' --only sum --qemu "$TMP/broken"
says 125 'qemu-none is missing: install the package qemu-system-misc' --qemu qemu-none
says 125 'trapeze-none is missing: make builds it' --trapeze trapeze-none
says 125 'empty.elf: No such file.*make bench-guests' --guests "$TMP/nowhere"
says 125 "no guest or section 'mixed'" --only sum,mixed
says 125 "runs '0'" --runs 0
says 125 'nowhere/out.json: No such file' --json "$TMP/nowhere/out.json"
exit 0
