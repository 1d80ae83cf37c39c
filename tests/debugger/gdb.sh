#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# gdb, by every technique: registers and memory, breakpoints, watchpoints, forwards and back, are those of the guest, the same ones
# everywhere; being debugged changes neither state nor console; writing works; gdb can go and another one come.
set -u
command -v gdb-multiarch >/dev/null || { echo "gdb-multiarch is not installed"; exit 77; }
trap 'kill $(jobs -p) 2>/dev/null' EXIT
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json
export HOME=$TMP

cat >"$TMP/guest.s" <<'END'
        .globl  _start, again, store, load, after, trap, counter, finish
_start: la      t0, trap
        csrw    mtvec, t0
        la      s0, counter
        li      s1, 0
again:  addi    s1, s1, 1
store:  sd      s1, 0(s0)
load:   ld      a0, 0(s0)
after:  ecall
        li      t1, 600
        blt     s1, t1, again
        li      t0, 0x10000000
        li      t1, 'x'
        sb      t1, (t0)
finish: li      t0, 0x100000
        li      t1, 0x5555
        sw      t1, (t0)
        .balign 4
trap:   csrr    t2, mepc
        addi    t2, t2, 4
        csrw    mepc, t2
        csrw    mscratch, s1
        mret
        .balign 8
counter: .dword 0
END
"$TRAPEZE" asm "$TMP/guest.s" -o "$TMP/guest.elf" || exit 1

# shellcheck source=tests/debugger/common.inc
. tests/debugger/common.inc
serve() { started "$TRAPEZE" debug --quiet --gdb 0 "$@"; }

for t in $TECHNIQUES; do
    "$TRAPEZE" run -t "$t" --stats="$TMP/stats" "$TMP/guest.elf" </dev/null >"$TMP/console"
    serve -t "$t" "$TMP/guest.elf"
    gdb "$TMP/guest.elf" >"$TMP/$t.said" <<'END'
info threads
break store
continue
print $s1
info symbol $pc
stepi
print *(long *)&counter
continue
print $s1
reverse-continue
print $s1
delete
reverse-stepi
info symbol $pc
print $s1
stepi 3
info symbol $pc
stepi
info symbol $pc
print/x $mcause
print $priv
watch *(long *)&counter
continue
info symbol $pc
continue
reverse-continue
info symbol $pc
print *(long *)&counter
delete
rwatch *(long *)&counter
reverse-continue
info symbol $pc
delete
awatch *(long *)&counter
reverse-continue
info symbol $pc
delete
break store if $s1 == 30
continue
print $s1
print *(long *)&counter
delete
reverse-continue
print/x $pc
break finish
continue
print $s1
print/x $mscratch
print $minstret
delete
stepi 2
reverse-stepi 2
info symbol $pc
continue
monitor info status
kill
END
    wait $server || wrong "$t: status $?"
    grep -q "$("$json" "$TMP/stats" state_hash)" "$TMP/$t.said" || wrong "$t: being debugged has changed the state"
    sed -i '/^T .*-mode/d' "$TMP/$t.said" # the technique's name, and how far the monitor is
    cmp "$TMP/native.said" "$TMP/$t.said" || { diff "$TMP/native.said" "$TMP/$t.said" | head -10; wrong "$t: gdb sees something else than natively"; }
done

# Natively it is what one finds by hand.
cat >"$TMP/wanted" <<'END'
$1 = 1
store in section .text
$2 = 1
$3 = 2
$4 = 1
again in section .text
$5 = 0
after in section .text
trap in section .text
$6 = 0xb
$7 = 3
Old value = 1
New value = 2
load in section .text
Old value = 2
New value = 3
Old value = 3
New value = 2
store in section .text
$8 = 2
Value = 2
load in section .text
Old value = 2
New value = 1
store in section .text
$9 = 30
$10 = 29
No more reverse-execution history.
$11 = 0x1000
$12 = 600
$13 = 0x258
$14 = 6015
finish in section .text
The guest has ended.
No more reverse-execution history.
END
grep -E '^\$[0-9]* = |in section|^(Old|New|Value)|^No more|has ended' "$TMP/native.said" | diff "$TMP/wanted" - || wrong "gdb sees something else than by hand"

# Writing: registers, memory and CSRs; the guest goes on with them.
for t in $TECHNIQUES; do
    serve -t "$t" "$TMP/guest.elf"
    gdb "$TMP/guest.elf" >"$TMP/said" <<'END'
break store
continue
set var $s1 = 599
set var $mscratch = 0x77
print/x $mscratch
delete
break finish
continue
print $s1
print *(long *)&counter
set {long}&counter = 0x1122334455667788
print/x *(long *)&counter
set var $pc = &again
delete
break load
continue
print *(long *)&counter
disconnect
END
    grep -E '^\$' "$TMP/said" | tr '\n' ';' >"$TMP/got"
    [ "$(cat "$TMP/got")" = '$1 = 0x77;$2 = 600;$3 = 600;$4 = 0x1122334455667788;$5 = 601;' ] || wrong "$t, writing: $(cat "$TMP/got")"
    # Another gdb finds it there.
    gdb "$TMP/guest.elf" >"$TMP/said" <<'END'
info symbol $pc
print *(long *)&counter
monitor info nosuch
kill
END
    grep -q '^load in section' "$TMP/said" && grep -q '^\$1 = 601' "$TMP/said" || wrong "$t, another gdb: $(tail -3 "$TMP/said")"
    grep -q nosuch "$TMP/said" || wrong "$t: a monitor command that is none is not complained of"
    wait $server || wrong "$t: status $?"
done

# The machine itself: below the monitor the guest runs in user mode.
serve -t te --gdb-view machine "$TMP/guest.elf"
gdb "$TMP/guest.elf" >"$TMP/said" <<'END'
break after
continue
stepi
stepi
print $s1
print $mscratch
set var $s1 = 5
END
kill -INT $server # the last command has failed, so that gdb has left
wait $server || wrong "interrupted: status $?"
grep -q 'Could not write register' "$TMP/said" || wrong "the machine's registers were written"
grep -q '^\$1 = 1$' "$TMP/said" && grep -q '^\$2 = 0$' "$TMP/said" || wrong "the machine's view: $(tail -5 "$TMP/said")"
exit $bad
