#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The kernel's programs by every technique: console and status are those that QEMU gave (README.md), and
# state, console, traps and disk of all runs are equal. Paravirtually (pv) console, disk and status are.
set -u
golden=tests/golden
bad=0
complain() { echo "$name: $*"; bad=1; }

for args in "$golden"/*.args "$golden"/c-hello.out; do
    name=$(basename "${args%.*}")
    image=$KERNEL options=() input=/dev/null want=0
    case $args in
    *.args) options+=(--append "$(cat "$args")") ;;
    *) image=$BUILD/guestos/c-hello.elf; [ -e "$image" ] || continue ;;
    esac
    [ ! -e "$golden/$name.in" ] || input=$golden/$name.in
    [ ! -e "$golden/$name.status" ] || want=$(cat "$golden/$name.status")
    for t in $METHODS pv; do
        at=$TMP/${t//\//-}
        if [ -e "$golden/$name.disk" ]; then
            seq -f %07.0f 1 "$(cat "$golden/$name.disk")" >"$at.disk"
            drive=(--drive "$at.disk")
        else
            drive=()
        fi
        "$TRAPEZE" run -t $t "${options[@]}" "${drive[@]}" --stats="$at.json" "$image" <"$input" >"$at.out" 2>"$at.err"
        status=$?
        [ $status = "$want" ] || complain "$t: status $status, wanted $want: $(cat "$at.err")"
        cmp -s "$at.out" "$golden/$name.out" || { complain "$t: another console:"; diff "$at.out" "$golden/$name.out" | head -20; }
        "$BUILD"/tests/tools/json "$at.json" state_hash console_hash trap_hash disk_hash instructions.guest >"$at.hashes"
    done
    [ -e "$golden/$name.args" ] && [ "$("$BUILD"/tests/tools/json "$TMP/pv.json" exits.hypercall.count)" = 0 ] && complain "pv: no hypercalls"
    [ "$("$BUILD"/tests/tools/json "$TMP/pv.json" console_hash disk_hash exit)" = "$("$BUILD"/tests/tools/json "$TMP/native.json" console_hash disk_hash exit)" ] ||
        complain "native and pv: console, disk or exit differ"
    [ ! -e "$golden/$name.disk" ] || cmp "$TMP/native.disk" "$TMP/pv.disk" || complain "native and pv: disks differ"
    for t in $METHODS; do
        at=$TMP/${t//\//-}
        cmp -s "$TMP/native.hashes" "$at.hashes" || { complain "native and $t differ:"; paste "$TMP/native.hashes" "$at.hashes"; }
        [ ! -e "$golden/$name.disk" ] || cmp "$TMP/native.disk" "$at.disk" || complain "native and $t: disks differ"
    done
done
exit $bad
