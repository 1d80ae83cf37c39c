#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# However the full screen ends, the terminal is what it was; Ctrl-C stops a guest, of which the screen tells how far it is; and a run that
# was looked at by it ends with the numbers of one that nobody has looked at.
set -u
# shellcheck source=tests/debugger/tui.inc
. tests/debugger/tui.inc
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
printf '_start: addi a0, a0, 1\nj _start\n' >"$TMP/loop.s"
"$TRAPEZE" asm "$TMP/loop.s" -o "$TMP/loop.elf" || exit 1

# No terminal, or one that cannot be a screen: one line, 125.
refused() { # words, command
    local status
    "${@:2}" </dev/null >"$TMP/out" 2>"$TMP/err"
    status=$?
    [ $status = 125 ] && [ "$(wc -l <"$TMP/err")" = 1 ] && grep -qF -- "$1" "$TMP/err" || { echo "${*:2}: $status, $(cat "$TMP/err")"; exit 1; }
}
refused "needs a terminal" "$TRAPEZE" debug --tui "$TMP/guest.elf"
refused "--tui, --gdb" "$TRAPEZE" debug --tui --gdb 0 "$TMP/guest.elf"
refused "auto, always or never" "$TRAPEZE" debug --color blue "$TMP/guest.elf"
"$TRAPEZE" debug --quiet "$TMP/guest.elf" <<<tui >"$TMP/out" 2>"$TMP/err" && { echo "tui in a pipe"; exit 1; }
grep -q 'needs a terminal' "$TMP/err" || { echo "tui in a pipe: $(cat "$TMP/err")"; exit 1; }
begin 80 24 TERM=dumb
run "$TRAPEZE" debug --tui "$TMP/guest.elf; echo status \$?"
see 'cursor can be moved'
see '^status 125'

# What the shell finds afterwards: the same settings, an echo, the other screen gone, and keys that are its own.
settings() { run "stty -a >$TMP/$1; echo written"; see '^written'; run clear; see '^ready\. *$'; }
restored() {
    [ "$(mux display -p '#{alternate_on} #{cursor_flag} #{keypad_cursor_flag}')" = "0 1 0" ] || die "$1: the terminal is not as it was"
    run clear
    see '^ready\. *$'
    settings after
    cmp -s "$TMP/before" "$TMP/after" || { diff "$TMP/before" "$TMP/after"; die "$1: stty"; }
    text 'echo I am heard'
    see '^ready\. echo I am heard$'
    keys Enter
    see '^I am heard'
    run clear
}

begin 80 24
settings before
run "$TRAPEZE" debug --tui "$TMP/guest.elf; echo status \$?"
see '1 code'
text qn
gone 'leave the debugger'
text qy
see '^status 0'
restored quit
run "$TRAPEZE" debug --tui "$TMP/guest.elf; echo status \$?"
see '1 code'
text ':quit'
keys Enter
see '^status 0'
restored ":quit"

# Deadly signals, while it waits for a key and while the guest runs. The shell that is at the terminal would mend its settings: they
# are looked at by another one before that.
cat >"$TMP/under.sh" <<'SH'
sh -c 'echo $$ >"$TMP/pid"; exec "$@"' sh "$@"
status=$?
stty -a >"$TMP/left"
exit $status
SH
for signal in TERM ABRT SEGV HUP QUIT; do
    for image in guest loop; do
        rm -f "$TMP/pid" "$TMP/left"
        run "TMP=$TMP sh $TMP/under.sh $TRAPEZE debug --tui $TMP/$image.elf; echo status \$?"
        see '1 code'
        if [ $image = loop ]; then
            text c
            see 'running .*Ctrl-C'
        fi
        kill -$signal "$(cat "$TMP/pid")"
        see '^status [1-9]'
        diff "$TMP/before" "$TMP/left" || die "$signal, $image: stty"
        restored "$signal, $image"
    done
done

