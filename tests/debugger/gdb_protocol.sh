#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The stub for gdb by hand, byte by byte: garbage, damaged and oversized packets, requests that make no sense, a line that is
# dropped while the guest runs, Ctrl-C, two steps at once; it listens on loopback only; and goes when it is told.
set -u
trap 'kill $(jobs -p) 2>/dev/null' EXIT
bad=0
wrong() { echo "$*"; bad=1; }
printf '_start: li a0, 0x1234\nspin: addi a0, a0, 1\nj spin\n' >"$TMP/spin.s"
"$TRAPEZE" asm "$TMP/spin.s" -o "$TMP/spin.elf" || exit 1

# shellcheck source=tests/debugger/common.inc
. tests/debugger/common.inc
serve() { started "$TRAPEZE" debug --quiet "$@" "$TMP/spin.elf"; }
connect() { exec 3<>"/dev/tcp/127.0.0.1/$port" || { wrong "no connection"; exit 1; }; }
# send TEXT: as a packet.
send() {
    local sum=0 i
    for ((i = 0; i < ${#1}; i++)); do sum=$((sum + $(printf '%d' "'${1:i:1}"))); done
    printf '$%s#%02x' "$1" $((sum & 255)) >&3
}
# wants TEXT: the next packet is that, whatever acknowledgements come before it.
wants() {
    local got
    IFS= read -r -t 20 -d '#' -u 3 got || wrong "no answer; wanted: $1"
    read -r -t 20 -N 2 -u 3 _
    got=${got#"${got%%\$*}"}
    [ "${got#\$}" = "$1" ] || wrong "answer ${got#\$}; wanted: $1"
}
ask() { send "$1"; wants "$2"; }

serve -t te --gdb 0
connect
ask '?' 'T05thread:1;'
ask 'p20' '0010000000000000'
ask 'vCont;s' 'T05thread:1;'
ask 'p20' '0410000000000000'
ask 'bs' 'T05thread:1;'
ask 'bs' 'T05replaylog:begin;thread:1;'
ask 'm1000,4' '97020000'
ask 'qemu' ''
exec 3>&-

# What makes no sense: an error or nothing, and the next request is understood.
connect
for request in 'p' 'pzz' 'pffffffffffffffff' 'P1' 'P1=' 'P1=zz' 'Pffff=0000000000000000' 'm' 'm1' 'mz,1' 'm1,' 'm11111111111111111,1' \
    'mffffffffffffffff,4' 'M1000,4:zz' 'M1000,4' 'M1000,ffffffffffffffff:00' 'X80000000,ffffffff:a' 'Z0' 'Z0,' 'Z9,1,1' 'Z2,1,0' 'z0,x' 'G00' \
    'vCont' 'vCont;' 'vCont;x' 'vNothing' 'qXfer:features:read:other.xml:0,10' 'qXfer:features:read:target.xml:fffff,1' \
    'qXfer:features:read:target.xml:' 'qRcmd,' 'qRcmd,zz' 'b' 'bx' 'y' 'QNothing' 'H' '!'; do
    send "$request"
    IFS= read -r -t 20 -d '#' -u 3 got || wrong "$request: no answer"
    read -r -N 2 -u 3 _
    got=${got##*\$}
    case $request:$got in
    H:OK | qRcmd,:OK | *:E[0-9a-f][0-9a-f] | *:) ;;
    *) wrong "$request: $got" ;;
    esac
done
ask 'p20' '0010000000000000'

# Garbage between packets; a wrong sum is answered by -, and the same packet again by itself; one that is too long, likewise.
printf 'rubbish\x00\xff#99%%+++' >&3
ask 'p20' '0010000000000000'
printf '$p20#00' >&3
IFS= read -r -t 20 -N 1 -u 3 got
[ "$got" = - ] || { [ "$got" = + ] && IFS= read -r -t 20 -N 1 -u 3 got; [ "$got" = - ]; } || wrong "a wrong sum: $got"
ask 'p20' '0010000000000000'
printf -- '-' >&3
wants '0010000000000000'
{ printf '$m'; head -c 100000 /dev/zero | tr '\0' 0; printf '#00'; } >&3
ask 'p20' '0010000000000000'
printf '$p2$p2' >&3 # cut off, and begun again
ask 'p20' '0010000000000000'

# Ctrl-C.
send 'vCont;c'
sleep 0.3
printf '\x03' >&3
wants 'T02thread:1;'
send 'pa'
IFS= read -r -t 20 -d '#' -u 3 got && read -r -N 2 -u 3 _
[[ ${got##*\$} =~ ^[0-9a-f]{16}$ ]] && [ "${got##*\$}" != 3412000000000000 ] || wrong "the guest has not run: $got"
a0=${got##*\$}

# The line drops while the guest runs: the next gdb finds it stopped, further on, and without breakpoints of the one before.
ask 'Z0,80000004,4' 'OK'
ask 'z0,80000004,4' 'OK'
ask 'Z0,deadbeee,4' 'OK'
send 'c'
sleep 0.2
exec 3>&-
connect
ask '?' 'T05thread:1;'
send 'pa'
IFS= read -r -t 20 -d '#' -u 3 got && read -r -N 2 -u 3 _
[ "${got##*\$}" != "$a0" ] || wrong "the guest has not run when the line was dropped"
ask 'Z0,80000006,4' 'OK' # where the loop begins, or
ask 'Z0,80000008,4' 'OK' # here: one of them is met
printf '$half a pack' >&3
exec 3>&-
connect
send 'vCont;c'
sleep 0.3
printf '\x03' >&3
wants 'T02thread:1;'
ask 'D' 'OK'
exec 3>&-
connect
ask 'qC' 'QC1'
send 'k'
wait $server || wrong "killed: status $?"

# Only loopback, unless told.
serve --gdb 0
grep -q 'target remote 127\.0\.0\.1:' "$TMP/err" || wrong "$(cat "$TMP/err")"
[ "$(awk -v port="$(printf ':%04X' "$port")" '$4 == "0A" && index($2, port) { print $2 }' /proc/net/tcp)" = "0100007F$(printf ':%04X' "$port")" ] ||
    wrong "it does not listen on loopback alone"
"$TRAPEZE" debug --gdb "$port" "$TMP/spin.elf" >"$TMP/out" 2>"$TMP/err" </dev/null
[ $? = 125 ] && grep -q "^trapeze: --gdb $port: Address already in use$" "$TMP/err" && [ "$(wc -l <"$TMP/err")" = 1 ] || wrong "a port that is taken: $(cat "$TMP/err")"
kill -INT $server
wait $server || wrong "interrupted: status $?"
for where in x 1:2:x '' 123456 host: -1; do
    "$TRAPEZE" debug --gdb="$where" "$TMP/spin.elf" >"$TMP/out" 2>"$TMP/err" </dev/null
    [ $? = 125 ] && [ "$(wc -l <"$TMP/err")" = 1 ] || wrong "--gdb '$where': $(cat "$TMP/err")"
done
exit $bad
