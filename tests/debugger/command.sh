#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What trapeze debug takes and refuses: options, commands, scripts, mistakes, Ctrl-C.
set -u
bad=0
program=$(realpath "$TRAPEZE") kernel=$(realpath "$KERNEL")
complain() { echo "$*"; bad=1; }
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1

# fails WORDS COMMAND: as a script, with status 1 and one line that names file and line.
fails() {
    printf 'echo before\n%s\necho behind\n' "$2" >"$TMP/s.dbg"
    "$TRAPEZE" debug --quiet "${@:3}" -x "$TMP/s.dbg" "$TMP/guest.elf" </dev/null >"$TMP/out" 2>"$TMP/err"
    local status=$?
    [ $status = 1 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -qF "s.dbg:2: " "$TMP/err" && grep -qF -- "$1" "$TMP/err" &&
        grep -q before "$TMP/out" && ! grep -q behind "$TMP/out" || complain "$2: status $status, $(cat "$TMP/err")"
    { echo "set errors ignore"; cat "$TMP/s.dbg"; } >"$TMP/t.dbg"
    "$TRAPEZE" debug --quiet "${@:3}" -x "$TMP/t.dbg" "$TMP/guest.elf" </dev/null >"$TMP/out" 2>"$TMP/err" &&
        grep -q behind "$TMP/out" || complain "$2, errors ignored: $(cat "$TMP/err")"
}
fails "did you mean 'stepi'" stpi
fails "can mean" "e"
fails "unknown info" "info nothing"
fails "'nosuch' is no register" "p nosuch"
fails "an expression is wanted" "p 1 +"
fails "a ) is missing" "p (1"
fails "is too much" "continue 5"
fails "is no number" "p 12ab"
fails "no memory that can be read" "p *0"
fails "cannot be read" "x/4x 0"
fails "is no format" "x/4y 0"
fails "is no technique" "technique nosuch"
fails "no monitor" "technique te" -t native
fails "no monitor" "info exits" -t native
fails "there is no breakpoint" "delete 7"
fails "no code is known" "break nosuch.s:3"
fails "x0 is always 0" "set x0 = 1"
fails "cannot be written" "set cycle = 1"
fails "is no CSR" "explain csr nosuch"
fails "/nosuch: No such file or directory" "source /nosuch"
fails "nested too deep" "source $TMP/s.dbg" -t te
fails "a step is wanted" goto
fails "too long" "echo $(head -c 2000 /dev/zero | tr '\0' x)"

# Every command has help with an example; the example of each is a command that is known.
"$TRAPEZE" debug --quiet "$TMP/guest.elf" <<<help >"$TMP/help" || complain "help: $?"
sed -n 's/^  \([a-z-]*\) .*/\1/p' "$TMP/help" >"$TMP/names"
[ "$(wc -l <"$TMP/names")" -gt 30 ] || complain "help lists few commands"
sed 's/^/help /' "$TMP/names" >"$TMP/help.dbg"
for group in info explain; do
    "$TRAPEZE" debug --quiet "$TMP/guest.elf" <<<"help $group" | sed -n "s/^  $group \([a-z]*\) .*/help $group \1/p"
done >>"$TMP/help.dbg"
"$TRAPEZE" debug --quiet -x "$TMP/help.dbg" "$TMP/guest.elf" </dev/null >"$TMP/out" || complain "help NAME: $?"
sed -n 's/^example: //p' "$TMP/out" | grep -vx 'tui\|quit' >"$TMP/examples"
[ "$(wc -l <"$TMP/examples")" = $(($(wc -l <"$TMP/help.dbg") - 2)) ] || complain "not every command has an example"
# Each example works, in the kernel at some place; in a terminal's face tui would, too, and quit.
cp tests/debugger/first.dbg "$TMP/tour.dbg"
while read -r example; do
    printf '%s\n' "break 0x80000000" "goto 20000" "$example" "echo done" >"$TMP/example.dbg"
    (cd "$TMP" && "$program" debug --quiet -t bt --max-insns 60000 -x example.dbg --append run=hello "$kernel" </dev/null >out 2>err) ||
        complain "example: $example: $(cat "$TMP/err")"
    tail -n 1 "$TMP/out" | grep -qx "done" || complain "example: $example: $(tail -n 3 "$TMP/out")"
done <"$TMP/examples"

# Pipes get plain text; the guest's console goes where it is told to; input comes from a file.
"$TRAPEZE" debug --append run=hello "$KERNEL" <<<continue >"$TMP/out" || complain "continue: $?"
grep -q '^| hello from process' "$TMP/out" || complain "no console"
! grep -q $'\033' "$TMP/out" || complain "colours in a pipe"
"$TRAPEZE" debug --input tests/golden/shell.in --console "$TMP/console" "$KERNEL" <<<continue >"$TMP/out" || complain "--input: $?"
cmp "$TMP/console" tests/golden/shell.out || complain "--input: another console"

refused() { # words, arguments
    "$TRAPEZE" debug "${@:2}" </dev/null >"$TMP/out" 2>"$TMP/err"
    local status=$?
    [ $status = 125 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -qF -- "$1" "$TMP/err" || complain "${*:2}: $status, $(cat "$TMP/err")"
}
refused "no image" -t te
refused "prints no report" --stats "$KERNEL"
refused "no-such" --input no-such "$KERNEL"

# Ctrl-C stops a guest that runs for ever, and the debugger goes on.
printf '_start: j _start\n' >"$TMP/loop.s"
"$TRAPEZE" asm "$TMP/loop.s" -o "$TMP/loop.elf" || exit 1
for t in $TECHNIQUES; do
    mkfifo "$TMP/fifo.$t"
    (trap - INT; exec "$TRAPEZE" debug --quiet -t "$t" "$TMP/loop.elf" <"$TMP/fifo.$t" >"$TMP/out.$t" 2>&1) &
    exec 9>"$TMP/fifo.$t"
    printf 'continue\np pc\n' >&9
    sleep 1
    kill -INT $!
    exec 9>&-
    wait $! || complain "$t: Ctrl-C: $?, $(cat "$TMP/out.$t")"
    grep -q '^interrupted' "$TMP/out.$t" && grep -q '^0x80000000' "$TMP/out.$t" || complain "$t: $(tail -3 "$TMP/out.$t")"
done
exit $bad
