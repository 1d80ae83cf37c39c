#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What each row of ODD does, with values computed by hand, natively in M-, S- and U-mode, on enough machines to meet all rows; and that
# those that trap below a mode trap there, as illegal instructions with their word in mtval. The guest ends with the number of
# the instruction that is not as expected.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
json=$BUILD/tests/tools/json

# expect REGISTER VALUE NUMBER
expect() { printf 'li t1, %s\nli t0, %s\nbne %s, t0, fail\n' "$3" "$2" "$1"; }
# after MODE: back to M-mode, which finds cause, mtval and all registers as they were.
back() { printf 'ecall\n'; }
# enter MODE LABEL
enter() {
    printf 'li t0, 3 << 11\ncsrc mstatus, t0\n'
    case $1 in 3) printf 'csrs mstatus, t0\n' ;; 1) printf 'li t0, 1 << 11\ncsrs mstatus, t0\n' ;; esac
    printf 'la t0, %s\ncsrw mepc, t0\nmret\n%s:\n' "$2" "$2"
}
# In MODE, instruction NUMBER, which DOES so and traps below LEAST.
use() {
    local mode=$1 n=$2 does=$3 least=$4 value=0x0123456789abcdef s0=0 after='' sstatus scratch cause
    label=$((label + 1))
    case $mode in 0) cause=8 ;; 1) cause=9 ;; 3) cause=11 ;; esac
    sstatus=0x200040000                     # SUM = 1, UXL = 2: nothing else of what S-mode sees
    scratch=77
    case $does in
    reverse) s0=0xefcdab8967452301 ;;
    ones) s0=32 ;;
    rotate) s0=0xef0123456789abcd ;;
    who) s0=$((value + mode)) ;;
    status) s0=$((mode ? sstatus : 0)) ;;
    smsw) s0=$((sstatus | mode << 11)) ;;
    era) s0=$value ;;
    frame) s0=$((value >> 12)) ;;
    popf) s0=5 value=0xffffffffffffffdf after=0 ;;      # SIE = 1, SPIE = 0
    scratch) s0=5 ;;
    jrst) s0=5 ;;
    esac
    [ $mode = 0 ] && [ $least = 0 ] || [ $does != scratch ] || scratch=$value
    printf '# %s in mode %s\nli t0, 77\ncsrw sscratch, t0\nli t0, 0x40022\ncsrc sstatus, t0\nli t0, 0x40000\ncsrs sstatus, t0\nli s0, 5\n' "$does" $mode
    if [ $does = jrst ]; then printf 'la a2, after%d\naddi a2, a2, 1\n' $label; else printf 'li a2, %s\n' $value; fi
    enter $mode "use$label"
    printf 'word%d: odd%d s0, a2\n' $label "$n"
    if [ $does = jrst ]; then printf 'j fail\nafter%d:\n' $label; fi
    back
    if [ $mode -lt "$least" ]; then
        expect s2 2 "$n"
        printf 'la t0, word%d\nlwu t0, (t0)\nbne s3, t0, fail\n' $label
        s0=5 scratch=77
    else
        [ $does = jrst ] && cause=8
        expect s2 $cause "$n"
    fi
    expect s0 $s0 "$n"
    printf 'csrr s4, sscratch\n'
    expect s4 $scratch "$n"
    if [ -n "$after" ]; then
        # SIE is set by whoever may; SPIE stays 0.
        printf 'andi s5, s5, 0x22\n'
        expect s5 $((mode && mode >= least ? 2 : 0)) "$n"
    fi
}

seen=
for seed in 0 1 2 3 4 5 6 7 8 9; do
    "$TRAPEZE" classify --profile flawed:$seed --answers --format json >"$TMP/key"
    [ "$("$json" "$TMP/key" violations | grep -o odd | wc -l)" = 3 ] || wrong "seed $seed: not three that are flawed"
    label=0
    {
        echo '_start: la t0, trap
csrw mtvec, t0
li t0, -1
srli t0, t0, 10
csrw pmpaddr0, t0
li t0, 0x1f
csrw pmpcfg0, t0'
        for n in 1 2 3 4 5 6; do
            does=$("$json" "$TMP/key" instructions.$((n - 1)).does)
            least=0
            [ "$("$json" "$TMP/key" instructions.$((n - 1)).privileged)" = yes ] && least=1
            for mode in 3 1 0; do use $mode $n "$does" $least; done
        done
        # Where M-mode goes on after a trap: behind the ecall that is next.
        echo 'li t1, 0x5555
j stop
fail: slli t1, t1, 16
li t0, 0x3333
or t1, t1, t0
stop: li t0, 0x100000
sw t1, (t0)
.balign 4
trap: csrr s2, mcause
csrr s3, mtval
csrr s5, sstatus
csrr t0, mepc
1: lw t2, (t0)
li t3, 0x73
addi t0, t0, 4
bne t2, t3, 1b
jr t0'
    } >"$TMP/odd.s"
    seen+=" $("$json" "$TMP/key" instructions | grep -oE '"does": *"[a-z]*"' | cut -d '"' -f 4 | xargs)"
    "$TRAPEZE" asm --no-compress --profile flawed:$seed "$TMP/odd.s" -o "$TMP/odd.elf" || exit 1
    "$TRAPEZE" run -t native --quiet --max-insns 100000 --profile flawed:$seed "$TMP/odd.elf"
    status=$?
    [ $status = 0 ] || wrong "seed $seed: odd$status, $("$json" "$TMP/key" instructions.$((status - 1)).does)"
done
rows=$(sed -n 's/^ODD(\([a-z]*\),.*/\1/p' isa/flawed.def | sort | xargs)
[ "$(echo "$seen" | xargs -n 1 | sort -u | xargs)" = "$rows" ] || wrong "not met: of $rows only $seen"
exit $bad
