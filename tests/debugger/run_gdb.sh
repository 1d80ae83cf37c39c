#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# trapeze run with a gdb that comes and goes (-s, -S, --gdb); several guests are threads to it.
set -u
command -v gdb-multiarch >/dev/null || { echo "gdb-multiarch is not installed"; exit 77; }
trap 'kill $(jobs -p) 2>/dev/null' EXIT
bad=0
wrong() { echo "$*"; bad=1; }
export HOME=$TMP
# shellcheck source=tests/debugger/common.inc
. tests/debugger/common.inc
json=$BUILD/tests/tools/json
cat >"$TMP/count.s" <<'END'
        .globl  _start, count, hello, finish
_start: li      s1, 0
        la      s2, limit
        ld      s2, (s2)
count:  addi    s1, s1, 1
        blt     s1, s2, count
hello:  li      t0, 0x10000000
        li      t1, 'x'
        sb      t1, (t0)
        li      t1, '\n'
        sb      t1, (t0)
finish: li      t0, 0x100000
        li      t1, 0x5555
        sw      t1, (t0)
        .balign 8
limit:  .dword  LIMIT
END
for limit in 1000 150000 100000000000; do
    sed "s/LIMIT/$limit/" "$TMP/count.s" >"$TMP/c$limit.s"
    "$TRAPEZE" asm "$TMP/c$limit.s" -o "$TMP/c$limit.elf" || exit 1
done

for t in $TECHNIQUES; do
    # Nobody comes: it is the run that it is without; the console and the report, too.
    printf 'run primes 50\nexit 5\n' >"$TMP/in"
    for gdb in "" "--gdb 0"; do
        # shellcheck disable=SC2086 # two words or none
        timeout 100 "$TRAPEZE" run -t "$t" $gdb --stats="$TMP/stats$gdb" "$KERNEL" <"$TMP/in" >"$TMP/console$gdb" 2>"$TMP/err"
        [ $? = 5 ] || wrong "$t $gdb: status: $(cat "$TMP/err")"
        "$json" "$TMP/stats$gdb" exit exits cycles counters instructions state_hash console_hash trap_hash >"$TMP/numbers$gdb"
    done
    cmp "$TMP/console" "$TMP/console--gdb 0" || wrong "$t: another console"
    diff "$TMP/numbers" "$TMP/numbers--gdb 0" || wrong "$t: other numbers"

    # -S: it has not begun; what gdb leaves behind goes on to its end.
    started "$TRAPEZE" run -t "$t" -S --gdb 0 "$TMP/c1000.elf"
    gdb "$TMP/c1000.elf" >"$TMP/said" <<'END'
print/x $pc
break hello
continue
print $s1
reverse-stepi
detach
END
    grep -q '^\$1 = 0x1000$' "$TMP/said" && grep -q '^\$2 = 1000$' "$TMP/said" || wrong "$t, -S: $(tail -5 "$TMP/said")"
    wait $server || wrong "$t, -S: status $?"
    [ "$(cat "$TMP/served")" = x ] || wrong "$t, -S: $(cat "$TMP/served")"

    # Without, it runs until gdb comes, and runs again when that has gone.
    started "$TRAPEZE" run -t "$t" --gdb 0 "$TMP/c100000000000.elf"
    sleep 0.3
    for try in 1 2; do
        gdb "$TMP/c100000000000.elf" <<<$'print $s1\ndisconnect' | sed -n 's/^\$1 = //p' >"$TMP/s1.$try"
        sleep 0.3
    done
    [ "$(cat "$TMP/s1.1")" -gt 1000 ] && [ "$(cat "$TMP/s1.2")" -gt "$(cat "$TMP/s1.1")" ] || wrong "$t: it does not run: $(cat "$TMP"/s1.?)"
    gdb "$TMP/c100000000000.elf" <<<kill >"$TMP/said"
    wait $server
    [ $? = 124 ] || wrong "$t: killed: $?"
    [ $t != native ] || continue

    # Two guests, two threads.
    started "$TRAPEZE" debug --quiet -t "$t" --gdb 0 "$TMP/c150000.elf" "$TMP/c1000.elf"
    gdb "$TMP/c1000.elf" >"$TMP/said" <<'END'
info threads
break hello
continue
print $s1
thread
stepi
print/x $pc - (long) &hello
reverse-stepi
info symbol $pc
set var $s1 = 77
print $s1
thread 1
print $s1 > 20000
info symbol $pc
stepi
info symbol $pc
print $s1 > 20000
continue
print $s1
thread
continue
info threads
kill
END
    gdb_said=$(grep -E '^\$|^\[Current|^hello|^count|has ended|^[* ] [12] ' "$TMP/said" | sed -E 's/ T [0-9]+/ T N/; s/\((running|Thread [^)]*)\)//; s/0x[0-9a-f]{16}/A/; s| at /.*/| at |')
    diff - <(echo "$gdb_said") <<'END' || { wrong "$t: threads:"; tail -50 "$TMP/said"; }
* 1    Thread 1 (vCPU 0 of guest 1, c150000.elf, T N) A in ?? ()
  2    Thread 2 (vCPU 0 of guest 2, c1000.elf, T N)   A in ?? ()
$1 = 1000
[Current thread is 2 ]
$2 = 0x4
hello in section .text
$3 = 77
$4 = 1
count in section .text
count + 2 in section .text
$5 = 1
$6 = 150000
[Current thread is 1 ]
The guest has ended.
* 1    Thread 1 (vCPU 0 of guest 1, c150000.elf, T N, ended) finish () at c1000.s:14
  2    Thread 2 (vCPU 0 of guest 2, c1000.elf, T N, ended)     finish () at c1000.s:14
END
    wait $server
done

refused() { # words, arguments
    timeout 20 "$TRAPEZE" "${@:2}" "$KERNEL" </dev/null >"$TMP/out" 2>"$TMP/err"
    local status=$?
    [ $status = 125 ] && [ ! -s "$TMP/out" ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -qF -- "$1" "$TMP/err" || wrong "${*:2}: $status, $(cat "$TMP/err")"
}
refused "-S waits for gdb" run -S
refused "-S waits for gdb" debug -S
refused "one of them" run -s --gdb 7
refused "one of them" run -s -s
refused "is not recorded" run -s --trace "$TMP/x.json"
refused "is not recorded" run -s --folded "$TMP/x"
refused "PORT or HOST:PORT is wanted" run --gdb x
refused "PORT or HOST:PORT is wanted, up to 65535" run --gdb 65536
refused "PORT or HOST:PORT is wanted" debug --gdb x
refused "unknown option '-s'" compare -s
printf 'quit\n' >"$TMP/e"
refused "not with --expect" run -s "$KERNEL" --expect "$TMP/e"
exit $bad
