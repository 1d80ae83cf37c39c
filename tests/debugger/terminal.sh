#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The line face on a real terminal: prompt, mistakes, an empty line, history, completion, typing to a guest, Ctrl-C while it runs and
# while it waits, Ctrl-D; and trapeze run with -s on one.
set -u
bad=0
wrong() { echo "$*"; bad=1; }
export HOME=$TMP TERM=dumb NO_COLOR=1
terminal=$BUILD/tests/tools/terminal
"$TRAPEZE" asm tests/debugger/guest.s -o "$TMP/guest.elf" || exit 1
printf '_start: j _start\n' >"$TMP/loop.s"
"$TRAPEZE" asm "$TMP/loop.s" -o "$TMP/loop.elf" || exit 1
# play STATUS COMMAND...: the script of stdin.
play() {
    local wanted=$1 status
    shift
    cat >"$TMP/script"
    timeout 120 "$terminal" "$TMP/script" "$@" >"$TMP/out" 2>"$TMP/err"
    status=$?
    [ $status = "$wanted" ] || { wrong "$*: $status; $(cat "$TMP/err")"; tail -n 20 "$TMP/out"; }
}

# Colours are for terminals that have them, unless NO_COLOR says something.
printf 'expect "(trapeze) "\nsend quit\n' >"$TMP/colour"
while read -r wanted settings; do
    # shellcheck disable=SC2086
    env -u NO_COLOR -u TERM $settings "$terminal" "$TMP/colour" "$TRAPEZE" debug "$TMP/guest.elf" >"$TMP/out" 2>&1 || wrong "$settings: $?"
    got=plain
    ! grep -q $'\e\[1m' "$TMP/out" || got=coloured
    [ $got = "$wanted" ] || wrong "$settings: $got: $(cat "$TMP/out")"
done <<'END'
coloured TERM=xterm
coloured TERM=xterm NO_COLOR=
plain TERM=xterm NO_COLOR=1
plain TERM=dumb
plain
END

# Prompt; a mistake leaves it; an empty line steps on; Up fetches the last line; what is unique is completed, what is not is listed.
play 0 "$TRAPEZE" debug "$TMP/guest.elf" <<'END'
expect T 0, M-mode, te
expect "(trapeze) "
send stpi
expect did you mean 'stepi'?
expect "(trapeze) "
send stepi
expect T 1, M-mode
expect "(trapeze) "
send ""
expect T 2, M-mode
expect "(trapeze) "
type "\e[A"
expect stepi
type " 5\n"
expect T 7, M-mode
expect "(trapeze) "
type "reverse-t\t"
expect reverse-trap
type "\x15p mstatus.MP\t\t"
expect mstatus.MPIE
expect mstatus.MPP
type "P\n"
expect 0x0
expect "(trapeze) "
type "info timel\t"
expect info timeline
type "\n"
expect mmio
expect "(trapeze) "
type "source /dev/nul\t\n"
expect source /dev/null
expect "(trapeze) "
type "break onc\t\n"
expect breakpoint 1, at
expect <once>
expect "(trapeze) "
type "explain csr sat\t\n"
expect virtual
expect "(trapeze) "
type "\x04"
END
grep -q '^stepi 5$' "$TMP/.trapeze_history" || wrong "history: $(cat "$TMP/.trapeze_history")"

# The history of the last session is there.
play 0 "$TRAPEZE" debug --quiet "$TMP/guest.elf" <<'END'
expect "(trapeze) "
type "\x10"
expect explain csr satp
type "\n"
expect virtual
expect "(trapeze) "
send quit
END

# Ctrl-C stops a guest that runs, and one that only waits for input; the prompt comes back; what is typed reaches it.
for t in $TECHNIQUES; do
    play 0 "$TRAPEZE" debug --quiet -t "$t" "$TMP/loop.elf" <<'END'
expect "(trapeze) "
send continue
expect continue
type "\x03"
expect interrupted
expect M-mode
expect "(trapeze) "
send p pc
expect 0x80000000
expect "(trapeze) "
send break if T == 0
expect breakpoint 1
expect "(trapeze) "
send continue
expect continue
type "\x03"
expect interrupted
expect "(trapeze) "
type "\x04"
END
done
play 0 "$TRAPEZE" debug --quiet "$KERNEL" <<'END'
expect "(trapeze) "
send continue
expect | $
expect the guest waits for input
expect "(trapeze) "
send send ps
expect "(trapeze) "
send continue
expect 1 0 run   shell
expect the guest waits for input
expect "(trapeze) "
send reverse-stepi 2000
expect "(trapeze) "
send send exit 3
expect "(trapeze) "
send continue
expect the guest has ended, with status 3
expect "(trapeze) "
type "\x04"
END
# run -s: the guest's own terminal.
play 3 "$TRAPEZE" run --gdb 0 "$KERNEL" <<'END'
expect waiting for gdb
expect $
type "exit 3\n"
expect exit 3
END
play 124 "$TRAPEZE" run --gdb 0 "$KERNEL" <<'END'
expect $
type "\x01x"
END
exit $bad