# What is written to stderr meanwhile does not damage the screen, and is there afterwards.
rm -f "$TMP/pid"
run "TMP=$TMP sh $TMP/under.sh $TRAPEZE debug --tui $TMP/guest.elf"
see '1 code'
echo "said meanwhile" >>"/proc/$(cat "$TMP/pid")/fd/2"
text s
see 'T 1 '
hasnt 'said meanwhile' || die "stderr is on the screen"
text qy
see '^said meanwhile'
restored stderr

# Ctrl-C stops the guest; meanwhile the screen is alive: it counts, and follows the window's size.
run "$TRAPEZE" debug --tui "$TMP/loop.elf"
see '1 code'
for try in 1 2; do
    text c
    see 'running .*T [0-9,]{9,}'
    first=$(capture | head -1)
    moved() { [ "$(capture | head -1)" != "$first" ]; }
    until_true "$WAIT" moved || die "it does not count"
    resize 132 $((50 + try))
    see 'running .*T [0-9,]{9,}'
    see '6 console'
    keys C-c
    see '^interrupted'
    resize 80 24
    gone '6 console'
    run ':print a0 > 1000'
    see '^0x1'
done
text qy
see '^ready\. *$'
restored Ctrl-C

# Between the faces: `tui` and l; a script's text is in the output; what is no command of the screen goes on in lines.
printf 'stepi 3\necho from a script\n' >"$TMP/script.dbg"
run "$TRAPEZE" debug --tui -x "$TMP/script.dbg" "$TMP/guest.elf"
see '^from a script'
see 'T 3 '
text l
see '^\(trapeze\) *$'
run 'stepi 2'
see '^T 5,'
run tui
see '1 code'
see 'T 5 '
run ':tui disable'
see '^\(trapeze\) *$'
run 'tui sideways'
see 'tui enable, or tui disable'
run quit
see '^ready\. *$'
restored faces

# Typing to the guest: one sees what it says to that; after going back it gets it again.
run clear
run "$TRAPEZE" debug --tui "$KERNEL"
see '1 code'
text c
see 'the guest waits for input'
text i
see '^to the guest:'
text 'run hello'
keys Enter
see '^hello from process'
text 'exit 3'
keys Escape
gone '^to the guest:'
run ':goto 1000'
see 'T 1,000 '
gone '^hello from process'
text c
see '^hello from process'
text i
run 'exit 3'
see 'has ended, with status 3'
keys Escape
text qy
see '^ready\. *$'

# Nothing has changed: state, counters and console of a run that the screen went through are those of trapeze run.
run clear
"$TRAPEZE" run -t te --append run=hello --stats="$TMP/run.json" "$KERNEL" </dev/null >"$TMP/console" || exit 1
json() { "$BUILD"/tests/tools/json "$TMP/run.json" "$1"; }
run "$TRAPEZE" debug --tui -t te --input /dev/null --append run=hello "$KERNEL"
see '1 code'
text 'sntppppttrRs1zz2zz3zz4zz5zz6zz7zz'
run ':break vm_switch'
text 'cnnnnffrrr'
run ':delete'
run ':goto 30000'
see 'T 30,000'
text 'ttttppppRRRss'
run ':info frames'
text c
see 'has ended'
{
    echo "state $(json state_hash | tr -d '"')"
    json cycles.total
    for c in csr privileged ecall page_hidden page_true mmio timer; do json exits.$c.count; done
    for c in shadow_fills shadow_drops guest_traps; do json counters.$c; done
} >"$TMP/wanted"
{
    echo "info status"
    echo "print/u cycles"
    for c in csr privileged ecall page_hidden page_true mmio timer; do echo "print/u exits.$c"; done
    for c in shadow_fills shadow_drops guest_traps; do echo "print/u $c"; done
} >"$TMP/numbers.dbg"
resize 80 60
run ":source $TMP/numbers.dbg"
text 7z
see '^> source'
got() { capture | sed -n '/^> source/,/^$/p' | tail -n +4; }
enough() { [ "$(got | grep -c .)" -ge 11 ]; }
until_true "$WAIT" enough || die "no numbers"
diff "$TMP/wanted" <(got | grep .) || die "other numbers"
text qy
see '^ready\. *$'
