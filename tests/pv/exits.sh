#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What paravirtualization saves: a null system call is two exits; of te's exits it takes a third at the most; and no entry is
# written that was not asked for.
set -u
json=$BUILD/tests/tools/json
bad=0
wrong() { echo "$*"; bad=1; }
exits() {       # TECHNIQUE ARGUMENT: in all
    "$TRAPEZE" run -t "$1" --append "$2" --stats="$TMP/stats" "$KERNEL" >/dev/null </dev/null || echo 0
    local sum=0 n
    for n in $("$json" "$TMP/stats" exits.{csr,privileged,ecall,exception,page_{true,hidden,trace},mmio,timer,interrupt,wfi,hypercall,callout,guest_page,virtual_insn,budget}.count); do
        sum=$((sum + n))
    done
    echo $sum
}
for work in run=sysstorm:100000 run=forktree run=pfstorm run=misbehave; do
    te=$(exits te $work) pv=$(exits pv $work)
    [ "$pv" -gt 0 ] && [ $((3 * pv)) -le "$te" ] || wrong "$work: te $te exits, pv $pv"
    read -r calls updates tables < <("$json" "$TMP/stats" exits.hypercall.count counters.direct_updates counters.direct_tables | xargs)
    [ "$calls" -gt 20 ] && [ "$updates" -gt 10 ] && [ "$tables" -gt 5 ] || wrong "$work: $calls hypercalls, $updates updates, $tables tables"
done
few=$(exits pv run=sysstorm:20000) many=$(exits pv run=sysstorm:40000)
calls=$(((many - few + 10000) / 20000))
[ "$calls" = 2 ] || wrong "20000 system calls more are $((many - few)) exits more"

# Guests beside each other, one that knows nothing of it among them: each as if it were alone.
cat >"$TMP/plain.s" <<'END'
_start: li a0, 0
        li a6, 0                        # info, but from M-mode: its own affair
        li a7, 0x08545a50
        la t0, 1f
        csrw mtvec, t0
        ecall
        li a0, 1
        .balign 4
1:      li t0, 0x100000
        li t1, 0x5555
        beqz a0, 2f
        li t1, 0x13333
2:      sw t1, 0(t0)
END
"$TRAPEZE" asm "$TMP/plain.s" -o "$TMP/plain.elf" || bad=1
tree=$(cat tests/golden/forktree.args) storm=$(cat tests/golden/pfstorm.args)
"$TRAPEZE" run -t pv --stats="$TMP/stats" "$KERNEL" --append "$tree" "$TMP/plain.elf" "$KERNEL" --append "$storm" >"$TMP/out" </dev/null ||
    wrong "three guests: $?"
sed -n 's/^\[A\] //p' "$TMP/out" | cmp - tests/golden/forktree.out || wrong "console of A"
sed -n 's/^\[C\] //p' "$TMP/out" | cmp - tests/golden/pfstorm.out || wrong "console of C"
[ "$("$json" "$TMP/stats" {0,1,2}.exits.hypercall.count | grep -c '^0$')" = 1 ] || wrong "hypercalls: $("$json" "$TMP/stats" {0,1,2}.exits.hypercall.count | xargs)"
exit $bad
